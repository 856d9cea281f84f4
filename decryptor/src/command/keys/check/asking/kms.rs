//! What AWS KMS says about a key.

use aws_smithy_types::date_time::{DateTime, Format};
use edgeseal::{KeyringEntry, Scan, TextFormat};
use edgeseal_decryptor::{
    AwsKms, KeyDescription, KeyError, KmsCallError, KmsCallReason, KmsKeys, KmsTimeouts, Meter, Permission,
    Question, Unavailability,
};

use super::super::canary::{self, CanaryText};
use super::super::facts::{Canary, CanaryFacts, Description, KeyFacts, OwnerFacts, Trouble};
use super::{Asker, Depth};

pub(super) struct Kms {
    kms: AwsKms,
    keys: KmsKeys,
}

impl Kms {
    /// The region of one of the keys saves looking for one. Each call goes to that of its own key.
    pub(super) async fn from_environment(region: &str) -> Self {
        let kms = AwsKms::from_environment_in(region, KmsTimeouts::default()).await;
        Self { keys: KmsKeys::new(kms.clone()), kms }
    }

    pub(super) fn provider(&self) -> AwsKms {
        self.kms.clone()
    }

    /// Asks no further once the service or the key is out of reach: each of the other calls would take as long to say the same.
    pub(super) async fn owner(
        &self,
        asker: &Asker<'_>,
        key: &KeyFacts<'_>,
        entry: &KeyringEntry,
        arn: &str,
    ) -> OwnerFacts {
        let mut owner = OwnerFacts::default();
        let described = self.keys.describe(arn, None).await.map(describe).map_err(trouble);
        let (ends, enabled, fit) = match &described {
            Ok(description) => (false, description.is_enabled(), description.is_fit()),
            Err(Trouble::Denied) => (false, true, true),
            Err(_) => (true, false, false),
        };
        owner.description = Some(described);
        if ends || !fit {
            return owner;
        }
        let public = self.keys.public_key(arn).await.map_err(trouble);
        let pem = public.as_ref().ok().and_then(|public| public.pem());
        let ends = matches!(public, Err(Trouble::Unavailable(_)));
        owner.public_key = Some(public.map(|public| public.public_key()));
        if ends || !enabled {
            return owner;
        }
        for (policy, pem) in asker.public_keys(key, pem) {
            let outcome = match canary::make(key.key_id, &pem, entry) {
                None => Canary::NotMade,
                Some(text) if asker.depth == Depth::Decrypt => asker.decrypt(&text).await,
                Some(text) => self.may_decrypt(asker, key, entry, &text).await,
            };
            let ends = matches!(outcome, Canary::Unavailable(_));
            owner.canaries.push(CanaryFacts { policy, outcome });
            if ends {
                break;
            }
        }
        owner
    }

    async fn may_decrypt(
        &self,
        asker: &Asker<'_>,
        key: &KeyFacts<'_>,
        entry: &KeyringEntry,
        text: &CanaryText,
    ) -> Canary {
        let scan = Scan::new(text.encrypted.as_slice(), TextFormat::Json, asker.decryptor.keyring());
        // A token of another size than the keyring's `key_spec` is damaged.
        let Some(ciphertext) = scan.as_ref().ok().and_then(|scan| scan.ciphertexts().first()) else {
            return Canary::Failed;
        };
        let question = Question { key_id: key.key_id, entry, ciphertext: ciphertext.bytes() };
        match self.kms.may_decrypt(question, &Meter::default()).await {
            Ok(Permission::Allowed) => Canary::Allowed,
            Ok(Permission::Denied) => Canary::Denied,
            Ok(Permission::Failed) => Canary::Failed,
            Err(KeyError::Unavailable { reason, .. }) => Canary::Unavailable(reason),
            Err(_) => Canary::Unavailable(Unavailability::Other),
        }
    }
}

fn describe(key: KeyDescription) -> Description {
    let date = |date: Option<DateTime>| date.and_then(|date| date.fmt(Format::DateTime).ok());
    Description {
        deletion_date: date(key.deletion_date),
        valid_to: date(key.valid_to),
        state: key.state,
        usage: key.usage,
        spec: key.spec,
        algorithms: key.algorithms,
    }
}

fn trouble(error: KmsCallError) -> Trouble {
    match error.reason {
        KmsCallReason::Denied => Trouble::Denied,
        KmsCallReason::Unavailable(reason) => Trouble::Unavailable(reason),
        _ => Trouble::Unavailable(Unavailability::Other),
    }
}
