//! What was written is compared with what was read.

use std::fs::File;
use std::io::Read;

use edgeseal::{RewrapCheck, TextFormat};
use edgeseal_decryptor::RewrapReport;

use super::local::{Compared, SamePlaintext};
use crate::command::failure::Failure;
use crate::command::texts::{Job, Text};

pub(super) struct Verification<'v> {
    check: RewrapCheck,
    format: TextFormat,
    plaintexts: Option<Compared<'v>>,
}

impl<'v> Verification<'v> {
    pub(super) fn new(check: RewrapCheck, format: TextFormat, local: Option<&'v SamePlaintext<'v>>) -> Self {
        let check = if local.is_some() { check.with_pairs() } else { check };
        Self { check, format, plaintexts: local.map(SamePlaintext::begin) }
    }

    /// A piece of what was read.
    pub(super) fn before(&mut self, piece: &[u8], last: bool) -> Result<(), Failure> {
        self.check.before(piece, last)?;
        self.compare_plaintexts()
    }

    /// A piece of what was written, or is about to be.
    pub(super) fn after(&mut self, piece: &[u8], last: bool) -> Result<(), Failure> {
        self.check.after(piece, last)?;
        self.compare_plaintexts()
    }

    /// Both are whole. What was found in them has to be what is reported.
    pub(super) fn end(self, report: &RewrapReport) -> Result<(), Failure> {
        let (moved, left) = self.check.finish()?;
        if moved != report.rewrapped() || left > report.left() {
            return Err(Failure::new(
                "rewrap_mismatch",
                format_args!("{moved} tokens were moved and {left} were not, which is not what is reported"),
            ));
        }
        Ok(())
    }

    /// Reads both again, side by side.
    pub(super) fn of_files(
        mut self,
        job: &Job,
        written: Box<dyn Read>,
        report: &RewrapReport,
    ) -> Result<(), Failure> {
        let name = job.source.name();
        let path = job.source.path().ok_or_else(|| {
            Failure::new("rewrap_mismatch", format_args!("{name} cannot be read again to be compared"))
        })?;
        let file = File::open(path).map_err(|error| Failure::reading(&name, &error))?;
        let mut before = Text::again(name.clone(), Box::new(file), self.format)?;
        let mut after = Text::again(format!("what was written for {name}"), written, self.format)?;
        let (mut before_ends, mut after_ends) = (false, false);
        while !(before_ends && after_ends) {
            // No more of one waits than the other needs.
            if after_ends || !before_ends && !self.check.is_ahead() {
                let piece = before.next()?;
                before_ends = piece.is_none();
                self.before(piece.unwrap_or_default(), before_ends)?;
            } else {
                let piece = after.next()?;
                after_ends = piece.is_none();
                self.after(piece.unwrap_or_default(), after_ends)?;
            }
        }
        self.end(report)
    }

    fn compare_plaintexts(&mut self) -> Result<(), Failure> {
        let Some(plaintexts) = &mut self.plaintexts else { return Ok(()) };
        self.check.pairs().iter().try_for_each(|pair| plaintexts.compare(pair))
    }
}
