//! Vectors that decrypt: texts of every format, and tokens in plain text.

use std::cell::RefCell;
use std::collections::BTreeMap;

use edgeseal::{
    Answer, Ciphertext, Delimiter, KeyLocation, Keyring, NotDecrypted, Scan, Scanner, Selection, TextFormat,
};
use serde_json::{Value, json};

use crate::case::Case;
use crate::common::PrivateKey;
use crate::common::pieces::{Failure, in_pieces};

/// The private keys that a keyring names.
struct Keys<'k> {
    keyring: &'k Keyring,
    loaded: RefCell<BTreeMap<String, PrivateKey>>,
}

impl Keys<'_> {
    fn answer(&self, ciphertext: &Ciphertext) -> Answer {
        let KeyLocation::File(file) = self.keyring.get(ciphertext.key_id()).unwrap().location() else {
            panic!()
        };
        let name = file.strip_prefix("keys/TEST-ONLY-").and_then(|file| file.strip_suffix(".private.pem"));
        let name = name.unwrap_or_else(|| panic!("{file}"));
        let mut loaded = self.loaded.borrow_mut();
        loaded.entry(name.to_owned()).or_insert_with(|| PrivateKey::load(name)).answer(ciphertext.bytes())
    }
}

pub(crate) fn format_of(name: &str) -> TextFormat {
    match name {
        "json" => TextFormat::Json,
        "ndjson" => TextFormat::NdJson,
        "form" => TextFormat::Form,
        "text" => TextFormat::Text,
        "csv" => TextFormat::Csv(Delimiter::Comma),
        "csv-semicolon" => TextFormat::Csv(Delimiter::Semicolon),
        "csv-tab" => TextFormat::Csv(Delimiter::Tab),
        "csv-pipe" => TextFormat::Csv(Delimiter::Pipe),
        other => panic!("{other}"),
    }
}

/// What a text comes to under the keyring of the case's group.
pub(crate) fn opened(case: &Case<'_>, text: &[u8], format: TextFormat) -> Vec<u8> {
    let keyring = Keyring::from_json(case.group["keyring"].to_string().as_bytes()).unwrap();
    let keys = Keys { keyring: &keyring, loaded: RefCell::default() };
    let scan = Scan::new(text, format, &keyring).unwrap();
    let answers: Vec<Answer> = scan.ciphertexts().iter().map(|ciphertext| keys.answer(ciphertext)).collect();
    scan.splice(&answers).unwrap().body.to_vec()
}

/// Decrypts the text of a case under the keyring of its group: all of it at once, and byte by byte.
fn check_decrypted(case: &Case<'_>, text: &[u8], format: &str) {
    let keyring = Keyring::from_json(case.group["keyring"].to_string().as_bytes()).unwrap();
    let keys = Keys { keyring: &keyring, loaded: RefCell::default() };
    let format = format_of(format);
    let required = || {
        let pairs = case.group["requiredContext"].as_object().into_iter().flatten();
        pairs.map(|(name, value)| (name, value.as_str().unwrap()))
    };

    let whole = Scan::new(text, format, &keyring).map_err(Failure::Scan).and_then(|scan| {
        let scan = required().fold(scan, |scan, (name, value)| scan.require_context(name, value));
        let answers: Vec<Answer> =
            scan.ciphertexts().iter().map(|ciphertext| keys.answer(ciphertext)).collect();
        let spliced = scan.splice(&answers).map_err(Failure::Open)?;
        Ok((spliced.body.to_vec(), serde_json::from_str(&spliced.report.to_json()).unwrap()))
    });
    check(case, whole);

    let selection =
        required().fold(Selection::default(), |it, (name, value)| it.require_context(name, value));
    let scanner = Scanner::new(format).with_selection(selection).with_positions();
    let usual = |_: &_, reason: NotDecrypted| reason.usual_fallback();
    let pieces = in_pieces(scanner, text, &[1], &keyring, |ciphertext| keys.answer(ciphertext), usual);
    check(
        case,
        pieces.map(|outcome| {
            let kept: Vec<Value> = outcome
                .kept
                .iter()
                .map(|kept| json!({"offset": kept.offset(), "code": kept.code()}))
                .collect();
            (outcome.body.0, json!({"found": outcome.found, "decrypted": outcome.decrypted, "kept": kept}))
        }),
    );
}

fn check(case: &Case<'_>, outcome: Result<(Vec<u8>, Value), Failure>) {
    match outcome {
        Ok((body, mut report)) => {
            assert!(case.test.get("report").is_some(), "{}: decrypts", case.name());
            assert!(body == case.bytes("output"), "{}: another output", case.name());
            for kept in report["kept"].as_array_mut().unwrap() {
                kept.as_object_mut().unwrap().remove("key");
            }
            assert_eq!(report, case.test["report"], "{}", case.name());
        }
        Err(failure) => {
            let code = failure.code();
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
