//! Where things are.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;

/// The folders of the project.
pub(crate) struct Project {
    root: PathBuf,
    target: PathBuf,
}

impl Project {
    /// The project that this program was compiled from.
    pub(crate) fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let root =
            root.canonicalize().context("the project's folder has moved; run it again through cargo")?;
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
        Ok(Self { target: root.join(target), root })
    }

    /// A path below the root.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// A path below cargo's target folder.
    pub(crate) fn target(&self, path: &str) -> PathBuf {
        self.target.join(path)
    }

    /// The npm package.
    pub(crate) fn edge_function(&self) -> PathBuf {
        self.path("edge-function")
    }

    /// The command, as `build_command` leaves it.
    pub(crate) fn command(&self) -> PathBuf {
        self.target("release").join(format!("edgeseal{}", env::consts::EXE_SUFFIX))
    }

    /// The command that the tests of bundles leave: the same, and not optimised.
    pub(crate) fn test_command(&self) -> PathBuf {
        self.target("debug").join(format!("edgeseal{}", env::consts::EXE_SUFFIX))
    }

    /// Builds the `edgeseal` command, with the files that it embeds: `wasm::build` and `node::bundle` come first.
    pub(crate) fn build_command(&self) -> Result<()> {
        println!("building the command");
        self.cargo(&[
            "build",
            "--quiet",
            "--release",
            "--package",
            "edgeseal-decryptor",
            "--features",
            "bundle",
        ])
    }

    /// Runs the cargo that runs this.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Result<()> {
        process::run(&mut self.cargo_command(arguments))
    }

    /// The cargo that runs this, not started yet.
    pub(crate) fn cargo_command(&self, arguments: &[&str]) -> Command {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.args(arguments).current_dir(&self.root);
        command
    }
}
