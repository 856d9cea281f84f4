//! Whatever the pieces of a text are, what comes out is the same: output, report and error.

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

use common::pieces::{Bytes, Failure, Outcome, in_pieces};
use common::pool::POOL;
use edgeseal::{
    Answer, Delimiter, Fallback, FieldPath, KeyId, NotDecrypted, Scan, Scanner, Selection, TextFormat,
};
use proptest::prelude::*;
use proptest::sample::Index;

const FORMATS: [TextFormat; 6] = [
    TextFormat::Json,
    TextFormat::NdJson,
    TextFormat::Form,
    TextFormat::Text,
    TextFormat::Csv(Delimiter::Comma),
    TextFormat::Csv(Delimiter::Tab),
];

/// Something a text could hold: tokens whole, cut, changed and run together, and beginnings of some.
fn fragment() -> impl Strategy<Value = String> {
    let token = any::<Index>().prop_map(|index| index.get(&POOL.tokens).0.clone());
    let cut =
        (token.clone(), any::<Index>()).prop_map(|(token, at)| token[..at.index(token.len())].to_owned());
    let changed =
        (token.clone(), any::<Index>(), prop_oneof![Just('.'), Just('_'), Just('+'), Just('A'), Just('"')])
            .prop_map(|(mut token, at, by)| {
                let at = at.index(token.len());
                token.replace_range(at..=at, &by.to_string());
                token
            });
    let words = prop::sample::select(vec![
        "_",
        "__",
        "__e",
        "__es",
        "__es1",
        "__es12",
        "__es1.",
        "__es2.",
        "__es1.a",
        "__es1.a.",
        "__es1.a.x.",
        "__es1.__es1.",
        "[",
        "[en",
        "[enc:",
        "[_",
        ":enc]",
        ":",
        "=",
        ".__",
        "é",
        "😀",
        " ",
        "\t",
        "abc",
        "1",
        "&a=",
        "%41",
    ]);
    prop_oneof![
        4 => token,
        1 => cut,
        1 => changed,
        3 => words.prop_map(str::to_owned),
        1 => "[ -~]{0,12}",
    ]
}

fn text_of(fragments: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    prop::collection::vec(fragments, 0..8).prop_map(|fragments| fragments.concat())
}

/// A JSON string with this text, in some spelling.
fn string() -> impl Strategy<Value = String> {
    (text_of(fragment()), 0..4_u8).prop_map(|(text, spelling)| {
        let json = serde_json::to_string(&text).unwrap();
        match spelling {
            0 => json.replace('_', "\\u005f"),
            1 => json.replace('é', "\\u00e9").replace('😀', "\\ud83d\\ude00").replace('/', "\\/"),
            _ => json,
        }
    })
}

fn json() -> impl Strategy<Value = String> {
    let whole = any::<Index>().prop_map(|index| format!("\"{}\"", index.get(&POOL.tokens).0));
    let leaf = prop_oneof![
        4 => whole,
        2 => string(),
        1 => prop::sample::select(vec!["null", "true", "false", "-0.5e+10", "0", "1234567890"]).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        let name = prop_oneof![3 => Just("\"ssn\"".to_owned()), 1 => Just("\"a\\u002fb\"".to_owned()), 1 => string()];
        let space = "[ \r\n\t]{0,2}";
        let member = (space, name, space, inner.clone()).prop_map(|(a, name, b, value)| format!("{a}{name}{b}:{b}{value}{a}"));
        prop_oneof![
            prop::collection::vec(member, 0..4).prop_map(|members| format!("{{{}}}", members.join(","))),
            prop::collection::vec(inner, 0..4).prop_map(|elements| format!("[{}]", elements.join(" , "))),
        ]
    })
}

fn csv(delimiter: char) -> impl Strategy<Value = String> {
    let field = prop_oneof![
        text_of(fragment()).prop_map(|text| text.replace(['"', '\t', ',', '\r', '\n'], "")),
        text_of(fragment()).prop_map(|text| format!("\"{}\"", text.replace('"', "\"\""))),
    ];
    let record = (prop::collection::vec(field, 1..4), prop::sample::select(vec!["\n", "\r\n"]))
        .prop_map(move |(fields, end)| fields.join(&delimiter.to_string()) + end);
    (any::<bool>(), prop::collection::vec(record, 0..5))
        .prop_map(|(mark, records)| (if mark { "\u{feff}" } else { "" }).to_owned() + &records.concat())
}

/// A text of the format, usually.
fn text() -> impl Strategy<Value = (TextFormat, Bytes)> {
    let lines = prop::collection::vec(json(), 0..4)
        .prop_map(|lines| lines.iter().map(|line| line.replace('\n', " ") + "\n").collect::<String>());
    let text = prop_oneof![
        2 => json().prop_map(|text| (TextFormat::Json, text)),
        1 => lines.prop_map(|text| (TextFormat::NdJson, text)),
        2 => text_of(fragment()).prop_map(|text| (TextFormat::Text, text)),
        1 => text_of(fragment()).prop_map(|text| (TextFormat::Form, text)),
        1 => csv(',').prop_map(|text| (FORMATS[4], text)),
        1 => csv('\t').prop_map(|text| (FORMATS[5], text)),
        1 => (any::<Index>(), text_of(fragment())).prop_map(|(format, text)| (*format.get(&FORMATS), text)),
    ];
    let fault =
        prop::option::weighted(0.3, (any::<Index>(), prop::sample::select(&b"\"\\,\n\r\xff\xc3{}]0"[..])));
    (text, fault).prop_map(|((format, text), fault)| {
        let mut text = text.into_bytes();
        if let (Some((at, byte)), false) = (fault, text.is_empty()) {
            let at = at.index(text.len());
            text[at] = byte;
        }
        (format, Bytes(text))
    })
}

fn selection() -> impl Strategy<Value = Selection> {
    let all = Selection::default;
    prop_oneof![
        3 => Just(all()),
        1 => Just(all().key(KeyId::new("a").unwrap())),
        1 => Just(all().path(FieldPath::new("$..ssn").unwrap()).unwrap()),
        1 => Just(all().require_context("field", "envelope")),
    ]
}

fn lengths() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![
        Just(vec![1]),
        prop::collection::vec(1..10_usize, 1..8),
        prop::collection::vec(1..400_usize, 1..8),
        prop::collection::vec(0..3_000_usize, 1..8).prop_map(|mut lengths| {
            lengths.push(1);
            lengths
        }),
    ]
}

fn mixed(key_id: &KeyId, reason: NotDecrypted) -> Fallback {
    match (key_id.as_str(), reason) {
        ("a", NotDecrypted::Failed) => Fallback::Null,
        (_, NotDecrypted::Failed) => Fallback::Keep,
        (_, NotDecrypted::Denied) => Fallback::Mask,
        (_, NotDecrypted::Unavailable) => Fallback::Null,
    }
}

fn run(scanner: Scanner, text: &[u8], lengths: &[usize]) -> Result<Outcome, Failure> {
    in_pieces(scanner, text, lengths, &POOL.keyring, |ciphertext| POOL.answer(ciphertext), mixed)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn pieces_change_nothing((format, text) in text(), selection in selection(), lengths in lengths()) {
        let scanner = || Scanner::new(format).with_selection(selection.clone()).with_positions();
        let whole = run(scanner(), &text.0, &[text.0.len().max(1)]);
        prop_assert_eq!(run(scanner(), &text.0, &lengths), whole);
    }

    #[test]
    fn a_scanner_does_what_a_scan_of_the_whole_does((format, text) in text()) {
        let scanner = run(Scanner::new(format), &text.0, &[text.0.len().max(1)]);
        match Scan::new(&text.0[..], format, &POOL.keyring) {
            Ok(scan) => {
                let outcome = scanner.unwrap();
                let answers: Vec<Answer> = scan.ciphertexts().iter().map(|it| POOL.answer(it)).collect();
                let spliced = scan.splice_with(&answers, mixed).unwrap();
                prop_assert_eq!(&*spliced.body, &outcome.body.0);
                prop_assert_eq!(spliced.report.kept(), &outcome.kept);
            }
            // Of two faults, a scan of the whole may tell the later, if it is that the text is not UTF-8.
            Err(error) if error.code() == "body_not_utf8" => prop_assert!(matches!(scanner, Err(Failure::Scan(_)))),
            Err(error) => prop_assert_eq!(scanner, Err(Failure::Scan(error))),
        }
    }

    #[test]
    fn the_first_token_that_fails_is_told((format, text) in text(), lengths in lengths()) {
        let answer = |ciphertext: &_| POOL.answer(ciphertext);
        let usual = |_: &_, reason: NotDecrypted| reason.usual_fallback();
        let pieces = in_pieces(Scanner::new(format), &text.0, &lengths, &POOL.keyring, answer, usual);
        let whole = in_pieces(Scanner::new(format), &text.0, &[text.0.len().max(1)], &POOL.keyring, answer, usual);
        // A fault of the text may stand behind a token that fails.
        if !matches!(whole, Err(Failure::Scan(_))) {
            prop_assert_eq!(pieces, whole);
        }
    }
}
