//! Why a text is not scanned, or not decrypted.

use core::fmt;

use crate::json::JsonError;

/// A text is not of the format it is said to have. Offsets are in bytes from its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScanError {
    /// The text is not UTF-8 (RFC 3629), or begins with a byte order mark.
    NotUtf8 {
        /// Of the first byte that is not UTF-8.
        offset: usize,
    },
    /// The text, or a line of it, is not one JSON text (RFC 8259).
    JsonInvalid {
        /// Of the byte that cannot stand there.
        offset: usize,
    },
    /// More than 1,024 arrays and objects are open.
    JsonTooDeep {
        /// Of the bracket that is one too many.
        offset: usize,
    },
}

impl ScanError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotUtf8 { .. } => "body_not_utf8",
            Self::JsonInvalid { .. } => "json_invalid",
            Self::JsonTooDeep { .. } => "json_too_deep",
        }
    }
}

impl fmt::Display for ScanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUtf8 { offset } => {
                write!(f, "the text is not UTF-8 without a byte order mark (byte {offset})")
            }
            Self::JsonInvalid { offset } => write!(f, "the text is not valid JSON (byte {offset})"),
            Self::JsonTooDeep { offset } => write!(f, "the text nests deeper than 1,024 (byte {offset})"),
        }
    }
}

impl core::error::Error for ScanError {}

impl From<JsonError> for ScanError {
    fn from(error: JsonError) -> Self {
        match error {
            JsonError::Invalid { offset } => Self::JsonInvalid { offset },
            JsonError::TooDeep { offset } => Self::JsonTooDeep { offset },
        }
    }
}

/// A text is not decrypted, and nothing of it is given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenError {
    /// A token did not open: one error for every reason.
    DecryptionFailed {
        /// Where the token begins, in bytes.
        offset: usize,
    },
    /// The key of a token could not be asked.
    KeyUnavailable {
        /// Where the token begins, in bytes.
        offset: usize,
    },
}

impl OpenError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::DecryptionFailed { .. } => "decryption_failed",
            Self::KeyUnavailable { .. } => "key_unavailable",
        }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DecryptionFailed { offset } => write!(f, "the token at byte {offset} does not open"),
            Self::KeyUnavailable { offset } => {
                write!(f, "the key of the token at byte {offset} cannot be asked")
            }
        }
    }
}

impl core::error::Error for OpenError {}
