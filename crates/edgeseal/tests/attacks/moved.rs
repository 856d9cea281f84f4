//! Tokens that are moved: from field to field, and from one tenant to another.

use edgeseal::{Answer, Ciphertext, Scan, Selection, TextFormat};

use crate::common::{KEYS, PrivateKey, keyring, policy};
use crate::{body, decrypt, encrypt, strings};

/// The names of fields; in direct mode each has a key of its own.
const NAMES: [&str; 4] = ["ssn", "iban", "email", "note"];
const DOCUMENT: &str =
    r#"{"ssn": "078-05-1120", "iban": "NL91ABNA0417164300", "email": "ada@example.org", "note": "hello"}"#;

fn fields(mode: &str) -> String {
    let rule = |(index, name): (usize, &&str)| {
        let key = if mode == "direct" { KEYS[index] } else { "rsa2048-a" };
        format!(r#"{{"name": "{name}", "path": "$.{name}", "key": "{key}", "mode": "{mode}"}}"#)
    };
    let rules: Vec<String> = NAMES.iter().enumerate().map(rule).collect();
    format!("[{}]", rules.join(","))
}

/// A document of these tokens, in the order of the fields.
fn document(tokens: &[&String]) -> String {
    let members: Vec<String> =
        NAMES.iter().zip(tokens).map(|(name, token)| format!(r#""{name}": "{token}""#)).collect();
    format!("{{{}}}", members.join(", "))
}

/// Every document in which two tokens have changed places, or one stands in the place of another as well.
fn swaps(tokens: &[String]) -> Vec<(Vec<usize>, String)> {
    let mut swaps = Vec::new();
    for from in 0..tokens.len() {
        for to in (0..tokens.len()).filter(|to| *to != from) {
            let mut copied: Vec<&String> = tokens.iter().collect();
            copied[to] = &tokens[from];
            swaps.push((vec![to], document(&copied)));
            if from < to {
                copied[from] = &tokens[to];
                swaps.push((vec![from, to], document(&copied)));
            }
        }
    }
    swaps
}

fn in_order(sealed: &str) -> Vec<String> {
    let members: serde_json::Value = serde_json::from_str(sealed).unwrap();
    NAMES.iter().map(|name| members[name].as_str().unwrap().to_owned()).collect()
}

#[test]
fn tokens_that_change_places_are_refused_with_one_error_in_both_modes() {
    for mode in ["direct", "envelope"] {
        let tokens = in_order(&encrypt(&fields(mode), "", DOCUMENT));
        let selection = || Selection::default().policy(policy(&fields(mode), ""));
        let (unmoved, _) =
            decrypt(selection(), &keyring(), TextFormat::Json, &document(&tokens.iter().collect::<Vec<_>>()));
        assert_eq!((body(&unmoved).as_str(), unmoved.decrypted), (DOCUMENT, 4));
        let swaps = swaps(&tokens);
        assert_eq!(swaps.len(), 12 + 6);
        for (moved, text) in swaps {
            let (outcome, asked) = decrypt(selection(), &keyring(), TextFormat::Json, &text);
            let codes: Vec<&str> = outcome.kept.iter().map(|kept| kept.code()).collect();
            assert_eq!(codes, vec!["decryption_failed"; moved.len()], "{mode} {moved:?}");
            assert_eq!(outcome.decrypted, 4 - moved.len(), "{mode} {moved:?}");
            // Of what has moved nobody was asked; the tokens of a request share a data key.
            let others = if mode == "direct" { 4 - moved.len() } else { 1 };
            assert_eq!(asked, others, "{mode} {moved:?}");
        }
    }
}

#[test]
fn a_moved_token_that_takes_the_key_id_of_its_new_place_does_not_open() {
    let tokens = in_order(&encrypt(&fields("direct"), "", DOCUMENT));
    for (from, token) in tokens.iter().enumerate() {
        for to in (0..tokens.len()).filter(|to| *to != from) {
            let relabelled = token.replacen(KEYS[from], KEYS[to], 1);
            let mut moved: Vec<&String> = tokens.iter().collect();
            moved[to] = &relabelled;
            let selection = Selection::default().policy(policy(&fields("direct"), ""));
            let (outcome, _) = decrypt(selection, &keyring(), TextFormat::Json, &document(&moved));
            // A key of another size tells it by the length.
            let same_size = KEYS[from].starts_with("rsa2048") && KEYS[to].starts_with("rsa2048");
            let code = if same_size { "decryption_failed" } else { "token_damaged" };
            assert_eq!(outcome.kept.iter().map(|kept| kept.code()).collect::<Vec<_>>(), [code]);
            assert_eq!(outcome.decrypted, 3);
        }
    }
}

#[test]
fn a_token_of_another_tenant_or_field_is_refused_where_its_context_is_required() {
    let of = |tenant: &str| {
        let context = format!(r#", "context": {{"tenant": "{tenant}"}}"#);
        in_order(&encrypt(&fields("envelope"), &context, DOCUMENT))
    };
    let (ours, theirs) = (of("north"), of("south"));
    for (index, name) in NAMES.iter().enumerate() {
        let required =
            || Selection::default().require_context("tenant", "north").require_context("field", *name);
        let outcome = |token: &str| {
            let (outcome, asked) =
                decrypt(required(), &keyring(), TextFormat::Json, &format!("[\"{token}\"]"));
            (outcome.decrypted, outcome.kept.first().map(|kept| kept.code()), asked)
        };
        // The same of a text that is whole in memory, where it is asked and refused afterwards.
        let of_a_scan = |token: &str| {
            let keyring = keyring();
            let scan = Scan::new(token.as_bytes(), TextFormat::Text, &keyring).unwrap();
            let scan = scan.require_context("tenant", "north").require_context("field", *name);
            let answer = |it: &Ciphertext| PrivateKey::load(it.key_id().as_str()).answer(it.bytes());
            let answers: Vec<Answer> = scan.ciphertexts().iter().map(answer).collect();
            scan.splice(&answers).map(|spliced| spliced.report.decrypted()).map_err(|error| error.code())
        };
        for (other, token) in ours.iter().enumerate() {
            let expected = if other == index { Ok(1) } else { Err("decryption_failed") };
            assert_eq!(of_a_scan(token), expected, "{name} {other}");
            let expected = if other == index { (1, None, 1) } else { (0, Some("decryption_failed"), 0) };
            assert_eq!(outcome(token), expected, "{name} {other}");
        }
        for token in &theirs {
            assert_eq!(of_a_scan(token), Err("decryption_failed"), "{name}");
            assert_eq!(outcome(token), (0, Some("decryption_failed"), 0), "{name}");
        }
        // A direct token is bound to nothing, and so not to what is required.
        let direct = &in_order(&encrypt(&fields("direct"), "", DOCUMENT))[index];
        assert_eq!(of_a_scan(direct), Err("decryption_failed"), "{name}");
        assert_eq!(outcome(direct), (0, Some("decryption_failed"), 0), "{name}");
    }
}

#[test]
fn a_captured_token_that_comes_past_the_edge_opens_only_where_it_belongs() {
    let nickname = r#", {"name": "nickname", "path": "$.nickname", "key": "rsa2048-b", "mode": "envelope"}]"#;
    for mode in ["direct", "envelope"] {
        let rules = fields(mode).replace(r#""$.note""#, r#""$..note""#);
        let displayed = format!("{}{nickname}", rules.trim_end_matches(']'));
        let captured = strings(&encrypt(&rules, "", DOCUMENT));
        for token in &captured {
            for text in [
                format!(r#"{{"nickname": "{token}"}}"#),
                format!(r#"{{"nickname": "hello {token}"}}"#),
                format!(r#"{{"nickname": "{}"}}"#, token.replacen("__es1.", "\\u005f_es1.", 1)),
                format!(r#"{{"nickname": {{"deep": ["{token}"]}}}}"#),
                format!(r#"{{"{token}": 1}}"#),
                format!(r#"{{"unknown": "{token}"}}"#),
                format!(r#"["{token}"]"#),
            ] {
                let selection = Selection::default().policy(policy(&displayed, ""));
                let (outcome, asked) = decrypt(selection, &keyring(), TextFormat::Json, &text);
                let codes: Vec<&str> = outcome.kept.iter().map(|kept| kept.code()).collect();
                assert_eq!((codes, outcome.decrypted, asked), (vec!["decryption_failed"], 0, 0), "{text}");
                assert_eq!(body(&outcome), text);
            }
        }
    }
}

/// What SECURITY.md says is not promised. If it were, the page would have to say so.
#[test]
fn a_token_opens_in_the_same_field_of_another_record_and_anywhere_without_a_requirement() {
    for mode in ["direct", "envelope"] {
        let [ada, bob] = [0, 1].map(|_| in_order(&encrypt(&fields(mode), "", DOCUMENT)));
        let mut mixed: Vec<&String> = ada.iter().collect();
        mixed[0] = &bob[0];
        let selection = Selection::default().policy(policy(&fields(mode), ""));
        let (outcome, _) = decrypt(selection, &keyring(), TextFormat::Json, &document(&mixed));
        assert_eq!((outcome.decrypted, outcome.kept.len()), (4, 0), "{mode}");
        for (_, text) in swaps(&ada) {
            let (outcome, _) = decrypt(Selection::default(), &keyring(), TextFormat::Json, &text);
            assert_eq!((outcome.decrypted, outcome.kept.len()), (4, 0), "{mode}");
        }
    }
}
