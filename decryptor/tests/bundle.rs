//! `edgeseal bundle`: what it writes runs as it is unpacked, and what is not as it was written is refused.

#![cfg(unix)]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;
#[path = "bundle/damaged.rs"]
mod damaged;
#[path = "bundle/documented.rs"]
mod documented;
#[path = "bundle/hostile.rs"]
mod hostile;
#[path = "bundle/keys.rs"]
mod keys;
#[path = "bundle/made.rs"]
mod made;
#[path = "bundle/running.rs"]
mod running;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{edgeseal, folder, root, run, text};
use serde_json::Value;
use tempfile::TempDir;

/// The policy of the command's cases, in a folder of its own.
fn bench() -> TempDir {
    let bench = tempfile::tempdir().unwrap();
    fs::copy(root().join("decryptor/tests/cmd/files/policy.json"), bench.path().join("policy.json")).unwrap();
    bench
}

/// A bundle of that policy.
fn make(bench: &Path, target: &str, out: &str, options: &[&str]) -> PathBuf {
    let arguments = ["bundle", "--policy", "policy.json", "--target", target, "--out", out];
    let output = run(edgeseal(bench).args(arguments).args(options), b"");
    assert!(output.status.success(), "{}", text(&output.stderr));
    bench.join(out)
}

/// What is said of a bundle that is in order.
fn verify(bundle: &Path) -> Value {
    let output = run(edgeseal(Path::new("/")).args(["bundle", "--json", "--verify"]).arg(bundle), b"");
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What is said of one that is not: the first line, without the bundle's path.
fn refusal(bundle: &Path) -> String {
    let output = run(edgeseal(Path::new("/")).args(["bundle", "--verify"]).arg(bundle), b"");
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), String::new()), "{bundle:?}");
    let said = text(&output.stderr);
    let line = said.lines().find(|line| line.starts_with("edgeseal: error")).expect(&said);
    line.replace(&format!("{}: ", bundle.display()), "")
}

/// The files of a bundle in a folder.
fn files(bundle: &Path) -> BTreeMap<String, Vec<u8>> {
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    folder(bundle).iter().map(|path| (name(path), fs::read(path).unwrap())).collect()
}

/// Runs Python, whose ZIP archives are not ours.
fn python(folder: &Path, script: &str, arguments: &[&str]) -> String {
    let output = run(Command::new("python3").current_dir(folder).args(["-c", script]).args(arguments), b"");
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

/// Unpacks an archive into a new folder.
fn unpack(archive: &Path, to: &Path) {
    let script = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])";
    python(Path::new("/"), script, &[archive.to_str().unwrap(), to.to_str().unwrap()]);
}
