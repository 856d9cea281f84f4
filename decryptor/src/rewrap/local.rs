//! Moves ciphertexts between keys in this process.

use std::path::PathBuf;

use edgeseal::{Answer, KeyId, Keyring, PublicKey, RewrapAnswer};
use getrandom::SysRng;

use super::{RewrapProvider, RewrapQuestion, RewrapRefused, Rewrapping};
use crate::{KeyError, LocalKeys, Meter, Warning};

/// Decrypts under private keys in files, and encrypts under a public key.
#[derive(Debug)]
pub struct LocalRewrap {
    keys: LocalKeys,
    to: PublicKey,
}

impl LocalRewrap {
    /// Looks for private keys in this folder, the keyring's: also that of the destination, for the sake of its public key.
    ///
    /// # Errors
    /// [`KeyError`] if the destination's private key cannot be had.
    pub fn new(folder: impl Into<PathBuf>, keyring: &Keyring, to: &KeyId) -> Result<Self, KeyError> {
        let keys = LocalKeys::new(folder);
        let unavailable = || KeyError::Unavailable {
            key_id: to.clone(),
            reason: crate::Unavailability::NoProvider,
            request_id: None,
        };
        let key = keys.key(to, keyring.get(to).ok_or_else(unavailable)?)?;
        Ok(Self { to: key.public_key().clone(), keys })
    }

    /// The same with the destination's public key, whose private key may be anywhere: so data of a key in a file can move to AWS KMS.
    ///
    /// # Errors
    /// [`RewrapRefused::WrongPublicKey`] if it is not the key that the keyring means.
    pub fn with_public_key(
        folder: impl Into<PathBuf>,
        keyring: &Keyring,
        to: &KeyId,
        public_key: PublicKey,
    ) -> Result<Self, RewrapRefused> {
        let entry = keyring.get(to).ok_or_else(|| RewrapRefused::KeyUnknown { key_id: to.clone() })?;
        let is_other = entry.spki_sha256().is_some_and(|digest| digest != public_key.spki_sha256())
            || entry.key_spec().is_some_and(|size| size != public_key.size());
        if is_other {
            return Err(RewrapRefused::WrongPublicKey { key_id: to.clone() });
        }
        Ok(Self { keys: LocalKeys::new(folder), to: public_key })
    }
}

impl RewrapProvider for LocalRewrap {
    fn rewrap<'a>(&'a self, question: RewrapQuestion<'a>, _: &'a Meter) -> Rewrapping<'a> {
        Box::pin(async move {
            let key = self.keys.key(question.key_id, question.entry)?;
            let (to, ciphertext) = (self.to.clone(), question.ciphertext.to_vec());
            // A private-key operation takes about a millisecond: the other questions go to other threads.
            let moved = tokio::task::spawn_blocking(move || match key.answer(&ciphertext) {
                Answer::Plaintext(plaintext) if plaintext.len() > to.size().max_direct_bytes() => {
                    RewrapAnswer::TooLong
                }
                Answer::Plaintext(plaintext) => match to.encrypt(&plaintext, &mut SysRng) {
                    Ok(new) => RewrapAnswer::Ciphertext(new.into()),
                    Err(_) => RewrapAnswer::Unavailable,
                },
                Answer::WrongLength => RewrapAnswer::WrongLength,
                Answer::Failed | Answer::Denied => RewrapAnswer::Failed,
                Answer::Unavailable => RewrapAnswer::Unavailable,
            });
            Ok(moved.await.unwrap_or(RewrapAnswer::Unavailable))
        })
    }

    fn warnings(&self) -> Vec<Warning> {
        crate::KeyProvider::warnings(&self.keys)
    }
}
