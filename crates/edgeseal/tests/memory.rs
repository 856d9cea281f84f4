//! What has to be in memory at once does not depend on the length of a text, and small pieces do not make it slow: these texts would take
//! minutes if what waits were read anew for every piece.

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

use common::pool::POOL;
use edgeseal::sizes::{MAX_DAMAGE_POINTERS, MAX_POINTER_BYTES, MAX_TOKEN_CHARS};
use edgeseal::{Delimiter, Inspector, Keyring, Scan, Scanner, TextFormat};

const CSV: TextFormat = TextFormat::Csv(Delimiter::Comma);

/// Scans in pieces: the most bytes that had to wait for more, and how many tokens there are.
fn waiting(format: TextFormat, text: &[u8], piece: usize) -> (usize, usize) {
    waiting_under(&POOL.keyring, format, text, piece)
}

fn waiting_under(keyring: &Keyring, format: TextFormat, text: &[u8], piece: usize) -> (usize, usize) {
    let mut scanner = Scanner::new(format).with_positions();
    let (mut covered, mut read, mut most, mut tokens) = (0, 0, 0, 0);
    while read < text.len() {
        read = (read + piece).min(text.len());
        let scan = scanner.scan(&text[covered..read], read == text.len(), keyring).unwrap();
        tokens += scan.splice(&[]).map_or(1, |spliced| spliced.report.found());
        covered += scan.covered();
        most = most.max(read - covered);
    }
    assert_eq!(covered, text.len());
    (most, tokens)
}

/// A text of about 2 MB.
fn long(begin: &str, middle: &str, end: &str) -> Vec<u8> {
    (begin.to_owned() + &middle.repeat(2_000_000 / middle.len()) + end).into_bytes()
}

#[test]
fn no_more_waits_than_what_cannot_be_decided() {
    for (format, text, most) in [
        (TextFormat::Text, long("", "a_long_line __es", ""), 4),
        (TextFormat::Form, long("", "a=b&__es&", ""), 4),
        (TextFormat::Text, long("__es1.", "bad! ", ""), 6),
        (TextFormat::Json, long("[0", ",{\"n\": 12345, \"s\": \"a\\u00e9\"}", "]"), 12),
        (TextFormat::Json, long("[", " \r\n\t", "]"), 0),
        (TextFormat::Json, long("{\"a\"", "      ", ":1}"), 3),
        (TextFormat::NdJson, long("", "{\"n\": 12345}\n", ""), 12),
        (CSV, long("", "a,\"b\"\"\n\",c\r\n", ""), 12),
    ] {
        let (waited, _) = waiting(format, &text, 61);
        assert!(waited <= most, "{format:?}: {waited}");
    }
}

#[test]
fn long_things_are_read_once() {
    for (format, text) in [
        (TextFormat::Json, long("[\"", "a\\u00e9\\\"b", "\"]")),
        (TextFormat::Json, long("{\"", "é", "\": 1}")),
        (TextFormat::Json, long("[", "1234567890", "]")),
        (TextFormat::Json, long("[-0.", "1234567890", "e+10]")),
        (TextFormat::NdJson, long("[", "1, ", "1]\n")),
        (CSV, long("\"", "a\n\"\",", "\"\n")),
        (CSV, long("", "a,b,", "\n")),
    ] {
        let (waited, tokens) = waiting(format, &text, 16);
        assert!(waited > 1_900_000, "{format:?}: {waited}");
        assert_eq!(tokens, 0);
    }
    let text = long("__es1.a.e.", "AAAA", " __es1.");
    assert_eq!(waiting(TextFormat::Text, &text, 16).1, 2);
    let text = long("[enc:", "AAAA", " [enc:");
    assert_eq!(waiting(TextFormat::Text, &text, 16).1, 2);
}

#[test]
fn a_text_of_nothing_but_prefixes_is_read_once() {
    let keyring = r#"{"version": 1, "keys": {"k": {"private_key_file": "k", "prefix": "$$", "suffix": "%"},
        "long": {"private_key_file": "k", "prefix": "((((((((((((((((((((((((((((((((", "suffix": "%"}}}"#;
    let keyring = Keyring::from_json(keyring.as_bytes()).unwrap();
    for (prefix, character) in [(2, "$"), (32, "(")] {
        let text = character.repeat(200_000);
        let json = format!("\"{text}\"");
        for (format, text) in [
            (TextFormat::Text, &text),
            (TextFormat::Form, &text),
            (TextFormat::Json, &json),
            (TextFormat::NdJson, &json),
            (CSV, &text),
            (CSV, &json),
        ] {
            let scan = Scan::new(text.as_bytes(), format, &keyring).unwrap();
            assert_eq!(scan.splice(&[]).unwrap().report.found(), 200_001 - prefix, "{format:?}");
            assert_eq!(
                waiting_under(&keyring, format, text.as_bytes(), 16).1,
                200_001 - prefix,
                "{format:?}"
            );
        }
    }
}

/// 1,000 objects with names of 64 bytes, one in another, around this.
fn deep(inner: &str) -> Vec<u8> {
    let open = format!("{{\"{}\":", "n".repeat(64)).repeat(1_000);
    format!("{open}{inner}{}", "}".repeat(1_000)).into_bytes()
}

#[test]
fn the_positions_of_what_is_damaged_take_bounded_memory() {
    let in_one = deep(&format!("\"{}\"", "__es1.".repeat(100_000)));
    let in_many = deep(&format!("[{}1]", "\"__es1.\",".repeat(100_000)));
    let in_names = deep(&format!("{{{}\"n\":1}}", "\"__es1.\":1,".repeat(100_000)));
    for text in [in_one, in_many, in_names] {
        let mut bytes = Vec::new();
        for piece in [usize::MAX, 4_096] {
            let (mut scanner, mut inspector) =
                (Scanner::new(TextFormat::Json).with_positions(), Inspector::new(TextFormat::Json));
            let (mut covered, mut read, mut kept, mut seen) = (0, 0_usize, Vec::new(), Vec::new());
            while read < text.len() {
                read = read.saturating_add(piece).min(text.len());
                let (part, is_last) = (&text[covered..read], read == text.len());
                let scan = scanner.scan(part, is_last, &POOL.keyring).unwrap();
                kept.extend_from_slice(scan.splice(&[]).unwrap().report.kept());
                let inspected = inspector.inspect(part, is_last, &POOL.keyring).unwrap();
                seen.extend_from_slice(inspected.tokens());
                assert_eq!(inspected.covered(), scan.covered());
                covered += scan.covered();
            }
            assert_eq!((kept.len(), seen.len()), (100_000, 100_000));
            let pointers = || kept.iter().map(|kept| kept.pointer());
            assert!(pointers().eq(seen.iter().map(|seen| seen.pointer())));
            assert!(pointers().take(MAX_DAMAGE_POINTERS).all(|pointer| pointer.unwrap().ends_with('…')));
            assert!(pointers().flatten().all(|pointer| pointer.len() <= MAX_POINTER_BYTES + '…'.len_utf8()));
            let sum: usize = pointers().flatten().map(str::len).sum();
            assert!(sum < 11_000_000, "{sum}");
            bytes.push(sum);
        }
        assert_eq!(bytes[0], bytes[1]);
    }
}

#[test]
fn a_token_that_is_too_long_is_damaged_in_whole_and_in_pieces() {
    let token = |kind: char, body: usize| format!("__es1.a.{kind}.{}.__ ", "A".repeat(body));
    // What begins like a token for ever, and what begins anew all the time.
    for text in
        [token('e', MAX_TOKEN_CHARS + 100_000), "__es1.__es1.a.".repeat(MAX_TOKEN_CHARS / 14 + 20_000)]
    {
        let whole = Scan::new(text.as_bytes(), TextFormat::Text, &POOL.keyring).unwrap().splice(&[]).unwrap();
        let (waited, tokens) = waiting(TextFormat::Text, text.as_bytes(), 65_536);
        assert_eq!(tokens, whole.report.found());
        assert!(waited < MAX_TOKEN_CHARS + 65_536, "{waited}");
    }
    let digits = format!("__es{}.", "1".repeat(MAX_TOKEN_CHARS));
    let scan = Scan::new(digits.as_bytes(), TextFormat::Text, &POOL.keyring).unwrap();
    assert_eq!(scan.splice(&[]).unwrap().report.found(), 0);
    assert_eq!(waiting(TextFormat::Text, digits.as_bytes(), 65_536).1, 0);
}
