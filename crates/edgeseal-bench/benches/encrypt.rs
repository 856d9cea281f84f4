//! What a request costs: reading the body, one RSA operation, one envelope value, and the way back.
//!
//! `cargo bench -p edgeseal-bench`. Absolute times are of the machine; compare runs of one machine only.

#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "a benchmark fails by panicking"
)]

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use edgeseal::{Encryptor, Keyring, Policy, Scan, TextFormat};
use edgeseal_bench::bodies::{self, KINDS};
use edgeseal_bench::policies::policy;
use getrandom::SysRng;

fn main() {
    divan::main();
}

fn encryptor(rules: usize, mode: &str) -> Encryptor {
    Encryptor::new(Policy::from_json(policy("rsa2048-a", rules, mode).as_bytes()).unwrap())
}

fn body(kind: &str, bytes: usize, protected: usize) -> Vec<u8> {
    bodies::kind(kind).unwrap().body(bytes, protected)
}

fn run(bencher: Bencher<'_, '_>, encryptor: &Encryptor, body: &[u8]) {
    run_as(bencher, encryptor, body, "application/json");
}

fn run_as(bencher: Bencher<'_, '_>, encryptor: &Encryptor, body: &[u8], content_type: &str) {
    bencher
        .counter(BytesCount::of_slice(body))
        .bench(|| encryptor.encrypt(black_box(body), content_type, &mut SysRng).unwrap().report);
}

/// A body of 1 MB in which no rule matches, by kind.
#[divan::bench(args = KINDS.map(|kind| kind.name))]
fn every_kind(bencher: Bencher<'_, '_>, name: &str) {
    let kind = bodies::kind(name).unwrap();
    run_as(bencher, &encryptor(1, "direct"), &kind.body(1_000_000, 0), kind.content_type);
}

/// A body of so many bytes in which no rule matches.
#[divan::bench(args = [1_000, 10_000, 100_000, 1_000_000])]
fn every_kilobyte(bencher: Bencher<'_, '_>, bytes: usize) {
    run(bencher, &encryptor(1, "direct"), &body("records", bytes, 0));
}

/// 1 MB of arrays, so many in one another.
#[divan::bench(args = [1, 10, 100])]
fn nesting(bencher: Bencher<'_, '_>, depth: usize) {
    let item = ["[".repeat(depth), "]".repeat(depth)].concat();
    let items = vec![item; 1_000_000 / (2 * depth)];
    run(bencher, &encryptor(1, "direct"), format!("[{}]", items.join(",")).as_bytes());
}

/// A body of a few bytes in which no rule matches, by number of rules.
#[divan::bench(args = [1, 10, 100, 1000])]
fn tiny_body(bencher: Bencher<'_, '_>, rules: usize) {
    run(bencher, &encryptor(rules, "direct"), br#"{"id":1}"#);
}

/// A body of 1 MB in which no rule matches, by number of rules.
#[divan::bench(args = [1, 10, 100, 1000])]
fn no_protected_value(bencher: Bencher<'_, '_>, rules: usize) {
    run(bencher, &encryptor(rules, "direct"), &body("records", 1_000_000, 0));
}

/// A body of 200 kB with so many protected values.
#[divan::bench(args = [1, 10, 100, 1000])]
fn protected_values(bencher: Bencher<'_, '_>, values: usize) {
    run(bencher, &encryptor(1, "envelope"), &body("records", 200_000, values));
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
    let text = body("records", 1_000_000, 0);
    bencher
        .counter(BytesCount::of_slice(&text))
        .bench(|| Scan::new(black_box(&text[..]), format, &keyring).unwrap().ciphertexts().len());
}
