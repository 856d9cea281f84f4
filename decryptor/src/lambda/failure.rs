//! Why an event, or a part of it, has no answer.

use core::fmt;

use lambda_runtime::Diagnostic;

use crate::DecryptError;

/// An event is not answered. Holds nothing of the event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    code: &'static str,
    message: String,
}

impl Failure {
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// An event of no known shape, or one that lacks something.
    pub(super) fn event(message: impl Into<String>) -> Self {
        Self::new("event_invalid", message)
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The status of an HTTP answer that says it.
    pub(super) fn status(&self) -> u16 {
        match self.code {
            "body_not_base64" | "body_not_utf8" | "csv_invalid" | "event_invalid" | "json_invalid"
            | "json_too_deep" => 400,
            "access_denied" => 403,
            "output_too_large" | "piece_too_long" => 413,
            "content_encoding_unsupported" | "content_type_unsupported" => 415,
            "decryption_failed" => 422,
            "deadline_passed" => 504,
            // Keys: refused, not readable, not to be asked, or asked often enough.
            _ => 503,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl core::error::Error for Failure {}

impl From<DecryptError> for Failure {
    fn from(error: DecryptError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

impl From<Failure> for Diagnostic {
    fn from(failure: Failure) -> Self {
        Self { error_type: failure.code.to_owned(), error_message: failure.message }
    }
}
