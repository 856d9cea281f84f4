//! Vectors that encrypt a body.

use std::collections::BTreeMap;

use regex::bytes::{Captures, Regex};
use serde_json::{Value, json};

use crate::case::{Applies, Bench, Case};
use crate::common::{folder, root, text};

/// Vectors about what the command cannot be given: a generator that fails, and a limit to the output.
pub(crate) fn is_out_of_reach(case: &Case<'_>) -> bool {
    matches!(case.test["code"].as_str(), Some("randomness_failed" | "output_too_large"))
}

pub(crate) fn encrypts(case: &Case<'_>, bench: &Bench) -> Applies {
    if is_out_of_reach(case) {
        return Applies::No;
    }
    let policy = bench.file(case, "policy.json", case.group["policy"].to_string().as_bytes());
    let report = format!("{}-report.json", case.test["tcId"]);
    let body = case.bytes("body");
    // A request without a content type is one whose content type is not named either.
    let content_type = format!("--content-type={}", case.test["contentType"].as_str().unwrap_or(""));
    let output = bench.run(&["encrypt", "--policy", &policy, &content_type, "--report", &report], &body);
    if !case.is_valid() {
        case.check_refused(&output, case.code());
        assert!(!bench.path(&report).exists(), "{}: a report", case.name());
        return Applies::Yes;
    }

    let stderr = text(&output.stderr);
    assert_eq!((output.status.code(), stderr.as_str()), (Some(0), ""), "{}", case.name());
    let report: Value = serde_json::from_slice(&std::fs::read(bench.path(&report)).unwrap()).unwrap();
    assert_eq!(report, case.test["report"], "{}", case.name());
    let expected = case.bytes("output");
    assert_eq!(output.stdout.len(), expected.len(), "{}: another length", case.name());
    let tokens = token_pattern(&case.group["policy"]);
    let masked = mask(&tokens, &output.stdout);
    assert!(masked == mask(&tokens, &expected), "{}: another output", case.name());
    if report["values"] == 0 {
        assert!(output.stdout == body && expected == body, "{}: another body", case.name());
        return Applies::Yes;
    }
    assert!(output.stdout != expected, "{}: the same randomness", case.name());
    check_back(case, bench, &output.stdout, &body);
    Applies::Yes
}

/// Decrypts what was encrypted, under the private keys that belong to the policy's public keys.
fn check_back(case: &Case<'_>, bench: &Bench, encrypted: &[u8], body: &[u8]) {
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
    let output = bench.run(&["decrypt", "--keyring", &keyring, "--report", "-"], encrypted);
    assert_eq!(output.status.code(), Some(0), "{}: {}", case.name(), text(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stderr).unwrap();
    let read = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap();
    if report["found"] != case.test["report"]["values"] {
        // A foreign token that the policy allows was decrypted too, in another member than those that were encrypted.
        assert_eq!(case.group["policy"]["foreign_tokens"], "allow", "{}", case.name());
        let (encrypted, body) = (read(encrypted), read(body));
        let changed = body.as_object().unwrap().iter().filter(|(name, value)| encrypted[name] != **value);
        let back = read(&output.stdout);
        assert!(changed.clone().count() > 0, "{}", case.name());
        changed.for_each(|(name, value)| assert_eq!(back[name], *value, "{}", case.name()));
    } else if classic {
        // What comes back is equal after unescaping (FORMAT.md, section 7).
        assert_eq!(read(&output.stdout), read(body), "{}", case.name());
    } else {
        assert!(output.stdout == body, "{}: another body comes back", case.name());
    }
}

/// Tokens under the keys of a policy: what is not random of them, then what is.
fn token_pattern(policy: &Value) -> Regex {
    // A part of a JWE may begin with `__`: the parts are counted, as a decoder does it.
    let part = "[A-Za-z0-9_-]+";
    let mut forms = vec![
        format!(r"(__es1\.{part}\.[sv]\.)({part})(\.__)"),
        format!(r"(__es1\.{part}\.e\.{part}\.)({part}\.{part}\.{part}\.{part})(\.__)"),
    ];
    for key in policy["keys"].as_object().unwrap().values() {
        if let (Some(prefix), Some(suffix)) = (key["prefix"].as_str(), key["suffix"].as_str()) {
            forms.push(format!("({})([A-Za-z0-9+/=]+)({})", regex::escape(prefix), regex::escape(suffix)));
        }
    }
    Regex::new(&forms.join("|")).unwrap()
}

fn mask(tokens: &Regex, text: &[u8]) -> Vec<u8> {
    let masked = tokens.replace_all(text, |found: &Captures<'_>| {
        let parts: Vec<&[u8]> = found.iter().skip(1).flatten().map(|part| part.as_bytes()).collect();
        let dots = b"*".repeat(parts[1].len());
        [parts[0], &dots, parts[2]].concat()
    });
    masked.into_owned()
}
