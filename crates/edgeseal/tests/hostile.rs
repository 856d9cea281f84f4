//! What an attacker does to bodies, and to whoever reads them. What is done to tokens is in `attacks.rs`.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use common::pieces::in_pieces;
use common::{PrivateKey, Stream, keyring, policy};
use edgeseal::{
    Answer, Delimiter, Encryptor, Fallback, Inspector, Keyring, Scan, Scanner, TextFormat, Token,
};
use getrandom::SysRng;

const FIELDS: &str = r#"[
    {"name": "ssn", "path": "$..ssn", "key": "rsa2048-a"},
    {"name": "email", "path": "$..email", "key": "rsa2048-b", "mode": "envelope"}
]"#;

fn encrypt(body: &str) -> String {
    let encryptor = Encryptor::new(policy(FIELDS, ""));
    let encrypted = encryptor.encrypt(body.as_bytes(), "application/json", &mut SysRng).unwrap();
    String::from_utf8(encrypted.body.into_owned()).unwrap()
}

/// The first string value of a body.
fn token(body: &str) -> &str {
    let start = body.find("__es1.").unwrap();
    &body[start..start + body[start..].find('"').unwrap()]
}

#[test]
fn every_occurrence_of_a_name_is_encrypted_in_every_spelling() {
    for subset in 0..8 {
        let name: String =
            "ssn"
                .char_indices()
                .map(|(index, c)| {
                    if subset >> index & 1 == 1 { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() }
                })
                .collect();
        let output = encrypt(&format!("{{\"{name}\":\"real\",\"ssn\":\"real\",\"{name}\":\"real\"}}"));
        assert!(!output.contains("real"), "{name}");
        assert_eq!(output.matches("__es1.").count(), 3);
    }
}

#[test]
fn a_token_that_begins_within_a_damaged_one_is_found_in_every_format_and_in_any_pieces() {
    let keyring = Keyring::from_json(
        br##"{"version": 1, "keys": {
            "a": {"private_key_file": "a"}, "open": {"private_key_file": "a", "prefix": "[_", "suffix": "]"},
            "one": {"private_key_file": "a", "prefix": "#A#", "suffix": "#Z#"},
            "two": {"private_key_file": "a", "prefix": "#B#", "suffix": "#Z#"},
            "twin": {"private_key_file": "a", "prefix": "$$", "suffix": "%"},
            "dot": {"private_key_file": "a", "prefix": ".(", "suffix": ")"}}}"##,
    )
    .unwrap();
    let own = format!("__es1.a.s.{}.__", "A".repeat(342));
    let classic = |prefix, suffix| format!("{prefix}{}=={suffix}", "A".repeat(342));
    // What stands before the token, the token, and where before it something is damaged.
    for (before, token, damaged) in [
        ("log [", own.clone(), vec![4]),
        ("__es1.", own.clone(), vec![0]),
        ("__es1.a.s.[", own.clone(), vec![0, 10]),
        ("#B", classic("#A#", "#Z#"), vec![0]),
        ("#A#B", classic("#A#", "#Z#"), vec![0, 2]),
        ("$$$", classic("$$", "%"), vec![0, 1, 2]),
        ("__es1", classic(".(", ")"), vec![0]),
        ("__es23", classic(".(", ")"), vec![0]),
    ] {
        let (text, opened) = (format!("{before}{token}] end"), format!("{before}x] end"));
        for (format, begin, end) in [
            (TextFormat::Text, "", ""),
            (TextFormat::Form, "n=", "&m=1"),
            (TextFormat::Json, "[1,{\"n\":\"", "\"}]"),
            (TextFormat::Json, "[1,{\"n\":\"\\u00e9 ", "\"}]"),
            (TextFormat::NdJson, "1\n[\"", "\"]\n"),
            (TextFormat::Csv(Delimiter::Comma), "a,b\r\n1,", "\r\n"),
            (TextFormat::Csv(Delimiter::Comma), "a,b\r\n1,\"", "\"\r\n"),
        ] {
            let (source, expected) = (format!("{begin}{text}{end}"), format!("{begin}{opened}{end}"));
            let decrypt = |lengths: &[usize]| {
                let answer = |_: &_| Answer::Plaintext(b"x".to_vec().into());
                let scanner = Scanner::new(format);
                in_pieces(scanner, source.as_bytes(), lengths, &keyring, answer, |_, _| Fallback::Fail)
                    .unwrap()
            };
            let whole = decrypt(&[usize::MAX]);
            assert_eq!(String::from_utf8_lossy(&whole.body.0), expected, "{format:?}");
            assert_eq!(whole.decrypted, 1);
            let kept: Vec<usize> = whole.kept.iter().map(|kept| kept.offset() - begin.len()).collect();
            assert_eq!(kept, damaged, "{source}");
            for length in 1..=before.len() + 12 {
                assert_eq!(decrypt(&[length]), whole, "{length} {source}");
            }
            let mut inspector = Inspector::new(format);
            let inspected = inspector.inspect(source.as_bytes(), true, &keyring).unwrap();
            let offsets: Vec<usize> = inspected.tokens().iter().map(|it| it.offset() - begin.len()).collect();
            assert_eq!(offsets, [damaged.clone(), vec![before.len()]].concat(), "{source}");
        }
    }
}

#[test]
fn junk_asks_for_nothing_and_copies_ask_once() {
    let junk = "__es1.rsa2048-a.s.AAAA.__ ".repeat(1_000) + &"__es1.nobody.s.".repeat(1_000);
    let scan = Scan::new(junk.as_bytes(), TextFormat::Text, &keyring()).unwrap();
    assert!(scan.ciphertexts().is_empty());
    assert_eq!(scan.splice(&[]).unwrap().report.kept().len(), 2_000);

    let copies = token(&encrypt("{\"ssn\":\"1\"}")).repeat(1_000);
    let scan = Scan::new(copies.as_bytes(), TextFormat::Text, &keyring()).unwrap();
    assert_eq!(scan.ciphertexts().len(), 1);

    let shared = encrypt(&format!("[{}]", vec!["{\"email\":1}"; 100].join(",")));
    let scan = Scan::new(shared.as_bytes(), TextFormat::Json, &keyring()).unwrap();
    assert_eq!(scan.ciphertexts().len(), 1, "one data key for all values of a request");
    let answers = [PrivateKey::load("rsa2048-b").answer(scan.ciphertexts()[0].bytes())];
    assert_eq!(scan.splice(&answers).unwrap().report.decrypted(), 100);
}

#[test]
fn a_generator_that_is_stuck_or_empty_is_an_error() {
    let body = br#"{"ssn":"1","more":[{"ssn":"2"}]}"#;
    let encryptor = Encryptor::new(policy(FIELDS, ""));
    let good: Vec<u8> = (1..=64).collect();
    assert!(encryptor.encrypt(body, "application/json", &mut Stream::new(&good)).is_ok());
    for bad in [vec![], good[..63].to_vec(), vec![0; 64], vec![7; 64]] {
        let error = encryptor.encrypt(body, "application/json", &mut Stream::new(&bad)).unwrap_err();
        assert_eq!((error.code(), error.http_status()), ("randomness_failed", 503));
    }
}

#[test]
fn a_direct_token_hides_the_length_of_its_value_and_an_envelope_tells_it_to_32_bytes() {
    let lengths = |template: &str, values: &[usize]| {
        let members: Vec<String> =
            values.iter().map(|length| template.replace('*', &"x".repeat(*length))).collect();
        let output: Vec<serde_json::Value> =
            serde_json::from_str(&encrypt(&format!("[{}]", members.join(",")))).unwrap();
        let token_length = |member: &serde_json::Value| {
            member.as_object().unwrap().values().next().unwrap().as_str().unwrap().len()
        };
        output.iter().map(token_length).collect::<Vec<_>>()
    };
    let direct = lengths("{\"ssn\": \"*\"}", &[0, 1, 2, 11, 31, 32, 33, 100, 189, 190]);
    assert!(direct.iter().all(|length| *length == direct[0]), "{direct:?}");

    // The JSON text of the value, with its quotation marks, in blocks.
    let values: Vec<usize> = (0..=500).collect();
    let envelopes = lengths("{\"email\": \"*\"}", &values);
    let blocks = |length: usize| (length + 2).div_ceil(32);
    for (value, length) in values.iter().zip(&envelopes) {
        let base64 = |bytes: usize| (bytes * 4).div_ceil(3);
        assert_eq!(length - envelopes[0], base64(32 * blocks(*value)) - base64(32), "{value}");
    }
    let distinct: std::collections::BTreeSet<_> = envelopes.into_iter().collect();
    assert_eq!(distinct.len(), blocks(500));
}

#[test]
fn nothing_is_drawn_for_a_body_that_is_refused() {
    let encryptor =
        Encryptor::new(policy(FIELDS, r#", "limits": {"max_fields": 2}"#)).with_max_output_bytes(700);
    for body in [r#"{"ssn":"1","ssn":"2","ssn":"3"}"#, r#"{"ssn":"1","ssn":"2"}"#, r#"{"ssn":"1"}}"#] {
        let mut random = Stream::new(&[1; 64]);
        assert!(encryptor.encrypt(body.as_bytes(), "application/json", &mut random).is_err());
        assert_eq!(random.left(), 64, "{body}");
    }
}

#[test]
fn deep_nesting_is_refused_at_the_limit_whatever_the_length() {
    let encryptor = Encryptor::new(policy(FIELDS, r#", "limits": {"max_depth": 64}"#));
    let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    let code = |body: String| {
        encryptor
            .encrypt(body.as_bytes(), "application/json", &mut SysRng)
            .map(drop)
            .map_err(|error| error.code())
    };
    assert_eq!(code(nested(63)), Ok(()));
    assert_eq!(code(nested(64)), Ok(()));
    assert_eq!(code(nested(65)), Err("json_too_deep"));
    assert_eq!(code("[".repeat(1_000_000)), Err("json_too_deep"));
    assert_eq!(code("{\"ssn\":".repeat(1_000_000)), Err("json_too_deep"));
}

#[test]
fn debug_output_shows_no_value_and_no_token() {
    let body = encrypt("{\"ssn\":\"078-05-1120\"}");
    let scan = Scan::new(body.as_bytes(), TextFormat::Json, &keyring()).unwrap();
    let answer = PrivateKey::load("rsa2048-a").answer(scan.ciphertexts()[0].bytes());
    let spliced = scan.splice(&[answer]).unwrap();
    let encrypted = Encryptor::new(policy(FIELDS, "")).encrypt(
        b"{\"ssn\":\"078-05-1120\"}",
        "application/json",
        &mut SysRng,
    );
    let shown =
        format!("{:?} {:?} {:?} {:?}", scan.ciphertexts(), spliced, encrypted, Token::parse(token(&body)));
    assert!(shown.contains(r#"[Ciphertext { key_id: KeyId("rsa2048-a"), .. }]"#), "{shown}");
    assert!(!shown.contains("078") && !shown.contains(&token(&body)[30..60]), "{shown}");
}
