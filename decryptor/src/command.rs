//! The command: arguments in, exit status out.

mod advice;
mod arguments;
#[cfg(feature = "bundle")]
mod bundle;
#[cfg(not(feature = "bundle"))]
#[path = "command/no_bundle.rs"]
mod bundle;
mod config;
mod decrypt;
mod edit;
mod encrypt;
mod failure;
mod hex;
mod input;
mod inspect;
mod keygen;
mod keys;
mod lazy_kms;
mod output;
mod policy;
mod rewrap;
mod rotate;
mod serve;
mod table;
mod terminal;
mod texts;

use std::ffi::OsString;
use std::process::ExitCode;

use arguments::{Arguments, Subcommand};
use clap::{CommandFactory, Parser};
use failure::Failure;
use output::Output;

/// Runs the command: 0 done, 1 failed and nothing written, 2 wrong arguments, 3 done but for tokens left in place.
pub(crate) fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let done = match Arguments::try_parse_from(arguments) {
        // What is logged, and where, belongs here: the arguments are known, and nothing has been done.
        Ok(arguments) => match arguments.subcommand {
            Subcommand::Encrypt(arguments) => encrypt::run(&arguments),
            Subcommand::Decrypt(arguments) => decrypt::run(&arguments),
            Subcommand::Inspect(arguments) => inspect::run(&arguments),
            Subcommand::Keygen(arguments) => keygen::run(&arguments),
            Subcommand::Keys(arguments) => keys::run(&arguments),
            Subcommand::Rotate(arguments) => rotate::run(&arguments),
            Subcommand::Rewrap(arguments) => rewrap::run(&arguments),
            Subcommand::Serve(arguments) => serve::run(&arguments),
            Subcommand::Bundle(arguments) => bundle::run(&arguments),
            Subcommand::Policy(arguments) => policy::run(&arguments),
            Subcommand::Completions { shell } => completions(shell),
        },
        // Help and version, too, come as an error.
        Err(error) if error.exit_code() == 0 => error
            .print()
            .map_err(|error| Failure::writing("standard output", &error))
            .map(|()| ExitCode::SUCCESS),
        Err(error) => Err(error.into()),
    };
    let status = done.unwrap_or_else(|failure| failure.report());
    edgeseal_decryptor::logging::flush();
    status
}

fn completions(shell: clap_complete::Shell) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "edgeseal", &mut script);
    Output::stdout().stage(&script)?.commit()?;
    Ok(ExitCode::SUCCESS)
}
