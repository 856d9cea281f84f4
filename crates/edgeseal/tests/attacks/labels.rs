//! Key ids, and the prefixes and suffixes of classic tags: whoever writes them, in a token or in a configuration.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use edgeseal::{Answer, Keyring, Scan, TextFormat};
use proptest::prelude::*;
use serde_json::json;

use crate::naughty::TEXTS;

fn keyring(keys: &serde_json::Value) -> Option<Keyring> {
    Keyring::from_json(json!({ "version": 1, "keys": keys }).to_string().as_bytes()).ok()
}

fn tagged(prefix: &str, suffix: &str) -> Option<Keyring> {
    keyring(&json!({ "k": { "private_key_file": "k", "prefix": prefix, "suffix": suffix } }))
}

/// A direct token under this key id, with a ciphertext of its own.
fn token(key_id: &str, letter: char) -> String {
    format!("__es1.{key_id}.s.{letter}{}.__", "A".repeat(341))
}

/// What a text becomes if each ciphertext's plaintext is the key id it is asked under.
fn decrypt(keyring: &Keyring, text: &str) -> (String, usize) {
    let scan = Scan::new(text.as_bytes(), TextFormat::Text, keyring).unwrap();
    let answer = |ciphertext: &edgeseal::Ciphertext| {
        Answer::Plaintext(ciphertext.key_id().as_str().as_bytes().to_vec().into())
    };
    let answers: Vec<Answer> = scan.ciphertexts().iter().map(answer).collect();
    let asked = answers.len();
    (String::from_utf8(scan.splice(&answers).unwrap().body.to_vec()).unwrap(), asked)
}

fn ciphertext() -> String {
    STANDARD.encode([7; 256])
}

/// FORMAT.md, section 7, in other words.
fn may_be_tag(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_graphic() && !"\"&'+/<=>?\\`".contains(c);
    (1..=32).contains(&text.chars().count()) && text.chars().all(allowed)
}

fn is_prefix(text: &str) -> bool {
    may_be_tag(text)
        && !text.ends_with(|c: char| c.is_ascii_alphanumeric())
        && !text.contains("__es")
        && !"__es".contains(text)
}

fn is_suffix(text: &str) -> bool {
    may_be_tag(text) && !text.starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// As a prefix or a suffix the text is refused, or it stands for itself and for nothing else.
fn refused_or_exact(text: &str) -> [bool; 2] {
    let blob = ciphertext();
    let check = |prefix: &str, suffix: &str| {
        let Some(keyring) = tagged(prefix, suffix) else { return false };
        let whole = format!("{prefix}{blob}{suffix}");
        assert_eq!(decrypt(&keyring, &format!("-{whole}-")), ("-k-".to_owned(), 1), "{prefix:?} {suffix:?}");
        // Each of its characters counts, as itself: none is a wildcard, a class or an anchor.
        let near = |text: &str, around: &dyn Fn(&str) -> String| {
            for (index, c) in text.char_indices() {
                for other in ["", "~~", "0"] {
                    let changed = format!("{}{other}{}", &text[..index], &text[index + c.len_utf8()..]);
                    let whole = around(&changed);
                    if !whole.contains(&format!("{prefix}{blob}{suffix}")) {
                        assert_eq!(decrypt(&keyring, &whole), (whole.clone(), 0), "{prefix:?} {suffix:?}");
                    }
                }
            }
        };
        near(prefix, &|prefix| format!("{prefix}{blob}{suffix}"));
        near(suffix, &|suffix| format!("{prefix}{blob}{suffix}"));
        true
    };
    [check(text, "%"), check("#!#", text)]
}

#[test]
fn a_prefix_or_suffix_is_refused_or_stands_for_itself() {
    let mut loaded = [0, 0];
    let mut check = |text: &str| {
        let accepted = refused_or_exact(text);
        assert_eq!(accepted, [is_prefix(text), is_suffix(text)], "{text:?}");
        for (count, accepted) in loaded.iter_mut().zip(accepted) {
            *count += usize::from(accepted);
        }
    };
    for text in TEXTS {
        check(text);
    }
    // Of every character a text can have one byte of, alone and in pairs.
    for first in 0..=0x7f_u8 {
        check(&char::from(first).to_string());
        for second in 0..=0x7f_u8 {
            check(&[char::from(first), char::from(second)].iter().collect::<String>());
        }
    }
    assert!(loaded.iter().all(|loaded| *loaded > 1_000), "{loaded:?}");
}

#[test]
fn of_two_prefixes_none_is_part_of_the_other() {
    let letters = ["[", "_", "k", "1"];
    let mut prefixes: Vec<String> = letters.iter().map(|&letter| letter.to_owned()).collect();
    for _ in 0..2 {
        let longer: Vec<String> =
            prefixes.iter().flat_map(|prefix| letters.map(|letter| format!("{prefix}{letter}"))).collect();
        prefixes.extend(longer);
    }
    prefixes.sort();
    prefixes.dedup();
    prefixes.retain(|prefix| tagged(prefix, "]").is_some());
    assert_eq!(
        prefixes.len(),
        40,
        "those that end in a delimiter, without `_` and `__`, in which `__es` begins"
    );
    let (mut together, blob) = (0, ciphertext());
    for one in &prefixes {
        for two in &prefixes {
            let keys = json!({ "one": { "private_key_file": "k", "prefix": one, "suffix": "]" },
                "two": { "private_key_file": "k", "prefix": two, "suffix": "]" } });
            let apart = !one.contains(two) && !two.contains(one);
            let keyring = keyring(&keys);
            assert_eq!(keyring.is_some(), apart, "{one} {two}");
            let Some(keyring) = keyring else { continue };
            let text = format!("{one}{blob}] {two}{blob}] {}", token("one", 'B'));
            assert_eq!(decrypt(&keyring, &text), ("one two one".to_owned(), 3), "{one} {two}");
            together += 1;
        }
    }
    assert!(together > 500, "{together}");
}

#[test]
fn a_key_id_that_begins_another_is_never_taken_for_it() {
    let ids = ["k", "k1", "k10", "k100", "k-1", "k_1", "K1", "1", "k1k1", "s", "e", "__es1", "-", "_"];
    for one in ids {
        for two in ids.into_iter().filter(|two| *two != one) {
            let mut keys = json!({ one: { "private_key_file": "k" }, two: { "private_key_file": "k" } });
            let text = format!("{}{} {}", token(one, 'B'), token(two, 'C'), token(one, 'D'));
            let both = keyring(&keys).unwrap();
            assert_eq!(decrypt(&both, &text), (format!("{one}{two} {one}"), 3));
            keys.as_object_mut().unwrap().remove(two);
            let alone = keyring(&keys).unwrap();
            assert_eq!(decrypt(&alone, &text), (format!("{one}{} {one}", token(two, 'C')), 2));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_key_id_that_the_keyring_does_not_have_is_asked_of_nobody(key_id in prop_oneof![
        "[ -~]{0,80}",
        "[A-Za-z0-9_-]{1,70}",
        "arn:aws:kms:[a-z]{2}-[a-z]{4}-[0-9]:[0-9]{12}:(key|alias)/[a-z0-9/-]{1,36}",
        "(pii|PII|pii[.]|[.]pii|pii/|../pii|%70ii|pii\u{200b}|рii)",
        "\\PC{0,20}",
    ]) {
        prop_assume!(key_id != "pii" && !key_id.contains("__es1."));
        let keyring = keyring(&json!({ "pii": { "private_key_file": "k" } })).unwrap();
        let text = token(&key_id, 'B');
        let scan = Scan::new(text.as_bytes(), TextFormat::Text, &keyring).unwrap();
        prop_assert!(scan.ciphertexts().is_empty());
        let spliced = scan.splice(&[]).unwrap();
        prop_assert_eq!(&*spliced.body, text.as_bytes());
        prop_assert_eq!(spliced.report.kept().len(), 1);
        prop_assert_ne!(spliced.report.kept()[0].code(), "decryption_failed");
    }
}
