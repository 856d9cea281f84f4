//! Vectors that decrypt: texts of every format, and tokens in plain text.

use std::collections::BTreeMap;

use edgeseal::{Answer, KeyLocation, Keyring, OpenError, Scan, ScanError, Spliced, TextFormat};
use serde_json::Value;

use crate::case::Case;
use crate::common::PrivateKey;

/// Why a text was not decrypted.
enum Failure {
    Scan(ScanError),
    Open(OpenError),
}

/// Decrypts the text of a case under the keyring of its group.
fn decrypt(case: &Case<'_>, text: &[u8], format: &str) -> Result<Spliced, Failure> {
    let keyring = Keyring::from_json(case.group["keyring"].to_string().as_bytes()).unwrap();
    let format = match format {
        "json" => TextFormat::Json,
        "ndjson" => TextFormat::NdJson,
        "form" => TextFormat::Form,
        "text" => TextFormat::Text,
        other => panic!("{other}"),
    };
    let mut scan = Scan::new(text, format, &keyring).map_err(Failure::Scan)?;
    for (name, value) in case.group["requiredContext"].as_object().into_iter().flatten() {
        scan = scan.require_context(name, value.as_str().unwrap());
    }
    let mut keys: BTreeMap<String, PrivateKey> = BTreeMap::new();
    let answers: Vec<Answer> = scan
        .ciphertexts()
        .iter()
        .map(|ciphertext| {
            let KeyLocation::File(file) = keyring.get(ciphertext.key_id()).unwrap().location() else {
                panic!()
            };
            let name =
                file.strip_prefix("keys/TEST-ONLY-").and_then(|file| file.strip_suffix(".private.pem"));
            let name = name.unwrap_or_else(|| panic!("{file}"));
            keys.entry(name.to_owned()).or_insert_with(|| PrivateKey::load(name)).answer(ciphertext.bytes())
        })
        .collect();
    scan.splice(&answers).map_err(Failure::Open)
}

fn check_decrypted(case: &Case<'_>, text: &[u8], format: &str) {
    match decrypt(case, text, format) {
        Ok(spliced) => {
            assert!(case.test.get("report").is_some(), "{}: decrypts", case.name());
            assert!(*spliced.body == case.bytes("output"), "{}: another output", case.name());
            let mut report: Value = serde_json::from_str(&spliced.report.to_json()).unwrap();
            for kept in report["kept"].as_array_mut().unwrap() {
                kept.as_object_mut().unwrap().remove("key");
            }
            assert_eq!(report, case.test["report"], "{}", case.name());
        }
        Err(failure) => {
            let code = match failure {
                Failure::Scan(error) => error.code(),
                Failure::Open(error) => error.code(),
            };
            assert!(case.test.get("report").is_none() && !case.is_valid(), "{}: {code}", case.name());
            assert_eq!(code, case.code(), "{}", case.name());
        }
    }
}

pub(crate) fn decrypts(case: &Case<'_>) {
    check_decrypted(case, &case.bytes("input"), case.test["format"].as_str().unwrap());
}

pub(crate) fn opens_token(case: &Case<'_>) {
    check_decrypted(case, &case.bytes("text"), "text");
}
