//! Why a body is refused.

use core::fmt;

use crate::json::JsonError;
use crate::label::FieldName;

/// A body was refused. Offsets are in bytes from the beginning of the body; no variant holds anything of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncryptError {
    /// The content type is malformed, not named by the policy, or not in UTF-8.
    ContentTypeUnsupported,
    /// The body is not UTF-8 (RFC 3629), or begins with a byte order mark.
    NotUtf8 {
        /// Of the first byte that is not UTF-8.
        offset: usize,
    },
    /// The body, or a line of it, is not one JSON text (RFC 8259).
    JsonInvalid {
        /// Of the byte that cannot stand there.
        offset: usize,
    },
    /// More arrays and objects are open than the policy allows.
    JsonTooDeep {
        /// Of the bracket that is one too many.
        offset: usize,
    },
    /// A form is not one that every parser reads alike.
    FormInvalid {
        /// Of the field, or of the byte in it.
        offset: usize,
    },
    /// The same of multipart/form-data.
    MultipartInvalid {
        /// Of the part, or of what is taken for a boundary.
        offset: usize,
    },
    /// The same of the query string; the offset is in it.
    QueryInvalid {
        /// Of the field, or of the byte in it.
        offset: usize,
    },
    /// The body, or another part of the request, holds text in the shape of a token.
    ForeignToken,
    /// An object has two members of one name, and the policy refuses that.
    DuplicateName {
        /// Of the second member's name.
        offset: usize,
    },
    /// More values to encrypt than the policy allows.
    TooManyValues {
        /// The limit.
        limit: usize,
    },
    /// The encrypted body would be too long.
    OutputTooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// A protected value also stands elsewhere in the body.
    ValueLeft {
        /// The rule.
        field: FieldName,
    },
    /// A required rule matches nothing.
    FieldMissing {
        /// The rule.
        field: FieldName,
    },
    /// A value is too long for RSA, and the rule does not allow an envelope token.
    ValueTooLong {
        /// The rule.
        field: FieldName,
    },
    /// A value under a key with classic tags is not a string, or holds a lone surrogate; or a rule matches a part of a form that is no text.
    ValueNotString {
        /// The rule.
        field: FieldName,
    },
    /// The random number generator failed, or gave zeros or a repetition.
    RandomnessFailed,
    /// Encryption failed.
    EncryptionFailed,
}

impl EncryptError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code_and_status().0
    }

    /// The HTTP status an edge function answers with.
    pub fn http_status(&self) -> u16 {
        self.code_and_status().1
    }

    fn code_and_status(&self) -> (&'static str, u16) {
        match self {
            Self::ContentTypeUnsupported => ("content_type_unsupported", 415),
            Self::NotUtf8 { .. } => ("body_not_utf8", 400),
            Self::JsonInvalid { .. } => ("json_invalid", 400),
            Self::JsonTooDeep { .. } => ("json_too_deep", 400),
            Self::FormInvalid { .. } => ("form_invalid", 400),
            Self::MultipartInvalid { .. } => ("multipart_invalid", 400),
            Self::QueryInvalid { .. } => ("query_invalid", 400),
            Self::ForeignToken => ("foreign_token", 400),
            Self::DuplicateName { .. } => ("duplicate_name", 400),
            Self::TooManyValues { .. } => ("too_many_values", 413),
            Self::OutputTooLarge { .. } => ("output_too_large", 413),
            Self::ValueLeft { .. } => ("value_left", 422),
            Self::FieldMissing { .. } => ("field_missing", 422),
            Self::ValueTooLong { .. } => ("value_too_long", 422),
            Self::ValueNotString { .. } => ("value_not_string", 422),
            Self::RandomnessFailed => ("randomness_failed", 503),
            Self::EncryptionFailed => ("encryption_failed", 500),
        }
    }
}

impl fmt::Display for EncryptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ContentTypeUnsupported => {
                f.write_str("the content type is not one the policy names, or its charset is not UTF-8")
            }
            Self::NotUtf8 { offset } => {
                write!(f, "the body is not UTF-8 without a byte order mark (byte {offset})")
            }
            Self::JsonInvalid { offset } => write!(f, "the body is not valid JSON (byte {offset})"),
            Self::JsonTooDeep { offset } => {
                write!(f, "the body nests deeper than the policy allows (byte {offset})")
            }
            Self::FormInvalid { offset } => {
                write!(f, "the form is not one that every parser reads alike (byte {offset})")
            }
            Self::MultipartInvalid { offset } => {
                write!(f, "the parts of the form are not such as every parser reads alike (byte {offset})")
            }
            Self::QueryInvalid { offset } => {
                write!(f, "the query string is not one that every parser reads alike (its byte {offset})")
            }
            Self::ForeignToken => f.write_str("the request holds text in the shape of a token"),
            Self::DuplicateName { offset } => {
                write!(f, "an object has two members of one name (byte {offset})")
            }
            Self::TooManyValues { limit } => write!(f, "the body has more than {limit} values to encrypt"),
            Self::OutputTooLarge { limit } => {
                write!(f, "the encrypted body would be longer than {limit} bytes")
            }
            Self::ValueLeft { field } => {
                write!(f, "a value of the field `{field}` also stands elsewhere in the body")
            }
            Self::FieldMissing { field } => {
                write!(f, "the request has no value for the required field `{field}`")
            }
            Self::ValueTooLong { field } => {
                write!(f, "a value of the field `{field}` is too long for its key")
            }
            Self::ValueNotString { field } => {
                write!(f, "a value of the field `{field}` is not a string of Unicode characters")
            }
            Self::RandomnessFailed => f.write_str("the random number generator failed"),
            Self::EncryptionFailed => f.write_str("encryption failed"),
        }
    }
}

impl core::error::Error for EncryptError {}

impl From<JsonError> for EncryptError {
    fn from(error: JsonError) -> Self {
        match error {
            JsonError::Invalid { offset } => Self::JsonInvalid { offset },
            JsonError::TooDeep { offset } => Self::JsonTooDeep { offset },
        }
    }
}
