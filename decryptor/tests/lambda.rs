//! The Lambda function, the real program, against a Runtime API of ours.

#![cfg(unix)]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "lambda/batches.rs"]
mod batches;
mod common;
#[path = "lambda/http.rs"]
mod http;
#[path = "lambda/runtime_api.rs"]
mod runtime_api;
#[path = "lambda/settings.rs"]
mod settings;
#[path = "common/tokens.rs"]
mod tokens;

use serde_json::json;
use tempfile::TempDir;

/// Two keys, each with its file, and one whose file is not there.
fn task_root() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["rsa2048-a", "rsa2048-b"] {
        common::copy_private_key(name, &folder.path().join(format!("{name}.pem")));
    }
    let file = |name: &str| json!({ "private_key_file": format!("{name}.pem") });
    let keys =
        json!({ "rsa2048-a": file("rsa2048-a"), "rsa2048-b": file("rsa2048-b"), "rsa3072": file("gone") });
    let keyring = json!({ "version": 1, "keys": keys });
    std::fs::write(folder.path().join("keyring.json"), keyring.to_string()).unwrap();
    folder
}
