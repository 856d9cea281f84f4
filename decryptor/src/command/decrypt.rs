//! `edgeseal decrypt`.

#[cfg(feature = "kms")]
mod lazy_kms;
mod options;
mod outcomes;
mod planning;
mod work;

use std::path::Path;
use std::process::ExitCode;

use edgeseal::Keyring;
use edgeseal_decryptor::{Decryptor, Run};

use super::arguments::{DecryptArguments, named};
use super::encrypt::open_report;
use super::failure::Failure;
use super::output::{Output, Readers};
use super::texts::{Formats, Inputs, Job, Journal, Manner, Progress, real_path};
use super::{config, terminal};
use outcomes::Outcomes;
use work::{Done, Work};

/// Done, and some tokens were not decrypted.
const EXIT_KEPT: u8 = 3;

pub(crate) fn run(arguments: &DecryptArguments) -> Result<ExitCode, Failure> {
    options::check(arguments)?;
    let log = arguments.log.log.as_deref().unwrap_or(Path::new("-"));
    arguments.log.start().map_err(|error| Failure::writing(format_args!("`{}`", log.display()), &error))?;
    let keyring = config::keyring(&arguments.keyring)?;
    let inputs = Inputs::find(&options::asked(arguments))?;
    let formats = Formats::new(arguments.texts.format, options::needs_json(&arguments.selection), &inputs)?;
    if let Some(form) = arguments.texts.plan {
        return planning::run(arguments, form, &keyring, &inputs, &formats);
    }
    let options = options::run_options(arguments, &keyring)?;
    let runtime = tokio::runtime::Runtime::new().map_err(|error| Failure::new("io_failed", error))?;
    let decryptor = decryptor(arguments, keyring.clone());
    let progress = Progress::new(&inputs, !arguments.texts.no_progress);
    let run = decryptor.run(options);
    let mut batch = Batch {
        work: Work {
            run: &run,
            runtime: &runtime,
            keyring: &keyring,
            formats: &formats,
            manner: Manner {
                readers: Readers::Owner,
                compression: arguments.texts.compression,
                stream: arguments.texts.stream,
                several: inputs.several,
            },
            progress: &progress,
        },
        journal: None,
        outcomes: Outcomes::default(),
    };
    // All that is to be written is found writable before anything is read.
    let report_path = arguments.texts.report.as_deref();
    let (report_output, ended) = match inputs.jobs.as_slice() {
        [job] if !inputs.several => {
            let output = batch.work.manner.output(job)?;
            let report = open_report(report_path, &output)?;
            batch.open_journal(arguments)?;
            (report, batch.one(job, output).map(|done| done.map(|done| (job, done))))
        }
        jobs => {
            let report = open_report_of_many(report_path, jobs)?;
            batch.open_journal(arguments)?;
            (report, batch.all(jobs, arguments.texts.keep_going).map(|()| None))
        }
    };
    progress.end();
    let Batch { journal, outcomes, .. } = batch;
    conclude(Conclusion {
        arguments,
        inputs: &inputs,
        decryptor,
        run,
        report_output,
        ended,
        journal,
        outcomes,
    })
}

/// Every key where the keyring says it is.
fn decryptor(arguments: &DecryptArguments, keyring: Keyring) -> Decryptor {
    let folder = arguments.keyring.parent().unwrap_or(Path::new(""));
    let decryptor = Decryptor::new(keyring).with_local_keys(folder);
    #[cfg(feature = "kms")]
    let decryptor = {
        let limits = &arguments.limits;
        let (attempt, call) = (limits.attempt_timeout, limits.call_timeout);
        let timeouts = edgeseal_decryptor::KmsTimeouts { attempt, call };
        decryptor.with_provider(lazy_kms::LazyKms::new(timeouts))
    };
    decryptor
}

/// The texts of a run, one after the other.
struct Batch<'a> {
    work: Work<'a>,
    journal: Option<Journal>,
    outcomes: Outcomes,
}

impl Batch<'_> {
    fn open_journal(&mut self, arguments: &DecryptArguments) -> Result<(), Failure> {
        let path = arguments.texts.resume.as_deref();
        self.journal = path.map(|path| Journal::open(path, &options::belonging(arguments))).transpose()?;
        Ok(())
    }

    /// Decrypts the only text, and leaves it to the caller to put it in its place; nothing if it is there.
    fn one(&mut self, job: &Job, output: Output) -> Result<Option<Done>, Failure> {
        if self.is_done(job) {
            return Ok(None);
        }
        self.work.decrypt(job, output).map(Some)
    }

    /// Decrypts several texts, each into its place before the next.
    fn all(&mut self, jobs: &[Job], keep_going: bool) -> Result<(), Failure> {
        let mut failed = 0_usize;
        for job in jobs {
            let name = job.name();
            if self.is_done(job) {
                self.outcomes.done_before(name);
            } else if let Err(failure) = self.next(job) {
                let code = failure.code();
                self.outcomes.failed(name.clone(), code);
                let failure = failure.of_input(&name);
                // A limit of the run would end each of the others.
                if !keep_going || matches!(code, "calls_exhausted" | "deadline_passed") {
                    return Err(failure);
                }
                failed = failed.saturating_add(1);
                self.work.progress.aside(|| {
                    failure.report();
                });
            }
            self.work.progress.file(|| self.work.so_far());
        }
        if failed == 0 {
            return Ok(());
        }
        Err(Failure::new("inputs_failed", format_args!("{failed} of {} inputs failed", jobs.len())))
    }

    fn next(&mut self, job: &Job) -> Result<(), Failure> {
        let output = self.work.manner.output(job)?;
        let done = self.work.decrypt(job, output)?;
        done.finished.commit(job, self.journal.as_mut())?;
        self.outcomes.done(job.name(), &done.report);
        Ok(())
    }

    fn is_done(&self, job: &Job) -> bool {
        self.journal.as_ref().is_some_and(|journal| journal.is_done(job))
    }
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

struct Conclusion<'a> {
    arguments: &'a DecryptArguments,
    inputs: &'a Inputs,
    decryptor: Decryptor,
    run: Run,
    report_output: Option<Output>,
    ended: Result<Option<(&'a Job, Done)>, Failure>,
    journal: Option<Journal>,
    outcomes: Outcomes,
}

/// Says what became of it all, and then puts an only text in its place.
fn conclude(it: Conclusion<'_>) -> Result<ExitCode, Failure> {
    let report = it.run.finish(it.ended.as_ref().err().map(Failure::code));
    for warning in it.decryptor.warnings() {
        terminal::note(&format!("warning: {warning}"));
    }
    // Of an only text that failed, there is nothing to report: nothing was written.
    let several = it.inputs.several;
    if it.ended.is_ok() || several || it.arguments.texts.stream {
        let line = it.outcomes.report_line(&report, several);
        let staged = it.report_output.map(|output| output.stage(line.as_bytes())).transpose()?;
        staged.map_or(Ok(()), |staged| staged.commit())?;
    }
    if several && report.kept() > 0 {
        outcomes::tell_kept(&report, &it.arguments.outcome);
    }
    // The text last: if it is there, everything is.
    if let Some((job, done)) = it.ended? {
        let mut journal = it.journal;
        done.finished.commit(job, journal.as_mut())?;
    }
    if report.kept() == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    if !several {
        outcomes::tell_kept(&report, &it.arguments.outcome);
    }
    Ok(ExitCode::from(EXIT_KEPT))
}
