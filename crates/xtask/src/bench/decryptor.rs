//! The decryptor's suite.

use std::env::consts::EXE_SUFFIX;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use super::Bench;
use crate::{process, python};

/// What scanning is measured against.
const RIPGREP: &str = "15.2.0";

/// Reading texts, and decrypting them with keys in an emulator of AWS KMS: `decryptor/bench`.
pub(super) fn run(bench: &Bench<'_>) -> Result<()> {
    let project = bench.project;
    if bench.builds {
        project.build_command()?;
        project.cargo(&[
            "build",
            "--quiet",
            "--release",
            "--package",
            "edgeseal-bench",
            "--bin",
            "scanning",
        ])?;
    }
    let scanning = project.target("release").join(format!("scanning{EXE_SUFFIX}"));
    let mut script = python::kms_script(project, "decryptor/bench/suite.py")?;
    script
        .arg(project.command())
        .arg(ripgrep(bench)?)
        .arg(scanning)
        .arg(bench.results().join("decryptor.json"));
    if bench.is_quick {
        script.arg("--quick");
    }
    process::run(&mut script)
}

/// ripgrep, installed if it is not there.
fn ripgrep(bench: &Bench<'_>) -> Result<PathBuf> {
    let folder = bench.folder().join(format!("ripgrep-{RIPGREP}"));
    let program = folder.join("bin").join(format!("rg{EXE_SUFFIX}"));
    if !program.is_file() {
        println!("installing ripgrep {RIPGREP} below target/bench");
        let mut install = Command::new("cargo");
        install.args(["install", "--quiet", "ripgrep", "--version", RIPGREP, "--root"]).arg(&folder);
        install.arg("--target-dir").arg(folder.join("build"));
        process::run(&mut install)?;
        std::fs::remove_dir_all(folder.join("build"))?;
    }
    Ok(program)
}
