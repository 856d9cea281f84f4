//! Python, in environments of the project's own.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::project::Project;

/// An environment below cargo's target folder, and the files that name its packages, with versions and digests.
struct Environment {
    folder: &'static str,
    requirements: &'static [&'static str],
}

/// What the generator of the vectors and the interoperation checks need.
const SCRIPTS: Environment = Environment {
    folder: "venv",
    requirements: &["test-vectors/requirements.txt", "interop/requirements.txt"],
};

/// An emulator of AWS KMS.
const KMS: Environment =
    Environment { folder: "kms-venv", requirements: &["decryptor/tests/kms/requirements.txt"] };

/// The same, with what runs the commands and queries of `docs/OPERATIONS.md`.
const OPERATIONS: Environment = Environment {
    folder: "operations-venv",
    requirements: &[
        "decryptor/tests/kms/requirements.txt",
        "decryptor/tests/kms/operations/requirements.txt",
    ],
};

/// What compiles the Lambda function for Lambda's release of glibc.
const LAMBDA: Environment =
    Environment { folder: "lambda-venv", requirements: &["crates/xtask/lambda-requirements.txt"] };

/// What holds software bills of materials to their schema.
const BILLS: Environment =
    Environment { folder: "bill-venv", requirements: &["crates/xtask/bill-requirements.txt"] };

/// What the edge is measured against, in Python.
const PEERS: Environment =
    Environment { folder: "bench/venv", requirements: &["edge-function/bench/peers/requirements.txt"] };

impl Environment {
    /// Makes it, unless it is there, and gives the path of one of its programs.
    fn program(&self, project: &Project, name: &str) -> Result<PathBuf> {
        let folder = project.target(self.folder);
        let programs = folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
        let program = |name: &str| programs.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        let mut wanted = String::new();
        for file in self.requirements {
            wanted.push_str(&fs::read_to_string(project.path(file)).context(*file)?);
        }
        let installed = folder.join("installed.txt");
        if fs::read_to_string(&installed).is_ok_and(|text| text == wanted) {
            return Ok(program(name));
        }
        println!("installing Python packages into target/{}", self.folder);
        process::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
        let mut pip = Command::new(program("python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]);
        for file in self.requirements {
            pip.arg("--requirement").arg(project.path(file));
        }
        process::run(&mut pip)?;
        fs::write(&installed, wanted).context(self.folder)?;
        Ok(program(name))
    }

    fn script(&self, project: &Project, script: &str) -> Result<Command> {
        let mut command = Command::new(self.program(project, "python")?);
        command.arg(project.path(script)).current_dir(project.path(""));
        Ok(command)
    }
}

/// Python with a script of the project, in its root.
pub(crate) fn script(project: &Project, script: &str) -> Result<Command> {
    SCRIPTS.script(project, script)
}

/// The same with an emulator of AWS KMS beside it.
pub(crate) fn kms_script(project: &Project, script: &str) -> Result<Command> {
    KMS.script(project, script)
}

/// The emulator of AWS KMS, with everything that its tests run beside it.
pub(crate) fn ministack(project: &Project) -> Result<PathBuf> {
    OPERATIONS.program(project, "ministack")
}

/// The same with what holds software bills of materials to their schema.
pub(crate) fn bills(project: &Project, script: &str) -> Result<Command> {
    BILLS.script(project, script)
}

/// What compiles the Lambda function; zig is beside it.
pub(crate) fn cargo_lambda(project: &Project) -> Result<PathBuf> {
    LAMBDA.program(project, "cargo-lambda")
}

/// Python with what the edge is measured against.
pub(crate) fn peers(project: &Project) -> Result<PathBuf> {
    PEERS.program(project, "python")
}
