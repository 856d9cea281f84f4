//! What the command line asks for.

use std::num::NonZero;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

/// `[TARGET]... [--seconds N] [--jobs N] [--list]`.
#[derive(Default)]
pub(super) struct Options {
    pub(super) targets: Vec<String>,
    /// How long each is run.
    pub(super) seconds: Duration,
    /// How many at a time.
    pub(super) jobs: usize,
    pub(super) lists: bool,
}

const LONG: Duration = Duration::from_secs(1_200);

impl Options {
    pub(super) fn parse(arguments: &[String], names: &[String]) -> Result<Self> {
        let jobs = thread::available_parallelism().map_or(1, NonZero::get);
        let mut options = Self { seconds: LONG, jobs, ..Self::default() };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut number = || -> Result<u64> {
                let text = arguments.next().with_context(|| format!("`{argument}` takes a number"))?;
                let number = text.parse().ok().filter(|number| *number > 0);
                number.with_context(|| format!("`{argument}` takes a whole number from 1, not `{text}`"))
            };
            match argument.as_str() {
                "--list" => options.lists = true,
                "--seconds" => options.seconds = Duration::from_secs(number()?),
                "--jobs" => options.jobs = usize::try_from(number()?)?,
                option if option.starts_with('-') => {
                    bail!("no option `{option}`; see `cargo xtask fuzz --help`")
                }
                name => {
                    let is_target = names.iter().any(|other| other == name);
                    ensure!(is_target, "no target `{name}`; see `cargo xtask fuzz --list`");
                    options.targets.push(name.to_owned());
                }
            }
        }
        if options.targets.is_empty() {
            options.targets = names.to_vec();
        }
        Ok(options)
    }
}
