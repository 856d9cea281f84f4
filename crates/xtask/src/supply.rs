//! The supply chain: what the product is made of, where that comes from, and whether the same sources make the same bytes.

mod arrows;
mod bill;
mod deny;
mod ignored;
mod lock;
mod locks;
mod reproduce;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

pub(crate) use bill::{check as check_bills, command as write_bill_of_command, edge as write_bills_of_edge};

use crate::project::Project;
use crate::steps::Steps;

/// What the command line asks for.
pub(crate) fn run(project: &Project, arguments: &[String]) -> Result<()> {
    let mut arguments = arguments.iter();
    let mut database: Option<PathBuf> = None;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "reproduce" if database.is_none() && arguments.len() == 0 => return reproduce::run(project),
            "--advisory-db" => {
                database = Some(arguments.next().context("`--advisory-db` needs a path")?.into())
            }
            _ => bail!("`supply` takes no argument `{argument}`; see `cargo xtask supply --help`"),
        }
    }
    let mut steps = Steps::default();
    steps.step("locks", || locks::check(project));
    steps.step("arrows", || arrows::check(project));
    steps.step("licences, sources, duplicates and wrappers", || deny::check(project));
    steps.step("ignored advisories", || ignored::check(project));
    steps.step("an advisory would be found", || deny::rehearse(project));
    match &database {
        Some(database) => steps.step("advisories", || deny::advisories(project, database)),
        None => println!("NOT CHECKED: advisories, for want of a database (`--advisory-db`)"),
    }
    steps.finish()
}

/// What takes no program but cargo, and a second.
pub(crate) fn check(project: &Project) -> Result<()> {
    locks::check(project)?;
    arrows::check(project)
}
