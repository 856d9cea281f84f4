//! What ends the command early, and what it then says.

use std::fmt::Display;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use edgeseal::ConfigError;
use edgeseal_decryptor::{DecryptError, KeyError, PrivateKeyError};

use super::{advice, terminal};

pub(crate) enum Failure {
    /// Wrong arguments: lines of text.
    Usage(String),
    /// Whoever read our output has gone: nobody wants to be told.
    BrokenPipe,
    /// Anything else.
    Error { code: &'static str, message: String, help: Option<&'static str> },
}

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
