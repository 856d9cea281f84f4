//! Why a text is not moved to another key.

use core::fmt;

use super::super::{NotDecrypted, OpenError};
use crate::label::KeyId;

/// Which key the caller may not use, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// The one that the token is under. AWS KMS: `kms:ReEncryptFrom`.
    Source,
    /// The one that it is moved to. AWS KMS: `kms:ReEncryptTo`.
    Destination,
    /// One of the two.
    Either,
}

/// Why a well-formed token is not moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotRewrapped {
    /// The caller may not use one of the keys.
    Denied(Denial),
    /// It does not open, or is not what the selection requires: one outcome for every reason.
    Failed,
    /// Its plaintext is longer than the destination can take.
    TooLong,
    /// A key could not be asked.
    Unavailable,
}

/// A text is not moved to another key, and nothing of it is given out. Offsets are in bytes from its beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RewrapError {
    /// A token did not open, or its key could not be asked.
    Open(OpenError),
    /// The caller may not use one of the keys.
    Denied {
        /// Where the token begins.
        offset: usize,
        /// Which.
        denial: Denial,
        /// Its key.
        from: KeyId,
        /// The key that it was to be moved to.
        to: KeyId,
    },
    /// What is encrypted directly in a token is longer than the destination can take.
    TooLong {
        /// Where the token begins.
        offset: usize,
        /// The destination.
        key_id: KeyId,
    },
    /// The destination does not take tokens of this kind: its `mode` is another, or its classic tags are for text alone.
    KindRefused {
        /// Where the token begins.
        offset: usize,
        /// The destination.
        key_id: KeyId,
    },
    /// The classic tags of the destination cannot be written where the token stands.
    PlaceRefused {
        /// Where the token begins.
        offset: usize,
        /// The destination.
        key_id: KeyId,
    },
    /// A new ciphertext is not as long as the destination's are.
    LengthWrong {
        /// Where the token begins.
        offset: usize,
        /// The destination.
        key_id: KeyId,
    },
}

impl NotRewrapped {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Denied(_) => NotDecrypted::Denied.code(),
            Self::Failed => NotDecrypted::Failed.code(),
            Self::TooLong => "rewrap_too_long",
            Self::Unavailable => NotDecrypted::Unavailable.code(),
        }
    }
}

impl RewrapError {
    pub(super) fn of(reason: NotRewrapped, offset: usize, from: &KeyId, to: &KeyId) -> Self {
        match reason {
            NotRewrapped::Denied(denial) => {
                Self::Denied { offset, denial, from: from.clone(), to: to.clone() }
            }
            NotRewrapped::Failed => Self::Open(OpenError::DecryptionFailed { offset }),
            NotRewrapped::TooLong => Self::TooLong { offset, key_id: to.clone() },
            NotRewrapped::Unavailable => {
                Self::Open(OpenError::KeyUnavailable { offset, key_id: from.clone() })
            }
        }
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Open(error) => error.code(),
            Self::Denied { .. } => NotDecrypted::Denied.code(),
            Self::TooLong { .. } => NotRewrapped::TooLong.code(),
            Self::KindRefused { .. } => "rewrap_kind_refused",
            Self::PlaceRefused { .. } => "rewrap_place_refused",
            Self::LengthWrong { .. } => "rewrap_length_wrong",
        }
    }
}

impl fmt::Display for RewrapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(error) => error.fmt(f),
            Self::Denied { offset, denial, from, to } => {
                write!(f, "the token at byte {offset} may not be moved from the key `{from}` to `{to}`: ")?;
                match denial {
                    Denial::Source => write!(f, "`kms:ReEncryptFrom` on `{from}` is denied"),
                    Denial::Destination => write!(f, "`kms:ReEncryptTo` on `{to}` is denied"),
                    Denial::Either => {
                        write!(f, "`kms:ReEncryptFrom` on `{from}` or `kms:ReEncryptTo` on `{to}` is denied")
                    }
                }
            }
            Self::TooLong { offset, key_id } => {
                write!(
                    f,
                    "the value in the token at byte {offset} is longer than the key `{key_id}` can take"
                )
            }
            Self::KindRefused { offset, key_id } => {
                write!(f, "the key `{key_id}` does not take tokens of the kind of the one at byte {offset}")
            }
            Self::PlaceRefused { offset, key_id } => {
                write!(
                    f,
                    "the tags of the key `{key_id}` cannot stand where the token at byte {offset} stands"
                )
            }
            Self::LengthWrong { offset, key_id } => {
                write!(
                    f,
                    "the new ciphertext of the token at byte {offset} is not as long as those of the key `{key_id}`"
                )
            }
        }
    }
}

impl core::error::Error for RewrapError {}
