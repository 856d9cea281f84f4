//! Natively, too, nothing of a value is left in memory once what held it was dropped. A value is put together in a buffer that is zeroed, and
//! looked for by what it is not: so that the test itself has no copy.

#![cfg(target_os = "linux")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs::{self, File};
use std::os::unix::fs::FileExt;

use common::{keyring, policy};
use edgeseal::{Answer, Encryptor, Host, Request, Scan, TextFormat};
use getrandom::SysRng;
use zeroize::Zeroizing;

const FIELDS: &str = r#"[
    {"name": "direct", "path": "$..direct", "key": "rsa2048-a"},
    {"name": "envelope", "path": "$..envelope", "key": "rsa2048-b", "mode": "envelope"},
    {"name": "query", "query": "value", "key": "rsa3072"},
    {"name": "header", "header": "x-value", "key": "rsa3072", "mode": "envelope"}
]"#;

/// How many parts a value has, each looked for by itself, and how long each is.
const PARTS: usize = 4;
const PART_BYTES: usize = 16;
const MASK: u8 = 0x80;

/// A value of letters, masked. Each kind has its own.
fn masked(kind: u64) -> Vec<u8> {
    let mut state = kind * 7_919 + 12_345;
    let mut letter = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (b'a' + u8::try_from((state >> 40) % 26).unwrap()) | MASK
    };
    (0..PARTS * PART_BYTES).map(|_| letter()).collect()
}

/// A text with the value in the place of each `*`.
fn text(template: &str, kind: u64) -> Zeroizing<Vec<u8>> {
    let value = masked(kind);
    let mut text = Zeroizing::new(Vec::with_capacity(template.len() * (value.len() + 1)));
    for byte in template.bytes() {
        if byte == b'*' {
            value.iter().for_each(|byte| text.push(byte & !MASK));
        } else {
            text.push(byte);
        }
    }
    text
}

/// The parts of a value that are anywhere in the memory that this process can write to, with what it maps there.
fn left(kind: u64) -> Vec<(usize, String)> {
    const PIECE: usize = 1 << 16;
    let parts: Vec<Vec<u8>> = masked(kind).chunks(PART_BYTES).map(<[u8]>::to_vec).collect();
    let memory = File::open("/proc/self/mem").unwrap();
    let mut buffer = Zeroizing::new(vec![0; PIECE + PART_BYTES]);
    let mut left = Vec::new();
    for line in fs::read_to_string("/proc/self/maps").unwrap().lines() {
        let mut columns = line.split_whitespace();
        let (range, permissions, what) = (columns.next().unwrap(), columns.next().unwrap(), columns.nth(3));
        if !permissions.starts_with("rw") {
            continue;
        }
        let number = |digits: &str| u64::from_str_radix(digits, 16).unwrap();
        let (start, end) = range.split_once('-').unwrap();
        for at in (number(start)..number(end)).step_by(PIECE) {
            // What was read before is not to be found there.
            buffer.fill(0);
            let length = buffer.len().min(usize::try_from(number(end) - at).unwrap());
            let Ok(read) = memory.read_at(&mut buffer[..length], at) else { continue };
            for window in buffer[..read].windows(PART_BYTES) {
                let is_part = |part: &Vec<u8>| {
                    window.iter().zip(part).all(|(byte, masked)| byte | MASK == *masked && byte & MASK == 0)
                };
                if let Some(number) = parts.iter().position(is_part) {
                    left.push((number, what.unwrap_or("anonymous").to_owned()));
                }
            }
        }
    }
    left
}

#[test]
fn nothing_of_a_value_is_in_memory_once_it_is_encrypted_or_decrypted_and_dropped() {
    encrypted();
    refused();
    decrypted();
}

fn encrypted() {
    let encryptor = Encryptor::new(policy(FIELDS, r#", "leftovers": {"min_chars": 4, "action": "report"}"#));
    let plain = text(
        r#"[{"direct": "*", "envelope": "*", "n": 1}, {"direct": "\u0041*\n", "envelope": {"a": ["*"]}}]"#,
        1,
    );
    let header = text("*", 1);
    let query = text("a=b&value=*", 1);
    let headers = [("X-Value", std::str::from_utf8(&header).unwrap())];
    let request = Request {
        content_type: Some("application/json"),
        body: Some(&plain),
        query: Some(std::str::from_utf8(&query).unwrap()),
        headers: &headers,
        ..Request::default()
    };
    assert!(!left(1).is_empty(), "the body is there");
    let sealed = encryptor.encrypt_request_with(&request, Host::new(&mut SysRng)).unwrap();
    assert_eq!(String::from_utf8_lossy(sealed.body.as_deref().unwrap()).matches("__es1.").count(), 4);
    drop(sealed);
    drop((plain, query, header));
    assert_eq!(left(1), []);
}

fn refused() {
    let encryptor = Encryptor::new(policy(FIELDS, ""));
    for template in
        [r#"{"direct": "*", "envelope": "*""#, r#"{"direct": "*", "x": "__es1."}"#, "*", r#"{"*": }"#]
    {
        let plain = text(template, 2);
        assert!(encryptor.encrypt(&plain, "application/json", &mut SysRng).is_err());
    }
    assert_eq!(left(2), []);
}

fn decrypted() {
    let token = format!("__es1.rsa2048-a.s.{}.__", "A".repeat(342));
    for (format, stored) in [
        (TextFormat::Json, format!(r#"{{"a": "{token}", "b": ["\u0041{token}"]}}"#)),
        (TextFormat::NdJson, format!("\"{token}\"\n\"{token}\"\n")),
        (TextFormat::Form, format!("a={token}&b=1")),
        (TextFormat::Text, format!("a {token} b")),
    ] {
        let scan = Scan::new(stored.as_bytes(), format, &keyring()).unwrap();
        let answers = [Answer::Plaintext(text("*\"", 3))];
        let spliced = scan.splice(&answers).unwrap();
        assert!(spliced.report.decrypted() > 0);
        drop((spliced, answers));
        assert_eq!(left(3), [], "{format:?}");
    }
}
