//! Data that nobody on this project wrote, run when `EDGESEAL_CORPORA` names the folder it is in.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::{Path, PathBuf};

use common::{PrivateKey, corpora, decrypt, keyring, policy};
use edgeseal::{Encryptor, FieldPath, TextFormat};
use getrandom::SysRng;
use serde_json::Value;

/// The files of a folder whose names begin like this, at least as many as expected.
fn files(folder: &Path, prefix: &str, count: usize) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    let mut files: Vec<(String, Vec<u8>)> = paths
        .into_iter()
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .filter(|(name, _)| name.starts_with(prefix))
        .collect();
    files.sort();
    assert_eq!(files.len(), count, "{prefix} in {}", folder.display());
    files
}

/// Encrypts every value of an array and every value of an object, so that everything is replaced somewhere.
fn encryptor() -> Encryptor {
    let fields = r#"[{"name": "all", "path": "$.*", "key": "rsa2048-a", "encrypt_null": true}]"#;
    Encryptor::new(policy(fields, r#", "limits": {"max_depth": 1024, "max_fields": 100000}"#))
}

/// Encrypts and decrypts a body: `None` if it is refused, and then with nothing put out.
fn there_and_back(encryptor: &Encryptor, name: &str, body: &[u8]) -> Option<()> {
    let encrypted = encryptor.encrypt(body, "application/json", &mut SysRng).ok()?;
    let opened = decrypt(&encrypted.body, TextFormat::Json, &keyring(), PrivateKey::load).unwrap();
    assert_eq!(opened.body.as_slice(), body, "{name}");
    assert_eq!(opened.report.decrypted(), encrypted.report.values(), "{name}");
    Some(())
}

#[test]
fn json_test_suite_is_accepted_and_refused_as_it_says() {
    let Some(corpora) = corpora() else { return };
    let folder = corpora.join("JSONTestSuite/test_parsing");
    let encryptor = encryptor();
    for (name, body) in files(&folder, "y_", 95) {
        assert!(there_and_back(&encryptor, &name, &body).is_some(), "{name} is refused");
        let nothing =
            Encryptor::new(policy(r#"[{"name": "x", "path": "$.no.such", "key": "rsa2048-a"}]"#, ""));
        let same = nothing.encrypt(&body, "application/json", &mut SysRng).unwrap();
        assert_eq!(&*same.body, body.as_slice(), "{name}");
    }
    for (name, body) in files(&folder, "n_", 188) {
        let error = encryptor.encrypt(&body, "application/json", &mut SysRng).expect_err(&name);
        assert!(
            matches!(error.code(), "json_invalid" | "body_not_utf8" | "json_too_deep"),
            "{name}: {error}"
        );
    }
    for (name, body) in files(&folder, "i_", 35) {
        // Numbers of any size, lone surrogates as escapes and deep nesting up to the limit are JSON; a byte order mark,
        // UTF-16 and invalid UTF-8 are not for us.
        let accepted = there_and_back(&encryptor, &name, &body).is_some();
        let expected = std::str::from_utf8(&body).is_ok() && !body.starts_with("\u{feff}".as_bytes());
        assert_eq!(accepted, expected, "{name}");
    }
    for (name, body) in files(&corpora.join("JSONTestSuite/test_transform"), "", 22) {
        there_and_back(&encryptor, &name, &body);
    }
}

#[test]
fn utf8_is_accepted_and_refused_as_the_utf8_tests_say() {
    let Some(corpora) = corpora() else { return };
    let text = std::fs::read_to_string(corpora.join("utf8tests/utf8tests.txt")).unwrap();
    let bytes = |hex: &str| -> Vec<u8> {
        let digits: String = hex.split_whitespace().collect();
        let digit = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        digits.as_bytes().chunks(2).map(digit).collect()
    };
    let encryptor = encryptor();
    let mut counts = (0, 0);
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let parts: Vec<&str> = line.splitn(3, ':').collect();
        let [number, kind, rest] = parts[..] else { panic!("{line}") };
        let (value, valid) = match kind.trim() {
            "valid" => (rest.as_bytes().to_vec(), true),
            "valid hex" => (bytes(rest), true),
            "invalid hex" => (bytes(rest.split(':').next().unwrap()), false),
            _ => panic!("{line}"),
        };
        // Control characters are UTF-8 that JSON does not allow as they are.
        if value.iter().any(|byte| *byte < 0x20 || matches!(byte, b'"' | b'\\')) {
            continue;
        }
        for body in [&b"[\""[..], b"{\"other\":\""].map(|before| [before, &value, b"\""].concat()) {
            let close: &[u8] = if body[0] == b'[' { b"]" } else { b"}" };
            let body = [&body, close].concat();
            match there_and_back(&encryptor, number, &body) {
                Some(()) => assert!(valid, "{number} is accepted"),
                None => assert!(!valid, "{number} is refused"),
            }
        }
        if valid { counts.0 += 1 } else { counts.1 += 1 }
    }
    assert!(counts.0 > 20 && counts.1 > 100, "{counts:?}");
}

#[test]
fn field_paths_match_as_the_jsonpath_suite_says_or_are_refused() {
    let Some(corpora) = corpora() else { return };
    let suite: Value =
        serde_json::from_slice(&std::fs::read(corpora.join("jsonpath-cts/cts.json")).unwrap()).unwrap();
    let tests = suite["tests"].as_array().unwrap();
    assert_eq!(tests.len(), 703);
    let (mut matched, mut refused, mut unsupported) = (0, 0, 0);
    for test in tests {
        let name = test["name"].as_str().unwrap();
        let path = FieldPath::new(test["selector"].as_str().unwrap());
        if test["invalid_selector"] == true {
            path.expect_err(name);
            refused += 1;
            continue;
        }
        let path = match path {
            Ok(path) => path,
            Err(error) => {
                assert_eq!(error.code(), "path_unsupported", "{name}: {error}");
                unsupported += 1;
                continue;
            }
        };
        let document = test["document"].to_string();
        let spans = path.find(document.as_bytes()).unwrap();
        let mut found: Vec<String> = spans.into_iter().map(|span| document[span].to_owned()).collect();
        // The suite orders descendants by level where a body has them in document order: compare without order.
        found.sort();
        let result = if test["result"].is_array() { &test["result"] } else { &test["results"][0] };
        let mut expected: Vec<String> = result.as_array().unwrap().iter().map(Value::to_string).collect();
        expected.sort();
        assert_eq!(found, expected, "{name}");
        matched += 1;
    }
    // So that a parser that refuses everything would not pass.
    assert_eq!((matched, unsupported, refused), (87, 369, 247));
}
