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
use edgeseal::sizes::MAX_TOKEN_CHARS;
use edgeseal::{Delimiter, Scan, Scanner, TextFormat};

const CSV: TextFormat = TextFormat::Csv(Delimiter::Comma);

/// Scans in pieces: the most bytes that had to wait for more, and how many tokens there are.
fn waiting(format: TextFormat, text: &[u8], piece: usize) -> (usize, usize) {
    let mut scanner = Scanner::new(format).with_positions();
    let (mut covered, mut read, mut most, mut tokens) = (0, 0, 0, 0);
    while read < text.len() {
        read = (read + piece).min(text.len());
        let scan = scanner.scan(&text[covered..read], read == text.len(), &POOL.keyring).unwrap();
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
