//! The tokens of one text are moved.

use edgeseal::RewrapCheck;
use edgeseal_decryptor::{RewrapReport, RewrapRun, Rewrapper};
use serde::Serialize;
use tokio::runtime::Runtime;

use super::local::SamePlaintext;
use super::verify::Verification;
use crate::command::arguments::CompressionChoice;
use crate::command::failure::Failure;
use crate::command::output::Output;
use crate::command::texts::{Before, Done, Formats, Job, Manner, Progress, Text, Work};

/// What moves the tokens of the texts of a run.
pub(super) struct Moving<'a> {
    pub(super) run: &'a RewrapRun,
    pub(super) rewrapper: &'a Rewrapper,
    pub(super) runtime: &'a Runtime,
    pub(super) formats: &'a Formats,
    pub(super) manner: Manner,
    pub(super) progress: &'a Progress,
    pub(super) verifies: bool,
    pub(super) local: Option<SamePlaintext<'a>>,
}

/// What is counted of one of several inputs.
#[derive(Serialize)]
pub(super) struct Counts {
    found: u64,
    rewrapped: u64,
    kept: u64,
}

impl Work for Moving<'_> {
    type Counts = Counts;

    fn manner(&self) -> Manner {
        self.manner
    }

    fn progress(&self) -> &Progress {
        self.progress
    }

    fn so_far(&self) -> String {
        let report = self.run.report();
        format!("{} calls, {} moved, {} kept", report.calls(), report.rewrapped(), report.kept())
    }

    /// What has been moved is under another key: a second run asks for the rest alone.
    fn repeats_kept(&self) -> bool {
        true
    }

    fn write(&self, job: &Job, output: Output) -> Result<Done<Counts>, Failure> {
        let before = Before::of(job);
        let told = self.formats.told(job.source.path());
        let (keyring, stream) = (self.rewrapper.keyring(), self.manner.stream);
        let mut text =
            Text::open(&job.source, told, stream, keyring, self.progress)?.at_most(self.formats.max_unpacked);
        self.formats.check(text.format)?;
        // What cannot be read again is compared piece by piece, before it is written.
        let is_file = job.source.path().is_some() && job.source.file_bytes().is_some();
        let again = self.verifies && !output.is_held_back() && !stream && is_file;
        let format = text.format;
        let mut pieces = (self.verifies && !again).then(|| self.verification(format));
        let mut writing = self.manner.begin(job, output, before, text.compression)?;
        let mut moved = self.run.stream(format);
        if self.manner.several {
            moved = moved.named(job.name());
        }
        text.expect_tokens(true);
        while let Some(piece) = text.next()? {
            let body = self.runtime.block_on(moved.push(piece))?;
            if let Some(verification) = &mut pieces {
                verification.before(piece, false)?;
                verification.after(&body, false)?;
            }
            writing.write(&body)?;
            self.progress.piece(|| self.so_far());
        }
        let (rest, report) = self.runtime.block_on(moved.finish())?;
        if let Some(mut verification) = pieces {
            verification.before(&[], true)?;
            verification.after(&rest, true)?;
            verification.end(&report)?;
        }
        writing.write(&rest)?;
        let mut finished = writing.finish()?;
        if again && let Some(written) = finished.read_again()? {
            self.verification(format).of_files(job, written, &report)?;
        }
        let counts = Counts { found: report.found(), rewrapped: report.rewrapped(), kept: report.kept() };
        let finished = Some(finished).filter(|_| !self.stays(job, &report));
        Ok(Done { counts, kept: report.kept(), finished })
    }
}

impl Moving<'_> {
    /// Whether the file is to be left as it is: nothing in it has changed.
    fn stays(&self, job: &Job, report: &RewrapReport) -> bool {
        let is_as_before = report.rewrapped() == 0 && self.manner.compression == CompressionChoice::Auto;
        is_as_before && job.is_in_place()
    }

    fn verification(&self, format: edgeseal::TextFormat) -> Verification<'_> {
        let rewrapper = self.rewrapper;
        let check = RewrapCheck::new(format, rewrapper.from(), rewrapper.to().clone(), rewrapper.keyring());
        Verification::new(check, format, self.local.as_ref())
    }
}
