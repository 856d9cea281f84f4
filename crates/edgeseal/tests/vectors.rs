//! Every vector of `test-vectors/` through the library.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "vectors/case.rs"]
mod case;
mod common;
#[path = "vectors/decrypting.rs"]
mod decrypting;
#[path = "vectors/encrypting.rs"]
mod encrypting;
#[path = "vectors/loading.rs"]
mod loading;
#[path = "vectors/paths.rs"]
mod paths;
#[path = "vectors/rewrapping.rs"]
mod rewrapping;

use case::Case;
use common::{read, root};
use serde_json::Value;

#[test]
fn every_vector_gives_what_it_says() {
    let mut files: Vec<String> = std::fs::read_dir(root().join("test-vectors"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with("_test.json"))
        .collect();
    files.sort();
    assert_eq!(files.len(), 8, "a file that no runner knows, or one that is missing: {files:?}");
    let mut failures = Vec::new();
    for file in &files {
        let run: fn(&Case<'_>) = match file.as_str() {
            "decrypt_test.json" => decrypting::decrypts,
            "encrypt_test.json" => encrypting::encrypts_body,
            "field_path_test.json" => paths::matches,
            "keyring_test.json" => loading::loads_keyring,
            "policy_test.json" => loading::loads_policy,
            "request_test.json" => encrypting::encrypts_request,
            "rewrap_test.json" => rewrapping::rewraps,
            "token_test.json" => decrypting::opens_token,
            other => panic!("no runner for {other}"),
        };
        let vectors: Value = serde_json::from_str(&read(&format!("test-vectors/{file}"))).unwrap();
        let (mut count, mut failed) = (0, 0);
        for group in vectors["testGroups"].as_array().unwrap() {
            for test in group["tests"].as_array().unwrap() {
                // The panic has been printed; the other vectors may say more.
                let outcome = std::panic::catch_unwind(|| run(&Case { file, group, test }));
                failed += usize::from(outcome.is_err());
                count += 1;
            }
        }
        if failed > 0 {
            failures.push(format!("{file}: {failed} of {count}"));
        }
        assert_eq!(Value::from(count), vectors["numberOfTests"], "{file}");
        assert!(count > 20, "{file}: {count}");
    }
    assert!(failures.is_empty(), "vectors failed: {failures:?}");
}
