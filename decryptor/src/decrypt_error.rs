//! Why a text is not decrypted.

use core::fmt;

use edgeseal::{OpenError, ScanError};

use crate::KeyError;

/// A text is not decrypted, and nothing of it is given out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecryptError {
    /// The text is not of its format.
    Scan(ScanError),
    /// A key is not usable.
    Key(KeyError),
    /// A token does not open, or its key cannot be asked.
    Open(OpenError),
    /// A piece of the text is longer than [`Limits::max_piece_bytes`](crate::Limits::max_piece_bytes).
    PieceTooLong {
        /// Where it begins, in bytes from the beginning of the text.
        offset: u64,
    },
}

impl DecryptError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Scan(error) => error.code(),
            Self::Key(error) => error.code(),
            Self::Open(error) => error.code(),
            Self::PieceTooLong { .. } => "piece_too_long",
        }
    }
}

impl fmt::Display for DecryptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scan(error) => error.fmt(f),
            Self::Key(error) => error.fmt(f),
            Self::Open(error) => error.fmt(f),
            Self::PieceTooLong { offset } => {
                write!(f, "a line, a record or a string that begins at or before byte {offset} is too long")
            }
        }
    }
}

impl core::error::Error for DecryptError {}

impl From<ScanError> for DecryptError {
    fn from(error: ScanError) -> Self {
        Self::Scan(error)
    }
}

impl From<KeyError> for DecryptError {
    fn from(error: KeyError) -> Self {
        Self::Key(error)
    }
}

impl From<OpenError> for DecryptError {
    fn from(error: OpenError) -> Self {
        Self::Open(error)
    }
}
