//! Why a text is not scanned, or not decrypted.

use core::fmt;

use super::NotDecrypted;
use crate::json::JsonError;
use crate::label::KeyId;

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
    /// The text is not CSV (RFC 4180): a quotation mark inside a field without quotation marks, text behind a closing one, a quoted
    /// field that does not end, or a CR outside quotation marks without LF behind it.
    CsvInvalid {
        /// Of the byte that cannot stand there; of a field that does not end, its quotation mark.
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
            Self::CsvInvalid { .. } => "csv_invalid",
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
            Self::CsvInvalid { offset } => write!(f, "the text is not valid CSV (byte {offset})"),
            Self::JsonTooDeep { offset } => write!(f, "the text nests deeper than 1,024 (byte {offset})"),
        }
    }
}

impl core::error::Error for ScanError {}

impl ScanError {
    /// What is wrong with JSON of a piece that begins at `base`.
    pub(super) fn of_json(error: JsonError, base: usize) -> Self {
        match error {
            JsonError::Invalid { offset } => Self::JsonInvalid { offset: base.saturating_add(offset) },
            JsonError::TooDeep { offset } => Self::JsonTooDeep { offset: base.saturating_add(offset) },
        }
    }
}

/// A text is not decrypted, and nothing of it is given out. Offsets are in bytes from its beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenError {
    /// A token did not open, or is not what the selection requires: one error for every reason.
    DecryptionFailed {
        /// Where the token begins.
        offset: usize,
    },
    /// The key of a token could not be asked.
    KeyUnavailable {
        /// Where the token begins.
        offset: usize,
        /// Its key.
        key_id: KeyId,
    },
    /// The key of a token may not be used, and it was said that then nothing is to come out.
    AccessDenied {
        /// Where the token begins.
        offset: usize,
        /// Its key.
        key_id: KeyId,
    },
}

impl OpenError {
    pub(super) fn of(reason: NotDecrypted, offset: usize, key_id: &KeyId) -> Self {
        match reason {
            NotDecrypted::Failed => Self::DecryptionFailed { offset },
            NotDecrypted::Unavailable => Self::KeyUnavailable { offset, key_id: key_id.clone() },
            NotDecrypted::Denied => Self::AccessDenied { offset, key_id: key_id.clone() },
        }
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::DecryptionFailed { .. } => NotDecrypted::Failed.code(),
            Self::KeyUnavailable { .. } => NotDecrypted::Unavailable.code(),
            Self::AccessDenied { .. } => NotDecrypted::Denied.code(),
        }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DecryptionFailed { offset } => write!(f, "the token at byte {offset} does not open"),
            Self::KeyUnavailable { offset, key_id } => {
                write!(f, "the key `{key_id}` of the token at byte {offset} cannot be asked")
            }
            Self::AccessDenied { offset, key_id } => {
                write!(f, "the key `{key_id}` of the token at byte {offset} may not be used")
            }
        }
    }
}

impl core::error::Error for OpenError {}
