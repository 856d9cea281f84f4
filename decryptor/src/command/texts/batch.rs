//! The texts of a run, one after the other.

use std::path::Path;
use std::process::ExitCode;

use serde::Serialize;

use super::{Belonging, Finished, Inputs, Job, Journal, Manner, Outcomes, Progress, real_path};
use crate::command::arguments::{TextArguments, named};
use crate::command::encrypt::open_report;
use crate::command::failure::Failure;
use crate::command::output::{Output, Readers};
use crate::command::terminal;

/// Done, and some tokens are as they were.
const EXIT_KEPT: u8 = 3;

/// What is done to each text.
pub(crate) trait Work {
    /// What is counted of one text.
    type Counts: Serialize;

    fn manner(&self) -> Manner;

    fn progress(&self) -> &Progress;

    /// What progress says of the run.
    fn so_far(&self) -> String;

    /// Whether a text some of whose tokens were kept is to be done again by the next run with the same journal.
    fn repeats_kept(&self) -> bool;

    /// Writes what becomes of a text to where nobody looks for it, unless it is live.
    fn write(&self, job: &Job, output: Output) -> Result<Done<Self::Counts>, Failure>;
}

/// A text that is as good as written.
pub(crate) struct Done<C> {
    pub(crate) counts: C,
    /// Tokens that are as they were.
    pub(crate) kept: u64,
    /// Nothing, if the text stays as it is where it is.
    pub(crate) finished: Option<Finished>,
}

/// What has to be known of a run beside its work.
pub(crate) struct Batch<'a> {
    pub(crate) inputs: &'a Inputs,
    pub(crate) texts: &'a TextArguments,
    pub(crate) belonging: Belonging<'a>,
}

/// A run whose texts are all done, but for the last step of an only one.
pub(crate) struct Ended<'a, C> {
    inputs: &'a Inputs,
    stream: bool,
    report_output: Option<Output>,
    only: Result<Option<(&'a Job, Done<C>)>, Failure>,
    journal: Option<Journal>,
    outcomes: Outcomes<C>,
    repeats_kept: bool,
}

/// The texts while they are worked on.
struct Running<'w, W: Work> {
    work: &'w W,
    journal: Option<Journal>,
    outcomes: Outcomes<W::Counts>,
}

impl<'a> Batch<'a> {
    /// Does what is to be done.
    ///
    /// All that is to be written is found writable before anything is read.
    pub(crate) fn run<W: Work>(self, work: &W) -> Result<Ended<'a, W::Counts>, Failure> {
        let Self { inputs, texts, belonging } = self;
        let report_path = texts.report.as_deref();
        let journal = || texts.resume.as_deref().map(|path| Journal::open(path, &belonging)).transpose();
        let mut running = Running { work, journal: None, outcomes: Outcomes::default() };
        let (report_output, only) = match inputs.jobs.as_slice() {
            [job] if !inputs.several => {
                let output = work.manner().output(job)?;
                let report = open_report(report_path, &output)?;
                running.journal = journal()?;
                (report, running.one(job, output).map(|done| done.map(|done| (job, done))))
            }
            jobs => {
                let report = open_report_of_many(report_path, jobs)?;
                running.journal = journal()?;
                (report, running.all(jobs, texts.keep_going).map(|()| None))
            }
        };
        work.progress().end();
        let Running { journal, outcomes, .. } = running;
        let repeats_kept = work.repeats_kept();
        Ok(Ended { inputs, stream: texts.stream, report_output, only, journal, outcomes, repeats_kept })
    }
}

impl<W: Work> Running<'_, W> {
    /// The only text, and leaves it to the caller to put it in its place; nothing if it is there.
    fn one(&mut self, job: &Job, output: Output) -> Result<Option<Done<W::Counts>>, Failure> {
        if let Some(kept) = self.done_before(job) {
            self.outcomes.kept_before(kept);
            return Ok(None);
        }
        self.work.write(job, output).map(Some)
    }

    /// Several texts, each into its place before the next.
    fn all(&mut self, jobs: &[Job], keep_going: bool) -> Result<(), Failure> {
        let mut failed = 0_usize;
        for job in jobs {
            let name = job.name();
            if let Some(kept) = self.done_before(job) {
                self.outcomes.done_before(name, kept);
            } else if let Err(failure) = self.next(job) {
                let code = failure.code();
                self.outcomes.failed(name.clone(), code);
                let failure = failure.of_input(&name);
                // A limit of the run would end each of the others.
                if !keep_going || matches!(code, "calls_exhausted" | "deadline_passed") {
                    return Err(failure);
                }
                failed = failed.saturating_add(1);
                self.work.progress().aside(|| {
                    failure.report();
                });
            }
            self.work.progress().file(|| self.work.so_far());
        }
        if failed == 0 {
            return Ok(());
        }
        Err(Failure::new("inputs_failed", format_args!("{failed} of {} inputs failed", jobs.len())))
    }

    fn next(&mut self, job: &Job) -> Result<(), Failure> {
        let output = self.work.manner().output(job)?;
        let done = self.work.write(job, output)?;
        let is_changed = done.finished.is_some();
        if let Some(finished) = done.finished {
            let journal = self.journal.as_mut().filter(|_| is_noted(done.kept, self.work.repeats_kept()));
            finished.commit(job, done.kept, journal)?;
        }
        self.outcomes.done(job.name(), done.counts, is_changed);
        Ok(())
    }

    /// If an earlier run with the same journal has done it: how many tokens it kept.
    fn done_before(&self, job: &Job) -> Option<u64> {
        self.journal.as_ref()?.done(job)
    }
}

impl<C: Serialize> Ended<'_, C> {
    /// The stable code of what ended it early.
    pub(crate) fn failure(&self) -> Option<&'static str> {
        self.only.as_ref().err().map(Failure::code)
    }

    /// Says what became of it all, and then puts an only text in its place.
    pub(crate) fn conclude(
        self,
        report: &impl Serialize,
        kept: u64,
        tell_kept: impl Fn(),
    ) -> Result<ExitCode, Failure> {
        // Of an only text that failed, there is nothing to report: nothing was written.
        let several = self.inputs.several;
        if self.only.is_ok() || several || self.stream {
            let line = self.outcomes.report_line(report, several);
            let staged = self.report_output.map(|output| output.stage(line.as_bytes())).transpose()?;
            staged.map_or(Ok(()), |staged| staged.commit())?;
        }
        let kept_before = self.outcomes.all_kept_before();
        let tell_all_kept = || {
            if kept > 0 {
                tell_kept();
            }
            if kept_before > 0 {
                terminal::note(&format!(
                    "{kept_before} more tokens were kept by earlier runs with this journal"
                ));
            }
        };
        if several {
            tell_all_kept();
        }
        // The text last: if it is there, everything is.
        if let Some((job, Done { finished: Some(finished), kept, .. })) = self.only? {
            let mut journal = self.journal.filter(|_| is_noted(kept, self.repeats_kept));
            finished.commit(job, kept, journal.as_mut())?;
        }
        if kept == 0 && kept_before == 0 {
            return Ok(ExitCode::SUCCESS);
        }
        if !several {
            tell_all_kept();
        }
        Ok(ExitCode::from(EXIT_KEPT))
    }
}

/// Whether the journal notes a text as done.
fn is_noted(kept: u64, repeats_kept: bool) -> bool {
    kept == 0 || !repeats_kept
}

/// Where the report of several texts goes.
fn open_report_of_many(path: Option<&Path>, jobs: &[Job]) -> Result<Option<Output>, Failure> {
    let Some(path) = path else { return Ok(None) };
    let Some(path) = named(Some(path)) else { return Ok(Some(Output::stderr())) };
    let real = real_path(path);
    if jobs.iter().filter_map(Job::written).any(|written| real_path(written) == real) {
        return Err(Failure::usage("--report names a file that is written"));
    }
    Output::file(path, Readers::AsBefore).map(Some)
}
