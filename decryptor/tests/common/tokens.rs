//! Tokens, made by the library.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use edgeseal::{Encryptor, Policy};
use serde_json::{Value, json};

use crate::common::root;

/// What every plaintext begins with: where this is, there is plaintext.
pub(crate) const SENTINEL: &str = "SENTINEL";

/// A token under a key of `test-vectors/keys`, whose key id is its name.
pub(crate) fn token(key: &str, value: &Value) -> String {
    relabelled(key, key, value)
}

/// The same, with the key id of another key: it does not open.
pub(crate) fn relabelled(key: &str, as_key: &str, value: &Value) -> String {
    sealed(key, as_key, value, &json!({}))
}

/// A token that is bound to a field and a tenant.
pub(crate) fn bound(key: &str, value: &Value, tenant: &str) -> String {
    let rule = json!({ "mode": "envelope" });
    let mut policy = policy(key, key, &rule);
    policy["context"] = json!({ "tenant": tenant });
    encrypt(&policy, value)
}

fn sealed(key: &str, as_key: &str, value: &Value, rule: &Value) -> String {
    encrypt(&policy(key, as_key, rule), value)
}

fn policy(key: &str, as_key: &str, rule: &Value) -> Value {
    let pem = std::fs::read_to_string(root().join(format!("test-vectors/keys/{key}.public.pem"))).unwrap();
    let mut field = json!({ "name": "value", "path": "$.value", "key": as_key });
    field.as_object_mut().unwrap().extend(rule.as_object().unwrap().clone());
    json!({ "version": 1, "keys": { as_key: { "public_key": pem } }, "fields": [field] })
}

fn encrypt(policy: &Value, value: &Value) -> String {
    let policy = Policy::from_json(policy.to_string().as_bytes()).unwrap();
    let body = json!({ "value": value }).to_string();
    let encrypted =
        Encryptor::new(policy).encrypt(body.as_bytes(), "application/json", &mut getrandom::SysRng).unwrap();
    let body: Value = serde_json::from_slice(&encrypted.body).unwrap();
    body["value"].as_str().unwrap().to_owned()
}

/// Fails if a log holds a plaintext, a token, or a part of one.
pub(crate) fn assert_silent(log: &str, tokens: &[String]) {
    assert!(!log.contains(SENTINEL), "plaintext: {log}");
    assert!(!log.contains("__es1"), "a token: {log}");
    for part in tokens.iter().flat_map(|token| token.split('.')).filter(|part| part.len() > 40) {
        let middle = part.get(8..32).unwrap();
        assert!(!log.contains(middle), "a part of a token: {log}");
    }
}
