//! Node.js, and the development packages of the edge function.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result};

use crate::process;
use crate::project::Project;
use crate::steady::steady;

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
    process::run(npm().args(["ci", "--no-audit", "--no-fund", "--silent"]).current_dir(&folder))?;
    fs::write(&installed, lock).context("edge-function/node_modules")
}

/// Writes the handlers that are one file each into edge-function/dist. The wasm module is there already.
pub(crate) fn bundle(project: &Project) -> Result<()> {
    install(project)?;
    println!("bundling the handlers");
    let folder = project.edge_function();
    let files = ["dist/lambda-edge.mjs", "dist/workers.mjs"].map(|file| folder.join(file));
    let mut bundle = npm();
    bundle.args(["run", "--silent", "bundle"]).current_dir(&folder);
    steady(&files.each_ref().map(PathBuf::as_path), || process::run(&mut bundle))
}

/// The other releases of Node.js that Lambda has, as npm packages them. The one that is installed runs the tests too.
pub(crate) const RELEASES: [&str; 2] = ["22.23.3", "24.21.0"];

/// The program of a release, installed below cargo's target folder if it is not there.
pub(crate) fn release(project: &Project, version: &str) -> Result<PathBuf> {
    let folder = project.target(&format!("node-{version}"));
    let program = folder.join("node_modules/node/bin").join(format!("node{}", env::consts::EXE_SUFFIX));
    if !program.is_file() {
        println!("installing Node.js {version} into {}", folder.display());
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        let package = format!("node@{version}");
        let options = ["install", "--no-audit", "--no-fund", "--silent", "--prefix", "."];
        process::run(npm().args(options).arg(package).current_dir(&folder))?;
    }
    Ok(program)
}

fn npm() -> Command {
    Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

/// Node.js with a script, in the folder of the edge function.
pub(crate) fn node(project: &Project, script: impl AsRef<Path>) -> Command {
    let mut command = Command::new("node");
    command.arg(script.as_ref()).current_dir(project.edge_function());
    command
}
