//! One input becomes one output: all of it, in its place, or nothing.

use std::fs;
use std::io;
use std::path::Path;

use super::compression::{Compression, Packer};
use super::inputs::{Job, Target};
use super::journal::{Journal, source_identity};
use crate::command::arguments::CompressionChoice;
use crate::command::failure::Failure;
use crate::command::output::{Identity, Output, Readers, Staged};

/// How much of standard output is held back.
const MOST_HELD_BYTES: usize = 64 << 20;

/// How outputs are written.
#[derive(Clone, Copy)]
pub(crate) struct Manner {
    pub(crate) readers: Readers,
    pub(crate) compression: CompressionChoice,
    /// Each piece as soon as it is done.
    pub(crate) stream: bool,
    /// Whether there is more than one text: then folders are made.
    pub(crate) several: bool,
}

/// A text that is being written to where nobody looks for it, unless it is live.
pub(crate) struct Writing {
    output: Output,
    packer: Packer,
    live: bool,
    /// What the input was when it was opened.
    before: Option<Identity>,
    from: Option<Identity>,
}

/// A text that is as good as written.
pub(crate) struct Finished {
    staged: Staged,
    before: Option<Identity>,
    from: Option<Identity>,
}

/// What an input is before it is opened.
pub(crate) struct Before {
    before: Option<Identity>,
    from: Option<Identity>,
}

impl Manner {
    /// Opens the place of a text, before anything is read or asked.
    pub(crate) fn output(self, job: &Job) -> Result<Output, Failure> {
        let output = match &job.target {
            Target::Stdout => Output::stdout(),
            Target::File(path) => {
                if let Some(folder) = path.parent().filter(|_| self.several) {
                    let made = fs::create_dir_all(folder);
                    made.map_err(|error| Failure::writing(format_args!("`{}`", folder.display()), &error))?;
                }
                Output::file(path, self.readers)?
            }
            Target::InPlace { backup } => {
                let path = job.source.path().unwrap_or(Path::new("-"));
                if let Some(backup) = backup {
                    check_backup(path, backup)?;
                }
                // What cannot be read is the better thing to say.
                fs::metadata(path).map_err(|error| Failure::reading(job.source.name(), &error))?;
                Output::file(path, self.readers)?
            }
        };
        if self.stream {
            if !output.is_held_back() {
                return Err(Failure::usage("--stream is for pipes: a file is there when it is whole"));
            }
            return output.live();
        }
        let output = output.holding_at_most(MOST_HELD_BYTES);
        let most = u64::try_from(MOST_HELD_BYTES).unwrap_or(u64::MAX);
        if output.is_held_back() && job.source.file_bytes().is_some_and(|bytes| bytes > most) {
            return Err(Failure::held_back(output.name(), MOST_HELD_BYTES));
        }
        Ok(output)
    }

    /// Begins to write a text whose input is compressed so.
    pub(crate) fn begin(
        self,
        job: &Job,
        output: Output,
        before: Before,
        of_input: Compression,
    ) -> Result<Writing, Failure> {
        let packer = Packer::new(self.compression(job, of_input));
        let packer = packer.map_err(|error| Failure::writing(output.name(), &error))?;
        let Before { before, from } = before;
        Ok(Writing { output, packer, live: self.stream, before, from })
    }

    fn compression(self, job: &Job, of_input: Compression) -> Compression {
        match self.compression {
            CompressionChoice::None => Compression::None,
            CompressionChoice::Gzip => Compression::Gzip,
            CompressionChoice::Zstd => Compression::Zstd,
            CompressionChoice::Auto => job.written().and_then(Compression::of_name).unwrap_or(of_input),
        }
    }
}

impl Before {
    /// To be called before the input is opened, so that a change is never missed.
    pub(crate) fn of(job: &Job) -> Self {
        let before = job.source.path().and_then(|path| fs::metadata(path).ok()).map(|it| Identity::of(&it));
        Self { before, from: source_identity(job) }
    }
}

impl Writing {
    pub(crate) fn write(&mut self, piece: &[u8]) -> Result<(), Failure> {
        self.packer.write(piece, self.live, &mut self.output)
    }

    pub(crate) fn finish(mut self) -> Result<Finished, Failure> {
        self.packer.finish(&mut self.output)?;
        Ok(Finished { staged: self.output.finish()?, before: self.before, from: self.from })
    }
}

impl Finished {
    /// What was written, to be read from its beginning; nothing, if it is not in a file.
    pub(crate) fn read_again(&mut self) -> Result<Option<Box<dyn io::Read>>, Failure> {
        Ok(self.staged.read_again()?.map(|file| Box::new(file) as Box<dyn io::Read>))
    }

    /// Puts a text in its place, with so many tokens as they were.
    pub(crate) fn commit(
        mut self,
        job: &Job,
        kept: u64,
        journal: Option<&mut Journal>,
    ) -> Result<(), Failure> {
        if let (Some(journal), Some(is)) = (journal, self.staged.identity()?) {
            journal.note(job, is, self.from, kept)?;
        }
        if let (Target::InPlace { backup }, Some(path)) = (&job.target, job.source.path()) {
            let now = fs::metadata(path).ok().map(|metadata| Identity::of(&metadata));
            if now != self.before {
                let message = format_args!("`{}` was changed while it was read", path.display());
                return Err(Failure::new("input_changed", message));
            }
            if let Some(backup) = backup {
                keep_original(path, backup)?;
            }
        }
        self.staged.commit()
    }
}

fn keep_original(path: &Path, backup: &Path) -> Result<(), Failure> {
    match fs::hard_link(path, backup) {
        Ok(()) => Ok(()),
        // A run that was killed before it had replaced the file.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && is_same_file(path, backup) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(backup_exists(backup)),
        Err(error) => Err(Failure::writing(format_args!("`{}`", backup.display()), &error)),
    }
}

/// Before any call is made.
fn check_backup(path: &Path, backup: &Path) -> Result<(), Failure> {
    let exists = fs::symlink_metadata(backup).is_ok();
    if exists && !is_same_file(path, backup) { Err(backup_exists(backup)) } else { Ok(()) }
}

fn backup_exists(backup: &Path) -> Failure {
    Failure::new("backup_exists", format_args!("`{}` exists, and no backup is overwritten", backup.display()))
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    // A link that leads to the file would lead to its successor.
    let identity = |path| fs::symlink_metadata(path).ok().map(|metadata| Identity::of(&metadata));
    let one = identity(one);
    one.is_some() && one == identity(other)
}
