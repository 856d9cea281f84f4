//! Loading a policy.
//!
//! Input: the file. **Oracle:** it never panics. What serde_json does not read does not load, and is refused as no JSON if and only if serde_json does not
//! read it. An error has a code and points at a member that is there, or at one that is missing in an object that is there; of the values in the file it
//! says nothing. What loads, loads again after serde_json has read and written it, and then nothing has changed: neither by the library's own comparison
//! nor in its rules.

use edgeseal::{ConfigError, ConfigProblem, Policy};
use serde_json::Value;

use crate::keys::PUBLIC_KEYS;
use crate::tree::is_shallow;
use crate::vectors::Vectors;

/// Stands for the PEM of a test key, so that inputs stay short.
const KEY: &str = "PUBLIC-KEY";

/// Gives an input to the product.
///
/// # Panics
/// If the oracle is not content.
pub fn run(data: &[u8]) {
    let text = with_keys(data);
    match Policy::from_json(&text) {
        Ok(policy) => {
            let (one, again) = (Policy::from_json(&text).expect("it loads again"), rewritten(&text));
            assert_eq!(one.digest(), policy.digest());
            let again = Policy::from_json(&again).expect("it loads again when serde_json has written it");
            assert!(policy.changes_to(&again).is_empty(), "something has changed");
            let fields = |policy: &Policy| -> Vec<String> {
                policy
                    .fields()
                    .map(|it| format!("{} {:?} {} {:?}", it.name, it.target, it.key, it.modes))
                    .collect()
            };
            assert_eq!(fields(&policy), fields(&again));
            assert_eq!(policy.keys().count(), again.keys().count());
            for (key_id, key) in policy.keys() {
                assert!(again.keys().any(|other| other == (key_id, key)));
                assert_eq!(policy.tags(key_id), again.tags(key_id));
            }
            assert_eq!(policy.review().len(), again.review().len());
            policy.review_closely();
        }
        Err(error) => check_error(&text, &error),
    }
}

/// What an error of either file has to be like.
pub(crate) fn check_error(text: &[u8], error: &ConfigError) {
    assert!(!error.code().is_empty());
    let read: Option<Value> = serde_json::from_slice(text).ok();
    let is_json = !matches!(error.problem(), ConfigProblem::NotJson { .. });
    // Numbers that no double reaches are read by one of the two. The largest has 309 digits.
    let is_large = text.split(|byte| !byte.is_ascii_digit()).any(|digits| digits.len() >= 309);
    if is_shallow(text, 30) && !is_large && !text.iter().any(|byte| b"eE".contains(byte)) {
        assert_eq!(is_json, read.is_some(), "which of both reads it");
    }
    if !is_json {
        assert_eq!(error.pointer(), "");
        return;
    }
    let Some(read) = read else { return };
    let pointer = error.pointer();
    let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
    match error.problem() {
        ConfigProblem::Missing => {
            assert!(read.pointer(pointer).is_none() && read.pointer(parent).is_some_and(Value::is_object));
        }
        _ => assert!(read.pointer(pointer).is_some(), "it points at nothing"),
    }
    let message = format!("{error} {error:?}")
        .replace(&format!("`{pointer}`"), "")
        .replace(&format!("{pointer:?}"), "");
    let mut values = Vec::new();
    strings(&read, &mut values);
    for value in values {
        assert!(!message.contains(value), "the error says a value of the file");
    }
}

/// As serde_json writes it.
pub(crate) fn rewritten(text: &[u8]) -> Vec<u8> {
    let read: Value = serde_json::from_slice(text).expect("serde_json reads what loads");
    serde_json::to_vec(&read).expect("it is written")
}

/// Strings of the file that cannot be words of a message: long, and with a character that none has.
fn strings<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => {
            let is_odd = |character: char| {
                character.is_ascii_digit() || !character.is_ascii() || "@<>?=".contains(character)
            };
            if text.len() >= 6
                && text.contains(is_odd)
                && !IN_MESSAGES.iter().any(|message| message.contains(text.as_str()))
            {
                found.push(text);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| strings(value, found)),
        Value::Object(members) => members.values().for_each(|value| strings(value, found)),
        _ => {}
    }
}

/// What messages say that has a digit or such a character in it.
const IN_MESSAGES: [&str; 7] = [
    "`RSA_2048`, `RSA_3072` or `RSA_4096`",
    "1 to 32 of `A-Za-z0-9!#$%()*,-.:;@[]^_{|}~`, not ending in a base64 character, not beginning with a base64 character",
    "a name other than `field`: 1 to 64 of `A-Za-z0-9_.-`",
    "1 to 64 of `A-Za-z0-9_-`",
    "expected a modulus of exactly 2048, 3072 or 4096 bits",
    "expected the public exponent 65537",
    "application/json",
];

fn with_keys(data: &[u8]) -> Vec<u8> {
    let Ok(text) = core::str::from_utf8(data) else { return data.to_vec() };
    let pem = PUBLIC_KEYS[0].1.trim_end().replace('\n', "\\n");
    text.replace(KEY, &pem).into_bytes()
}

/// The policies of the vectors.
#[must_use]
pub fn seeds(vectors: &Vectors) -> Vec<Vec<u8>> {
    let pem = PUBLIC_KEYS[0].1;
    // A pointer to a name that pointers have to escape.
    let mut seeds =
        vec![br#"{"version":1,"keys":{"k1":{"public_key":"PUBLIC-KEY","a~1b/c":0}},"fields":[]}"#.to_vec()];
    for vector in vectors.of("policy") {
        if let Some(text) = vector.text("document") {
            let escaped = pem.replace('\n', "\\n");
            let text = text.replace(&escaped, KEY).replace(escaped.trim_end_matches("\\n"), KEY);
            if text.len() <= crate::vectors::MOST_BYTES {
                seeds.push(text.into_bytes());
            }
        }
    }
    for file in ["encrypt", "request"] {
        for vector in vectors.of(file) {
            let policy = vector.group["policy"].to_string();
            seeds.push(policy.replace(&pem.replace('\n', "\\n"), KEY).into_bytes());
        }
    }
    seeds.sort();
    seeds.dedup();
    seeds
}
