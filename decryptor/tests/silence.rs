//! Every subcommand that reads a text, at its most talkative: what works and what fails says nothing of it.

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
#[path = "common/tokens.rs"]
mod tokens;

use std::fs;
use std::path::Path;

use common::{copy_private_key, edgeseal, root, run, text};
use serde_json::json;
use tempfile::TempDir;
use tokens::{SENTINEL, assert_silent, bound, relabelled, token};

const A: &str = "rsa2048-a";
const B: &str = "rsa2048-b";

/// A folder with two keys, and texts of which each has a sentinel in it; and the tokens that are in them.
fn folder() -> (TempDir, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| fs::write(folder.path().join(name), content).unwrap();
    let (mut keyring, mut policy) = (json!({}), json!({}));
    for name in [A, B] {
        copy_private_key(name, &folder.path().join(format!("{name}.pem")));
        keyring[name] = json!({ "private_key_file": format!("{name}.pem") });
        let path = root().join(format!("test-vectors/keys/{name}.public.pem"));
        policy[name] = json!({ "public_key": fs::read_to_string(path).unwrap() });
    }
    let fields = json!([{ "name": "ssn", "path": "$..ssn", "key": A, "oversize": "reject" }]);
    write("keyring.json", &json!({ "version": 1, "keys": keyring }).to_string());
    write("policy.json", &json!({ "version": 1, "keys": policy, "fields": fields }).to_string());
    // Of a configuration the names of members are told, and no value.
    let policy = json!({ "version": 1, "keys": { "k": { "public_key": SENTINEL } }, "fields": [] });
    write("policy-of-sentinels.json", &policy.to_string());
    write(
        "keyring-of-sentinels.json",
        &format!(r#"{{"version": 1, "keys": {{"k": {{"kms_key_arn": "{SENTINEL}"}}}}}}"#),
    );

    let tokens = vec![
        token(A, &json!(format!("{SENTINEL} one"))),
        bound(A, &json!({ "a": format!("{SENTINEL} two") }), "north"),
        relabelled(B, A, &json!(format!("{SENTINEL} three"))),
        relabelled(A, "unknown", &json!(format!("{SENTINEL} four"))),
    ];
    write("plain.json", &json!({ "ssn": format!("{SENTINEL} plain"), "note": SENTINEL }).to_string());
    write("long.json", &json!({ "ssn": SENTINEL.repeat(100) }).to_string());
    write("opens.json", &json!({ "ssn": tokens[0], "note": [tokens[1], SENTINEL] }).to_string());
    write("fails.json", &json!([tokens[0], tokens[2]]).to_string());
    write("kept.json", &json!([tokens[0], tokens[3], tokens[1].get(..300).unwrap(), SENTINEL]).to_string());
    // Names of members are in reports, and so they are no sentinels.
    write("broken.json", &format!("{{\"name\": \"{}\", {SENTINEL}}}", tokens[0]));
    (folder, tokens)
}

/// Runs it with everything that could make it talk; what it said, but for the text that it gives out.
fn said(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = edgeseal(folder);
    command.args(arguments).envs([("RUST_LOG", "trace"), ("RUST_BACKTRACE", "full")]);
    let output = run(&mut command, b"");
    let report = fs::read_to_string(folder.join("report")).unwrap_or_default();
    let _: Result<_, _> = fs::remove_file(folder.join("report"));
    (output.status.code(), [text(&output.stdout), text(&output.stderr), report].concat())
}

#[test]
fn no_subcommand_says_anything_of_a_text_at_the_trace_level() {
    let (folder, tokens) = folder();
    let traced = ["--log", "run.log", "--log-level", "trace"];
    let (mut runs, mut failed) = (0, 0);
    let mut check = |arguments: &[&str], more: &[&str]| {
        let arguments = [arguments, more].concat();
        let (status, said) = said(folder.path(), &arguments);
        assert!(status.is_some_and(|status| status != 2), "{arguments:?}: {said}");
        assert_silent(&said, &tokens);
        runs += 1;
        failed += usize::from(status != Some(0));
    };
    for body in ["plain.json", "long.json", "opens.json", "fails.json", "kept.json", "broken.json"] {
        for policy in ["policy.json", "policy-of-sentinels.json"] {
            check(&["encrypt", "-p", policy, body, "-o", "out", "--report=report"], &[]);
            check(&["policy", "check", policy, "--sample", body, "--json"], &[]);
            check(&["policy", "check", policy, "--sample", body], &[]);
        }
        for keyring in ["keyring.json", "keyring-of-sentinels.json"] {
            let decrypt = ["decrypt", "-k", keyring, body, "-o", "out", "--report=report"];
            check(&decrypt, &traced);
            check(&[&decrypt[..], &["--on-failed", "keep", "--policy", "policy.json"]].concat(), &traced);
            check(&["decrypt", "-k", keyring, body, "--plan"], &traced);
            let rewrap = ["rewrap", "-k", keyring, "--from", A, "--to", B, "--local", body, "-o", "out"];
            check(&[&rewrap[..], &["--report=report"]].concat(), &traced);
            check(&[&rewrap[..], &["--on-failed", "keep"]].concat(), &traced);
            check(&["inspect", "-k", keyring, body, "--json", "--positions"], &[]);
            check(&["inspect", "-k", keyring, body, "--positions"], &[]);
        }
    }
    for policy in ["policy.json", "policy-of-sentinels.json", "broken.json"] {
        for keyring in ["keyring.json", "keyring-of-sentinels.json", "broken.json"] {
            check(&["keys", "check", "--offline", "-p", policy, "-k", keyring], &[]);
            check(&["rotate", "-p", policy, "-k", keyring, "--field", "ssn", "--to", B, "--dry-run"], &[]);
        }
    }
    assert!(runs > 100 && failed > 40, "{runs} {failed}");
    let log = fs::read_to_string(folder.path().join("run.log")).unwrap();
    assert!(log.lines().count() > 20 && log.contains("edgeseal::audit"), "{log}");
    assert_silent(&log, &tokens);
}
