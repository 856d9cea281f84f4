//! The commands of the README do what it says.

#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::Path;
use std::process::Command;

use common::{root, run, text};

#[test]
fn the_path_from_the_edge_to_the_reader_can_be_copied_and_run() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let (_, section) = readme.split_once("## From the edge to the reader").expect("the section");
    let (_, block) = section.split_once("```sh\n").expect("its commands");
    let (block, _) = block.split_once("```").unwrap();
    // The first line builds the command, which the test has already.
    let (build, script) = block.split_once('\n').unwrap();
    assert!(build.starts_with("cargo build --release -p edgeseal-decryptor"));

    let folder = tempfile::tempdir().unwrap();
    let command = Path::new(env!("CARGO_BIN_EXE_edgeseal")).parent().unwrap();
    let path = format!("{}:{}", command.display(), std::env::var("PATH").unwrap());
    let output =
        run(Command::new("sh").arg("-e").current_dir(folder.path()).env("PATH", path), script.as_bytes());
    assert!(output.status.success(), "{}", text(&output.stderr));

    let shown = text(&output.stdout);
    let lines: Vec<&str> = shown.lines().collect();
    let [stored, decrypted] = lines.as_slice() else { panic!("{shown}") };
    assert!(stored.starts_with(r#"{"name": "Ada", "ssn": "__es1.pii-2026a.s."#), "{stored}");
    assert_eq!(*decrypted, r#"{"name": "Ada", "ssn": "078-05-1120"}"#);
}
