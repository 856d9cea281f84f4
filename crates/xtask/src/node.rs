//! Node.js, and the development packages of the edge function.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, bail};

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

/// The other releases of Node.js that Lambda has, as crates/xtask/node/package.json names them. The one that is installed runs the tests too.
pub(crate) const RELEASES: [&str; 2] = ["22.23.3", "24.21.0"];

/// The program of a release, installed below cargo's target folder if it is not there: each as its lock file has it. The package `node` would install
/// the program by a script of its own, which no lock file covers, so that the packages of the platforms are named themselves.
pub(crate) fn release(project: &Project, version: &str) -> Result<PathBuf> {
    let platform = match (env::consts::OS, env::consts::ARCH) {
        ("linux", "x86_64") => "linux-x64",
        ("linux", "aarch64") => "linux-arm64",
        ("windows", "x86_64") => "win-x64",
        (os, architecture) => {
            bail!("crates/xtask/node/package.json has no Node.js for {os} on {architecture}")
        }
    };
    let (locked, folder) = (project.path("crates/xtask/node"), project.target("node-releases"));
    let lock = fs::read(locked.join("package-lock.json")).context("crates/xtask/node/package-lock.json")?;
    let installed = folder.join("node_modules/.installed-lock.json");
    if !fs::read(&installed).is_ok_and(|text| text == lock) {
        println!("installing other releases of Node.js into {}", folder.display());
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        for name in ["package.json", "package-lock.json"] {
            fs::copy(locked.join(name), folder.join(name)).with_context(|| name.to_owned())?;
        }
        let options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
        process::run(npm().args(options).current_dir(&folder))?;
        fs::write(&installed, lock).with_context(|| installed.display().to_string())?;
    }
    let name = format!("node_modules/node-{version}-{platform}/bin/node{}", env::consts::EXE_SUFFIX);
    Ok(folder.join(name))
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
