//! The seam between decryption and wherever private keys are.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use std::path::PathBuf;

use edgeseal::{Answer, KeyId, KeyLocation, KeyringEntry};

use crate::{KeyError, Meter};

/// What a [`KeyProvider`] will have found out.
pub type Asking<'a> = Pin<Box<dyn Future<Output = Result<Answer, KeyError>> + Send + 'a>>;

/// Decrypts under the keys at one sort of location.
///
/// It is asked for one ciphertext at a time, many times at once.
pub trait KeyProvider: Send + Sync {
    /// Whether keys at this location are its business.
    fn serves(&self, location: &KeyLocation) -> bool;

    /// Decrypts one ciphertext. Each call that costs money or a quota is to be counted by the meter, and not made if it says no.
    ///
    /// An [`Answer::Unavailable`] says less than a [`KeyError`] and means the same.
    fn ask<'a>(&'a self, question: Question<'a>, meter: &'a Meter) -> Asking<'a>;

    /// What the keys' owner should know, of all questions so far.
    fn warnings(&self) -> Vec<Warning> {
        Vec::new()
    }

    /// Who asks, as far as the owner of the keys is told: never a secret.
    fn caller(&self) -> Option<String> {
        None
    }
}

/// One distinct ciphertext of a text.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The key it is under.
    pub key_id: &'a KeyId,
    /// The keyring's entry of that key. Nothing but this says where the key lives.
    pub entry: &'a KeyringEntry,
    /// The RSAES-OAEP-SHA-256 ciphertext: 256, 384 or 512 bytes.
    pub ciphertext: &'a [u8],
}

impl fmt::Debug for Question<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Question").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

/// Something that does not keep a text from being decrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// Others than its owner can read a private key file.
    ReadableByOthers {
        /// The file.
        path: PathBuf,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReadableByOthers { path } => {
                write!(f, "others than its owner can read the private key file `{}`", path.display())
            }
        }
    }
}
