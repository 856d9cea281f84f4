//! Private keys that are loaded, and those that are not.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;

use common::{folder, root};
use edgeseal::{Answer, PublicKeyError};
use edgeseal_decryptor::{KeyPair, PrivateKey, PrivateKeyError};

#[test]
fn every_refused_key_is_refused_for_its_reason() {
    let mut count = 0;
    for (reason, expected) in [
        ("not-pem", PrivateKeyError::NotPem),
        ("not-pkcs8", PrivateKeyError::NotPkcs8),
        ("size", PrivateKeyError::PublicKey(PublicKeyError::Size)),
        ("exponent", PrivateKeyError::PublicKey(PublicKeyError::Exponent)),
    ] {
        for path in folder(&root().join("decryptor/tests/refused-keys").join(reason)) {
            let error = PrivateKey::from_pem(&fs::read(&path).unwrap()).map(drop).unwrap_err();
            assert_eq!(error, expected, "{}", path.display());
            assert_eq!(error.code(), "key_file_refused");
            count += 1;
        }
    }
    assert_eq!(count, 20);
}

#[test]
fn every_key_of_the_vectors_is_loaded_in_any_line_form() {
    let keys: Vec<_> = folder(&root().join("test-vectors/keys"))
        .into_iter()
        .filter(|path| path.to_string_lossy().ends_with(".private.pem"))
        .collect();
    assert_eq!(keys.len(), 4);
    for path in keys {
        let pem = fs::read_to_string(&path).unwrap();
        let digest = *PrivateKey::from_pem(pem.as_bytes()).unwrap().public_key().spki_sha256();
        for pem in [pem.replace('\n', "\r\n"), pem.trim_end().to_owned(), format!("{pem}\n\n")] {
            let key = PrivateKey::from_pem(pem.as_bytes()).unwrap_or_else(|error| panic!("{error}: {pem}"));
            assert_eq!(*key.public_key().spki_sha256(), digest);
        }
    }
}

#[test]
fn a_changed_ciphertext_does_not_open_and_one_of_another_length_is_not_tried() {
    let key = PrivateKey::from_pem(
        &fs::read(root().join("test-vectors/keys/TEST-ONLY-rsa2048-a.private.pem")).unwrap(),
    )
    .unwrap();
    for ciphertext in [[0; 256], [1; 256], [0xff; 256]] {
        assert!(matches!(key.answer(&ciphertext), Answer::Failed));
    }
    for length in [0, 1, 255, 257, 384, 512] {
        assert!(matches!(key.answer(&vec![1; length]), Answer::WrongLength), "{length}");
    }
}

#[test]
fn nothing_of_a_private_key_is_in_debug_output() {
    let pair = KeyPair::generate(edgeseal::KeySize::Rsa2048).unwrap();
    let key = PrivateKey::from_pem(pair.expose_private_pem()).unwrap();
    assert_eq!(format!("{key:?}"), "PrivateKey { public_key: PublicKey { size: Rsa2048, .. }, .. }");
    let pair = format!("{pair:?}");
    assert!(pair.contains("BEGIN PUBLIC KEY") && !pair.contains("PRIVATE"), "{pair}");
}
