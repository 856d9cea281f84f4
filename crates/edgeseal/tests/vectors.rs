//! Every vector of `test-vectors/` through the library.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::BTreeMap;

use common::{PrivateKey, Stream, policy, read, root};
use edgeseal::{
    Answer, Encryptor, FieldPath, KeyLocation, Keyring, OpenError, Policy, Scan, ScanError, Spliced,
    TextFormat,
};
use serde_json::Value;

/// One test of a file, with what its group shares.
struct Case<'v> {
    file: &'v str,
    group: &'v Value,
    test: &'v Value,
}

impl Case<'_> {
    fn name(&self) -> String {
        format!("{} tcId {}: {}", self.file, self.test["tcId"], self.test["comment"])
    }

    /// A member that is a string, or, with `Hex` to its name, bytes.
    fn bytes(&self, member: &str) -> Vec<u8> {
        if let Some(text) = self.test[member].as_str() {
            return text.as_bytes().to_vec();
        }
        hex(self.test[format!("{member}Hex")].as_str().unwrap_or_else(|| panic!("{}: {member}", self.name())))
    }

    fn is_valid(&self) -> bool {
        match self.test["result"].as_str() {
            Some("valid") => true,
            Some("invalid") => false,
            other => panic!("{}: {other:?}", self.name()),
        }
    }

    fn code(&self) -> &str {
        self.test["code"].as_str().unwrap_or_else(|| panic!("{}: no code", self.name()))
    }
}

fn hex(digits: &str) -> Vec<u8> {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.as_bytes().chunks(2).map(byte).collect()
}

#[test]
fn every_vector_gives_what_it_says() {
    let mut files: Vec<String> = std::fs::read_dir(root().join("test-vectors"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with("_test.json"))
        .collect();
    files.sort();
    assert_eq!(files.len(), 6, "a file that no runner knows, or one that is missing: {files:?}");
    for file in &files {
        let run: fn(&Case<'_>) = match file.as_str() {
            "decrypt_test.json" => decrypts,
            "encrypt_test.json" => encrypts,
            "field_path_test.json" => matches,
            "keyring_test.json" => loads_keyring,
            "policy_test.json" => loads_policy,
            "token_test.json" => opens_token,
            other => panic!("no runner for {other}"),
        };
        let vectors: Value = serde_json::from_str(&read(&format!("test-vectors/{file}"))).unwrap();
        let (mut count, mut failed) = (0, 0);
        for group in vectors["testGroups"].as_array().unwrap() {
            for test in group["tests"].as_array().unwrap() {
                // The panic has been printed; the other vectors may say more.
                let outcome = std::panic::catch_unwind(|| run(&Case { file, group, test }));
                failed += usize::from(outcome.is_err());
                count += 1;
            }
        }
        assert_eq!(failed, 0, "{file}: that many of {count} vectors failed");
        assert_eq!(Value::from(count), vectors["numberOfTests"], "{file}");
        assert!(count > 20, "{file}: {count}");
    }
}

fn encrypts(case: &Case<'_>) {
    let mut encryptor =
        Encryptor::new(Policy::from_json(case.group["policy"].to_string().as_bytes()).unwrap());
    if let Some(bytes) = case.group["maxOutputBytes"].as_u64() {
        encryptor = encryptor.with_max_output_bytes(usize::try_from(bytes).unwrap());
    }
    let mut random = Stream::new(&hex(case.test["random"].as_str().unwrap()));
    let body = case.bytes("body");
    let encrypted = encryptor.encrypt(&body, case.test["contentType"].as_str().unwrap_or(""), &mut random);
    if !case.is_valid() {
        assert_eq!(encrypted.expect_err(&case.name()).code(), case.code(), "{}", case.name());
        return;
    }
    let encrypted = encrypted.unwrap_or_else(|error| panic!("{}: {error}", case.name()));
    assert!(*encrypted.body == case.bytes("output"), "{}: another output", case.name());
    let report: Value = serde_json::from_str(&encrypted.report.to_json()).unwrap();
    assert_eq!(report, case.test["report"], "{}", case.name());
    assert_eq!(random.left(), 0, "{}: random bytes are left", case.name());
}

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

fn decrypts(case: &Case<'_>) {
    check_decrypted(case, &case.bytes("input"), case.test["format"].as_str().unwrap());
}

fn opens_token(case: &Case<'_>) {
    check_decrypted(case, &case.bytes("text"), "text");
}

fn loads_policy(case: &Case<'_>) {
    let error = Policy::from_json(&document(case)).map(drop).err();
    check_loaded(case, error);
}

fn loads_keyring(case: &Case<'_>) {
    let error = Keyring::from_json(&document(case)).map(drop).err();
    check_loaded(case, error);
}

/// The text of a policy or keyring; spaces behind it make it long.
fn document(case: &Case<'_>) -> Vec<u8> {
    let mut text = case.bytes("document");
    if let Some(bytes) = case.test["padToBytes"].as_u64() {
        text.resize(usize::try_from(bytes).unwrap(), b' ');
    }
    text
}

fn check_loaded(case: &Case<'_>, error: Option<edgeseal::ConfigError>) {
    match error {
        None => assert!(case.is_valid(), "{}: is accepted", case.name()),
        Some(error) => {
            assert!(!case.is_valid(), "{}: {error}", case.name());
            let expected = (case.code(), case.test["pointer"].as_str().unwrap());
            assert_eq!((error.code(), error.pointer()), expected, "{}: {error}", case.name());
        }
    }
}

fn matches(case: &Case<'_>) {
    let text = case.test["path"].as_str().unwrap();
    let path = match FieldPath::new(text) {
        Ok(path) => path,
        Err(error) => {
            assert!(!case.is_valid(), "{}: {error}", case.name());
            assert_eq!(error.code(), case.code(), "{}", case.name());
            return;
        }
    };
    assert!(case.is_valid(), "{}: is accepted", case.name());
    let document = case.test["document"].as_str().unwrap();
    let ignore_case = case.test["match"] == "ignore-case";
    if !ignore_case {
        let found = path.find(document.as_bytes()).unwrap();
        assert_eq!(found.len(), case.test["values"].as_array().unwrap().len(), "{}", case.name());
    }
    // Where the values stand is shown by encrypting them: the same document with a token at each place.
    let fields = serde_json::json!([{
        "name": "x", "path": text, "key": "rsa2048-a", "encrypt_null": true,
        "match": if ignore_case { "ignore-case" } else { "exact" },
    }]);
    let encryptor = Encryptor::new(policy(&fields.to_string(), ""));
    let encrypted =
        encryptor.encrypt(document.as_bytes(), "application/json", &mut getrandom::SysRng).unwrap();
    let protected = case.test["protected"].as_array().unwrap();
    assert_eq!(encrypted.report.values(), protected.len(), "{}", case.name());
    let tokens = String::from_utf8(encrypted.body.to_vec()).unwrap().matches("\"__es1.").count();
    assert_eq!(tokens, protected.len(), "{}", case.name());
    let distinct: std::collections::BTreeSet<&str> =
        protected.iter().map(|place| place.as_str().unwrap()).collect();
    let (Ok(mut output), Ok(original)) =
        (serde_json::from_slice::<Value>(&encrypted.body), serde_json::from_str::<Value>(document))
    else {
        return; // a lone surrogate, which `serde_json` does not read
    };
    if distinct.len() < protected.len()
        || case.test["flags"].as_array().unwrap().contains(&"DuplicateNames".into())
    {
        return; // of members with one name a pointer reaches only the last
    }
    for pointer in distinct {
        let place = output.pointer_mut(pointer).unwrap_or_else(|| panic!("{}: {pointer}", case.name()));
        assert!(place.as_str().is_some_and(|text| text.starts_with("__es1.")), "{}: {pointer}", case.name());
        *place = original.pointer(pointer).unwrap().clone();
    }
    assert_eq!(output, original, "{}", case.name());
}
