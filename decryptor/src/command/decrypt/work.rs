//! One text is decrypted.

use edgeseal::Keyring;
use edgeseal_decryptor::{Report, Run};
use tokio::runtime::Runtime;

use crate::command::failure::Failure;
use crate::command::output::Output;
use crate::command::texts::{Before, Finished, Formats, Job, Manner, Progress, Text};

/// What decrypts the texts of a run.
pub(super) struct Work<'a> {
    pub(super) run: &'a Run,
    pub(super) runtime: &'a Runtime,
    pub(super) keyring: &'a Keyring,
    pub(super) formats: &'a Formats,
    pub(super) manner: Manner,
    pub(super) progress: &'a Progress,
}

/// A text that is as good as written, and what became of its tokens.
pub(super) struct Done {
    pub(super) report: Report,
    pub(super) finished: Finished,
}

impl Work<'_> {
    /// Decrypts a text to where nobody looks for it, unless it is live.
    pub(super) fn decrypt(&self, job: &Job, output: Output) -> Result<Done, Failure> {
        let before = Before::of(job);
        let told = self.formats.told(job.source.path());
        let mut text = Text::open(&job.source, told, self.manner.stream, self.keyring, self.progress)?;
        self.formats.check(text.format)?;
        let mut writing = self.manner.begin(job, output, before, text.compression)?;
        let mut stream = self.run.stream(text.format);
        if self.manner.several {
            stream = stream.named(job.name());
        }
        while let Some(piece) = text.next()? {
            writing.write(&self.runtime.block_on(stream.push(piece))?)?;
            self.progress.piece(|| self.so_far());
        }
        let last = self.runtime.block_on(stream.finish())?;
        writing.write(&last.body)?;
        Ok(Done { report: last.report, finished: writing.finish()? })
    }

    /// What progress says of the run.
    pub(super) fn so_far(&self) -> String {
        let report = self.run.report();
        format!("{} calls, {} kept", report.calls(), report.kept())
    }
}
