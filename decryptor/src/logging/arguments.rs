//! The arguments of a command that logs.

use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};

use super::{Destination, Format, Level, start};

/// Where the log goes and what it says.
#[derive(Clone, Debug, Default, Args)]
pub struct LogArguments {
    /// Append log lines and audit lines to a file, one JSON object to a line; to standard error if it is `-`
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub log: Option<PathBuf>,
    /// What is worth a line [default: info, without --log warn]. Audit lines are written whatever this says
    #[arg(long, value_name = "LEVEL")]
    pub log_level: Option<Level>,
}

impl LogArguments {
    /// [Starts](start) as the arguments say.
    ///
    /// # Errors
    /// If the file cannot be opened.
    pub fn start(&self) -> io::Result<()> {
        match self.log.as_deref() {
            None => start(Destination::Stderr, self.log_level.unwrap_or(Level::Warn), Format::Text),
            Some(path) => {
                let stderr = path == Path::new("-");
                let destination =
                    if stderr { Destination::Stderr } else { Destination::File(path.to_owned()) };
                start(destination, self.log_level.unwrap_or(Level::Info), Format::Json)
            }
        }
    }
}
