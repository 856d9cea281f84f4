//! `edgeseal policy`.

mod check;
mod diff;
mod finding;
mod names;
mod sample;

use std::process::ExitCode;

use super::arguments::{PolicyArguments, PolicyWork};
use super::failure::Failure;

const STDIN_TWICE: &str = "only one file can be `-`, standard input";

pub(crate) fn run(arguments: &PolicyArguments) -> Result<ExitCode, Failure> {
    match &arguments.work {
        PolicyWork::Check(arguments) => check::run(arguments),
        PolicyWork::Diff(arguments) => diff::run(arguments),
    }
}
