//! Moves ciphertexts between keys in this process.

use std::path::PathBuf;

use edgeseal::{Answer, KeyId, Keyring, PublicKey, RewrapAnswer};
use getrandom::SysRng;

use super::{RewrapProvider, RewrapQuestion, RewrapRefused, Rewrapping};
use crate::{LocalKeys, Meter, Warning};

/// Decrypts under private keys in files, and encrypts under a public key. A file is read when its key is first needed, and once.
#[derive(Debug)]
pub struct LocalRewrap {
    keys: LocalKeys,
    /// Unless it is that of the destination's private key.
    to: Option<PublicKey>,
}

impl LocalRewrap {
    /// Looks for private keys in this folder, the keyring's: also for that of the destination, for the sake of its public key.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { keys: LocalKeys::new(folder), to: None }
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
        Ok(Self { keys: LocalKeys::new(folder), to: Some(public_key) })
    }

    pub(super) fn has_public_key(&self) -> bool {
        self.to.is_some()
    }
}

impl RewrapProvider for LocalRewrap {
    fn rewrap<'a>(&'a self, question: RewrapQuestion<'a>, _: &'a Meter) -> Rewrapping<'a> {
        Box::pin(async move {
            let key = self.keys.key(question.key_id, question.entry)?;
            let to = match &self.to {
                Some(public_key) => public_key.clone(),
                None => self.keys.key(question.to_key_id, question.to_entry)?.public_key().clone(),
            };
            let ciphertext = question.ciphertext.to_vec();
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
