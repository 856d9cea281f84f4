//! Vectors of field paths: each as the one rule of a policy.

use serde_json::json;

use crate::case::{Applies, Bench, Case};
use crate::common::{root, text};
use crate::tokens;

pub(crate) fn matches(case: &Case<'_>, bench: &Bench) -> Applies {
    let public_key = std::fs::read_to_string(root().join("test-vectors/keys/rsa2048-a.public.pem")).unwrap();
    let mut rule = json!({"name": "x", "path": case.test["path"], "key": "a", "encrypt_null": true});
    if let Some(names) = case.test.get("match") {
        rule["match"] = names.clone();
    }
    let policy = json!({"version": 1, "keys": {"a": {"public_key": public_key}}, "fields": [rule]});
    let policy = bench.file(case, "policy.json", policy.to_string().as_bytes());
    let document = case.test["document"].as_str().unwrap_or("null");
    let output = bench.run(&["encrypt", "--policy", &policy, "--format", "json"], document.as_bytes());
    if !case.is_valid() {
        let message = case.check_refused(&output, case.code());
        assert!(message.starts_with(&format!("{policy}: `/fields/0/path`: ")), "{}: {message}", case.name());
        return Applies::Yes;
    }

    assert_eq!(output.status.code(), Some(0), "{}: {}", case.name(), text(&output.stderr));
    assert_eq!(json!(tokens::places(&output.stdout)), case.test["protected"], "{}", case.name());
    // Everything else is as it was, or it would not come back byte for byte.
    let keyring =
        json!({"version": 1, "keys": {"a": {"private_key_file": "keys/TEST-ONLY-rsa2048-a.private.pem"}}});
    let keyring = bench.file(case, "keyring.json", keyring.to_string().as_bytes());
    let output = bench.run(&["decrypt", "--keyring", &keyring, "--format", "json"], &output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}: {}", case.name(), text(&output.stderr));
    assert_eq!(text(&output.stdout), document, "{}", case.name());
    Applies::Yes
}
