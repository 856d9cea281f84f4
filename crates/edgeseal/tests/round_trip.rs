//! decrypt(encrypt(body)) = body, and nothing else changes, over generated JSON.

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

use std::ops::Range;

use common::{PrivateKey, Stream, decrypt, keyring, policy};
use edgeseal::{EncryptError, Encryptor, FieldPath, TextFormat};
use getrandom::SysRng;
use proptest::prelude::*;

/// JSON text with odd white space, numbers, names and escapes, as text: a value that a parser would not keep as it is.
fn json() -> impl Strategy<Value = String> {
    let white_space = "[ \t\r\n]{0,2}";
    let name = prop_oneof![
        Just("\"ssn\"".to_owned()),
        Just("\"\\u0073sn\"".to_owned()),
        Just("\"SSN\"".to_owned()),
        Just("\"email\"".to_owned()),
        Just("\"other\"".to_owned()),
        string(),
    ];
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        "-?(0|[1-9][0-9]{0,24})(\\.[0-9]{1,4})?([eE][+-]?[0-9]{1,3})?",
        string(),
        "[a-zé😀]{150,250}".prop_map(|text| format!("\"{text}\"")),
    ];
    leaf.prop_recursive(5, 40, 5, move |inner| {
        let member = (white_space, name.clone(), white_space, inner.clone(), white_space)
            .prop_map(|(a, name, b, value, c)| format!("{a}{name}{b}:{a}{value}{c}"));
        let element = (white_space, inner, white_space).prop_map(|(a, value, b)| format!("{a}{value}{b}"));
        prop_oneof![
            prop::collection::vec(member, 0..5).prop_map(|members| format!("{{{}}}", members.join(","))),
            prop::collection::vec(element, 0..5).prop_map(|elements| format!("[{}]", elements.join(","))),
        ]
    })
}

/// A string in any spelling, lone surrogates among them.
fn string() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[ !#-\\[\\]-~]{1,8}",
        "[\u{80}-\u{10ffff}]{1,3}",
        Just("\\\"".to_owned()),
        Just("\\\\".to_owned()),
        Just("\\/".to_owned()),
        Just("\\n".to_owned()),
        "\\\\u[0-9a-fA-F]{4}",
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

const FIELDS: &str = r#"[
    {"name": "ssn", "path": "$..ssn", "key": "rsa2048-a", "match": "ignore-case"},
    {"name": "email", "path": "$..email", "key": "rsa3072", "mode": "envelope"},
    {"name": "second", "path": "$[1]", "key": "rsa2048-b", "encrypt_null": true}
]"#;

fn private_key(name: &str) -> PrivateKey {
    PrivateKey::load(name)
}

/// The outermost of these spans.
fn outermost(mut spans: Vec<Range<usize>>) -> Vec<Range<usize>> {
    spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    spans.dedup();
    let mut end = 0;
    spans.retain(|span| {
        let keep = span.start >= end;
        if keep {
            end = span.end;
        }
        keep
    });
    spans
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn decrypting_what_was_encrypted_gives_the_body_back(body in json()) {
        let encryptor = Encryptor::new(policy(FIELDS, ""));
        let encrypted = match encryptor.encrypt(body.as_bytes(), "application/json", &mut SysRng) {
            Ok(encrypted) => encrypted,
            Err(EncryptError::ForeignToken) => return Ok(()), // a generated `__es1.`
            Err(error) => panic!("{error}"),
        };
        let opened = decrypt(&encrypted.body, TextFormat::Json, &keyring(), private_key).unwrap();
        prop_assert_eq!(opened.body.as_slice(), body.as_bytes());
        prop_assert_eq!(opened.report.decrypted(), encrypted.report.values());
        prop_assert!(opened.report.kept().is_empty());
    }

    #[test]
    fn outside_the_replaced_values_no_byte_changes(body in json()) {
        let fields = r#"[{"name": "email", "path": "$..email", "key": "rsa2048-a", "encrypt_null": true}]"#;
        let encryptor = Encryptor::new(policy(fields, ""));
        let Ok(encrypted) = encryptor.encrypt(body.as_bytes(), "application/json", &mut SysRng) else {
            return Ok(());
        };
        let path = FieldPath::new("$..email").unwrap();
        let spans = outermost(path.find(body.as_bytes()).unwrap());
        prop_assert_eq!(spans.len(), encrypted.report.values());
        let mut rest = &encrypted.body[..];
        let mut copied = 0;
        for span in spans {
            let between = &body.as_bytes()[copied..span.start];
            prop_assert_eq!(&rest[..between.len()], between);
            rest = &rest[between.len()..];
            prop_assert!(rest.starts_with(b"\"__es1.rsa2048-a."));
            let end = rest[1..].iter().position(|byte| *byte == b'"').unwrap() + 2;
            prop_assert!(rest[..end].ends_with(b".__\""));
            rest = &rest[end..];
            copied = span.end;
        }
        prop_assert_eq!(rest, &body.as_bytes()[copied..]);
    }

    #[test]
    fn an_exact_output_limit_is_enough_and_one_byte_less_is_not(body in json()) {
        let encryptor = Encryptor::new(policy(FIELDS, ""));
        let Ok(encrypted) = encryptor.encrypt(body.as_bytes(), "application/json", &mut SysRng) else {
            return Ok(());
        };
        let size = encrypted.body.len();
        let limited = |bytes| Encryptor::new(policy(FIELDS, "")).with_max_output_bytes(bytes);
        prop_assert!(limited(size).encrypt(body.as_bytes(), "application/json", &mut SysRng).is_ok());
        let error = limited(size - 1).encrypt(body.as_bytes(), "application/json", &mut Stream::new(b""));
        prop_assert_eq!(error.unwrap_err().code(), "output_too_large");
    }

    #[test]
    fn ndjson_comes_back_line_by_line(bodies in prop::collection::vec(json(), 0..4), end in "(\n|\r\n)?") {
        let lines: Vec<String> = bodies.iter().map(|body| body.replace(['\n', '\r'], " ")).collect();
        let text = lines.join("\n") + &end;
        let encryptor = Encryptor::new(policy(FIELDS, ""));
        let Ok(encrypted) = encryptor.encrypt(text.as_bytes(), "application/x-ndjson", &mut SysRng) else {
            return Ok(());
        };
        let opened = decrypt(&encrypted.body, TextFormat::NdJson, &keyring(), private_key).unwrap();
        prop_assert_eq!(opened.body.as_slice(), text.as_bytes());
    }
}

#[test]
fn every_length_around_the_rsa_limit_comes_back() {
    let fields = r#"[{"name": "a", "path": "$.a", "key": "rsa2048-a"}, {"name": "b", "path": "$.b", "key": "rsa4096"}]"#;
    let encryptor = Encryptor::new(policy(fields, ""));
    for length in (188..=192).chain(445..=448) {
        for character in ["x", "é", "€", "😀"] {
            let text = character.repeat(length / character.len()) + &"x".repeat(length % character.len());
            let body = format!("{{\"a\":\"{text}\",\"b\":\"{text}\"}}");
            let encrypted = encryptor.encrypt(body.as_bytes(), "application/json", &mut SysRng).unwrap();
            let output = String::from_utf8(encrypted.body.to_vec()).unwrap();
            assert_eq!(output.contains("__es1.rsa2048-a.s."), length <= 190, "{length}");
            assert_eq!(output.contains("__es1.rsa4096.s."), length <= 446, "{length}");
            let opened = decrypt(output.as_bytes(), TextFormat::Json, &keyring(), private_key).unwrap();
            assert_eq!(opened.body.as_slice(), body.as_bytes());
        }
    }
}

/// What `serde_json`, which is not our tokenizer, says of members named `email`: every one is a token or null.
struct EmailsAreSealed;

impl<'de> serde::de::DeserializeSeed<'de> for EmailsAreSealed {
    type Value = Option<String>;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Option<String>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> serde::de::Visitor<'de> for EmailsAreSealed {
    /// The text, if it is a string.
    type Value = Option<String>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Option<String>, E> {
        Ok(Some("null".to_owned()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_str<E>(self, text: &str) -> Result<Option<String>, E> {
        Ok(Some(text.to_owned()))
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut elements: A) -> Result<Option<String>, A::Error> {
        while elements.next_element_seed(EmailsAreSealed)?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut members: A) -> Result<Option<String>, A::Error> {
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(EmailsAreSealed)?;
            if name == "email" {
                let sealed = value.is_some_and(|text| text == "null" || text.starts_with("__es1."));
                assert!(sealed, "an `email` is in the clear");
            }
        }
        Ok(None)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn no_protected_value_is_left_however_its_name_is_spelled(body in json()) {
        let fields = r#"[{"name": "email", "path": "$..email", "key": "rsa2048-a"}]"#;
        let encryptor = Encryptor::new(policy(fields, ""));
        // The same body with every `email` spelled with escapes.
        for body in [body.clone(), body.replace("\"email\"", "\"\\u0065ma\\u0069l\"")] {
            let Ok(encrypted) = encryptor.encrypt(body.as_bytes(), "application/json", &mut SysRng) else {
                continue;
            };
            let mut reader = serde_json::Deserializer::from_slice(&encrypted.body);
            // `serde_json` does not read lone surrogates and huge exponents.
            let _ = serde::de::DeserializeSeed::deserialize(EmailsAreSealed, &mut reader);
        }
    }
}

/// RSA is done for two values at once: each still has its own seed, its own key and its own place.
#[test]
fn values_under_several_keys_have_the_tokens_that_each_has_alone() {
    const FIELDS: &str = r#"[
        {"name": "a", "path": "$..a", "key": "rsa2048-a"},
        {"name": "b", "path": "$..b", "key": "rsa2048-b"},
        {"name": "c", "path": "$..c", "key": "rsa3072"}
    ]"#;
    let encryptor = Encryptor::new(policy(FIELDS, ""));
    let encrypt = |body: &str, random: &[u8]| {
        let mut stream = Stream::new(random);
        let encrypted = encryptor.encrypt(body.as_bytes(), "application/json", &mut stream).unwrap();
        assert_eq!(stream.left(), 0);
        String::from_utf8(encrypted.body.into_owned()).unwrap()
    };
    for order in ["a", "aa", "aaa", "ab", "abab", "abcabc", "aabbcc", "abcbaab", "ccacacb"] {
        let seed = |index: usize| [u8::try_from(index).unwrap() + 1; 32];
        let values: Vec<String> =
            order.chars().enumerate().map(|(i, name)| format!("{{\"{name}\":\"{i}\"}}")).collect();
        let seeds: Vec<u8> = (0..values.len()).flat_map(seed).collect();
        let alone: Vec<String> =
            values.iter().enumerate().map(|(i, value)| encrypt(value, &seed(i))).collect();
        let body = format!("[{}]", values.join(","));
        let together = encrypt(&body, &seeds);
        assert_eq!(together, format!("[{}]", alone.join(",")), "{order}");
        let opened = decrypt(together.as_bytes(), TextFormat::Json, &keyring(), PrivateKey::load).unwrap();
        assert_eq!(opened.body.as_slice(), body.as_bytes());
    }
}
