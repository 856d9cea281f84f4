//! What was encrypted comes back.

use std::collections::BTreeMap;

use regex::bytes::Regex;
use serde_json::{Value, json};

use crate::case::{Bench, Case};
use crate::common::{folder, hex, root, text};

const FORM: &str = "application/x-www-form-urlencoded";

/// Decrypts what was encrypted, under the private keys that belong to the policy's public keys.
pub(crate) fn check_back(case: &Case<'_>, bench: &Bench, encrypted: &[u8], body: &[u8]) {
    let mut pairs = BTreeMap::new();
    for path in folder(&root().join("test-vectors/keys")) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if let Some(name) = name.strip_suffix(".public.pem") {
            pairs.insert(std::fs::read_to_string(&path).unwrap().trim().to_owned(), name.to_owned());
        }
    }
    let mut keyring = json!({"version": 1, "keys": {}});
    let mut classic = false;
    for (key_id, key) in case.group["policy"]["keys"].as_object().unwrap() {
        let name = &pairs[key["public_key"].as_str().unwrap().trim()];
        let mut entry = key.clone();
        let members = entry.as_object_mut().unwrap();
        members.remove("public_key");
        classic |= members.contains_key("prefix");
        members.insert("private_key_file".to_owned(), json!(format!("keys/TEST-ONLY-{name}.private.pem")));
        keyring["keys"][key_id] = entry;
    }
    let keyring = bench.file(case, "keyring.json", keyring.to_string().as_bytes());
    let content_type = case.test["contentType"].as_str().unwrap().to_ascii_lowercase();
    let format = match content_type.split('/').next() {
        _ if content_type.starts_with(FORM) => Some("--format=form"),
        Some("multipart") => Some("--format=text"),
        _ => None,
    };
    let arguments = ["decrypt", "--keyring", &keyring, "--report=-"].into_iter().chain(format);
    let output = bench.run(&arguments.collect::<Vec<_>>(), encrypted);
    let allowed = case.group["policy"]["foreign_tokens"] == "allow";
    let stderr = text(&output.stderr);
    let exit = output.status.code();
    assert!(exit == Some(0) || allowed && exit == Some(3), "{}: {stderr}", case.name());
    let report: Value =
        serde_json::from_str(stderr.lines().find(|line| line.starts_with('{')).unwrap()).unwrap();
    assert!(allowed || report["found"] == case.test["report"]["values"], "{}: {report}", case.name());

    let back = output.stdout;
    match format {
        Some("--format=form") => assert_eq!(fields(&back), fields(body), "{}", case.name()),
        // Read as text, a token that is a JSON string keeps its quotation marks.
        Some(_) if encrypted.windows(7).any(|bytes| bytes == b"\"__es1.") => {}
        Some(_) => assert!(lengthless(&back) == lengthless(body), "{}: another body comes back", case.name()),
        None if allowed => changed_members_come_back(case, encrypted, &back, body),
        // What comes back is equal after unescaping (FORMAT.md, section 7).
        None if classic => assert_eq!(read(&back), read(body), "{}", case.name()),
        _ => assert!(back == body, "{}: another body comes back", case.name()),
    }
}

/// A foreign token that the policy allows may have been decrypted too, in another member than those that were encrypted.
fn changed_members_come_back(case: &Case<'_>, encrypted: &[u8], back: &[u8], body: &[u8]) {
    let (encrypted, back, body) = (read(encrypted), read(back), read(body));
    let changed = body.as_object().unwrap().iter().filter(|(name, value)| encrypted[name] != **value);
    assert!(changed.clone().count() > 0, "{}", case.name());
    changed.for_each(|(name, value)| assert_eq!(back[name], *value, "{}", case.name()));
}

/// A body without the lengths that its parts say: they are those of tokens.
fn lengthless(body: &[u8]) -> Vec<u8> {
    Regex::new(r"(?i-u)(content-length:[ \t]*)\d+").unwrap().replace_all(body, &b"$1"[..]).into_owned()
}

fn read(json: &[u8]) -> Value {
    serde_json::from_slice(json).unwrap()
}

/// The fields of a form, decoded.
fn fields(form: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let decoded = |text: &[u8]| {
        let (mut out, mut at) = (Vec::new(), 0);
        while at < text.len() {
            match text[at] {
                b'+' => out.push(b' '),
                b'%' => {
                    out.extend(hex(std::str::from_utf8(&text[at + 1..at + 3]).unwrap()));
                    at += 2;
                }
                byte => out.push(byte),
            }
            at += 1;
        }
        out
    };
    let field = |text: &[u8]| text.splitn(2, |byte| *byte == b'=').map(decoded).collect();
    form.split(|byte| *byte == b'&').map(field).collect()
}
