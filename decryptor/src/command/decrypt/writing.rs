//! One input becomes one output.

use std::fs;
use std::io;
use std::path::Path;

use edgeseal::Keyring;
use edgeseal_decryptor::{Report, Run};
use tokio::runtime::Runtime;

use super::compression::{Compression, Packer};
use super::formats::Formats;
use super::inputs::{Job, Target};
use super::journal::{Journal, source_identity};
use super::progress::Progress;
use super::text::Text;
use crate::command::arguments::{CompressionChoice, TextArguments};
use crate::command::failure::Failure;
use crate::command::output::{Identity, Output, Readers, Staged};

/// How much of standard output is held back.
const MOST_HELD_BYTES: usize = 64 << 20;

/// What decrypts the texts of a run.
pub(super) struct Work<'a> {
    pub(super) run: &'a Run,
    pub(super) runtime: &'a Runtime,
    pub(super) keyring: &'a Keyring,
    pub(super) formats: &'a Formats,
    pub(super) arguments: &'a TextArguments,
    pub(super) progress: &'a Progress,
    pub(super) several: bool,
}

/// A text that is as good as written.
pub(super) struct Finished {
    pub(super) report: Report,
    staged: Staged,
    /// What the input was when it was opened.
    before: Option<Identity>,
    from: Option<Identity>,
}

impl Work<'_> {
    /// Opens the place of a text, before anything is read or asked.
    pub(super) fn output(&self, job: &Job) -> Result<Output, Failure> {
        let output = match &job.target {
            Target::Stdout => Output::stdout(),
            Target::File(path) => {
                if let Some(folder) = path.parent().filter(|_| self.several) {
                    let made = fs::create_dir_all(folder);
                    made.map_err(|error| Failure::writing(format_args!("`{}`", folder.display()), &error))?;
                }
                Output::file(path, Readers::Owner)?
            }
            Target::InPlace { backup } => {
                let path = job.source.path().unwrap_or(Path::new("-"));
                if let Some(backup) = backup {
                    check_backup(path, backup)?;
                }
                // What cannot be read is the better thing to say.
                fs::metadata(path).map_err(|error| Failure::reading(job.source.name(), &error))?;
                Output::file(path, Readers::Owner)?
            }
        };
        if self.arguments.stream {
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

    /// Decrypts a text to where nobody looks for it, unless it is live.
    pub(super) fn decrypt(&self, job: &Job, mut output: Output) -> Result<Finished, Failure> {
        let before = job.source.path().and_then(|path| fs::metadata(path).ok()).map(|it| Identity::of(&it));
        let from = source_identity(job);
        let live = self.arguments.stream;
        let told = self.formats.told(job.source.path());
        let mut text = Text::open(&job.source, told, live, self.keyring, self.progress)?;
        self.formats.check(text.format)?;
        let packer = Packer::new(self.compression(job, text.compression));
        let mut packer = packer.map_err(|error| Failure::writing(output.name(), &error))?;
        let mut stream = self.run.stream(text.format);
        if self.several {
            stream = stream.named(job.name());
        }
        while let Some(piece) = text.next()? {
            let done = self.runtime.block_on(stream.push(piece))?;
            packer.write(&done, live, &mut output)?;
            self.progress.piece(self.run);
        }
        let last = self.runtime.block_on(stream.finish())?;
        packer.write(&last.body, live, &mut output)?;
        packer.finish(&mut output)?;
        Ok(Finished { report: last.report, staged: output.finish()?, before, from })
    }

    fn compression(&self, job: &Job, of_input: Compression) -> Compression {
        match self.arguments.compression {
            CompressionChoice::None => Compression::None,
            CompressionChoice::Gzip => Compression::Gzip,
            CompressionChoice::Zstd => Compression::Zstd,
            CompressionChoice::Auto => job.written().and_then(Compression::of_name).unwrap_or(of_input),
        }
    }
}

impl Finished {
    /// Puts a text in its place.
    pub(super) fn commit(mut self, job: &Job, journal: Option<&mut Journal>) -> Result<(), Failure> {
        if let (Some(journal), Some(is)) = (journal, self.staged.identity()?) {
            journal.note(job, is, self.from)?;
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
