//! Why a key is not usable.

use core::fmt;
use std::path::PathBuf;

use edgeseal::KeyId;

use crate::PrivateKeyError;

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
    /// The key cannot be asked.
    Unavailable {
        /// The key.
        key_id: KeyId,
        /// Why.
        reason: Unavailability,
        /// What its owner calls the request, to be found in their logs.
        request_id: Option<String>,
    },
    /// The run has made as many calls as it may.
    CallsExhausted {
        /// How many it may.
        max_calls: u64,
    },
    /// The run has taken as long as it may.
    DeadlinePassed,
}

/// Why a key cannot be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unavailability {
    /// No provider serves its location.
    NoProvider,
    /// It is disabled.
    Disabled,
    /// It does not exist, or its deletion is pending, or its material has not been imported.
    WrongState,
    /// There is no such key.
    NotFound,
    /// It is not an RSA key for encryption.
    WrongUsage,
    /// Too many requests, for as long as they were retried.
    Throttled,
    /// No answer in time, for as often as it was tried.
    TimedOut,
    /// The service cannot be reached.
    Unreachable,
    /// The service failed.
    ServiceFailed,
    /// There are no credentials, or the service does not take them.
    Credentials,
    /// What came is not an answer to the question: another key, another algorithm, or no answer at all.
    AnswerInvalid,
    /// Anything else.
    Other,
}

impl Unavailability {
    /// One word for reports.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoProvider => "no_provider",
            Self::Disabled => "disabled",
            Self::WrongState => "wrong_state",
            Self::NotFound => "not_found",
            Self::WrongUsage => "wrong_usage",
            Self::Throttled => "throttled",
            Self::TimedOut => "timed_out",
            Self::Unreachable => "unreachable",
            Self::ServiceFailed => "service_failed",
            Self::Credentials => "credentials",
            Self::AnswerInvalid => "answer_invalid",
            Self::Other => "other",
        }
    }

    /// Whether the next call would come to the same: it is the key, not the moment.
    pub(crate) fn lasts(self) -> bool {
        matches!(self, Self::Disabled | Self::WrongState | Self::NotFound | Self::WrongUsage)
    }

    fn text(self) -> &'static str {
        match self {
            Self::NoProvider => "nothing here asks keys at its location",
            Self::Disabled => "it is disabled",
            Self::WrongState => "its state does not allow it: deletion may be pending",
            Self::NotFound => "there is no such key",
            Self::WrongUsage => "it is not an RSA key for encryption and decryption",
            Self::Throttled => "too many requests: throttled until the last attempt",
            Self::TimedOut => "no answer in time",
            Self::Unreachable => "the service cannot be reached",
            Self::ServiceFailed => "the service failed",
            Self::Credentials => "no credentials that the service takes",
            Self::AnswerInvalid => "the answer is not one to the question that was asked",
            Self::Other => "the service refuses",
        }
    }
}

impl fmt::Display for Unavailability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl KeyError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "io_failed",
            Self::Refused { error, .. } => error.code(),
            Self::Unavailable { .. } => "key_unavailable",
            Self::CallsExhausted { .. } => "calls_exhausted",
            Self::DeadlinePassed => "deadline_passed",
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
            Self::Unavailable { key_id, reason, request_id } => {
                write!(f, "the key `{key_id}` cannot be asked: {reason}")?;
                request_id.as_ref().map_or(Ok(()), |id| write!(f, " (request {id})"))
            }
            Self::CallsExhausted { max_calls } => {
                write!(f, "more than the {max_calls} calls that are allowed")
            }
            Self::DeadlinePassed => f.write_str("the time that is allowed has passed"),
        }
    }
}

impl core::error::Error for KeyError {}
