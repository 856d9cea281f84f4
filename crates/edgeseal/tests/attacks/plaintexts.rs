//! Plaintexts that try to be more than a value: tokens, and text that ends the string they stand in.

use edgeseal::{Delimiter, Fallback, Scanner, Selection, TextFormat};
use serde_json::Value;

use crate::common::pieces::in_pieces;
use crate::common::{PrivateKey, keyring};
use crate::naughty::TEXTS;
use crate::{body, decrypt, encrypt, strings};

const FIELDS: &str = r#"[
    {"name": "short", "path": "$.short[*]", "key": "rsa4096"},
    {"name": "long", "path": "$.long[*]", "key": "rsa2048-a", "mode": "envelope"}
]"#;
const ALLOWED: &str = r#", "foreign_tokens": "allow""#;

#[test]
fn a_token_inside_a_plaintext_comes_out_as_text_in_every_format_and_in_any_pieces() {
    let fields = r#"[{"name": "a", "path": "$[*]", "key": "rsa2048-a", "mode": "envelope"}]"#;
    let inner = &strings(&encrypt(fields, "", r#"["secret"]"#))[0];
    let half = inner.len() / 2;
    // A whole token, and one that the text around the token completes.
    for (before, plaintext, after) in
        [("", &inner[..], ""), (&inner[..half], &inner[half..], ""), ("", &inner[..half], &inner[half..])]
    {
        let outer = &strings(&encrypt(fields, ALLOWED, &serde_json::json!([plaintext]).to_string()))[0];
        for (format, begin, end) in [
            (TextFormat::Text, "", " "),
            (TextFormat::Form, "a=", "&b=1"),
            (TextFormat::Json, "{\"a\": \"", "\"}"),
            (TextFormat::NdJson, "1\n[\"", "\"]\n"),
            (TextFormat::Csv(Delimiter::Comma), "1,", ",2\n"),
        ] {
            let text = format!("{begin}{before}{outer}{after}{end}");
            let expected = format!("{begin}{before}{plaintext}{after}{end}");
            for length in [1, 7, 100, text.len()] {
                let key = PrivateKey::load("rsa2048-a");
                let answer = |ciphertext: &edgeseal::Ciphertext| key.answer(ciphertext.bytes());
                let keep = |_: &_, _| Fallback::Keep;
                let scanner = Scanner::new(format);
                let outcome =
                    in_pieces(scanner, text.as_bytes(), &[length], &keyring(), answer, keep).unwrap();
                assert_eq!(body(&outcome), expected, "{format:?} {length}");
                assert_eq!(outcome.decrypted, 1, "{format:?} {length}");
            }
        }
    }
}

#[test]
fn hostile_plaintext_stays_in_its_json_string() {
    let of = |texts: Vec<&str>| -> Vec<Value> { texts.into_iter().map(Value::from).collect() };
    let document = serde_json::json!({ "short": of(TEXTS.to_vec()), "long": of(TEXTS.to_vec()) });
    let sealed = encrypt(FIELDS, ALLOWED, &document.to_string());
    let tokens = sealed.matches("__es1.").count();
    assert_eq!(tokens, 2 * TEXTS.len());
    let (outcome, _) = decrypt(Selection::default(), &keyring(), TextFormat::Json, &sealed);
    assert_eq!(outcome.decrypted, tokens);
    assert_eq!(serde_json::from_str::<Value>(&body(&outcome)).unwrap(), document);

    // Amid other text, and as a name.
    let sealed: Value = serde_json::from_str(&sealed).unwrap();
    for (index, text) in TEXTS.iter().enumerate() {
        let token = sealed["long"][index].as_str().unwrap();
        let amid = format!("{{\"note\": \"<{token}>\", \"of {token}\": true}}");
        let (outcome, _) = decrypt(Selection::default(), &keyring(), TextFormat::Json, &amid);
        let mut expected = serde_json::json!({ "note": format!("<{text}>") });
        expected[format!("of {text}")] = true.into();
        assert_eq!(serde_json::from_str::<Value>(&body(&outcome)).unwrap(), expected, "{text:?}");
    }
}

#[test]
fn every_code_point_comes_back_as_it_was() {
    let all: Vec<char> = (0..=0x10_ffff_u32).filter_map(char::from_u32).collect();
    assert_eq!(all.len(), 0x11_0000 - 0x800);
    let long: Vec<String> = all.chunks(4_096).map(String::from_iter).collect();
    // Direct mode takes 446 bytes: the Basic Latin and Latin-1 blocks, and where UTF-8 grows by a byte.
    let short: Vec<String> = all[..0x900].chunks(100).map(String::from_iter).collect();
    let document = serde_json::json!({ "short": short, "long": long });
    let sealed = encrypt(FIELDS, ALLOWED, &document.to_string());
    let (outcome, asked) = decrypt(Selection::default(), &keyring(), TextFormat::Json, &sealed);
    assert_eq!((outcome.decrypted, asked), (short.len() + long.len(), short.len() + 1));
    assert!(serde_json::from_str::<Value>(&body(&outcome)).unwrap() == document);
}
