//! What ends the command early, and what it then says.

use std::fmt::Display;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use clap::CommandFactory;
use clap::error::ErrorKind;
use edgeseal::ConfigError;
use edgeseal_decryptor::DecryptError;

use super::arguments::Arguments;
use super::{advice, terminal};

pub(crate) enum Failure {
    /// Wrong arguments.
    Usage(clap::Error),
    /// Whoever read our output has gone: nobody wants to be told.
    BrokenPipe,
    /// Anything else.
    Error { code: &'static str, message: String },
}

impl Failure {
    pub(crate) fn new(code: &'static str, message: impl Display) -> Self {
        Self::Error { code, message: message.to_string() }
    }

    /// Arguments that each are right and do not go together.
    pub(crate) fn usage(message: &str) -> Self {
        Self::Usage(Arguments::command().error(ErrorKind::ArgumentConflict, message))
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
            Self::Usage(error) => {
                let text = error.render().to_string();
                let text = text.trim_end();
                terminal::note_lines(&format!(
                    "error[usage]: {}",
                    text.strip_prefix("error: ").unwrap_or(text)
                ));
                return ExitCode::from(2);
            }
            Self::BrokenPipe => {}
            Self::Error { code, message } => {
                terminal::note(&format!("error[{code}]: {message}"));
                if let Some(advice) = advice::on(code) {
                    terminal::help(advice);
                }
            }
        }
        ExitCode::FAILURE
    }
}

impl From<DecryptError> for Failure {
    fn from(error: DecryptError) -> Self {
        Self::new(error.code(), error)
    }
}
