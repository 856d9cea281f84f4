//! What a client sends that is a token, or looks like one.

use edgeseal::{Encryptor, Selection, TextFormat};
use getrandom::SysRng;

use crate::common::{keyring, policy};
use crate::{body, decrypt, encrypt, strings};

const FIELDS: &str = r#"[
    {"name": "ssn", "path": "$..ssn", "key": "rsa2048-a"},
    {"name": "email", "path": "$..email", "key": "rsa2048-b", "mode": "envelope"}
]"#;

fn is_refused(text: &str) -> bool {
    let encryptor = Encryptor::new(policy(FIELDS, ""));
    match encryptor.encrypt(text.as_bytes(), "application/json", &mut SysRng) {
        Ok(_) => false,
        Err(error) => {
            assert_eq!((error.code(), error.http_status()), ("foreign_token", 400), "{text}");
            true
        }
    }
}

/// Tokens of our own, and one under a key that is not of this policy.
fn captured() -> Vec<String> {
    let mut tokens = strings(&encrypt(FIELDS, "", r#"{"ssn": "078-05-1120", "email": "ada@example.org"}"#));
    tokens.push(tokens[0].replacen("rsa2048-a", "stranger", 1));
    tokens
}

/// A JSON text with this spelling of a string in a place of each kind.
fn places(spelling: &str) -> [String; 8] {
    [
        format!("\"{spelling}\""),
        format!("[1, \"{spelling}\"]"),
        format!("{{\"nickname\": \"hello {spelling} there\"}}"),
        format!("{{\"a\": [{{\"b\": {{\"c\": [[\"{spelling}\"]]}}}}]}}"),
        format!("{{\"{spelling}\": 1}}"),
        format!("{{\"a\": {{\"x{spelling}\": null}}}}"),
        format!("{{\"ssn\": \"{spelling}\"}}"),
        format!("{{\"email\": {{\"deep\": [\"{spelling}\"]}}}}"),
    ]
}

/// Every spelling of a text in which one character is written as an escape, and that in which all are.
fn escaped(text: &str) -> Vec<String> {
    let spellings = |c: char| {
        let hex = format!("{:04x}", u32::from(c));
        let mut of_one = vec![format!("\\u{hex}"), format!("\\u{}", hex.to_uppercase())];
        of_one.dedup();
        of_one
    };
    let mut all = Vec::new();
    for (index, c) in text.char_indices() {
        for escape in spellings(c) {
            all.push(format!("{}{escape}{}", &text[..index], &text[index + c.len_utf8()..]));
        }
    }
    all.push(text.chars().map(|c| spellings(c).remove(0)).collect());
    all
}

#[test]
fn a_captured_token_is_refused_at_the_edge_wherever_it_stands() {
    for token in captured() {
        for text in places(&token) {
            assert!(is_refused(&text), "{text}");
        }
    }
    // Two of them, a cut one, one of another version, and no more than how one begins.
    for beginning in ["__es1.", "__es1.rsa2048-a.s.AAAA", "__es2.k.s.AAAA.__", "__es007.", "__es1.__es1."] {
        assert!(places(beginning).iter().all(|text| is_refused(text)), "{beginning}");
    }
    for text in ["__es", "__es.", "__esx.", "__es1", "_es1.", "__ES1.", "es1."] {
        assert!(!places(text).iter().any(|text| is_refused(text)), "{text}");
    }
}

#[test]
fn every_single_escape_of_the_prefix_is_refused_in_every_place() {
    let spellings = escaped("__es1.");
    assert_eq!(spellings.len(), 6 + 3 + 1, "three of its characters have a letter among their digits");
    for spelling in spellings.iter().chain(&escaped("__es12.")) {
        for text in places(spelling) {
            assert!(is_refused(&text), "{text}");
        }
    }
    // Escapes before and behind it, and one that JSON allows and a token cannot have.
    for spelling in ["\\n__es1.", "\\/__es1.\\/", "\\u00e9\\\\__es1.", "__\\u0065s1.\\ud800"] {
        assert!(places(spelling).iter().all(|text| is_refused(text)), "{spelling}");
    }
    assert!(
        !places("__es\\/1.").iter().any(|text| is_refused(text)),
        "a solidus in it makes it another text"
    );
}

#[test]
fn every_single_escape_of_the_prefix_is_refused_in_json_in_strings() {
    for spelling in escaped("__es1.").iter().chain(&["__es1.".to_owned()]) {
        let inner = [format!("{{\"a\": \"{spelling}\"}}"), format!("{{\"{spelling}\": 1}}")];
        for mut text in inner {
            for level in 1..=3 {
                text = serde_json::to_string(&text).unwrap();
                for place in [text.clone(), format!("{{\"note\": {text}}}"), format!("{{{text}: 1}}")] {
                    assert!(is_refused(&place), "{level}: {place}");
                }
            }
            // One level further nobody looks, as DESIGN.md says.
            assert_eq!(
                is_refused(&serde_json::to_string(&text).unwrap()),
                spelling.starts_with("__es1."),
                "{text}"
            );
        }
    }
    // A reverse solidus that is itself written as an escape begins an escape one level further in.
    for spelling in ["\\u005cu005f_es1.", "\\u005Cu005F_es1.", "__\\\\u0065s1.", "__es\\\\u00\\u0033\\u0031."]
    {
        assert!(places(spelling).iter().all(|text| is_refused(text)), "{spelling}");
    }
}

#[test]
fn a_value_that_looks_encrypted_is_encrypted_and_comes_back_once() {
    let mut values = captured();
    values.extend(["__es1.", "__es1.rsa2048-a.s.AAAA.__", "__es9.x"].map(str::to_owned));
    for value in values {
        for field in ["ssn", "email"] {
            let text = format!("{{\"{field}\":\"{value}\"}}");
            let sealed = encrypt(FIELDS, r#", "foreign_tokens": "allow""#, &text);
            assert_ne!(sealed, text);
            let (outcome, asked) = decrypt(Selection::default(), &keyring(), TextFormat::Json, &sealed);
            assert_eq!((body(&outcome), outcome.decrypted, asked), (text, 1, 1));
        }
    }
}
