//! The seam between moving tokens and whoever can decrypt and encrypt.

use core::fmt;
use core::future::Future;
use core::pin::Pin;

use edgeseal::{KeyId, KeyringEntry, RewrapAnswer};

use crate::{KeyError, Meter, Warning};

/// What a [`RewrapProvider`] will have found out.
pub type Rewrapping<'a> = Pin<Box<dyn Future<Output = Result<RewrapAnswer, KeyError>> + Send + 'a>>;

/// Has ciphertexts decrypted under one key and encrypted under another.
///
/// It is asked for one ciphertext at a time, many times at once.
pub trait RewrapProvider: Send + Sync {
    /// Moves one ciphertext. Each call that costs money or a quota is to be counted by the meter under the key that the ciphertext is under,
    /// and not made if it says no.
    fn rewrap<'a>(&'a self, question: RewrapQuestion<'a>, meter: &'a Meter) -> Rewrapping<'a>;

    /// What the keys' owner should know, of all questions so far.
    fn warnings(&self) -> Vec<Warning> {
        Vec::new()
    }

    /// Who asks, as far as the owner of the keys is told: never a secret.
    fn caller(&self) -> Option<String> {
        None
    }
}

/// One distinct ciphertext of a text, and where it is to go.
#[derive(Clone, Copy)]
pub struct RewrapQuestion<'a> {
    /// The key it is under.
    pub key_id: &'a KeyId,
    /// The keyring's entry of that key. Nothing but this says where the key lives.
    pub entry: &'a KeyringEntry,
    /// The key that it is to be under.
    pub to_key_id: &'a KeyId,
    /// The keyring's entry of that key.
    pub to_entry: &'a KeyringEntry,
    /// The RSAES-OAEP-SHA-256 ciphertext: 256, 384 or 512 bytes.
    pub ciphertext: &'a [u8],
}

impl fmt::Debug for RewrapQuestion<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RewrapQuestion")
            .field("key_id", &self.key_id)
            .field("to_key_id", &self.to_key_id)
            .finish_non_exhaustive()
    }
}
