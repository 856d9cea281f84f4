//! What is skimmed, against what the tokenizer says of the same text.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use proptest::prelude::*;

use super::{MOST_OPEN, Skim, Skimming};
use crate::json::{Event, JsonText, Lexer, unescape};
use crate::keyring::Keyring;
use crate::sizes::MAX_DEPTH;
use crate::token::{Ahead, Finder};

/// A value as the tokenizer sees it.
struct Value {
    end: usize,
    depth: usize,
    /// Whether something in it begins like a token.
    has_token: bool,
}

/// The value at the beginning of a text, if it is well-formed.
fn value(text: &[u8], finder: &Finder<'_>) -> Option<Value> {
    let mut lexer = Lexer::new(text, 0, MAX_DEPTH);
    let mut value = Value { end: 0, depth: 0, has_token: false };
    loop {
        let event = lexer.next().ok()??;
        value.depth = value.depth.max(lexer.depth());
        if let Event::Name(JsonText { start, end, .. }) | Event::String(JsonText { start, end, .. }) = event {
            value.has_token |= finder.finds_any(&unescape(&text[start..end]).text);
        }
        if lexer.depth() == 0 {
            value.end = lexer.at();
            return Some(value);
        }
    }
}

const KEYRINGS: [&str; 4] = [
    r#"{"version": 1, "keys": {"a": {"private_key_file": "a"}}}"#,
    r#"{"version": 1, "keys": {"a": {"private_key_file": "a", "prefix": "[enc:", "suffix": "]"}}}"#,
    r#"{"version": 1, "keys": {"a": {"private_key_file": "a", "prefix": "a-b:", "suffix": "]"},
        "b": {"private_key_file": "b", "prefix": "{{", "suffix": "}"}}}"#,
    r##"{"version": 1, "keys": {
        "a": {"private_key_file": "a", "prefix": "#1:", "suffix": "]"}, "b": {"private_key_file": "a", "prefix": "#2:", "suffix": "]"},
        "c": {"private_key_file": "a", "prefix": "#3:", "suffix": "]"}, "d": {"private_key_file": "a", "prefix": "#4:", "suffix": "]"},
        "e": {"private_key_file": "a", "prefix": "#5:", "suffix": "]"}, "f": {"private_key_file": "a", "prefix": "#6:", "suffix": "]"},
        "g": {"private_key_file": "a", "prefix": "#7:", "suffix": "]"}, "h": {"private_key_file": "a", "prefix": "[enc:", "suffix": "]"}}}"##,
];

fn keyring() -> impl Strategy<Value = Keyring> {
    prop::sample::select(&KEYRINGS[..]).prop_map(|json| Keyring::from_json(json.as_bytes()).unwrap())
}

/// The text of a string: long and short, and now and then with something that could begin a token, in some spelling.
fn string() -> impl Strategy<Value = String> {
    let words = [
        "__es1.a",
        "__es",
        "__e",
        "_",
        "[enc:",
        "[en",
        "a-b:",
        "a\\u002db:",
        "é",
        "\\u00e9",
        "#1:",
        "#7:x",
        "\\u005f_es1.",
        "_\\u005Fes1.",
        "\\u005B",
        "\\ud83d\\ude00",
        "\\ud800",
        "\\n",
        "\\\\",
        "\\\"",
        "\\/",
        "\\u000a",
        "[",
        "{",
        "]",
        ",",
        ":",
    ];
    let plain = "[ -!#-\\[\\]-~é]{0,24}";
    prop_oneof![
        6 => plain.prop_map(|text| format!("\"{text}\"")),
        1 => (plain, prop::sample::select(words.to_vec()), plain).prop_map(|(a, b, c)| format!("\"{a}{b}{c}\"")),
    ]
}

fn json(space: &'static str) -> impl Strategy<Value = String> {
    let scalars = ["null", "true", "false", "0", "-0", "10", "-1.50e+10", "1E5", "123456789012"];
    let leaf =
        prop_oneof![3 => string(), 2 => prop::sample::select(scalars.to_vec()).prop_map(str::to_owned)];
    leaf.prop_recursive(5, 48, 6, move |inner| {
        let member = (space, string(), space, inner.clone())
            .prop_map(|(a, name, b, value)| format!("{a}{name}{b}:{a}{value}{b}"));
        let element = (space, inner).prop_map(|(a, value)| format!("{a}{value}{a}"));
        prop_oneof![
            prop::collection::vec(member, 0..6).prop_map(|members| format!("{{{}}}", members.join(","))),
            prop::collection::vec(element, 0..6).prop_map(|elements| format!("[{}]", elements.join(","))),
        ]
    })
}

/// One byte of a text becomes another.
fn damage() -> impl Strategy<Value = Option<(prop::sample::Index, u8)>> {
    let bytes = *b"\"\\{}[],:0-.eE tfn\n\r\x1f\x00_u/";
    prop::option::weighted(0.5, (any::<prop::sample::Index>(), prop::sample::select(bytes.to_vec())))
}

fn damaged(text: String, damage: Option<(prop::sample::Index, u8)>) -> Vec<u8> {
    let mut text = text.into_bytes();
    if let (Some((at, byte)), false) = (damage, text.is_empty()) {
        let at = at.index(text.len());
        text[at] = byte;
    }
    text
}

fn finder(keyring: &Keyring) -> Finder<'_> {
    Finder::new(keyring.iter().filter_map(|(key_id, entry)| Some((entry.tags()?, key_id))))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn a_value_that_is_done_is_well_formed_and_holds_no_token(
        keyring in keyring(), text in json("[ \r\n\t]{0,2}"), behind in "[ ,\\]}x]{0,3}", damage in damage()
    ) {
        let (finder, text) = (finder(&keyring), damaged(text + &behind, damage));
        let skimmed = Skim::new(Skimming::default().cut(&text, &text, 0, &finder), 0).value();
        let value = value(&text, &finder);
        if let Some(end) = skimmed {
            let value = value.as_ref().unwrap();
            prop_assert!(value.end == end && !value.has_token);
        }
        // And every such value is done, unless something takes a closer look. A scalar could go on.
        let candidate = finder.next_prefix(&text, 0, &mut Ahead::default());
        if let Some(value) = value
            && value.depth > 0
            && value.depth <= MOST_OPEN
            && !text[..value.end].contains(&b'\\')
            && candidate.is_none_or(|at| at >= value.end)
        {
            prop_assert_eq!(skimmed, Some(value.end));
        }
    }

    #[test]
    fn lines_that_are_done_are_well_formed_and_hold_no_token(
        keyring in keyring(), lines in prop::collection::vec(json("[ \r\t]{0,2}"), 0..6), damage in damage()
    ) {
        let (finder, text) = (finder(&keyring), damaged(lines.join("\n\r\n") + "\n", damage));
        let (mut skimming, mut at) = (Skimming::default(), 0);
        while at < text.len() {
            let done = skimming.lines(&text, &text, at, &finder);
            for line in text[at..done].split_inclusive(|byte| *byte == b'\n') {
                prop_assert!(line.ends_with(b"\n"));
                let blank = line.iter().all(|byte| b" \t\r\n".contains(byte));
                let value = value(line, &finder);
                let rest = value.as_ref().map_or(line, |value| &line[value.end..]);
                prop_assert!(rest.iter().all(|byte| b" \t\r\n".contains(byte)));
                prop_assert!(blank || !value.unwrap().has_token);
            }
            at = done + text[done..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |feed| feed + 1);
        }
    }
}

#[test]
fn deep_values_take_a_closer_look_and_are_not_tried_again() {
    let keyring = Keyring::default();
    let (finder, mut skimming) = (finder(&keyring), Skimming::default());
    let deep = |levels: usize| ["[".repeat(levels), "]".repeat(levels)].concat().into_bytes();
    let done = |skimming: &mut Skimming, text: &[u8], at: usize| {
        let mut lexer = Lexer::new(text, at, MAX_DEPTH);
        lexer.next().unwrap();
        skimming.container(text, at, &lexer, &finder)
    };
    assert_eq!(done(&mut skimming, &deep(MOST_OPEN), 0), Some(2 * MOST_OPEN));
    let text = deep(MOST_OPEN + 2);
    assert_eq!(done(&mut skimming, &text, 0), None);
    assert_eq!(skimming.open, (0..MOST_OPEN).collect::<Vec<_>>());
    assert_eq!(done(&mut skimming, &text, MOST_OPEN - 1), None);
    assert_eq!(done(&mut skimming, &text, MOST_OPEN), Some(MOST_OPEN + 4));
}
