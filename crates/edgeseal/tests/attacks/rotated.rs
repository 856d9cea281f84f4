//! A key is rotated while data is on its way.

use edgeseal::{Fallback, KeyId, Keyring, Scanner, TextFormat};

use crate::common::pieces::in_pieces;
use crate::common::{PrivateKey, keyring};
use crate::{body, encrypt};

fn fields(key: &str, mode: &str) -> String {
    format!(r#"[{{"name": "ssn", "path": "$.ssn", "key": "{key}", "mode": "{mode}"}}]"#)
}

/// Records as edges wrote them, some of which had the new policy already; and what they hold.
fn interleaved(mode: &str) -> (String, String) {
    let (mut stored, mut expected) = (String::new(), String::new());
    for number in 0..40_u32 {
        let record = format!("{{\"n\": {number}, \"ssn\": \"078-05-{number:04}\"}}\n");
        // Stale replicas go on for a while.
        let key = if number * 7 % 5 < 2 { "rsa2048-b" } else { "rsa2048-a" };
        stored += &encrypt(&fields(key, mode), "", &record);
        expected += &record;
    }
    (stored, expected)
}

#[test]
fn tokens_of_the_old_and_the_new_key_are_opened_side_by_side() {
    for mode in ["direct", "envelope"] {
        let (stored, expected) = interleaved(mode);
        let keys = ["rsa2048-a", "rsa2048-b"].map(|name| (name, PrivateKey::load(name)));
        let decrypt = |keyring: &Keyring| {
            let answer = |ciphertext: &edgeseal::Ciphertext| {
                let (_, key) = keys.iter().find(|(name, _)| *name == ciphertext.key_id().as_str()).unwrap();
                key.answer(ciphertext.bytes())
            };
            let scanner = Scanner::new(TextFormat::NdJson);
            in_pieces(scanner, stored.as_bytes(), &[1_000], keyring, answer, |_, _| Fallback::Keep).unwrap()
        };
        let both = decrypt(&keyring());
        assert_eq!((body(&both), both.decrypted), (expected, 40));

        // A reader who has the old key alone: the others stay, and are told under their key id.
        let old = br#"{"version": 1, "keys": {"rsa2048-a": {"private_key_file": "a"}}}"#;
        let old = decrypt(&Keyring::from_json(old).unwrap());
        let new = KeyId::new("rsa2048-b").unwrap();
        assert_eq!((old.decrypted, old.kept.len()), (24, 16));
        assert!(
            old.kept.iter().all(|kept| (kept.code(), kept.key_id()) == ("token_key_unknown", Some(&new)))
        );
        assert_eq!(body(&old).matches("__es1.rsa2048-b.").count(), 16);
    }
}
