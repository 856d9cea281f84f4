//! Compiling the targets.
//!
//! As `cargo fuzz` does it, without a sanitizer: what that would find takes unsafe code, which the product has none of, and this way any stable
//! toolchain will do. `cargo +nightly fuzz run TARGET` works too.

use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, bail};

use super::folder;
use crate::process;
use crate::project::Project;

/// What has libFuzzer told which edges of the code an input takes, and what is compared with what.
const INSTRUMENTED: [&str; 7] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
    "--cfg=fuzzing",
];

/// What was compiled, and the seeds.
pub(super) struct Programs {
    pub(super) folder: PathBuf,
    pub(super) seeds: PathBuf,
}

impl Programs {
    /// Compiles these targets, and writes the seeds of all.
    pub(super) fn build(project: &Project, targets: &[String]) -> Result<Self> {
        println!("building {} fuzz targets", targets.len());
        let host = host()?;
        let seeds = folder(project, "seeds")?;
        let mut write = instrumented(project, "run", &host)?;
        process::run(write.args(["--example", "seeds", "--"]).arg(&seeds))?;
        let mut build = instrumented(project, "build", &host)?;
        for target in targets {
            build.args(["--bin", target]);
        }
        process::run(&mut build)?;
        Ok(Self { folder: project.target("fuzz").join(host).join("release"), seeds })
    }
}

/// Runs every seed, and every input that once was a finding, without a fuzzer; compiled as the targets are, so that nothing is compiled twice.
pub(super) fn replay(project: &Project) -> Result<()> {
    process::run(&mut instrumented(project, "test", &host()?)?)
}

/// A cargo command in `fuzz`, with a target folder of its own.
fn instrumented(project: &Project, command: &str, host: &str) -> Result<Command> {
    find_compiler()?;
    let mut cargo = project.cargo_command(&[command, "--quiet", "--release", "--locked", "--target", host]);
    cargo.arg("--manifest-path").arg(project.path("fuzz/Cargo.toml"));
    cargo.env("CARGO_TARGET_DIR", project.target("fuzz"));
    cargo.env("CARGO_ENCODED_RUSTFLAGS", INSTRUMENTED.join("\u{1f}"));
    Ok(cargo)
}

/// libFuzzer is C++, and is compiled with the targets.
fn find_compiler() -> Result<()> {
    let compiler = env::var("CXX").unwrap_or_else(|_| "c++".to_owned());
    let found = Command::new(&compiler).arg("--version").output();
    if !found.is_ok_and(|output| output.status.success()) {
        bail!(
            "libFuzzer needs a C++ compiler, and `{compiler}` does not run; install one (`apt-get install g++`), or name one in `CXX`"
        );
    }
    Ok(())
}

/// The platform, as rustc calls it.
fn host() -> Result<String> {
    let version = process::output(Command::new("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("`rustc -vV` names no host")
}

/// The dictionary of a target, if it has one.
pub(super) fn dictionary(project: &Project, target: &str) -> Option<PathBuf> {
    let path = project.path("fuzz/dictionaries").join(format!("{target}.dict"));
    fs::exists(&path).unwrap_or(false).then_some(path)
}
