//! Asks the owners of the private keys: AWS KMS, and files.

mod kms;

use std::collections::BTreeSet;
use std::path::Path;

use edgeseal::{KeyLocation, Keyring, KeyringEntry, TextFormat};
use edgeseal_decryptor::{
    DecryptError, Decryptor, KeyError, KeyProvider, LocalKeys, PrivateKeyError, Unavailability,
};
use futures_util::{StreamExt, stream};
use pem_rfc7468::LineEnding;

use super::canary::{self, CanaryText};
use super::facts::{Canary, CanaryFacts, KeyFacts, OwnerFacts, Trouble};
use super::policies::PolicyFile;

/// Keys that are asked about at once.
const CONCURRENCY: usize = 8;

/// How much the owners are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    /// AWS KMS is not called.
    Offline,
    /// Nothing is decrypted.
    NoDecrypt,
    /// A canary is decrypted.
    Decrypt,
}

pub(super) struct Asker<'a> {
    depth: Depth,
    policies: &'a [PolicyFile],
    folder: &'a Path,
    decryptor: Decryptor,
    kms: Option<kms::Kms>,
}

impl<'a> Asker<'a> {
    /// Loads the AWS configuration if one of these keys is in AWS KMS and may be asked, and not otherwise: credentials can be a matter of a
    /// request to the machine's metadata service.
    pub(super) async fn new(
        depth: Depth,
        keyring: &Keyring,
        keyring_path: &'a Path,
        policies: &'a [PolicyFile],
        keys: &[KeyFacts<'_>],
    ) -> Self {
        let folder = keyring_path.parent().unwrap_or(Path::new(""));
        let decryptor = Decryptor::new(keyring.clone()).with_local_keys(folder);
        let region_of = |entry: &KeyringEntry| match entry.location() {
            KeyLocation::Kms(arn) => Some(arn.split(':').nth(3)?.to_owned()),
            _ => None,
        };
        let region = keys.iter().filter_map(|key| key.entry).find_map(region_of);
        let kms = match region.filter(|_| depth != Depth::Offline) {
            Some(region) => Some(kms::Kms::from_environment(&region).await),
            None => None,
        };
        let decryptor = match &kms {
            Some(kms) => decryptor.with_provider(kms.provider()),
            None => decryptor,
        };
        Self { depth, policies, folder, decryptor, kms }
    }

    /// What the owner of each key says, in the order of the keys.
    pub(super) async fn ask(&self, keys: &[KeyFacts<'_>]) -> Vec<Option<OwnerFacts>> {
        stream::iter(keys).map(|key| self.owner(key)).buffered(CONCURRENCY).collect().await
    }

    async fn owner(&self, key: &KeyFacts<'_>) -> Option<OwnerFacts> {
        let entry = key.entry?;
        match entry.location() {
            KeyLocation::File(_) => Some(self.file(key, entry).await),
            KeyLocation::Kms(_) if self.depth == Depth::Offline => None,
            KeyLocation::Kms(arn) => Some(self.kms.as_ref()?.owner(self, key, entry, arn).await),
            _ => Some(OwnerFacts {
                public_key: Some(Err(Trouble::Unavailable(Unavailability::NoProvider))),
                ..OwnerFacts::default()
            }),
        }
    }

    async fn file(&self, key: &KeyFacts<'_>, entry: &KeyringEntry) -> OwnerFacts {
        let files = LocalKeys::new(self.folder);
        let (public_key, pem) = match files.read(key.key_id, entry) {
            Ok(private) => (Ok(Ok(private.public_key().clone())), pem(private.public_der())),
            // It is a private key, and not one of ours.
            Err(KeyError::Refused { error: PrivateKeyError::PublicKey(error), .. }) => (Ok(Err(error)), None),
            Err(error @ KeyError::Unreadable { .. }) => {
                (Err(Trouble::FileUnreadable(error.to_string())), None)
            }
            Err(error) => (Err(Trouble::FileRefused(error.to_string())), None),
        };
        // The decryptor refuses a file that is not what the keyring's fingerprint means, and that is said as such.
        let fits = |digest: &[u8; 32]| matches!(&public_key, Ok(Ok(found)) if found.spki_sha256() == digest);
        let usable = matches!(public_key, Ok(Ok(_))) && entry.spki_sha256().is_none_or(fits);
        let mut canaries = Vec::new();
        if usable && self.depth == Depth::NoDecrypt {
            canaries.push(CanaryFacts { policy: None, outcome: Canary::Allowed });
        } else if usable {
            for (policy, pem) in self.public_keys(key, pem) {
                let outcome = match canary::make(key.key_id, &pem, entry) {
                    Some(text) => self.decrypt(&text).await,
                    None => Canary::NotMade,
                };
                canaries.push(CanaryFacts { policy, outcome });
            }
        }
        OwnerFacts {
            description: None,
            public_key: Some(public_key),
            canaries,
            readable_by_others: !files.warnings().is_empty(),
        }
    }

    /// Each distinct public key that a policy has for the key, with the first policy that has it; the owner's, if no policy has the key.
    fn public_keys(&self, key: &KeyFacts<'_>, owners: Option<String>) -> Vec<(Option<String>, String)> {
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for policy in &key.policies {
            let pem = self.policies.iter().find(|file| file.name == policy.file);
            let pem = pem.and_then(|file| file.public_pem(key.key_id));
            if let Some(pem) = pem.filter(|_| seen.insert(policy.public_key.spki_sha256())) {
                found.push((Some(policy.file.to_owned()), pem.to_owned()));
            }
        }
        if found.is_empty() {
            found.extend(owners.map(|pem| (None, pem)));
        }
        found
    }

    /// Has a canary decrypted as every token is.
    async fn decrypt(&self, text: &CanaryText) -> Canary {
        match self.decryptor.decrypt(&text.encrypted, Some(TextFormat::Json)).await {
            Ok(decrypted) if *decrypted.body == text.plain.as_bytes() => Canary::Opened,
            Ok(decrypted) if decrypted.report.reasons().contains_key("access_denied") => Canary::Denied,
            Err(DecryptError::Key(KeyError::Unavailable { reason, .. })) => Canary::Unavailable(reason),
            Ok(_) | Err(_) => Canary::Failed,
        }
    }
}

fn pem(der: &[u8]) -> Option<String> {
    pem_rfc7468::encode_string("PUBLIC KEY", LineEnding::LF, der).ok()
}
