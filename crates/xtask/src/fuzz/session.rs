//! One target, for as long as it is asked for.

use core::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};
use std::{fs, thread};

use anyhow::{Context, Result};

use super::build::{Programs, dictionary};
use super::folder;
use crate::node;
use crate::project::Project;

/// Longer inputs are slow, and seldom find anything that a shorter one does not.
const MOST_BYTES: usize = 4_096;
/// An input that takes longer, on a machine that may be busy, is a finding.
const MOST_SECONDS: usize = 30;
/// What is found by chance is for long runs: the checks of the project try the same inputs every time, as many as there is time for.
const SMOKE_SEED: &str = "1";
/// How often it is said how far a target is.
const PROGRESS: Duration = Duration::from_secs(60);

pub(super) struct Session {
    target: String,
    seconds: Duration,
    command: Command,
    /// What the fuzzer prints.
    log: PathBuf,
    /// Where it puts what it finds.
    artifacts: PathBuf,
    /// Where a finding goes so that it is replayed for ever.
    regressions: PathBuf,
}

/// How it went.
pub(super) enum Outcome {
    Clean { target: String, summary: String },
    Found { target: String, log: PathBuf, message: String, artifacts: Vec<PathBuf>, regressions: PathBuf },
    Broken { target: String, error: anyhow::Error },
}

impl Session {
    /// With libFuzzer. What `is_smoke` begins with the seeds alone, and leaves nothing for the next time.
    pub(super) fn of_program(
        project: &Project,
        programs: &Programs,
        target: String,
        seconds: Duration,
        is_smoke: bool,
    ) -> Result<Self> {
        let name = format!("{}/{target}", if is_smoke { "smoke" } else { "corpus" });
        if is_smoke {
            let _ = fs::remove_dir_all(project.target("fuzz").join(&name));
        }
        let corpus = folder(project, &name)?;
        let artifacts = folder(project, &format!("artifacts/{target}"))?;
        let regressions = project.path("fuzz/regressions").join(&target);
        let mut command = Command::new(programs.folder.join(&target));
        command.arg(format!("-max_total_time={}", seconds.as_secs()));
        command.args([format!("-max_len={MOST_BYTES}"), format!("-timeout={MOST_SECONDS}")]);
        command.args(["-rss_limit_mb=1024", "-print_final_stats=1"]);
        if is_smoke {
            command.arg(format!("-seed={SMOKE_SEED}"));
        }
        command.arg(format!("-artifact_prefix={}/", artifacts.display()));
        if let Some(dictionary) = dictionary(project, &target) {
            command.arg(format!("-dict={}", dictionary.display()));
        }
        // The first folder is where it puts what is new.
        command.arg(corpus).arg(programs.seeds.join(&target));
        if regressions.is_dir() {
            command.arg(&regressions);
        }
        Self::new(project, target, seconds, command, artifacts, regressions)
    }

    /// The handler of the edge function, in Node.js.
    pub(super) fn of_events(
        project: &Project,
        target: String,
        seconds: Duration,
        is_smoke: bool,
    ) -> Result<Self> {
        let artifacts = folder(project, &format!("artifacts/{target}"))?;
        let regressions = project.path("edge-function/fuzz/regressions");
        let mut command = node::node(project, "fuzz/run.js");
        command.args(["--seconds", &seconds.as_secs().to_string()]).arg("--artifacts").arg(&artifacts);
        if is_smoke {
            command.args(["--seed", SMOKE_SEED]);
        }
        Self::new(project, target, seconds, command, artifacts, regressions)
    }

    fn new(
        project: &Project,
        target: String,
        seconds: Duration,
        mut command: Command,
        artifacts: PathBuf,
        regressions: PathBuf,
    ) -> Result<Self> {
        let log = folder(project, "logs")?.join(format!("{target}.log"));
        let file = File::create(&log).with_context(|| log.display().to_string())?;
        command.stdout(file.try_clone()?).stderr(file);
        Ok(Self { target, seconds, command, log, artifacts, regressions })
    }

    /// Runs it to its end. If it is not `is_quiet`, it says now and then how far it is.
    pub(super) fn run(mut self, is_quiet: bool) -> Outcome {
        let before = files(&self.artifacts);
        let ended = self.command.spawn().map_err(Into::into).and_then(|child| self.wait(child, is_quiet));
        let target = self.target;
        match ended {
            Ok(status) if status.success() => Outcome::Clean { target, summary: last_line(&self.log) },
            Ok(_) => {
                let artifacts =
                    files(&self.artifacts).into_iter().filter(|it| !before.contains(it)).collect();
                let message = message(&self.log);
                Outcome::Found { target, log: self.log, message, artifacts, regressions: self.regressions }
            }
            Err(error) => Outcome::Broken { target, error },
        }
    }

    fn wait(&self, mut child: Child, is_quiet: bool) -> Result<ExitStatus> {
        let start = Instant::now();
        let mut told = start;
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(status);
            }
            if !is_quiet && told.elapsed() >= PROGRESS {
                told = Instant::now();
                let (done, all) = (start.elapsed().as_secs(), self.seconds.as_secs());
                println!("{}: {done} of {all} s; {}", self.target, last_line(&self.log));
            }
            thread::sleep(Duration::from_millis(100));
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clean { target, summary } => write!(f, "{target}: nothing found; {summary}"),
            Self::Broken { target, error } => write!(f, "{target}: DID NOT RUN: {error:#}"),
            Self::Found { target, log, message, artifacts, regressions } => {
                writeln!(f, "{target}: FOUND: {message}")?;
                for artifact in artifacts {
                    writeln!(f, "  the input: {}", artifact.display())?;
                }
                writeln!(f, "  the log: {}", log.display())?;
                write!(
                    f,
                    "  put the input into {} under a name that says what it is, and `cargo xtask test` tries it for ever",
                    regressions.display()
                )
            }
        }
    }
}

/// How far it is: the last line that counts inputs.
fn last_line(log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let line = text.lines().rev().find(|line| line.starts_with('#') && line.contains("cov:"));
    let line = line.or_else(|| text.lines().rev().find(|line| line.contains("events")));
    // Of libFuzzer's line what tells something: how many inputs, how much of the code, how fast.
    let mut words = line.unwrap_or_default().split_whitespace();
    let mut told = Vec::new();
    while let Some(word) = words.next() {
        match word {
            "cov:" | "exec/s:" => told.extend([word, words.next().unwrap_or_default()]),
            word if word.starts_with('#') && word != "#" => {
                told.extend([word.trim_start_matches('#'), "inputs,"])
            }
            _ => {}
        }
    }
    if told.is_empty() { line.unwrap_or("no input was tried").to_owned() } else { told.join(" ") }
}

/// What went wrong, as far as a line tells it.
fn message(log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let mut lines = text.lines();
    let panicked = lines.find(|line| line.contains("panicked at")).map(|line| {
        let said = lines.next().unwrap_or_default();
        format!("{line} {said}")
    });
    let failed =
        || text.lines().find(|line| line.contains("ERROR") || line.contains("FOUND")).map(str::to_owned);
    let message = panicked.or_else(failed).unwrap_or_else(|| "it ended with an error".to_owned());
    message.chars().take(400).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(|entry| Some(entry.ok()?.path())).collect()
}
