//! A million records with six tokens each, as they come from an edge: in bounded memory, and with one question for each distinct ciphertext.
//!
//! By default fifty thousand. The million takes minutes: `cargo test --release -p edgeseal-decryptor --test million -- --ignored a_million`

#![cfg(target_os = "linux")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex};

use aws_lc_rs::digest::{Context, SHA256};
use common::{copy_private_key, root};
use edgeseal::{Encryptor, KeyLocation, Keyring, Policy, Request, TextFormat};
use edgeseal_decryptor::{Asking, Decryptor, KeyProvider, LocalKeys, Meter, Question, RunOptions};
use getrandom::SysRng;

/// What one request to an edge holds: its envelope tokens share a data key.
const RECORDS_PER_REQUEST: usize = 1_000;
/// Direct tokens that come again and again.
const DISTINCT_DIRECT: usize = 2_000;
/// Answers, pieces, tables: 23 to 29 MiB when it was measured. The shorter text has 172 MiB, the longer 3,456.
const MOST_BYTES: usize = 64 << 20;

/// Counts what local keys are asked.
struct Counting {
    keys: LocalKeys,
    asked: Arc<Mutex<BTreeMap<String, usize>>>,
}

impl KeyProvider for Counting {
    fn serves(&self, location: &KeyLocation) -> bool {
        self.keys.serves(location)
    }

    fn ask<'a>(&'a self, question: Question<'a>, meter: &'a Meter) -> Asking<'a> {
        *self.asked.lock().unwrap().entry(question.key_id.to_string()).or_default() += 1;
        self.keys.ask(question, meter)
    }
}

fn encryptor() -> Encryptor {
    let pem = |name: &str| {
        std::fs::read_to_string(root().join(format!("test-vectors/keys/{name}.public.pem"))).unwrap()
    };
    let envelope = |name: &str| serde_json::json!({"name": name, "path": format!("$.{name}"), "key": "e", "mode": "envelope"});
    let policy = serde_json::json!({
        "version": 1,
        "keys": { "e": { "public_key": pem("rsa3072") }, "d": { "public_key": pem("rsa2048-a") } },
        "fields": [
            envelope("name"), envelope("email"), envelope("phone"), envelope("address"),
            { "name": "ssn", "path": "$.ssn", "key": "d" },
        ],
        "limits": { "max_fields": 4 * RECORDS_PER_REQUEST },
        "foreign_tokens": "allow",
    });
    Encryptor::new(Policy::from_json(policy.to_string().as_bytes()).unwrap())
}

fn encrypt(encryptor: &Encryptor, ndjson: &str) -> Vec<u8> {
    let request = Request {
        content_type: Some("application/x-ndjson"),
        body: Some(ndjson.as_bytes()),
        ..Request::default()
    };
    encryptor.encrypt_body(&request, &mut SysRng).unwrap().body.into_owned()
}

/// The most memory that this process has had.
fn peak_bytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the peak");
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1_024
}

/// Records `first..first + RECORDS_PER_REQUEST`, each with two direct tokens, or what they stand for.
fn records(first: usize, direct: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    for number in first..first + RECORDS_PER_REQUEST {
        let (one, other) = (direct(number % DISTINCT_DIRECT), direct(number * 7 % DISTINCT_DIRECT));
        let name = format!(
            "\"name\":\"Ada {number}\",\"email\":\"a{number}@example.org\",\"phone\":\"+49 {number}\""
        );
        writeln!(
            text,
            "{{\"id\":{number},{name},\"address\":{{\"no\":{number}}},\"x\":\"{one}\",\"y\":\"{other}\"}}"
        )
        .unwrap();
    }
    text
}

async fn decrypt(requests: usize) {
    let folder = tempfile::tempdir().unwrap();
    copy_private_key("rsa3072", &folder.path().join("e.pem"));
    copy_private_key("rsa2048-a", &folder.path().join("d.pem"));
    let keyring = br#"{"version": 1, "keys": {"e": {"private_key_file": "e.pem"}, "d": {"private_key_file": "d.pem"}}}"#;
    let asked = Arc::<Mutex<BTreeMap<String, usize>>>::default();
    let keys = Counting { keys: LocalKeys::new(folder.path()), asked: asked.clone() };
    let decryptor = Decryptor::new(Keyring::from_json(keyring).unwrap()).with_provider(keys);
    let encryptor = encryptor();

    let value = |number: usize| format!("{number:09}");
    let tokens: Vec<String> = (0..DISTINCT_DIRECT)
        .map(|number| {
            let body = encrypt(&encryptor, &format!("{{\"ssn\":\"{}\"}}", value(number)));
            String::from_utf8(body).unwrap().split('"').nth(3).unwrap().to_owned()
        })
        .collect();

    let run = decryptor.run(RunOptions::default());
    let mut stream = run.stream(TextFormat::NdJson);
    let (mut expected, mut got) = (Context::new(&SHA256), Context::new(&SHA256));
    let mut bytes = 0;
    for request in 0..requests {
        let first = request * RECORDS_PER_REQUEST;
        let encrypted = encrypt(&encryptor, &records(first, |number| tokens[number].clone()));
        bytes += encrypted.len();
        expected.update(records(first, value).as_bytes());
        got.update(&stream.push(&encrypted).await.unwrap());
    }
    let last = stream.finish().await.unwrap();
    got.update(&last.body);
    assert_eq!(got.finish().as_ref(), expected.finish().as_ref(), "another text, or another order");
    assert_eq!(last.report.decrypted(), u64::try_from(6 * requests * RECORDS_PER_REQUEST).unwrap());
    assert_eq!((last.report.kept(), last.report.found()), (0, last.report.decrypted()));
    // One for each data key, and one for each direct token, however often it comes.
    let asked = asked.lock().unwrap().clone();
    let wanted = BTreeMap::from([("e".to_owned(), requests), ("d".to_owned(), DISTINCT_DIRECT)]);
    assert_eq!(asked, wanted);
    let peak = peak_bytes();
    assert!(peak < MOST_BYTES, "{} MiB for a text of {} MiB", peak >> 20, bytes >> 20);
}

#[tokio::test]
async fn fifty_thousand_records() {
    decrypt(50).await;
}

#[tokio::test]
#[ignore = "it takes minutes"]
async fn a_million_records() {
    decrypt(1_000).await;
}
