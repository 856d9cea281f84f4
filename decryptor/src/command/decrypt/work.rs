//! One text is decrypted.

use edgeseal::Keyring;
use edgeseal_decryptor::{Passed, Run};
use tokio::runtime::Runtime;

use super::outcomes::Counts;
use crate::command::failure::Failure;
use crate::command::output::Output;
use crate::command::texts::{Before, Done, Formats, Job, Manner, Progress, Text, Work};

/// What decrypts the texts of a run.
pub(super) struct Decrypting<'a> {
    pub(super) run: &'a Run,
    pub(super) runtime: &'a Runtime,
    pub(super) keyring: &'a Keyring,
    pub(super) formats: &'a Formats,
    pub(super) manner: Manner,
    pub(super) progress: &'a Progress,
}

impl Work for Decrypting<'_> {
    type Counts = Counts;

    fn manner(&self) -> Manner {
        self.manner
    }

    fn progress(&self) -> &Progress {
        self.progress
    }

    fn so_far(&self) -> String {
        let report = self.run.report();
        format!("{} calls, {} kept", report.calls(), report.kept())
    }

    /// What has become plaintext must not be read as text with tokens again.
    fn repeats_kept(&self) -> bool {
        false
    }

    fn write(&self, job: &Job, output: Output) -> Result<Done<Counts>, Failure> {
        let before = Before::of(job);
        let told = self.formats.told(job.source.path());
        let mut text = Text::open(&job.source, told, self.manner.stream, self.keyring, self.progress)?
            .at_most(self.formats.max_unpacked);
        self.formats.check(text.format)?;
        let mut writing = self.manner.begin(job, output, before, text.compression)?;
        let mut stream = self.run.stream(text.format);
        if self.manner.several {
            stream = stream.named(job.name());
        }
        while let Some(piece) = text.next()? {
            let has_tokens = {
                let passed = self.runtime.block_on(stream.pass(piece))?;
                writing.write(passed.text())?;
                matches!(passed, Passed::Decrypted(_))
            };
            text.expect_tokens(has_tokens);
            self.progress.piece(|| self.so_far());
        }
        let last = self.runtime.block_on(stream.finish())?;
        writing.write(&last.body)?;
        let counts = Counts::of(&last.report);
        Ok(Done { counts, kept: last.report.kept(), finished: Some(writing.finish()?) })
    }
}
