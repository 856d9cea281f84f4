//! Python, in an environment of the project's own.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::project::Project;

/// What the generator of the vectors and the interoperation checks need, versions pinned.
const REQUIREMENTS: [&str; 2] = ["test-vectors/requirements.txt", "interop/requirements.txt"];

/// Makes target/venv with the pinned packages, unless it is there, and gives its interpreter.
fn environment(project: &Project) -> Result<PathBuf> {
    let folder = project.target("venv");
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let mut wanted = String::new();
    for file in REQUIREMENTS {
        wanted.push_str(&fs::read_to_string(project.path(file)).context(file)?);
    }
    let installed = folder.join("installed.txt");
    if fs::read_to_string(&installed).is_ok_and(|text| text == wanted) {
        return Ok(python);
    }
    println!("installing Python packages into target/venv");
    process::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    for file in REQUIREMENTS {
        pip.arg("--requirement").arg(project.path(file));
    }
    process::run(&mut pip)?;
    fs::write(&installed, wanted).context("target/venv")?;
    Ok(python)
}

/// Python with a script of the project, in its root.
pub(crate) fn script(project: &Project, script: &str) -> Result<Command> {
    let mut command = Command::new(environment(project)?);
    command.arg(script).current_dir(project.path(""));
    Ok(command)
}
