//! Real tokens of every kind, and what they hold: made once, with the library's own encryption.

use std::collections::HashMap;
use std::sync::LazyLock;

use edgeseal::{Answer, Ciphertext, Encryptor, Keyring, Policy, Scan, TextFormat};
use getrandom::SysRng;

use super::{PrivateKey, public_pem};

/// Tokens, and the answers to their ciphertexts.
pub struct Pool {
    pub keyring: Keyring,
    /// Text of tokens that open, with the value's JSON text: kinds s, v, e, and classic.
    pub tokens: Vec<(String, String)>,
    answers: HashMap<Vec<u8>, Answer>,
}

/// `a` and `b` are ordinary keys; `c` has classic tags; `denied` and `gone` are what they are called; `other` has another size. A token of our own
/// can begin within the prefix of `o`.
pub const KEYRING: &str = r#"{"version": 1, "keys": {
    "a": {"private_key_file": "a"}, "b": {"private_key_file": "b"}, "denied": {"private_key_file": "d"},
    "gone": {"private_key_file": "g"}, "other": {"private_key_file": "o", "key_spec": "RSA_4096"},
    "sealed": {"private_key_file": "a", "mode": "envelope"},
    "c": {"private_key_file": "c", "prefix": "[enc:", "suffix": ":enc]"},
    "o": {"private_key_file": "o", "prefix": "[_", "suffix": "]"}}}"#;

/// The values under each rule. Some are hostile to the formats that they come back into.
const VALUES: [&str; 12] = [
    r#""078-05-1120""#,
    r#""a,b;c|d\te""#,
    r#""say \"x\" twice""#,
    r#""\r\nline""#,
    r#"" around ""#,
    r#""""#,
    r#""é😀""#,
    "42",
    "null",
    r#"{"a": [1, "x\n"]}"#,
    r#""\u00e9\ud800""#,
    r#""__es1.a.s.""#,
];

pub static POOL: LazyLock<Pool> = LazyLock::new(|| {
    let pem = public_pem("rsa2048-a");
    let key = |id: &str, more: &str| format!("{id:?}: {{\"public_key\": {pem:?}{more}}}");
    let keys = [
        key("a", ""),
        key("denied", ""),
        key("gone", ""),
        key("other", ""),
        key("sealed", ""),
        key("stranger", ""),
        key("c", r#", "prefix": "[enc:", "suffix": ":enc]""#),
    ];
    let fields = r#"[
        {"name": "direct", "path": "$.direct[*]", "key": "a", "encrypt_null": true},
        {"name": "envelope", "path": "$.envelope[*]", "key": "a", "mode": "envelope", "encrypt_null": true},
        {"name": "denied", "path": "$.denied", "key": "denied"},
        {"name": "gone", "path": "$.gone", "key": "gone", "mode": "envelope"},
        {"name": "other", "path": "$.other", "key": "other"},
        {"name": "sealed", "path": "$.sealed", "key": "sealed"},
        {"name": "stranger", "path": "$.stranger", "key": "stranger"},
        {"name": "classic", "path": "$.classic[*]", "key": "c"}]"#;
    let policy = format!(
        r#"{{"version": 1, "keys": {{{}}}, "foreign_tokens": "allow", "fields": {fields}}}"#,
        keys.join(",")
    );
    let encryptor = Encryptor::new(Policy::from_json(policy.as_bytes()).unwrap());
    let values = VALUES.join(",");
    let strings = [VALUES[0], VALUES[1], VALUES[2], VALUES[6]].join(",");
    let singles =
        ["denied", "gone", "other", "sealed", "stranger"].map(|name| format!(r#""{name}": "1""#)).join(",");
    let body =
        format!(r#"{{"direct": [{values}], "envelope": [{values}], "classic": [{strings}], {singles}}}"#);
    let encrypted = encryptor.encrypt(body.as_bytes(), "application/json", &mut SysRng).unwrap().body;
    let keyring = Keyring::from_json(KEYRING.as_bytes()).unwrap();
    let private = PrivateKey::load("rsa2048-a");
    let scan = Scan::new(&encrypted[..], TextFormat::Json, &keyring).unwrap();
    let answers =
        scan.ciphertexts().iter().map(|it| (it.bytes().to_vec(), private.answer(it.bytes()))).collect();
    let tree: serde_json::Value = serde_json::from_slice(&encrypted).unwrap();
    let texts = |name: &str, values: &[&str]| -> Vec<(String, String)> {
        let tokens = tree[name].as_array().unwrap().iter().map(|token| token.as_str().unwrap().to_owned());
        tokens.zip(values.iter().map(|value| (*value).to_owned())).collect()
    };
    let mut tokens = texts("direct", &VALUES);
    tokens.extend(texts("envelope", &VALUES));
    tokens.extend(texts("classic", &[VALUES[0], VALUES[1], VALUES[2], VALUES[6]]));
    for name in ["denied", "gone", "other", "sealed", "stranger"] {
        tokens.push((tree[name].as_str().unwrap().to_owned(), r#""1""#.to_owned()));
    }
    Pool { keyring, tokens, answers }
});

impl Pool {
    /// What a ciphertext holds, whatever key it is said to be under.
    pub fn open(&self, ciphertext: &[u8]) -> Answer {
        self.answers.get(ciphertext).cloned().unwrap_or(Answer::Failed)
    }

    pub fn answer(&self, ciphertext: &Ciphertext) -> Answer {
        match ciphertext.key_id().as_str() {
            "denied" => Answer::Denied,
            "gone" => Answer::Unavailable,
            "b" => Answer::Failed,
            _ => self.open(ciphertext.bytes()),
        }
    }

    /// How many of the tokens open.
    pub fn opening(&self) -> usize {
        VALUES.len() * 2 + 4
    }
}
