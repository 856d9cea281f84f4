//! The seam between decryption and wherever private keys are.

use core::fmt;
use std::path::PathBuf;

use edgeseal::{Answer, KeyId, KeyLocation, KeyringEntry};

use crate::PrivateKeyError;

/// Decrypts under the keys at one sort of location.
///
/// It is asked with all ciphertexts of a text at once, so that a provider across a network can have several calls under way.
pub trait KeyProvider {
    /// Whether keys at this location are its business.
    fn serves(&self, location: &KeyLocation) -> bool;

    /// One answer for each question, in the same order. A missing answer counts as [`Answer::Unavailable`].
    ///
    /// # Errors
    /// [`KeyError`] if a key is not usable at all; then nothing of the text is decrypted.
    fn answer(&mut self, questions: &[Question<'_>]) -> Result<Vec<Answer>, KeyError>;

    /// What the keys' owner should know, of all questions so far.
    fn warnings(&self) -> &[Warning] {
        &[]
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

/// A key is not usable.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// The private key file cannot be read.
    Unreadable {
        /// The key.
        key_id: KeyId,
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        reason: String,
    },
    /// The private key file does not hold a private key that this release uses.
    Refused {
        /// The key.
        key_id: KeyId,
        /// The file.
        path: PathBuf,
        /// Why.
        error: PrivateKeyError,
    },
}

impl KeyError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "io_failed",
            Self::Refused { error, .. } => error.code(),
        }
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { key_id, path, reason } => {
                write!(f, "cannot read the private key `{key_id}` in `{}`: {reason}", path.display())
            }
            Self::Refused { key_id, path, error } => {
                write!(f, "the private key `{key_id}` in `{}`: {error}", path.display())
            }
        }
    }
}

impl core::error::Error for KeyError {}

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
