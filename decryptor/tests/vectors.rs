//! Every vector of `test-vectors/` through the command.
//!
//! The command takes its randomness from the operating system, so an encrypted body is compared with the vector's outside the tokens, and then
//! decrypted. What a vector says about randomness alone, or about a limit that the command does not have, does not apply to it.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]
#![cfg(unix)]

#[path = "vectors/back.rs"]
mod back;
#[path = "vectors/case.rs"]
mod case;
mod common;
#[path = "vectors/config.rs"]
mod config;
#[path = "vectors/decrypting.rs"]
mod decrypting;
#[path = "vectors/encrypting.rs"]
mod encrypting;
#[path = "vectors/paths.rs"]
mod paths;
#[path = "vectors/rewrapping.rs"]
mod rewrapping;
#[path = "vectors/tokens.rs"]
mod tokens;

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use case::{Applies, Bench, Case};
use common::{folder, root};
use serde_json::Value;

#[test]
fn every_vector_through_the_command_gives_what_it_says() {
    let files: Vec<String> = folder(&root().join("test-vectors"))
        .into_iter()
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .filter(|name| name.ends_with("_test.json"))
        .collect();
    assert_eq!(files.len(), 8, "a file that no runner knows, or one that is missing: {files:?}");
    for file in &files {
        let run: fn(&Case<'_>, &Bench) -> Applies = match file.as_str() {
            "decrypt_test.json" => decrypting::decrypts,
            "encrypt_test.json" | "request_test.json" => encrypting::encrypts,
            "field_path_test.json" => paths::matches,
            "keyring_test.json" => config::loads_keyring,
            "policy_test.json" => config::loads_policy,
            "rewrap_test.json" => rewrapping::rewraps,
            "token_test.json" => decrypting::opens_token,
            other => panic!("no runner for {other}"),
        };
        run_file(file, run);
    }
}

fn run_file(file: &str, run: fn(&Case<'_>, &Bench) -> Applies) {
    let text = std::fs::read(root().join("test-vectors").join(file)).unwrap();
    let vectors: Value = serde_json::from_slice(&text).unwrap();
    let groups = vectors["testGroups"].as_array().unwrap();
    let cases: Vec<Case<'_>> = groups
        .iter()
        .flat_map(|group| {
            group["tests"].as_array().unwrap().iter().map(move |test| Case { file, group, test })
        })
        .collect();
    assert_eq!(Value::from(cases.len()), vectors["numberOfTests"], "{file}");
    assert!(cases.len() > 20, "{file}: {}", cases.len());

    let bench = Bench::new();
    let (next, failed, skipped) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Relaxed)) {
                    // The panic has been printed; the other vectors may say more.
                    let outcome = std::panic::catch_unwind(|| run(case, &bench));
                    failed.fetch_add(usize::from(outcome.is_err()), Relaxed);
                    skipped.fetch_add(usize::from(matches!(outcome, Ok(Applies::No))), Relaxed);
                }
            });
        }
    });
    assert_eq!(failed.load(Relaxed), 0, "{file}: that many of {} vectors failed", cases.len());
    let expected = cases.iter().filter(|case| encrypting::is_out_of_reach(case)).count();
    assert_eq!(skipped.load(Relaxed), expected, "{file}: vectors that do not apply");
    println!("{file}: {} vectors, {expected} of them not applicable", cases.len());
}
