//! Where lines are written.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use super::Destination;

pub(super) enum Sink {
    Nowhere,
    Stderr,
    File(Mutex<File>),
}

impl Sink {
    pub(super) fn open(destination: Destination) -> io::Result<Self> {
        Ok(match destination {
            Destination::Nowhere => Self::Nowhere,
            Destination::Stderr => Self::Stderr,
            Destination::File(path) => {
                let mut options = OpenOptions::new();
                options.create(true).append(true);
                #[cfg(unix)]
                std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
                Self::File(Mutex::new(options.open(path)?))
            }
        })
    }

    /// Writes a line, which ends with LF, at once: lines of several processes do not mix. A line that its file does not take goes to standard
    /// error: it may be an audit's.
    pub(super) fn write(&self, line: &[u8]) {
        match self {
            Self::Nowhere => {}
            Self::Stderr => to_stderr(line),
            Self::File(file) => {
                let written = file.lock().unwrap_or_else(PoisonError::into_inner).write_all(line);
                if written.is_err() {
                    to_stderr(line);
                }
            }
        }
    }
}

/// Nobody is left to be told that this failed.
pub(super) fn to_stderr(line: &[u8]) {
    let _ = io::stderr().lock().write_all(line);
}
