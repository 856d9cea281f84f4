//! Tokens are moved to another key, and nothing else changes: in every format, whatever the pieces are.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::sync::LazyLock;

use common::pool::{KEYRING, POOL};
use edgeseal::{
    Answer, Ciphertext, Delimiter, Denial, Destination, KeyId, Keyring, NotRewrapped, OpenError, PublicKey,
    RewrapAnswer, RewrapCheck, RewrapError, Scan, Scanner, Selection, TextFormat,
};
use proptest::prelude::*;
use proptest::sample::Index;

/// Further keys: `z` takes all, `y` has tags, `x` and `w` take one mode.
static RING: LazyLock<Keyring> = LazyLock::new(|| {
    let more = r#""z": {"private_key_file": "z", "key_spec": "RSA_3072"},
        "y": {"private_key_file": "y", "prefix": "<y;", "suffix": ";y>"},
        "x": {"private_key_file": "x", "mode": "envelope"}, "w": {"private_key_file": "w", "mode": "direct"}"#;
    Keyring::from_json(
        KEYRING
            .replacen("\"keys\": {", &format!("\"keys\": {{{more},"), 1)
            .replace('<', "[")
            .replace('>', "]")
            .as_bytes(),
    )
    .unwrap()
});

const FORMATS: [TextFormat; 6] = [
    TextFormat::Json,
    TextFormat::NdJson,
    TextFormat::Form,
    TextFormat::Text,
    TextFormat::Csv(Delimiter::Comma),
    TextFormat::Csv(Delimiter::Semicolon),
];

fn id(text: &str) -> KeyId {
    KeyId::new(text).unwrap()
}

fn to(key: &str) -> Destination {
    Destination::new(id(key), RING.get(&id(key)).unwrap())
}

/// A ciphertext of another length that holds the same, as far as these tests go; and back.
fn new_ciphertext(old: &Ciphertext) -> RewrapAnswer {
    RewrapAnswer::Ciphertext(match old.bytes().len() {
        256 => [old.bytes(), &old.bytes()[..128]].concat().into(),
        _ => old.bytes()[..256].into(),
    })
}

fn rewrap(
    text: &[u8],
    format: TextFormat,
    from: &[&str],
    to: &Destination,
    lengths: &[usize],
    answer: impl Fn(&Ciphertext) -> RewrapAnswer,
) -> Result<(Vec<u8>, usize), RewrapError> {
    let selection = from.iter().fold(Selection::default(), |selection, key| selection.key(id(key)));
    let mut scanner = Scanner::new(format).with_selection(selection);
    let (mut out, mut moved, mut covered, mut read) = (Vec::new(), 0, 0, 0);
    for length in lengths.iter().cycle() {
        read = (read + length).min(text.len());
        let is_last = read == text.len();
        let scan = scanner.scan(&text[covered..read], is_last, &RING).unwrap();
        let answers: Vec<RewrapAnswer> = scan.ciphertexts().iter().map(&answer).collect();
        let rewrapped = scan.rewrap(to, &answers, |_| false)?;
        covered += scan.covered();
        moved += rewrapped.report.decrypted();
        out.extend(rewrapped.body);
        if is_last {
            break;
        }
    }
    Ok((out, moved))
}

const WHOLE: &[usize] = &[usize::MAX >> 1];

fn moved(text: &[u8], format: TextFormat, from: &[&str], key: &str) -> Vec<u8> {
    rewrap(text, format, from, &to(key), WHOLE, new_ciphertext).unwrap().0
}

/// How many were moved and left, and what became what.
type Checked = (u64, u64, Vec<(Vec<u8>, Vec<u8>)>);

/// Compares in pieces; gives what was moved and what was left, and every pair.
fn check(
    format: TextFormat,
    from: &[&str],
    key: &str,
    texts: (&[u8], &[u8]),
    lengths: (&[usize], &[usize]),
) -> Option<Checked> {
    let from: Vec<KeyId> = from.iter().map(|key| id(key)).collect();
    let mut check = RewrapCheck::new(format, &from, to(key), &RING).with_pairs();
    let (mut one, mut other) = (texts.0, texts.1);
    let (mut ones, mut others) = (lengths.0.iter().cycle(), lengths.1.iter().cycle());
    let (mut one_ends, mut other_ends) = (false, false);
    while !(one_ends && other_ends) {
        if other_ends || !one_ends && !check.is_ahead() {
            let (piece, rest) = one.split_at((*ones.next().unwrap()).min(one.len()));
            (one, one_ends) = (rest, rest.is_empty());
            check.before(piece, one_ends).ok()?;
        } else {
            let (piece, rest) = other.split_at((*others.next().unwrap()).min(other.len()));
            (other, other_ends) = (rest, rest.is_empty());
            check.after(piece, other_ends).ok()?;
        }
    }
    let pairs = check.pairs().into_iter();
    let pairs = pairs.map(|pair| (pair.before.bytes().to_vec(), pair.after.bytes().to_vec())).collect();
    let (moved, left) = check.finish().ok()?;
    Some((moved, left, pairs))
}

/// What a text comes to when it is read.
fn decrypted(text: &[u8], format: TextFormat) -> Vec<u8> {
    let scan = Scan::new(text, format, &RING).unwrap();
    let answers: Vec<Answer> = scan
        .ciphertexts()
        .iter()
        .map(|ciphertext| match ciphertext.key_id().as_str() {
            "denied" | "gone" | "b" => Answer::Denied,
            _ => POOL.open(ciphertext.bytes().get(..256).unwrap()),
        })
        .collect();
    let keep = |_: &KeyId, _| edgeseal::Fallback::Keep;
    scan.splice_with(&answers, keep).unwrap().body.to_vec()
}

/// Something a text could hold.
fn fragment() -> impl Strategy<Value = String> {
    let token = any::<Index>().prop_map(|index| index.get(&POOL.tokens).0.clone());
    let cut =
        (token.clone(), any::<Index>()).prop_map(|(token, at)| token[..at.index(token.len())].to_owned());
    let words = prop::sample::select(vec![
        "_",
        "__es1",
        "__es1.",
        "__es2.",
        "__es1.a.",
        "__es1.a.x.",
        "__es1.__es1.",
        "[enc:",
        "[y;",
        ":enc]",
        ".__",
        "é",
        " ",
        "abc",
        "&a=",
    ]);
    prop_oneof![
        5 => token,
        1 => cut,
        2 => words.prop_map(str::to_owned),
        1 => "[ !#-+\\--:<-\\[\\]-~]{0,12}",
    ]
}

/// A text of a format: strings and member names of JSON, some with their underscores escaped; fields of CSV, some quoted.
fn dress(format: TextFormat, items: &[(Vec<String>, bool)]) -> String {
    let whole: Vec<(String, bool)> = items.iter().map(|(parts, flag)| (parts.concat(), *flag)).collect();
    let json = |text: &str, flag: bool| {
        let text = serde_json::to_string(text).unwrap();
        if flag { text.replacen('_', "\\u005f", 1) } else { text }
    };
    let array = || {
        let strings: Vec<String> = whole.iter().map(|(text, flag)| json(text, *flag)).collect();
        format!("[{}]", strings.join(", "))
    };
    match format {
        TextFormat::Json => {
            let members: Vec<String> = whole
                .iter()
                .map(|(text, flag)| format!("{}: {}", json(text, !flag), json(text, *flag)))
                .collect();
            format!(
                "{{\"list\": {}, {}}}",
                array(),
                if members.is_empty() { "\"\": 1".into() } else { members.join(",\n") }
            )
        }
        TextFormat::NdJson => format!("{}\r\n\n{}\n", array(), array()),
        TextFormat::Csv(delimiter) => {
            let fields: Vec<String> = whole
                .iter()
                .map(|(text, flag)| {
                    let special = text.contains([',', ';', '"', '\n', '\r']);
                    if *flag || special { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.clone() }
                })
                .collect();
            let record = fields.join(&char::from(delimiter.byte()).to_string());
            format!("{record}\r\n{record}")
        }
        _ => whole.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join("&x="),
    }
}

fn texts() -> impl Strategy<Value = (TextFormat, String)> {
    let items = prop::collection::vec((prop::collection::vec(fragment(), 0..4), any::<bool>()), 0..5);
    (prop::sample::select(FORMATS.to_vec()), items)
        .prop_map(|(format, items)| (format, dress(format, &items)))
}

/// Whether a token that is written as `__es1.…` makes another of what stands before it, which the end of one is all that it lacks. What a rewrap
/// writes then is refused: see `a_token_that_completes_the_one_before_it_is_refused`.
fn completes(text: &str) -> bool {
    text.contains(".[enc:")
}

fn lengths() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(prop_oneof![1..20_usize, 200..2_000_usize], 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_moved_holds_what_it_held_and_the_rest_is_as_it_was(
        (format, text) in texts(), pieces in lengths(), others in lengths(),
    ) {
        prop_assume!(!completes(&text));
        let from = ["a", "c"];
        let text = text.as_bytes();
        let (after, count) = rewrap(text, format, &from, &to("z"), WHOLE, new_ciphertext).unwrap();
        // Whatever the pieces are.
        prop_assert_eq!(&rewrap(text, format, &from, &to("z"), &pieces, new_ciphertext).unwrap(), &(after.clone(), count));
        // It reads as before.
        prop_assert_eq!(
            String::from_utf8(decrypted(&after, format)).unwrap(),
            String::from_utf8(decrypted(text, format)).unwrap()
        );
        // The check agrees, whatever the pieces are, and says what became what.
        let (moved, left, pairs) = check(format, &from, "z", (text, &after), (&pieces, &others)).unwrap();
        prop_assert_eq!((moved, left, pairs.len()), (count as u64, 0, count));
        prop_assert!(pairs.iter().all(|(one, other)| other[..256] == one[..] && other.len() == 384));
        // There is nothing to be moved any more.
        prop_assert_eq!(moved_again(&after, format, &from), after);
    }

    #[test]
    fn tokens_that_move_back_are_what_they_were((format, text) in texts(), pieces in lengths()) {
        // Nothing tells afterwards what was escaped.
        let text = text.replace("\\u005f", "_");
        let after = rewrap(text.as_bytes(), format, &["a"], &to("z"), &pieces, new_ciphertext).unwrap().0;
        let back = rewrap(&after, format, &["z"], &to("a"), &pieces, new_ciphertext).unwrap().0;
        prop_assert_eq!(String::from_utf8(back).unwrap(), text);
    }

    #[test]
    fn no_change_escapes_the_check((format, text) in texts(), at in any::<Index>(), by in any::<u8>(), kind in 0..3_u8) {
        prop_assume!(!completes(&text));
        let from = ["a", "c"];
        let after = moved(text.as_bytes(), format, &from, "z");
        let mut changed = after.clone();
        if !changed.is_empty() {
            let at = at.index(changed.len());
            match kind {
                0 => changed[at] = by,
                1 => changed.insert(at, by),
                _ => { changed.remove(at); }
            }
        }
        let pairs = |after: &[u8]| check(format, &from, "z", (text.as_bytes(), after), (WHOLE, WHOLE));
        let expected = pairs(&after).unwrap();
        // A new ciphertext can be any: whether it is the right one, only its key tells.
        match pairs(&changed) {
            Some(got) => prop_assert!(changed == after || got.2 != expected.2),
            None => prop_assert!(changed != after),
        }
    }
}

/// A token without its end, and directly behind it a classic one: moved, that begins with what the other lacks.
#[test]
fn a_token_that_completes_the_one_before_it_is_refused() {
    let classic = POOL.tokens.iter().find(|(token, _)| token.starts_with("[enc:")).unwrap().0.clone();
    let text = format!("[\"{}{classic}\"]", token("s").strip_suffix("__").unwrap());
    let after = moved(text.as_bytes(), TextFormat::Json, &["c"], "z");
    assert_eq!(check(TextFormat::Json, &["c"], "z", (text.as_bytes(), &after), (WHOLE, WHOLE)), None);
}

fn moved_again(text: &[u8], format: TextFormat, from: &[&str]) -> Vec<u8> {
    moved(text, format, from, "z")
}

fn token(kind: &str) -> String {
    let found = POOL.tokens.iter().find(|(token, _)| token.starts_with(&format!("__es1.a.{kind}.")));
    found.unwrap().0.clone()
}

/// Written with a string's own tools: `__es1.KEY.KIND.….__`.
fn by_hand(token: &str, key: &str, rsa_part: usize, rsa: &str) -> String {
    let mut parts: Vec<&str> = token.split('.').collect();
    parts[1] = key;
    parts[rsa_part] = rsa;
    parts.join(".")
}

/// 384 bytes of zeros.
fn zeros(_: &Ciphertext) -> RewrapAnswer {
    RewrapAnswer::Ciphertext(vec![0; 384].into())
}

#[test]
fn only_the_key_id_and_the_rsa_part_of_a_token_change() {
    for (kind, part) in [("s", 3), ("v", 3), ("e", 4)] {
        let token = token(kind);
        let text = format!("before {token} after");
        let after = rewrap(text.as_bytes(), TextFormat::Text, &["a"], &to("z"), WHOLE, zeros).unwrap().0;
        let expected = by_hand(&token, "z", part, &"A".repeat(512));
        assert_eq!(String::from_utf8(after).unwrap(), format!("before {expected} after"));
    }
}

#[test]
fn an_escaped_token_becomes_a_plain_one_and_nothing_around_it_changes() {
    let token = token("s");
    let escaped = token.replacen('_', "\\u005f", 2).replacen('s', "\\u0073", 1);
    let new = by_hand(&token, "z", 3, &"A".repeat(512));
    for (before, after) in [
        (format!("[\"{escaped}\"]"), format!("[\"{new}\"]")),
        (
            format!("{{\"\\u005f {escaped} \\/\": \"x\\n{escaped}{token}\"}}"),
            format!("{{\"\\u005f {new} \\/\": \"x\\n{new}{new}\"}}"),
        ),
    ] {
        let moved = rewrap(before.as_bytes(), TextFormat::Json, &["a"], &to("z"), WHOLE, zeros).unwrap().0;
        assert_eq!(String::from_utf8(moved).unwrap(), after);
    }
}

#[test]
fn a_mismatch_says_how_far_what_was_written_is_right() {
    let token = token("s");
    for (before, after, same) in [
        ("before", "before and after".to_owned(), 6),
        ("before and after", "before ".to_owned() + &token, 7),
        (&token, "1234".to_owned(), 0),
    ] {
        for size in [1, 5, usize::MAX >> 1] {
            let mut check = RewrapCheck::new(TextFormat::Text, &[id("a")], to("z"), &RING);
            check.before(before.as_bytes(), true).unwrap();
            let mut pieces = after.as_bytes().chunks(size).peekable();
            let mut result = Ok(());
            while let (Some(piece), Ok(())) = (pieces.next(), result) {
                result = check.after(piece, pieces.peek().is_none());
            }
            let mismatch = result.and_then(|()| check.finish().map(drop)).unwrap_err();
            assert_eq!(mismatch.offset, same, "{before} {after} {size}");
        }
    }
}

#[test]
fn classic_tags_change_for_those_of_the_other_key_or_go() {
    let classic = POOL.tokens.iter().find(|(token, _)| token.starts_with("[enc:")).unwrap().0.clone();
    for text in [format!("x{classic}y"), format!("x{}y", token("s"))] {
        for (key, begins, ends) in [("y", "x[y;", ";y]y"), ("z", "x__es1.z.s.", ".__y")] {
            let after = moved(text.as_bytes(), TextFormat::Text, &["a", "c"], key);
            let after = String::from_utf8(after).unwrap();
            assert!(after.starts_with(begins) && after.ends_with(ends), "{after}");
            assert_eq!(
                decrypted(after.as_bytes(), TextFormat::Text),
                decrypted(text.as_bytes(), TextFormat::Text)
            );
            let pieces =
                check(TextFormat::Text, &["a", "c"], key, (text.as_bytes(), after.as_bytes()), (&[7], &[9]));
            assert_eq!(pieces.map(|(moved, left, _)| (moved, left)), Some((1, 0)));
        }
    }
}

#[test]
fn what_the_other_key_does_not_take_is_refused_before_anybody_is_asked() {
    let (text, value, envelope) = (token("s"), token("v"), token("e"));
    let classic = POOL.tokens.iter().find(|(token, _)| token.starts_with("[enc:")).unwrap().0.clone();
    use TextFormat::{Csv, Form, Json, Text};
    let (comma, semicolon) = (Csv(Delimiter::Comma), Csv(Delimiter::Semicolon));
    for (format, before, key, code) in [
        (Text, &value, "y", Some("rewrap_kind_refused")),
        (Text, &envelope, "y", Some("rewrap_kind_refused")),
        (Text, &envelope, "w", Some("rewrap_kind_refused")),
        (Text, &text, "x", Some("rewrap_kind_refused")),
        (Text, &classic, "x", Some("rewrap_kind_refused")),
        (Text, &text, "w", None),
        (Text, &envelope, "x", None),
        (Text, &text, "y", None),
        (Form, &text, "y", Some("rewrap_place_refused")),
        (Form, &text, "z", None),
        (semicolon, &text, "y", Some("rewrap_place_refused")),
        (comma, &text, "y", None),
        (semicolon, &format!("\"{text}\""), "y", None),
        (Json, &format!("\"{text}\""), "y", None),
    ] {
        let before = before.as_bytes();
        let selection = Selection::default().key(id("a")).key(id("c"));
        let scan = Scanner::new(format)
            .with_selection(selection)
            .scan(before, true, &RING)
            .map(|scan| (scan.check_rewrap(&to(key)), scan.rewrap(&to(key), &[], |_| true).map(|_| ())));
        let (checked, written) = scan.unwrap();
        assert_eq!(checked.as_ref().map_err(RewrapError::code).err(), code, "{key} {format:?}");
        assert_eq!(written.is_err(), code.is_some());
    }
}

#[test]
fn an_answer_that_the_other_key_cannot_have_made_is_an_error() {
    let text = format!("{} {}", token("s"), token("v"));
    let answer = |bytes: usize| move |_: &Ciphertext| RewrapAnswer::Ciphertext(vec![7; bytes].into());
    for (key, bytes, fits) in [
        ("z", 384, true),
        ("z", 256, false),
        ("z", 512, false),
        ("x", 384, false),
        ("w", 512, true),
        ("w", 100, false),
        ("w", 0, false),
    ] {
        let after = rewrap(text.as_bytes(), TextFormat::Text, &["a"], &to(key), WHOLE, answer(bytes));
        let expected = match (fits, key) {
            (true, _) => None,
            (false, "x") => Some("rewrap_kind_refused"),
            (false, _) => Some("rewrap_length_wrong"),
        };
        assert_eq!(after.map_err(|error| error.code()).err(), expected, "{key} {bytes}");
    }
    // Two lengths under one key.
    let lengths = std::cell::Cell::new(256);
    let both = |_: &Ciphertext| RewrapAnswer::Ciphertext(vec![7; lengths.replace(512)].into());
    let error = rewrap(text.as_bytes(), TextFormat::Text, &["a"], &to("w"), WHOLE, both).unwrap_err();
    assert_eq!(error.code(), "rewrap_length_wrong");
}

#[test]
fn each_outcome_is_one_error_or_keeps_the_token() {
    let text = format!("line\n{} {}", token("s"), token("s"));
    let offset = 5;
    let denied = |denial| RewrapError::Denied { offset, denial, from: id("a"), to: id("z") };
    for (answer, expected) in [
        (RewrapAnswer::Failed, RewrapError::Open(OpenError::DecryptionFailed { offset })),
        (RewrapAnswer::Unavailable, RewrapError::Open(OpenError::KeyUnavailable { offset, key_id: id("a") })),
        (RewrapAnswer::TooLong, RewrapError::TooLong { offset, key_id: id("z") }),
        (RewrapAnswer::Denied(Denial::Source), denied(Denial::Source)),
        (RewrapAnswer::Denied(Denial::Destination), denied(Denial::Destination)),
        (RewrapAnswer::Denied(Denial::Either), denied(Denial::Either)),
    ] {
        let one = |_: &Ciphertext| answer.clone();
        let error = rewrap(text.as_bytes(), TextFormat::Text, &["a"], &to("z"), WHOLE, one).unwrap_err();
        assert_eq!(error, expected);
        assert!(!error.to_string().contains("__es1"), "{error}");
        let selection = Selection::default().key(id("a"));
        let mut scanner = Scanner::new(TextFormat::Text).with_selection(selection);
        let scan = scanner.scan(text.as_bytes(), true, &RING).unwrap();
        let kept = scan.rewrap(&to("z"), std::slice::from_ref(&answer), |_| true).unwrap();
        assert_eq!((kept.body, kept.report.decrypted()), (text.clone().into_bytes(), 0));
        let [first, second] = kept.report.kept() else { panic!("both stay") };
        assert_eq!(
            (first.offset(), first.line(), first.code(), second.code()),
            (5, 2, error.code(), error.code())
        );
    }
    let damaged = |_: &Ciphertext| RewrapAnswer::WrongLength;
    let (after, moved) = rewrap(text.as_bytes(), TextFormat::Text, &["a"], &to("z"), WHOLE, damaged).unwrap();
    assert_eq!((after, moved), (text.into_bytes(), 0));
    assert_eq!(NotRewrapped::Failed.code(), "decryption_failed");
}

#[test]
fn what_is_encrypted_for_a_move_opens_with_the_private_key() {
    let key = PublicKey::from_pem(&common::public_pem("rsa3072")).unwrap();
    let private = common::PrivateKey::load("rsa3072");
    for length in [0, 1, 32, 318] {
        let message = vec![b'm'; length];
        let ciphertext = key.encrypt(&message, &mut getrandom::SysRng).unwrap();
        let Answer::Plaintext(plaintext) = private.answer(&ciphertext) else { panic!("it opens") };
        assert_eq!(*plaintext, message);
    }
    assert_eq!(key.encrypt(&[0; 319], &mut getrandom::SysRng).unwrap_err().code(), "encryption_failed");
    let stuck = &mut common::Stream::new(&[0; 32]);
    assert_eq!(key.encrypt(b"m", stuck).unwrap_err().code(), "randomness_failed");
}
