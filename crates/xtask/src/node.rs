//! Node.js, and the development packages of the edge function.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::project::Project;

/// Installs the packages of edge-function/package-lock.json, unless they are there.
pub(crate) fn install(project: &Project) -> Result<()> {
    let folder = project.edge_function();
    let lock = fs::read(folder.join("package-lock.json")).context("edge-function/package-lock.json")?;
    // A copy of the lock file beside the packages says which ones they are; npm's own note has another form.
    let installed = folder.join("node_modules/.installed-lock.json");
    if fs::read(&installed).is_ok_and(|text| text == lock) {
        return Ok(());
    }
    println!("installing npm packages into edge-function/node_modules");
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    process::run(Command::new(npm).args(["ci", "--no-audit", "--no-fund", "--silent"]).current_dir(&folder))?;
    fs::write(&installed, lock).context("edge-function/node_modules")
}

/// Node.js with a script, in the folder of the edge function.
pub(crate) fn node(project: &Project, script: impl AsRef<Path>) -> Command {
    let mut command = Command::new("node");
    command.arg(script.as_ref()).current_dir(project.edge_function());
    command
}
