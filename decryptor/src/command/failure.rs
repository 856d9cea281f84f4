//! What ends the command early, and what it then says.

use std::fmt::Display;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use edgeseal::{ConfigError, RewrapMismatch};
use edgeseal_decryptor::{DecryptError, KeyError, PrivateKeyError, RewrapFailure};

use super::{advice, terminal};

pub(crate) enum Failure {
    /// Wrong arguments: lines of text.
    Usage(String),
    /// Whoever read our output has gone: nobody wants to be told.
    BrokenPipe,
    /// Anything else.
    Error { code: &'static str, message: String, help: Option<&'static str> },
}

/// Codes whose messages say which file they mean.
const NAMED: [&str; 7] = [
    "io_failed",
    "compression_invalid",
    "unpacked_too_long",
    "output_held_back",
    "backup_exists",
    "input_changed",
    "journal_refused",
];

impl Failure {
    pub(crate) fn new(code: &'static str, message: impl Display) -> Self {
        Self::Error { code, message: message.to_string(), help: advice::on(code) }
    }

    /// Arguments that each are right and do not go together.
    pub(crate) fn usage(message: &str) -> Self {
        Self::Usage(format!("{message}\n\nFor more information, try '--help'."))
    }

    pub(crate) fn reading(what: impl Display, error: &io::Error) -> Self {
        Self::new("io_failed", format_args!("cannot read {what}: {error}"))
    }

    pub(crate) fn writing(what: impl Display, error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::BrokenPipe;
        }
        Self::new("io_failed", format_args!("cannot write {what}: {error}"))
    }

    /// More output than may be held back.
    pub(crate) fn held_back(what: impl Display, most_bytes: usize) -> Self {
        let mebibytes = most_bytes >> 20;
        Self::new(
            "output_held_back",
            format_args!(
                "{what} is held back until all of it is there, and it is longer than {mebibytes} MiB"
            ),
        )
    }

    /// A compressed input that is not one.
    pub(crate) fn compression(what: impl Display) -> Self {
        Self::new(
            "compression_invalid",
            format_args!("the compressed data of {what} is damaged or incomplete"),
        )
    }

    /// A compressed input that unpacks to more than it may.
    pub(crate) fn unpacked(what: impl Display, most_bytes: u64) -> Self {
        Self::new("unpacked_too_long", format_args!("{what} unpacks to more than {most_bytes} bytes"))
    }

    /// The same failure, of one input among several.
    #[must_use]
    pub(crate) fn of_input(self, name: &str) -> Self {
        match self {
            Self::Error { code, message, help } if !NAMED.contains(&code) => {
                Self::Error { code, message: format!("`{name}`: {message}"), help }
            }
            failure @ (Self::Error { .. } | Self::BrokenPipe) => failure,
            Self::Usage(text) => Self::Usage(format!("`{name}`: {text}")),
        }
    }

    /// The same failure with another next step.
    #[must_use]
    pub(crate) fn with_help(self, advice: &'static str) -> Self {
        match self {
            Self::Error { code, message, .. } => Self::Error { code, message, help: Some(advice) },
            failure => failure,
        }
    }

    /// The same failure, where the usual next step leads nowhere.
    #[must_use]
    pub(crate) fn without_help(self) -> Self {
        match self {
            Self::Error { code, message, .. } => Self::Error { code, message, help: None },
            failure => failure,
        }
    }

    /// The stable code.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Usage(_) => "usage",
            Self::BrokenPipe => "io_failed",
            Self::Error { code, .. } => code,
        }
    }

    pub(crate) fn config(path: &Path, error: &ConfigError) -> Self {
        Self::new(error.code(), format_args!("{}: {error}", path.display()))
    }

    /// Says what happened, on standard error. The result is the exit status.
    pub(crate) fn report(&self) -> ExitCode {
        match self {
            Self::Usage(text) => {
                terminal::note_lines(&format!("error[usage]: {text}"));
                return ExitCode::from(2);
            }
            Self::BrokenPipe => {}
            Self::Error { code, message, help } => {
                terminal::note(&format!("error[{code}]: {message}"));
                if let Some(help) = help {
                    terminal::help(help);
                }
            }
        }
        ExitCode::FAILURE
    }
}

impl From<clap::Error> for Failure {
    fn from(error: clap::Error) -> Self {
        let text = error.render().to_string();
        let text = text.trim_end();
        Self::Usage(text.strip_prefix("error: ").unwrap_or(text).to_owned())
    }
}

impl From<RewrapFailure> for Failure {
    fn from(error: RewrapFailure) -> Self {
        match error {
            RewrapFailure::Text(error) => error.into(),
            error => Self::new(error.code(), error),
        }
    }
}

impl From<RewrapMismatch> for Failure {
    fn from(error: RewrapMismatch) -> Self {
        Self::new(error.code(), error)
    }
}

impl From<DecryptError> for Failure {
    fn from(error: DecryptError) -> Self {
        let mut failure = Self::new(error.code(), &error);
        if let (
            Self::Error { help, .. },
            DecryptError::Key(KeyError::Refused { error: PrivateKeyError::Fingerprint, .. }),
        ) = (&mut failure, &error)
        {
            *help = Some(advice::ON_FINGERPRINT);
        }
        failure
    }
}
