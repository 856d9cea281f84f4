//! Why tokens are not moved.

use core::fmt;

use edgeseal::{KeyId, RewrapError, ScanError};

use crate::{DecryptError, KeyError};

/// Tokens cannot be moved from one key to the other, whatever they are.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RewrapRefused {
    /// The keyring does not have the key.
    KeyUnknown {
        /// The key.
        key_id: KeyId,
    },
    /// It is the same key, by its key id, its location or its fingerprint.
    SameKey {
        /// The key.
        key_id: KeyId,
    },
    /// The keys are in different Regions: `ReEncrypt` works within one.
    Regions {
        /// The key that tokens are under.
        from: KeyId,
        /// The one that they were to be moved to.
        to: KeyId,
    },
    /// The destination is in a file: the plaintext would leave AWS KMS.
    LeavesKms {
        /// The key that tokens are under.
        from: KeyId,
        /// The one that they were to be moved to.
        to: KeyId,
    },
    /// The key is in a file: that takes its private key in this process.
    NotInKms {
        /// The key.
        key_id: KeyId,
    },
    /// The key is not in a file.
    NotInFile {
        /// The key.
        key_id: KeyId,
    },
    /// The destination is not in a file, and its public key was not given.
    NoPublicKey {
        /// The key.
        key_id: KeyId,
    },
    /// The public key is not the one that the keyring means.
    WrongPublicKey {
        /// The key.
        key_id: KeyId,
    },
}

impl RewrapRefused {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        "rewrap_refused"
    }
}

impl fmt::Display for RewrapRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyUnknown { key_id } => write!(f, "the keyring does not have the key `{key_id}`"),
            Self::SameKey { key_id } => {
                write!(f, "the key `{key_id}` is the same key as the one that its tokens are to be moved to")
            }
            Self::Regions { from, to } => {
                write!(
                    f,
                    "the keys `{from}` and `{to}` are in different Regions, and AWS KMS moves nothing between Regions"
                )
            }
            Self::LeavesKms { from, to } => {
                write!(f, "the key `{from}` is in AWS KMS and `{to}` is not: the plaintext would leave KMS")
            }
            Self::NotInKms { key_id } => write!(f, "the key `{key_id}` is in a file, not in AWS KMS"),
            Self::NotInFile { key_id } => write!(f, "the key `{key_id}` is in AWS KMS, not in a file"),
            Self::NoPublicKey { key_id } => {
                write!(f, "the key `{key_id}` is in AWS KMS, and its public key was not given")
            }
            Self::WrongPublicKey { key_id } => {
                write!(f, "the public key is not that of the key `{key_id}` in the keyring")
            }
        }
    }
}

impl core::error::Error for RewrapRefused {}

/// The tokens of a text are not moved, and nothing of it is given out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RewrapFailure {
    /// The text is not of its format, a key is not usable, or a piece of the text is too long: as when it is decrypted.
    Text(DecryptError),
    /// A token is not moved.
    Token(RewrapError),
}

impl RewrapFailure {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Text(error) => error.code(),
            Self::Token(error) => error.code(),
        }
    }
}

impl fmt::Display for RewrapFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(error) => error.fmt(f),
            Self::Token(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for RewrapFailure {}

impl From<DecryptError> for RewrapFailure {
    fn from(error: DecryptError) -> Self {
        Self::Text(error)
    }
}

impl From<ScanError> for RewrapFailure {
    fn from(error: ScanError) -> Self {
        Self::Text(error.into())
    }
}

impl From<KeyError> for RewrapFailure {
    fn from(error: KeyError) -> Self {
        Self::Text(error.into())
    }
}

impl From<RewrapError> for RewrapFailure {
    fn from(error: RewrapError) -> Self {
        Self::Token(error)
    }
}
