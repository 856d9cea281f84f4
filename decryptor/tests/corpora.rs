//! Wycheproof's RSA vectors under local keys, run when `EDGESEAL_CORPORA` names the folder they are in.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::Path;

use common::{base64url, corpora, hex};
use edgeseal::{Answer, Keyring, PublicKeyError, TextFormat};
use edgeseal_decryptor::{Asking, Decryptor, KeyProvider, Meter, PrivateKey, PrivateKeyError, Question};
use serde_json::Value;

const SAME_PARAMETERS: [&str; 3] = [
    "rsa_oaep_2048_sha256_mgf1sha256_test.json",
    "rsa_oaep_3072_sha256_mgf1sha256_test.json",
    "rsa_oaep_4096_sha256_mgf1sha256_test.json",
];
const OTHER_PARAMETERS: [&str; 6] = [
    "rsa_oaep_2048_sha1_mgf1sha1_test.json",
    "rsa_oaep_2048_sha256_mgf1sha1_test.json",
    "rsa_oaep_2048_sha512_mgf1sha512_test.json",
    "rsa_oaep_3072_sha256_mgf1sha1_test.json",
    "rsa_oaep_4096_sha256_mgf1sha1_test.json",
    "rsa_pkcs1_2048_test.json",
];

/// The groups of a file, each with its key; their tests are counted.
fn groups(corpora: &Path, file: &str) -> Vec<(Value, Result<PrivateKey, PrivateKeyError>)> {
    let path = corpora.join("wycheproof/testvectors_v1").join(file);
    let text = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let vectors: Value = serde_json::from_slice(&text).unwrap();
    let groups = vectors["testGroups"].as_array().unwrap();
    let count: usize = groups.iter().map(|group| tests(group).len()).sum();
    assert_eq!(Value::from(count), vectors["numberOfTests"], "{file}");
    let key = |group: &Value| PrivateKey::from_der(&hex(group["privateKeyPkcs8"].as_str().unwrap()));
    groups.iter().map(|group| (group.clone(), key(group))).collect()
}

fn tests(group: &Value) -> &Vec<Value> {
    group["tests"].as_array().unwrap()
}

fn bytes(test: &Value, member: &str) -> Vec<u8> {
    hex(test[member].as_str().unwrap())
}

/// Whether RSAES-OAEP-SHA-256 with an empty label opens it; if so, what comes out is what the test says.
fn opens(key: &PrivateKey, name: &str, test: &Value) -> bool {
    match key.answer(&bytes(test, "ct")) {
        Answer::Plaintext(plaintext) => {
            assert_eq!(*plaintext, bytes(test, "msg"), "{name} tcId {}", test["tcId"]);
            true
        }
        _ => false,
    }
}

fn has_label(test: &Value) -> bool {
    test["label"].as_str().is_some_and(|label| !label.is_empty())
}

#[test]
fn what_is_valid_with_an_empty_label_opens_and_nothing_else() {
    let Some(corpora) = corpora() else { return };
    let (mut opened, mut labelled, mut refused) = (0, 0, 0);
    for file in SAME_PARAMETERS {
        for (group, key) in groups(&corpora, file) {
            let key = key.unwrap();
            for test in tests(&group) {
                let expected = test["result"] == "valid" && !has_label(test);
                assert_eq!(opens(&key, file, test), expected, "{file} tcId {}", test["tcId"]);
                match (expected, test["result"] == "valid") {
                    (true, _) => opened += 1,
                    (false, true) => labelled += 1,
                    (false, false) => refused += 1,
                }
            }
        }
    }
    assert_eq!((opened, labelled, refused), (30, 24, 57));
}

/// One key, whatever the keyring says.
struct OneKey(PrivateKey);

impl KeyProvider for OneKey {
    fn serves(&self, _: &edgeseal::KeyLocation) -> bool {
        true
    }

    fn ask<'a>(&'a self, question: Question<'a>, _: &'a Meter) -> Asking<'a> {
        Box::pin(async move { Ok(self.0.answer(question.ciphertext)) })
    }
}

#[tokio::test]
async fn all_refusals_are_alike() {
    let Some(corpora) = corpora() else { return };
    let mut count = 0;
    for file in SAME_PARAMETERS {
        for (group, key) in groups(&corpora, file) {
            let size = key.as_ref().unwrap().public_key().size().modulus_bytes();
            let keyring = br#"{"version": 1, "keys": {"k": {"private_key_file": "k.pem"}}}"#;
            let decryptor =
                Decryptor::new(Keyring::from_json(keyring).unwrap()).with_provider(OneKey(key.unwrap()));
            for test in tests(&group).iter().filter(|test| test["result"] == "invalid") {
                let ciphertext = bytes(test, "ct");
                if ciphertext.len() != size {
                    continue; // never comes to a key: not a token, or damaged
                }
                for kind in ["s", "v"] {
                    let token = format!("__es1.k.{kind}.{}.__", base64url(&ciphertext));
                    let error =
                        decryptor.decrypt(token.as_bytes(), Some(TextFormat::Text)).await.unwrap_err();
                    let expected = ("decryption_failed", "the token at byte 0 does not open".to_owned());
                    assert_eq!((error.code(), error.to_string()), expected, "{file} tcId {}", test["tcId"]);
                }
                count += 1;
            }
        }
    }
    assert_eq!(count, 42);
}

#[test]
fn nothing_of_other_parameters_opens() {
    let Some(corpora) = corpora() else { return };
    let mut count = 0;
    for file in OTHER_PARAMETERS {
        for (group, key) in groups(&corpora, file) {
            let key = key.unwrap_or_else(|error| panic!("{file}: {error}"));
            for test in tests(&group) {
                assert!(!opens(&key, file, test), "{file} tcId {}", test["tcId"]);
                count += 1;
            }
        }
    }
    assert_eq!(count, 231);
}

#[test]
fn odd_key_sizes_are_refused_and_other_hashes_do_not_open() {
    let Some(corpora) = corpora() else { return };
    let (mut refused, mut opened, mut closed, mut either) = (0, 0, 0, 0);
    let file = "rsa_oaep_misc_test.json";
    for (group, key) in groups(&corpora, file) {
        let bits = group["keySize"].as_u64().unwrap();
        let key = match key {
            Ok(key) => key,
            Err(error) => {
                // Below 2048 bits AWS-LC refuses the key before its size is looked at.
                let expected = match bits {
                    0..2048 => PrivateKeyError::NotPkcs8,
                    _ => PrivateKeyError::PublicKey(PublicKeyError::Size),
                };
                assert_eq!(error, expected, "{bits}");
                refused += 1;
                continue;
            }
        };
        assert!(matches!(bits, 2048 | 3072 | 4096), "{bits}");
        let same = group["sha"] == "SHA-256" && group["mgf"] == "MGF1" && group["mgfSha"] == "SHA-256";
        for test in tests(&group) {
            let opens = opens(&key, file, test);
            if test["result"] == "acceptable" {
                either += 1;
                continue;
            }
            assert_eq!(opens, same && !has_label(test), "{file} tcId {}", test["tcId"]);
            if opens { opened += 1 } else { closed += 1 }
        }
    }
    // The acceptable ones are under keys that are refused.
    assert_eq!((refused, opened, closed, either), (58, 9, 201, 0));
}

#[test]
fn a_key_of_three_primes_is_refused() {
    let Some(corpora) = corpora() else { return };
    for (_, key) in groups(&corpora, "rsa_three_primes_oaep_4096_sha256_mgf1sha256_test.json") {
        assert_eq!(key.map(drop).unwrap_err(), PrivateKeyError::NotPkcs8);
    }
}
