//! The archive of the Lambda function.

mod archive;

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::project::Project;
use crate::{process, python, supply};
use archive::Entry;

/// Longest archive that Lambda takes without a detour over S3, in bytes (AWS Lambda, Quotas).
const MAX_ARCHIVE_BYTES: usize = 50 << 20;

/// What the function is compiled with.
const FEATURES: &str = "lambda,fast-rsa";

struct Options {
    architecture: Architecture,
    keyring: Option<PathBuf>,
    policy: Option<PathBuf>,
}

#[derive(Clone, Copy)]
enum Architecture {
    X86,
    Arm,
}

impl Architecture {
    /// What AWS calls it, the flag of cargo-lambda, and the target of rustc.
    fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::X86 => ("x86_64", "--x86-64", "x86_64-unknown-linux-gnu"),
            Self::Arm => ("arm64", "--arm64", "aarch64-unknown-linux-gnu"),
        }
    }
}

/// Compiles the function and packs it.
pub(crate) fn run(project: &Project, arguments: Vec<String>) -> Result<()> {
    let options = Options::parse(arguments)?;
    let read = |name: &'static str, path: &Option<PathBuf>| match path {
        Some(path) => {
            let content = fs::read(path).with_context(|| path.display().to_string())?;
            Ok(Some(Entry { name, content, mode: 0o644 }))
        }
        None => anyhow::Ok(None),
    };
    // Read before anything takes minutes.
    let others = [read("keyring.json", &options.keyring)?, read("policy.json", &options.policy)?];
    let program = compile(project, options.architecture)?;
    let mut entries = vec![Entry { name: "bootstrap", content: program, mode: 0o755 }];
    entries.extend(others.into_iter().flatten());
    let archive = archive::write(&entries)?;

    let name = format!("lambda/edgeseal-decrypt-{}.zip", options.architecture.names().0);
    let path = project.target(&name);
    fs::write(&path, &archive).with_context(|| path.display().to_string())?;
    let digest: String = Sha256::digest(&archive).iter().map(|byte| format!("{byte:02x}")).collect();
    println!("{}\n{} bytes\nsha256 {digest}", path.display(), archive.len());
    if archive.len() > MAX_ARCHIVE_BYTES {
        bail!("the archive is longer than Lambda takes: {MAX_ARCHIVE_BYTES} bytes");
    }
    let features = ["--no-default-features", "--features", FEATURES];
    let target = ["--target", options.architecture.names().2];
    supply::write_bill_of_command(project, &path, &[features.as_slice(), &target].concat())
}

/// The program. cargo-lambda sees to it that it needs no newer glibc than Lambda's; nothing of it is in the environment of this machine.
fn compile(project: &Project, architecture: Architecture) -> Result<Vec<u8>> {
    let (_, flag, target) = architecture.names();
    process::run(Command::new("rustup").args(["target", "add", target]).current_dir(project.path("")))?;
    let cargo_lambda = python::cargo_lambda(project)?;
    let programs = cargo_lambda.parent().context("the environment has no folder")?;
    let folder = project.target("lambda");
    println!("compiling the function");
    let mut build = Command::new(&cargo_lambda);
    build.args([
        "lambda",
        "build",
        "--release",
        flag,
        "--package",
        "edgeseal-decryptor",
        "--bin",
        "bootstrap",
    ]);
    build.args(["--no-default-features", "--features", FEATURES, "--lambda-dir"]).arg(&folder);
    build.current_dir(project.path("")).env("PATH", with(programs.into())?);
    process::run(&mut build)?;
    let program = folder.join("bootstrap/bootstrap");
    fs::read(&program).with_context(|| program.display().to_string())
}

/// The search path with a folder before all others: zig is found there.
fn with(folder: PathBuf) -> Result<OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    Ok(env::join_paths([folder].into_iter().chain(env::split_paths(&path)))?)
}

impl Options {
    fn parse(arguments: Vec<String>) -> Result<Self> {
        let mut options = Self { architecture: Architecture::X86, keyring: None, policy: None };
        let mut arguments = arguments.into_iter();
        while let Some(name) = arguments.next() {
            if !["--arch", "--keyring", "--policy"].contains(&name.as_str()) {
                bail!("`lambda` takes no argument `{name}`; see `cargo xtask lambda --help`");
            }
            let value = arguments.next().with_context(|| format!("`{name}` needs a value"))?;
            match (name.as_str(), value.as_str()) {
                ("--arch", "x86_64") => options.architecture = Architecture::X86,
                ("--arch", "arm64") => options.architecture = Architecture::Arm,
                ("--arch", _) => bail!("`--arch` is `x86_64` or `arm64`"),
                ("--keyring", _) => options.keyring = Some(value.into()),
                _ => options.policy = Some(value.into()),
            }
        }
        Ok(options)
    }
}
