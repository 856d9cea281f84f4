//! What a request costs: reading the body, one RSA operation, one envelope value, and the way back.
//!
//! `cargo bench -p edgeseal`. Absolute times are of the machine; compare runs of one machine only.

#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "a benchmark fails by panicking"
)]

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use edgeseal::{Encryptor, Keyring, Policy, Scan, TextFormat};
use getrandom::SysRng;

fn main() {
    divan::main();
}

fn encryptor(rules: usize, mode: &str) -> Encryptor {
    let pem = include_str!("../../../test-vectors/keys/rsa2048-a.public.pem");
    let fields: Vec<String> = (0..rules)
        .map(|rule| {
            let name = if rule == 0 { "ssn".to_owned() } else { format!("secret{rule}") };
            format!(r#"{{"name": "{name}", "path": "$..{name}", "key": "pii", "mode": "{mode}"}}"#)
        })
        .collect();
    let policy = format!(
        r#"{{"version": 1, "keys": {{"pii": {{"public_key": {pem:?}}}}}, "fields": [{}]}}"#,
        fields.join(",")
    );
    Encryptor::new(Policy::from_json(policy.as_bytes()).unwrap())
}

/// An array of records of about 200 bytes each, so many of them with an `ssn`.
fn body(bytes: usize, protected: usize) -> Vec<u8> {
    let mut body = b"[".to_vec();
    let mut record = 0;
    while body.len() < bytes {
        let name = if record < protected { "ssn" } else { "nss" };
        body.extend_from_slice(
            format!(
                "{{\"id\": {record}, \"{name}\": \"078-05-1120\", \"name\": \"Ada \\\"Countess\\\" Lovelace\", \
                 \"tags\": [\"a\", \"bc\", 1.50e3, true, null], \"address\": {{\"street\": \"12 St James's Square\", \
                 \"city\": \"London\", \"zip\": \"SW1Y 4JH\"}}}},\n"
            )
            .as_bytes(),
        );
        record += 1;
    }
    body.extend_from_slice(b"null]");
    body
}

fn run(bencher: Bencher<'_, '_>, encryptor: &Encryptor, body: &[u8]) {
    bencher
        .counter(BytesCount::of_slice(body))
        .bench(|| encryptor.encrypt(black_box(body), "application/json", &mut SysRng).unwrap().report);
}

/// A body of 1 MB in which no rule matches, by number of rules.
#[divan::bench(args = [1, 10, 100, 1000])]
fn no_protected_value(bencher: Bencher<'_, '_>, rules: usize) {
    run(bencher, &encryptor(rules, "direct"), &body(1_000_000, 0));
}

/// A body of 200 kB with so many protected values.
#[divan::bench(args = [1, 10, 100, 1000])]
fn protected_values(bencher: Bencher<'_, '_>, values: usize) {
    run(bencher, &encryptor(1, "envelope"), &body(200_000, values));
}

/// One value: one RSA operation and next to nothing else.
#[divan::bench]
fn one_direct_value(bencher: Bencher<'_, '_>) {
    run(bencher, &encryptor(1, "direct"), br#"{"ssn":"078-05-1120"}"#);
}

/// One value: one RSA operation for the data key, one AES-256-GCM operation.
#[divan::bench]
fn one_envelope_value(bencher: Bencher<'_, '_>) {
    run(bencher, &encryptor(1, "envelope"), br#"{"ssn":"078-05-1120"}"#);
}

/// Loading a policy: what a cold start pays.
#[divan::bench(args = [1, 1000])]
fn load_policy(rules: usize) -> Encryptor {
    encryptor(rules, "direct")
}

/// Looking for tokens in a text that has none.
#[divan::bench(args = ["json", "text"])]
fn scan_without_tokens(bencher: Bencher<'_, '_>, format: &str) {
    let keyring =
        Keyring::from_json(br#"{"version":1,"keys":{"pii":{"private_key_file":"pii.pem"}}}"#).unwrap();
    let format = if format == "json" { TextFormat::Json } else { TextFormat::Text };
    let text = body(1_000_000, 0);
    bencher
        .counter(BytesCount::of_slice(&text))
        .bench(|| Scan::new(black_box(&text[..]), format, &keyring).unwrap().ciphertexts().len());
}
