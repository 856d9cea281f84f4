//! Which tokens are decrypted, which are skipped, and which are refused before anybody is asked.

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

use common::pieces::{Outcome, in_pieces};
use common::pool::{KEYRING, POOL};
use common::public_pem;
use edgeseal::{
    Delimiter, Fallback, FieldName, FieldPath, FindError, KeyId, Keyring, Policy, Scan, Scanner, Selection,
    TextFormat, TokenMode,
};

const NUMBER: &str = "42";

/// The token of a kind that holds 42, and others by their key.
fn token(kind: &str) -> &'static str {
    let is_it = |(token, value): &&(String, String)| match kind {
        "v" | "e" => value == NUMBER && token.starts_with(&format!("__es1.a.{kind}.")),
        "s" => value == r#""078-05-1120""# && token.starts_with("__es1.a.s."),
        "c" => value == r#""078-05-1120""# && token.starts_with("[enc:"),
        key => token.starts_with(&format!("__es1.{key}.")),
    };
    &POOL.tokens.iter().find(is_it).unwrap_or_else(|| panic!("{kind}")).0
}

fn key(id: &str) -> KeyId {
    KeyId::new(id).unwrap()
}

fn field(name: &str) -> FieldName {
    FieldName::new(name).unwrap()
}

fn path(text: &str) -> Selection {
    Selection::default().path(FieldPath::new(text).unwrap()).unwrap()
}

fn policy(more: &str) -> Policy {
    let pem = public_pem("rsa2048-a");
    let json = format!(
        r#"{{"version": 1, "keys": {{"a": {{"public_key": {pem:?}}},
            "c": {{"public_key": {pem:?}, "prefix": "[enc:", "suffix": ":enc]"}}}}, "fields": [
            {{"name": "direct", "path": "$.ssn", "key": "a"}},
            {{"name": "strict", "path": "$.strict", "key": "a", "oversize": "reject"}},
            {{"name": "envelope", "path": "$..mail", "key": "a", "mode": "envelope"}},
            {{"name": "other", "path": "$..other", "key": "a", "mode": "envelope"}},
            {{"name": "classic", "path": "$.tag", "key": "c"}},
            {{"name": "report", "path": "$.report", "key": "a", "action": "report"}},
            {{"name": "any-case", "path": "$.Name", "key": "a", "match": "ignore-case", "methods": ["PUT"]}},
            {{"name": "query", "query": "query", "key": "a"}}{more}]}}"#
    );
    Policy::from_json(json.as_bytes()).unwrap()
}

/// What comes of a text, and how many ciphertexts were asked for.
fn run(selection: &Selection, format: TextFormat, text: &str) -> (Outcome, usize) {
    let asked = std::cell::Cell::new(0);
    let answer = |ciphertext: &_| {
        asked.set(asked.get() + 1);
        POOL.answer(ciphertext)
    };
    let scanner = Scanner::new(format).with_selection(selection.clone()).with_positions();
    let outcome = in_pieces(scanner, text.as_bytes(), &[text.len().max(1)], &POOL.keyring, answer, |_, _| {
        Fallback::Keep
    });
    (outcome.unwrap(), asked.get())
}

fn counts(selection: &Selection, format: TextFormat, text: &str) -> [usize; 4] {
    let (outcome, asked) = run(selection, format, text);
    assert_eq!(outcome.found, outcome.decrypted + outcome.skipped + outcome.kept.len());
    for kept in &outcome.kept {
        assert!(text[kept.offset()..].starts_with("__es") || text[kept.offset()..].starts_with('['));
    }
    [outcome.decrypted, outcome.skipped, outcome.kept.len(), asked]
}

/// Whether the token alone is decrypted under the selection in such a document; if not, it is refused, and nobody was asked.
fn takes(selection: &Selection, document: &str, token: &str) -> bool {
    let text = document.replace("TOKEN", token);
    match counts(selection, TextFormat::Json, &text) {
        [1, 0, 0, 1] => true,
        [0, 0, 1, 0] => false,
        other => panic!("{other:?}: {document}"),
    }
}

#[test]
fn a_scan_is_bare_if_nothing_in_it_begins_like_a_token() {
    let nobody = Selection::default().key(key("nobody"));
    for (text, selection, is_bare) in [
        ("nothing", Selection::default(), true),
        (token("s"), Selection::default(), false),
        (token("s"), nobody, false),
        ("__es1.damaged", Selection::default(), false),
    ] {
        let mut scanner = Scanner::new(TextFormat::Text).with_selection(selection);
        assert_eq!(format!("{scanner:?}"), "Scanner { covered: 0, .. }");
        assert_eq!(scanner.scan(text.as_bytes(), true, &POOL.keyring).unwrap().is_bare(), is_bare, "{text}");
        assert_eq!(format!("{scanner:?}"), format!("Scanner {{ covered: {}, .. }}", text.len()));
    }
}

#[test]
fn only_tokens_under_the_keys_are_decrypted() {
    let text = format!(
        "{} {} {} {} __es1.damaged {}",
        token("s"),
        token("denied"),
        token("stranger"),
        token("e"),
        token("c")
    );
    let both = Selection::default().key(key("a")).key(key("nobody"));
    let (outcome, asked) = run(&both, TextFormat::Text, &text);
    assert_eq!((outcome.found, outcome.decrypted, outcome.skipped, asked), (6, 2, 3, 2));
    // What is damaged has no key by which it could be left out.
    assert_eq!(outcome.kept.iter().map(|kept| kept.code()).collect::<Vec<_>>(), ["token_damaged"]);
    assert_eq!(
        outcome.skipped_by_key.into_iter().collect::<Vec<_>>(),
        [(key("c"), 1), (key("denied"), 1), (key("stranger"), 1)]
    );
    assert_eq!(outcome.decrypted_by_key.into_iter().collect::<Vec<_>>(), [(key("a"), 2)]);
    assert_eq!(String::from_utf8(outcome.body.0).unwrap().matches("__es1.").count(), 3);
    assert_eq!(counts(&Selection::default(), TextFormat::Text, &text), [3, 0, 3, 4]);
}

#[test]
fn an_envelope_is_of_the_field_it_is_bound_to() {
    let text = format!(r#"{{"ssn": "{}", "mail": "{}"}}"#, token("s"), token("e"));
    let envelope = Selection::default().field(field("envelope"));
    assert_eq!(counts(&envelope, TextFormat::Json, &text), [1, 1, 0, 1]);
    assert_eq!(counts(&envelope, TextFormat::Text, &text), [1, 1, 0, 1]);
    assert_eq!(counts(&Selection::default().field(field("direct")), TextFormat::Json, &text), [0, 2, 0, 0]);
    // A direct token is of the field whose rule would have put it there.
    let direct = Selection::default().field(field("direct")).policy(policy(""));
    assert_eq!(counts(&direct, TextFormat::Json, &text), [1, 1, 0, 1]);
    assert_eq!(counts(&direct, TextFormat::Json, &text.replace("ssn", "strict")), [0, 2, 0, 0]);
    assert_eq!(counts(&direct, TextFormat::Text, &text), [0, 2, 0, 0]);
    // Selected by what it is bound to, and refused by where it stands.
    let moved = envelope.policy(policy(""));
    assert_eq!(counts(&moved, TextFormat::Json, &text), [1, 1, 0, 1]);
    assert_eq!(counts(&moved, TextFormat::Json, &text.replace("mail", "note")), [0, 1, 1, 0]);
}

#[test]
fn a_path_selects_what_stands_in_its_values() {
    let number = token("v");
    for (selected, document) in [
        (true, r#"{"a": "TOKEN"}"#),
        (true, r#"{"a": "x TOKEN"}"#),
        (true, r#"{"a": [1, {"b": "TOKEN"}]}"#),
        (true, r#"{"a": {"TOKEN": 1}}"#),
        (true, r#"{"a": [[{"b": 1, "TOKEN": 2}]]}"#),
        (true, r#"{"\u0061": "TOKEN"}"#),
        (false, r#"{"a": [], "b": "TOKEN"}"#),
        (false, r#"{"a": 1, "TOKEN": 2}"#),
        (false, r#"{"a": {"b": 1}, "TOKEN": 2}"#),
        (false, r#"["TOKEN"]"#),
        (false, r#""TOKEN""#),
        (false, r#"{"b": {"a": "TOKEN"}}"#),
    ] {
        let text = document.replace("TOKEN", number);
        let expected = if selected { [1, 0, 0, 1] } else { [0, 1, 0, 0] };
        assert_eq!(counts(&path("$.a"), TextFormat::Json, &text), expected, "{document}");
        assert_eq!(
            counts(&path("$.a"), TextFormat::NdJson, &format!("{{}}\n{text}\n")),
            expected,
            "{document}"
        );
        assert_eq!(counts(&path("$"), TextFormat::Json, &text), [1, 0, 0, 1], "{document}");
        let either = path("$.nothing").path(FieldPath::new("$.a").unwrap()).unwrap();
        assert_eq!(counts(&either, TextFormat::Json, &text), expected, "{document}");
    }
    for format in [TextFormat::Text, TextFormat::Form, TextFormat::Csv(Delimiter::Comma)] {
        assert_eq!(counts(&path("$..*"), format, number), [0, 1, 0, 0]);
        assert_eq!(counts(&path("$..*"), format, "__es1.damaged"), [0, 1, 0, 0]);
    }
    let unselected = r#"{"b": "__es1.damaged", "a": "__es1.damaged"}"#;
    assert_eq!(counts(&path("$.a"), TextFormat::Json, unselected), [0, 1, 1, 0]);
}

#[test]
fn a_path_that_needs_too_much_is_refused() {
    let path = FieldPath::new(&format!("$..a{}", "[*]".repeat(40))).unwrap();
    assert_eq!(Selection::default().path(path).unwrap_err(), FindError::PathTooComplex);
}

#[test]
fn a_policy_takes_tokens_where_its_rules_put_them() {
    let of = |more| Selection::default().policy(policy(more));
    let plain = of("");
    for (taken, document, kind) in [
        (true, r#"{"ssn": "TOKEN"}"#, "s"),
        (true, r#"{"ssn": "TOKEN"}"#, "v"),
        (true, r#"{"NAME": "TOKEN"}"#, "v"),
        (true, r#"{"strict": "TOKEN"}"#, "v"),
        (true, r#"{"x": [{"mail": "TOKEN"}]}"#, "e"),
        (true, r#"{"tag": "TOKEN"}"#, "c"),
        // Another place, or not all of it.
        (false, r#"{"note": "TOKEN"}"#, "s"),
        (false, r#"{"x": {"ssn": "TOKEN"}}"#, "s"),
        (false, r#"{"ssn": "TOKEN "}"#, "s"),
        (false, r#"{"ssn": ["TOKEN"]}"#, "s"),
        (false, r#"{"ssn": 1, "TOKEN": 2}"#, "s"),
        // Another mode, another field, other tags.
        (false, r#"{"mail": "TOKEN"}"#, "s"),
        (false, r#"{"strict": "TOKEN"}"#, "e"),
        (false, r#"{"ssn": "TOKEN"}"#, "e"),
        (false, r#"{"other": "TOKEN"}"#, "e"),
        (false, r#"{"tag": "TOKEN"}"#, "s"),
        (false, r#"{"ssn": "TOKEN"}"#, "c"),
        // Rules that put no token there.
        (false, r#"{"report": "TOKEN"}"#, "s"),
        (false, r#"{"query": "TOKEN"}"#, "s"),
        // Another key.
        (false, r#"{"ssn": "TOKEN"}"#, "under b"),
        // Its own key, and not its tags.
        (false, r#"{"tag": "TOKEN"}"#, "under c"),
    ] {
        let token = match kind.strip_prefix("under ") {
            Some(key) => token("v").replace("__es1.a.", &format!("__es1.{key}.")),
            None => token(kind).to_owned(),
        };
        assert_eq!(takes(&plain, document, &token), taken, "{document} {kind}");
    }
    // A value over the limit of direct mode became an envelope, under a rule of another mode.
    let oversize = of(
        r#", {"name": "second", "path": "$.x", "key": "a"}, {"name": "third", "path": "$..x", "key": "a", "mode": "envelope"}"#,
    );
    assert!(takes(&oversize, r#"{"x": "TOKEN"}"#, token("s")), "the first of two rules");
    assert!(!takes(&oversize, r#"{"x": "TOKEN"}"#, token("e")), "bound to neither");
    // Any policy will do.
    let two = of(r#", {"name": "note", "path": "$.note", "key": "a"}"#).policy(policy(""));
    assert!(takes(&two, r#"{"note": "TOKEN"}"#, token("s")));
    for format in [TextFormat::Text, TextFormat::Form, TextFormat::Csv(Delimiter::Comma)] {
        assert_eq!(counts(&plain, format, token("s")), [0, 0, 1, 0]);
    }
    assert_eq!(
        counts(&plain, TextFormat::NdJson, &format!("{{\"ssn\": \"{0}\"}}\n[\"{0}\"]\n", token("s"))),
        [1, 0, 1, 1]
    );
}

#[test]
fn a_policy_with_a_context_takes_tokens_with_it() {
    let pem = public_pem("rsa2048-a");
    let with = |context: &str| {
        let json = format!(
            r#"{{"version": 1, "keys": {{"a": {{"public_key": {pem:?}}}}}, "context": {context}, "fields": [
                {{"name": "envelope", "path": "$.mail", "key": "a", "mode": "envelope"}}]}}"#
        );
        Selection::default().policy(Policy::from_json(json.as_bytes()).unwrap())
    };
    assert!(takes(&with("{}"), r#"{"mail": "TOKEN"}"#, token("e")));
    assert!(!takes(&with(r#"{"env": "prod"}"#), r#"{"mail": "TOKEN"}"#, token("e")));
}

#[test]
fn a_required_context_is_asked_of_the_header() {
    let bound = |value: &str| Selection::default().require_context("field", value);
    assert!(takes(&bound("envelope"), r#"["TOKEN"]"#, token("e")));
    assert!(!takes(&bound("another"), r#"["TOKEN"]"#, token("e")));
    assert!(!takes(&bound("envelope").require_context("env", "x"), r#"["TOKEN"]"#, token("e")));
    assert!(!takes(&bound("envelope"), r#"["TOKEN"]"#, token("s")));
    assert!(!takes(&bound("envelope"), r#"["TOKEN"]"#, token("c")));
    // A token that is refused does not take the ciphertext from another that needs it.
    let text = format!("{0} {0}x {1}", token("e"), token("s"));
    assert_eq!(counts(&bound("envelope"), TextFormat::Text, &text), [2, 0, 1, 1]);
}

#[test]
fn a_header_that_is_not_what_it_has_to_be_costs_no_question() {
    let broken = token("e").replace(".eyJhbGciOiJSU0E", ".eyJhbGciOiJSU0F");
    assert_ne!(broken, token("e"));
    assert!(!takes(&Selection::default(), r#"["TOKEN"]"#, &broken));
    let scan = Scan::new(broken.as_bytes(), TextFormat::Text, &POOL.keyring).unwrap();
    assert!(scan.ciphertexts().is_empty());
    assert_eq!(scan.splice(&[]).unwrap_err().code(), "decryption_failed");
    // It is of no field.
    assert_eq!(
        counts(&Selection::default().field(field("envelope")), TextFormat::Text, &broken),
        [0, 1, 0, 0]
    );
}

#[test]
fn a_keyring_may_tell_the_size_and_the_mode_of_a_key() {
    let code = |selection: &Selection, text: &str| {
        let (outcome, asked) = run(selection, TextFormat::Text, text);
        assert_eq!(asked, 0);
        outcome.kept.first().map(|kept| (kept.code(), kept.key_id().unwrap().as_str().to_owned()))
    };
    let all = Selection::default();
    assert_eq!(code(&all, token("other")), Some(("token_damaged", "other".to_owned())));
    assert_eq!(code(&all, token("sealed")), Some(("decryption_failed", "sealed".to_owned())));
    assert_eq!(code(&all, &token("c").replace("[enc:", "[no:")), None);
    let direct = KEYRING.replace(r#""mode": "envelope""#, r#""mode": "direct""#);
    let keyring = Keyring::from_json(direct.as_bytes()).unwrap();
    assert_eq!(keyring.get(&key("sealed")).unwrap().mode(), Some(TokenMode::Direct));
    assert_eq!(keyring.get(&key("other")).unwrap().key_spec().unwrap().modulus_bytes(), 512);
    assert_eq!(keyring.get(&key("a")).unwrap().mode(), None);
    let scan = |text: &str| {
        Scan::new(text.as_bytes().to_vec(), TextFormat::Text, &keyring).unwrap().ciphertexts().len()
    };
    assert_eq!(scan(token("sealed")), 1);
    assert_eq!(scan(&token("e").replace("__es1.a.", "__es1.sealed.")), 0);
}
