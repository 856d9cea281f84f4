//! Programs from crates.io that the project uses and does not build upon.

use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::process;
use crate::project::Project;

/// A program in one version, as its own lock file has it.
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
}

impl Tool {
    /// Its path below cargo's target folder. It is compiled if it is not there, which takes minutes.
    pub(crate) fn program(&self, project: &Project) -> Result<PathBuf> {
        let Self { name, version } = self;
        let folder = project.target("tools").join(format!("{name}-{version}"));
        let program = folder.join("bin").join(format!("{name}{EXE_SUFFIX}"));
        if !program.is_file() {
            println!("installing {name} {version} below target/tools; that takes some minutes, once");
            let mut install = project.cargo_command(&["install", "--quiet", "--locked", name]);
            install.args(["--version", version, "--root"]).arg(&folder);
            let build = folder.join("build");
            process::run(install.arg("--target-dir").arg(&build))?;
            fs::remove_dir_all(build).context(*name)?;
        }
        Ok(program)
    }
}
