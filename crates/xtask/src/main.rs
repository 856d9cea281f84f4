//! Builds, demonstrates, tests and measures EdgeSeal: `cargo xtask --help`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it talks to a person, and sees no request")]

mod bench;
mod build;
mod demo;
mod fuzz;
mod help;
mod lambda;
mod mutants;
mod node;
mod process;
mod project;
mod promises;
mod python;
mod rsa;
mod steady;
mod steps;
mod suite;
mod supply;
mod tools;
mod tree;
mod wasm;

use std::process::ExitCode;

use anyhow::{Result, bail};
use project::Project;

fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Vec<String>) -> Result<()> {
    let mut arguments = arguments.into_iter();
    let task = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    if rest.iter().any(|argument| argument == "--help" || argument == "-h") {
        return help::print(&task);
    }
    if !["bench", "demo", "fuzz", "lambda", "mutants", "supply"].contains(&task.as_str())
        && let Some(argument) = rest.first()
    {
        bail!("`{task}` takes no argument `{argument}`; see `cargo xtask {task} --help`");
    }
    let project = Project::find()?;
    match task.as_str() {
        "build" => build::run(&project),
        "wasm" => build::edge(&project),
        "demo" => demo::run(&project, rest),
        "lambda" => lambda::run(&project, rest),
        "test" => suite::run(&project),
        "bench" => bench::run(&project, &rest),
        "fuzz" => fuzz::run(&project, &rest),
        "mutants" => mutants::run(&project, &rest),
        "supply" => supply::run(&project, &rest),
        "" | "--help" | "-h" | "help" => help::print(""),
        _ => bail!("no task `{task}`; see `cargo xtask --help`"),
    }
}
