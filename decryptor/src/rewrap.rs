//! Moves tokens to another key.

mod local;
mod provider;
mod refused;
mod report;
mod run;
mod stream;

use core::fmt;
use std::sync::Arc;

use edgeseal::{Destination, KeyId, KeyLocation, Keyring, KeyringEntry};

use crate::Warning;
pub use local::LocalRewrap;
pub use provider::{RewrapProvider, RewrapQuestion, Rewrapping};
pub use refused::{RewrapFailure, RewrapRefused};
pub use report::{RewrapKeyCounts, RewrapReport};
pub use run::{Keeping, RewrapOptions, RewrapRun};
pub use stream::RewrapStream;

/// Moves the tokens of texts from some keys of a keyring to another. Clones are cheap and share their provider.
///
/// Of a token, the key id and the RSA ciphertext change, and nothing else; of a text, nothing but its tokens.
#[derive(Clone)]
pub struct Rewrapper {
    keyring: Arc<Keyring>,
    from: Arc<[KeyId]>,
    to: Destination,
    provider: Arc<dyn RewrapProvider>,
}

impl Rewrapper {
    /// Moves them within AWS KMS: no plaintext and no data key leaves the service, and whoever asks needs `kms:ReEncryptFrom` on the one key,
    /// `kms:ReEncryptTo` on the other, and no `kms:Decrypt`.
    ///
    /// # Errors
    /// [`RewrapRefused`] if that cannot be: a key is in a file, or they are in different Regions.
    pub fn within_kms(
        keyring: Keyring,
        from: &[KeyId],
        to: &KeyId,
        provider: impl RewrapProvider + 'static,
    ) -> Result<Self, RewrapRefused> {
        let new = Self::new(keyring, from, to, Arc::new(provider))?;
        for from in from {
            let (from, to) = (from.clone(), to.clone());
            match (new.location(&from), new.location(&to)) {
                (Some(KeyLocation::Kms(source)), Some(KeyLocation::Kms(destination))) => {
                    if region(source) != region(destination) {
                        return Err(RewrapRefused::Regions { from, to });
                    }
                }
                (Some(KeyLocation::Kms(_)), _) => return Err(RewrapRefused::LeavesKms { from, to }),
                _ => return Err(RewrapRefused::NotInKms { key_id: from }),
            }
        }
        Ok(new)
    }

    /// Moves them in this process: what is in them is in its memory for a moment, each.
    ///
    /// # Errors
    /// [`RewrapRefused`] if a key that they are under is not in a file, or the public key of the other cannot be had.
    pub fn locally(
        keyring: Keyring,
        from: &[KeyId],
        to: &KeyId,
        provider: LocalRewrap,
    ) -> Result<Self, RewrapRefused> {
        let has_public_key = provider.has_public_key();
        let new = Self::new(keyring, from, to, Arc::new(provider))?;
        if !has_public_key && !matches!(new.location(to), Some(KeyLocation::File(_))) {
            return Err(RewrapRefused::NoPublicKey { key_id: to.clone() });
        }
        for from in from {
            if !matches!(new.location(from), Some(KeyLocation::File(_))) {
                return Err(RewrapRefused::NotInFile { key_id: from.clone() });
            }
        }
        Ok(new)
    }

    fn new(
        keyring: Keyring,
        from: &[KeyId],
        to: &KeyId,
        provider: Arc<dyn RewrapProvider>,
    ) -> Result<Self, RewrapRefused> {
        let unknown = |key_id: &KeyId| RewrapRefused::KeyUnknown { key_id: key_id.clone() };
        let to = Destination::new(to.clone(), keyring.get(to).ok_or_else(|| unknown(to))?);
        for from in from {
            let entry = keyring.get(from).ok_or_else(|| unknown(from))?;
            if from == to.key_id() || keyring.get(to.key_id()).is_some_and(|to| is_same_key(entry, to)) {
                return Err(RewrapRefused::SameKey { key_id: from.clone() });
            }
        }
        Ok(Self { keyring: Arc::new(keyring), from: from.into(), to, provider })
    }

    /// Begins a run: texts that share answers, limits and a report.
    pub fn run(&self, options: RewrapOptions) -> RewrapRun {
        RewrapRun::new(self.clone(), options)
    }

    /// The keyring.
    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// The keys that tokens are moved from.
    pub fn from(&self) -> &[KeyId] {
        &self.from
    }

    /// The key that they are moved to.
    pub fn to(&self) -> &Destination {
        &self.to
    }

    /// What the keys' owner should know, of all texts so far.
    pub fn warnings(&self) -> Vec<Warning> {
        self.provider.warnings()
    }

    /// Who asks for keys, as far as their owner is told.
    pub fn caller(&self) -> Option<String> {
        self.provider.caller()
    }

    pub(crate) fn provider(&self) -> &dyn RewrapProvider {
        &*self.provider
    }

    fn location(&self, key_id: &KeyId) -> Option<&KeyLocation> {
        Some(self.keyring.get(key_id)?.location())
    }
}

/// Whether two key ids are one key, as far as the keyring tells: to move tokens from one to the other would look like a rotation and be none.
fn is_same_key(one: &KeyringEntry, other: &KeyringEntry) -> bool {
    let digests = one.spki_sha256().zip(other.spki_sha256());
    one.location() == other.location() || digests.is_some_and(|(one, other)| one == other)
}

impl fmt::Debug for Rewrapper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rewrapper").field("from", &self.from).field("to", &self.to).finish_non_exhaustive()
    }
}

/// The partition and the Region of a key's ARN, which a keyring has checked.
fn region(arn: &str) -> (Option<&str>, Option<&str>) {
    let mut parts = arn.split(':').skip(1);
    (parts.next(), parts.nth(1))
}
