//! What the tests share: where things are, and the command.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part of it")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[cfg(target_os = "linux")]
pub mod memory;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What is in a folder, sorted.
pub fn folder(path: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// The command in a folder, with nothing of the environment that could change what it says.
pub fn edgeseal(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_edgeseal"));
    command.current_dir(folder).env_clear();
    command
}

/// The command in a folder, where no file may grow past a block or two. The signal that says so is ignored, so that writing fails.
pub fn on_full_disk(folder: &Path) -> Command {
    let mut command = Command::new("/bin/sh");
    command.current_dir(folder);
    command.args(["-c", r#"trap '' XFSZ; ulimit -f 1; exec "$0" "$@""#, env!("CARGO_BIN_EXE_edgeseal")]);
    command
}

/// Runs a command with this standard input.
pub fn run(command: &mut Command, stdin: &[u8]) -> Output {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let stdin = stdin.to_vec();
    // The command may end without having read it.
    let writer = std::thread::spawn(move || drop(pipe.write_all(&stdin)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The private key of a key pair of `test-vectors/keys`.
pub fn private_key(name: &str) -> PathBuf {
    root().join(format!("test-vectors/keys/TEST-ONLY-{name}.private.pem"))
}

/// Copies a private key to a place where its owner alone can read it, as the command wants it.
pub fn copy_private_key(name: &str, to: &Path) {
    std::fs::copy(private_key(name), to).unwrap();
    set_mode(to, 0o600);
}

#[cfg(unix)]
pub fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(unix)]
pub fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

/// The folder of the outside test data; `None`, said aloud, when there is none to be had.
pub fn corpora() -> Option<PathBuf> {
    let Some(path) = std::env::var_os("EDGESEAL_CORPORA") else {
        println!("skipped: no corpora");
        return None;
    };
    let path = PathBuf::from(path);
    assert!(path.is_dir(), "EDGESEAL_CORPORA is set and is no folder");
    Some(path)
}

pub fn hex(digits: &str) -> Vec<u8> {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.as_bytes().chunks(2).map(byte).collect()
}

/// base64url without padding.
pub fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0_usize, |group, byte| (group << 8) | usize::from(*byte));
        let group = group << (8 * (3 - chunk.len()));
        for index in 0..=chunk.len() {
            text.push(char::from(ALPHABET[(group >> (18 - 6 * index)) & 63]));
        }
    }
    text
}
