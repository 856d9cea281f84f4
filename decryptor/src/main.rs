//! The `edgeseal` command. What it does is in `edgeseal --help`.

mod command;

use std::process::ExitCode;

fn main() -> ExitCode {
    command::run(std::env::args_os())
}
