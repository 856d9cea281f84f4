//! What the command says about its work, at every level: what it did, and nothing that it read or wrote.

#![cfg(unix)]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;
#[path = "common/tokens.rs"]
mod tokens;

use std::path::Path;

use common::{copy_private_key, edgeseal, mode, run, text};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokens::{assert_silent, bound, relabelled, token};

const A: &str = "rsa2048-a";
const B: &str = "rsa2048-b";
const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut keys = json!({});
    for name in [A, B] {
        copy_private_key(name, &folder.path().join(format!("{name}.pem")));
        keys[name] = json!({ "private_key_file": format!("{name}.pem") });
    }
    let keyring = json!({ "version": 1, "keys": keys }).to_string();
    std::fs::write(folder.path().join("keyring.json"), keyring).unwrap();
    folder
}

/// Runs `decrypt`; gives exit status, standard output and standard error.
fn decrypt(folder: &Path, arguments: &[&str], body: &str) -> (Option<i32>, String, String) {
    let mut command = edgeseal(folder);
    command.args(["decrypt", "-k", "keyring.json"]).args(arguments).env("RUST_LOG", "trace");
    let output = run(&mut command, body.as_bytes());
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

fn lines(log: &str) -> Vec<Value> {
    log.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

#[test]
fn no_level_says_what_is_in_a_text() {
    let folder = folder();
    let good = [
        token(A, &json!("SENTINEL-1")),
        token(B, &json!({ "SENTINEL": 2 })),
        bound(A, &json!("SENTINEL"), "t"),
    ];
    let bad = relabelled(B, A, &json!("SENTINEL"));
    let unknown = relabelled(A, "other", &json!("SENTINEL"));
    let mut all = good.to_vec();
    all.extend([bad.clone(), unknown.clone()]);
    for level in LEVELS {
        for (body, exit) in [
            (json!(good).to_string(), 0),
            (json!([good[0], unknown, "__es1.SENTINEL"]).to_string(), 3),
            (json!([good[0], bad]).to_string(), 1),
            (format!("[\"{}\"", good[0]), 1),
        ] {
            let arguments = ["--format", "json", "--log", "run.log", "--log-level", level];
            let (status, _, stderr) = decrypt(folder.path(), &arguments, &body);
            assert_eq!(status, Some(exit), "{level}: {stderr}");
            assert_silent(&stderr, &all);
        }
        let log = std::fs::read_to_string(folder.path().join("run.log")).unwrap();
        assert_silent(&log, &all);
    }
    let log = std::fs::read_to_string(folder.path().join("run.log")).unwrap();
    let audits = lines(&log).iter().filter(|line| line["target"] == "edgeseal::audit").count();
    assert_eq!(audits, LEVELS.len() * 4, "each run leaves one, whatever the level");
    assert_eq!(mode(&folder.path().join("run.log")), 0o600);
}

#[test]
fn the_audit_line_says_who_what_and_how_it_ended() {
    let folder = folder();
    let body = json!([
        token(A, &json!("SENTINEL")),
        token(A, &json!("SENTINEL")),
        bound(A, &json!("SENTINEL"), "north"),
        token(B, &json!("SENTINEL")),
        relabelled(A, "SENTINEL", &json!("SENTINEL")),
    ]);
    let arguments = ["--key", A, "--require-context", "tenant=north", "--on-failed", "keep", "--log", "-"];
    let (status, _, log) = decrypt(folder.path(), &arguments, &body.to_string());
    assert_eq!(status, Some(3));
    let mut logged = log.lines().filter(|line| line.starts_with('{'));
    let audit: Value = serde_json::from_str(logged.next().unwrap()).unwrap();
    assert!(logged.next().is_none(), "{log}");
    assert_silent(&audit.to_string(), &[]);
    let expected = json!({
        "level": "INFO",
        "target": "edgeseal::audit",
        "message": "decrypt",
        "outcome": "kept",
        "callers": [],
        "context": ["tenant"],
        "found": 5,
        "decrypted": 1,
        "kept": 2,
        "skipped": 2,
        "reasons": { "decryption_failed": 2 },
        "calls": 0,
        "keys": {
            A: { "calls": 0, "decrypted": 1, "skipped": 0, "kept": { "decryption_failed": 2 } },
            B: { "calls": 0, "decrypted": 0, "skipped": 1, "kept": {} },
        },
        "version": env!("CARGO_PKG_VERSION"),
    });
    let mut rest = audit.clone();
    let members = rest.as_object_mut().unwrap();
    assert!(members.remove("milliseconds").unwrap().is_u64());
    let timestamp = members.remove("timestamp").unwrap();
    let form = regex::Regex::new(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$").unwrap();
    assert!(form.is_match(timestamp.as_str().unwrap()), "{timestamp}");
    assert_eq!(rest, expected);
}

#[test]
fn a_run_that_fails_leaves_its_code() {
    let folder = folder();
    let body = json!([token(A, &json!("SENTINEL")), relabelled(B, A, &json!("SENTINEL"))]).to_string();
    let (status, stdout, _) = decrypt(folder.path(), &["--log", "run.log"], &body);
    assert_eq!((status, stdout.as_str()), (Some(1), ""));
    let log = std::fs::read_to_string(folder.path().join("run.log")).unwrap();
    let lines = lines(&log);
    assert_eq!(lines.len(), 1);
    assert_eq!((&lines[0]["outcome"], &lines[0]["code"]), (&json!("failed"), &json!("decryption_failed")));
}

#[test]
fn without_log_nothing_is_added_to_standard_error() {
    let folder = folder();
    let body = json!(token(A, &json!("SENTINEL"))).to_string();
    for arguments in [&[][..], &["--log-level", "trace"]] {
        let (status, stdout, stderr) = decrypt(folder.path(), arguments, &body);
        assert_eq!((status, stdout.as_str(), stderr.as_str()), (Some(0), "\"SENTINEL\"", ""));
    }
}

#[test]
fn a_log_that_cannot_be_written_ends_the_run_before_anything_is_decrypted() {
    let folder = folder();
    let body = json!(token(A, &json!("SENTINEL"))).to_string();
    let (status, stdout, stderr) = decrypt(folder.path(), &["--log", "none/run.log"], &body);
    assert_eq!((status, stdout.as_str()), (Some(1), ""));
    assert!(stderr.contains("error[io_failed]: cannot write `none/run.log`"), "{stderr}");
}
