//! The published schemas and tables say what the code does.

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

use common::{Stream, public_pem, read};
use edgeseal::{Encryptor, Keyring, Policy};
use serde_json::{Value, json};

fn schema(name: &str) -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(&read(&format!("schemas/{name}.schema.json"))).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

/// A policy that uses every member.
fn full_policy() -> Value {
    json!({
        "version": 1,
        "keys": {
            "pii": {"public_key": public_pem("rsa2048-a")},
            "tagged": {"public_key": public_pem("rsa4096"), "prefix": "#01#", "suffix": "#10#"},
        },
        "fields": [
            {"name": "ssn", "path": "$[*].ssn", "key": "pii", "mode": "direct", "oversize": "reject", "content_types": ["application/json"],
             "match": "ignore-case", "encrypt_null": true, "required": true},
            {"name": "email", "path": "$..email", "key": "pii", "mode": "envelope"},
            {"name": "old", "path": "$..['old name']", "key": "tagged"},
            {"name": "id", "query": "id", "key": "pii", "methods": ["GET", "POST"], "paths": ["/people/*", "/"], "required": true},
            {"name": "user", "header": "X-User", "key": "tagged", "action": "report"},
        ],
        "content_types": {"application/json": "json", "application/*+json": "json", "text/csv": "pass",
                          "application/x-www-form-urlencoded": "form", "multipart/form-data": "multipart"},
        "digest_headers": {"X-Signature": "refuse", "Digest": "recompute", "content-md5": "remove"},
        "leftovers": {"min_chars": 8, "action": "report"},
        "foreign_tokens": "allow",
        "duplicate_names": "refuse",
        "context": {"tenant": "a"},
        "limits": {"max_depth": 5, "max_fields": 6},
    })
}

fn full_keyring() -> Value {
    json!({
        "version": 1,
        "keys": {
            "pii": {"kms_key_arn": "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
                    "spki_sha256": "0".repeat(64), "key_spec": "RSA_3072", "mode": "envelope"},
            "dev": {"private_key_file": "dev.pem", "mode": "direct", "prefix": "#01#", "suffix": "#10#"},
        },
    })
}

/// Every document that differs from this one in one place: a member removed, added, doubled in type or emptied.
fn variations(document: &Value) -> Vec<Value> {
    let mut found = Vec::new();
    for pointer in pointers(document, String::new()) {
        let values = [
            json!(null),
            json!(true),
            json!(0),
            json!(-1),
            json!(1.5),
            json!(""),
            json!("x"),
            json!([]),
            json!({}),
        ];
        for value in values {
            let mut other = document.clone();
            *other.pointer_mut(&pointer).unwrap() = value;
            found.push(other);
        }
        let mut with_member = document.clone();
        if let Some(Value::Object(object)) = with_member.pointer_mut(&pointer) {
            object.insert("not known".to_owned(), json!("x"));
            found.push(with_member);
        }
        let (parent, name) = pointer.rsplit_once('/').unwrap_or(("", ""));
        let mut without = document.clone();
        if let Some(Value::Object(object)) = without.pointer_mut(parent)
            && object.remove(name).is_some()
        {
            found.push(without);
        }
    }
    found
}

fn pointers(value: &Value, at: String) -> Vec<String> {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(object) => {
            object.iter().map(|(name, value)| (name.replace('/', "~1"), value)).collect()
        }
        Value::Array(array) => {
            array.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect()
        }
        _ => Vec::new(),
    };
    let below: Vec<String> =
        children.into_iter().flat_map(|(name, value)| pointers(value, format!("{at}/{name}"))).collect();
    [vec![at], below].concat()
}

/// What the parser takes, the schema takes; what the schema takes and the parser does not is a fault a schema cannot express.
fn schema_and_parser_agree(
    document: &Value,
    schema: &jsonschema::Validator,
    parse: impl Fn(&[u8]) -> Result<(), &'static str>,
    beyond_a_schema: &[&str],
) {
    assert_eq!(parse(document.to_string().as_bytes()), Ok(()));
    assert!(schema.is_valid(document));
    let variations = variations(document);
    let mut refused = 0;
    for other in &variations {
        match parse(other.to_string().as_bytes()) {
            Ok(()) => assert!(schema.is_valid(other), "the schema refuses what the parser takes: {other}"),
            Err(code) => {
                refused += 1;
                let known = !schema.is_valid(other) || beyond_a_schema.contains(&code);
                assert!(known, "the schema takes what the parser refuses with {code}: {other}");
            }
        }
    }
    assert!(refused > variations.len() / 2, "{refused} of {}", variations.len());
}

#[test]
fn the_policy_schema_says_what_the_parser_does() {
    let parse = |text: &[u8]| Policy::from_json(text).map(drop).map_err(|error| error.code());
    let beyond = ["config_key_unknown", "path_syntax", "public_key_not_pem", "config_name_duplicate"];
    schema_and_parser_agree(&full_policy(), &schema("policy"), parse, &beyond);
}

#[test]
fn the_keyring_schema_says_what_the_parser_does() {
    let parse = |text: &[u8]| Keyring::from_json(text).map(drop).map_err(|error| error.code());
    schema_and_parser_agree(&full_keyring(), &schema("keyring"), parse, &[]);
}

/// The vectors vary more than the documents above: limits, patterns, and members that exclude each other.
#[test]
fn the_schemas_say_what_the_vectors_do() {
    // What is a matter of shape alone; a member that stands twice is lost before a schema sees it.
    let of_shape = ["config_member_missing", "config_member_unknown", "config_type_wrong"];
    for name in ["policy", "keyring"] {
        let schema = schema(name);
        let vectors: Value = serde_json::from_str(&read(&format!("test-vectors/{name}_test.json"))).unwrap();
        let tests = vectors["testGroups"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|group| group["tests"].as_array().unwrap());
        let (mut taken, mut refused) = (0, 0);
        for test in tests {
            let document =
                test["document"].as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
            let Some(document) = document else { continue };
            if test["result"] == "valid" {
                assert!(schema.is_valid(&document), "{name}: the schema refuses {}", test["comment"]);
                taken += 1;
            } else if of_shape.contains(&test["code"].as_str().unwrap()) {
                assert!(!schema.is_valid(&document), "{name}: the schema takes {}", test["comment"]);
                refused += 1;
            }
        }
        assert!(taken > 50 && refused > 50, "{name}: {taken} taken, {refused} refused");
    }
}

/// Every code in the library's sources, where codes are string literals, is in the table of errors, and with its status.
#[test]
fn the_table_of_errors_has_every_code() {
    let table = read("docs/ERRORS.md");
    let sources = [
        "config/error.rs",
        "field_path.rs",
        "public_key.rs",
        "encryptor/error.rs",
        "token.rs",
        "decrypt/error.rs",
        "decrypt/fallback.rs",
        "decrypt/gather.rs",
        "decrypt/splice.rs",
    ];
    let code = regex::Regex::new(r#""([a-z0-9]+(?:_[a-z0-9]+)+)"(?:, (\d{3})\))?"#).unwrap();
    let mut codes = 0;
    for source in sources {
        let text: String = read(&format!("crates/edgeseal/src/{source}"))
            .lines()
            .filter(|line| !line.trim_start().starts_with("//") && !line.contains(".field("))
            .collect();
        for found in code.captures_iter(&text) {
            let row = match found.get(2) {
                Some(status) => format!("| `{}` | {} |", &found[1], status.as_str()),
                None => format!("`{}`", &found[1]),
            };
            assert!(table.contains(&row), "{source}: {row}");
            codes += 1;
        }
    }
    assert_eq!(codes, 52);
}

/// The worked example of the format, made with the bytes it names.
#[test]
fn the_worked_example_is_what_the_library_writes() {
    let format = read("docs/FORMAT.md");
    let tokens: Vec<&str> = format.lines().filter(|line| line.starts_with("__es1.pii-2026a.")).collect();
    let policy = json!({
        "version": 1,
        "keys": {"pii-2026a": {"public_key": public_pem("rsa2048-a")}},
        "fields": [
            {"name": "ssn", "path": "$.ssn", "key": "pii-2026a"},
            {"name": "email", "path": "$.email", "key": "pii-2026a", "mode": "envelope"},
        ],
    });
    let encryptor = Encryptor::new(Policy::from_json(policy.to_string().as_bytes()).unwrap());
    let encrypted = |body: &str, random: &[u8]| {
        let body =
            encryptor.encrypt(body.as_bytes(), "application/json", &mut Stream::new(random)).unwrap().body;
        String::from_utf8(body.into_owned()).unwrap()
    };
    let bytes: Vec<u8> = (0..0x4c).collect();
    assert_eq!(encrypted(r#"{"ssn":"078-05-1120"}"#, &bytes[..32]), format!(r#"{{"ssn":"{}"}}"#, tokens[0]));
    assert_eq!(
        encrypted(r#"{"email":"ada@example.org"}"#, &bytes),
        format!(r#"{{"email":"{}"}}"#, tokens[1])
    );
    assert_eq!(tokens[0].len(), 363);
    assert_eq!(tokens.len(), 2);
}
