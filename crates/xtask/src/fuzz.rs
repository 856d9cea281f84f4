//! Fuzzing: `fuzz/` with libFuzzer, and the handlers of the edge function in Node.js.

mod build;
mod options;
mod session;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use std::{fs, thread};

use anyhow::{Context, Result, ensure};

use crate::project::Project;
use crate::{node, wasm};
use build::Programs;
use options::Options;
use session::{Outcome, Session};

/// The target that is JavaScript: events of CloudFront, through the handler.
const EVENTS: &str = "cloudfront_event";

/// How long each target is run by the tests.
const SMOKE: Duration = Duration::from_secs(10);
const SMOKE_JOBS: usize = 2;

/// What the command line asks for.
pub(crate) fn run(project: &Project, arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments, &names(project)?)?;
    if options.lists {
        for name in names(project)? {
            println!("{name}");
        }
        return Ok(());
    }
    if options.targets.iter().any(|target| target == EVENTS) {
        wasm::build(project)?;
    }
    fuzz(project, &options, false)
}

/// Ten seconds of each, from the seeds on, and what once was a finding. The wasm modules are there already.
pub(crate) fn smoke(project: &Project) -> Result<()> {
    let format = ["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"];
    project.cargo(&format)?;
    build::replay(project)?;
    let options =
        Options { targets: names(project)?, seconds: SMOKE, jobs: SMOKE_JOBS, ..Options::default() };
    fuzz(project, &options, true)
}

/// Every target: each is a file.
fn names(project: &Project) -> Result<Vec<String>> {
    let mut names = vec![EVENTS.to_owned()];
    for entry in fs::read_dir(project.path("fuzz/fuzz_targets")).context("fuzz/fuzz_targets")? {
        let file = entry?.file_name();
        names.extend(file.to_str().and_then(|file| file.strip_suffix(".rs")).map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

fn fuzz(project: &Project, options: &Options, is_smoke: bool) -> Result<()> {
    let (events, native): (Vec<_>, Vec<_>) =
        options.targets.iter().cloned().partition(|target| target == EVENTS);
    let mut sessions = VecDeque::new();
    if !native.is_empty() {
        let programs = Programs::build(project, &native)?;
        for target in native {
            sessions.push_back(Session::of_program(project, &programs, target, options.seconds, is_smoke)?);
        }
    }
    for target in events {
        node::install(project)?;
        sessions.push_back(Session::of_events(project, target, options.seconds, is_smoke)?);
    }
    let count = sessions.len();
    println!("{count} targets, {} s each, {} at a time", options.seconds.as_secs(), options.jobs);
    let outcomes = in_turns(sessions, options.jobs, is_smoke);
    let mut found = Vec::new();
    for outcome in &outcomes {
        if let Outcome::Found { target, .. } | Outcome::Broken { target, .. } = outcome {
            found.push(target.clone());
        }
    }
    ensure!(found.is_empty(), "findings: {}", found.join(", "));
    println!("nothing was found");
    Ok(())
}

/// Runs so many at a time, and says of each how it went.
fn in_turns(sessions: VecDeque<Session>, jobs: usize, is_quiet: bool) -> Vec<Outcome> {
    let waiting = Mutex::new(sessions);
    let outcomes = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                    let Some(session) = next else { break };
                    let outcome = session.run(is_quiet);
                    println!("{outcome}");
                    outcomes.lock().unwrap_or_else(PoisonError::into_inner).push(outcome);
                }
            });
        }
    });
    outcomes.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// A folder below `target/fuzz`, which is there.
fn folder(project: &Project, path: &str) -> Result<PathBuf> {
    let folder = project.target("fuzz").join(path);
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    Ok(folder)
}
