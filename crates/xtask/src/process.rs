//! Running other programs.

use std::io::ErrorKind;
use std::process::{Command, ExitStatus};

use anyhow::{Context, Result, bail};

/// Runs a program to its end; its failure is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status();
    check(command, status)
}

/// Runs a program to its end and gives what it prints.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.output();
    check(command, output.as_ref().map(|output| output.status).map_err(|error| error.kind().into()))?;
    String::from_utf8(output?.stdout)
        .with_context(|| format!("`{}` prints something else than text", name(command)))
}

fn check(command: &Command, status: std::io::Result<ExitStatus>) -> Result<()> {
    let name = name(command);
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => {
            let arguments: Vec<_> = command.get_args().map(|argument| argument.to_string_lossy()).collect();
            bail!("`{name} {}` failed: {status}", arguments.join(" "))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => bail!("`{name}` is needed and is not installed"),
        Err(error) => Err(error).with_context(|| format!("`{name}` did not start")),
    }
}

fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}
