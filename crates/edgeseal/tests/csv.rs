//! CSV: what a parser that is not ours reads before and after.

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
use csv_core::{ReadRecordResult, ReaderBuilder};
use edgeseal::{Answer, Delimiter, Fallback, KeyId, NotDecrypted, Scan, ScanError, Spliced, TextFormat};
use proptest::prelude::*;
use proptest::sample::Index;

const DELIMITERS: [Delimiter; 4] = [Delimiter::Comma, Delimiter::Semicolon, Delimiter::Tab, Delimiter::Pipe];

/// What a parser reads. It leaves out empty lines.
fn parse(text: &[u8], delimiter: Delimiter) -> Vec<Vec<String>> {
    let mut reader = ReaderBuilder::new().delimiter(delimiter.byte()).build();
    let (mut rest, mut records) = (text, Vec::new());
    let (mut bytes, mut ends) = (vec![0; text.len() + 1], vec![0; text.len() + 1]);
    let (mut written, mut fields) = (0, 0);
    loop {
        let (result, read, more_bytes, more_fields) =
            reader.read_record(rest, &mut bytes[written..], &mut ends[fields..]);
        rest = &rest[read..];
        written += more_bytes;
        fields += more_fields;
        match result {
            ReadRecordResult::Record => {
                let starts = std::iter::once(0).chain(ends[..fields].iter().copied());
                let field =
                    |(start, end): (usize, &usize)| String::from_utf8_lossy(&bytes[start..*end]).into_owned();
                records.push(starts.zip(&ends[..fields]).map(field).collect());
                (written, fields) = (0, 0);
            }
            ReadRecordResult::InputEmpty => {}
            ReadRecordResult::End => return records,
            other => panic!("{other:?}"),
        }
    }
}

fn decrypt(text: &[u8], delimiter: Delimiter, fallback: Fallback) -> Spliced {
    let scan = Scan::new(text, TextFormat::Csv(delimiter), &POOL.keyring).unwrap();
    let answers: Vec<Answer> = scan.ciphertexts().iter().map(|it| POOL.answer(it)).collect();
    scan.splice_with(&answers, |_: &KeyId, _: NotDecrypted| fallback).unwrap()
}

/// The text of a value in CSV.
fn text_of(json: &str) -> String {
    serde_json::from_str(json).unwrap_or_else(|_| json.to_owned())
}

/// A field: its text, and whether it stands between quotation marks whether or not it has to.
fn field() -> impl Strategy<Value = (String, bool)> {
    let token = any::<Index>().prop_map(|index| index.get(&POOL.tokens[..POOL.opening()]).0.clone());
    let piece = prop_oneof![3 => token, 2 => "[ -~é\t]{0,6}", 1 => Just("\r\n".to_owned()), 1 => Just("__es1.".to_owned())];
    (prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat()), any::<bool>())
}

/// A text as a field: with quotation marks if it has to have some.
fn written((text, quoted): &(String, bool), delimiter: Delimiter, is_record: bool) -> String {
    let structural = |byte: u8| byte == delimiter.byte() || b"\"\r\n".contains(&byte);
    // A byte order mark would be one, at the beginning of a text.
    if *quoted
        || text.bytes().any(structural)
        || (is_record && text.is_empty())
        || text.starts_with('\u{feff}')
    {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text.clone()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn a_parser_reads_the_same_fields_with_plaintext_in_them(
        records in prop::collection::vec(prop::collection::vec(field(), 1..4), 0..4),
        delimiter in prop::sample::select(&DELIMITERS[..]),
        line_end in prop::sample::select(&["\n", "\r\n"][..]),
        ends in any::<bool>(),
        mark in any::<bool>(),
    ) {
        let lines: Vec<String> = records
            .iter()
            .map(|fields| {
                let fields = fields.iter().map(|field| written(field, delimiter, fields.len() == 1));
                fields.collect::<Vec<_>>().join(&char::from(delimiter.byte()).to_string())
            })
            .collect();
        let mark = if mark { "\u{feff}" } else { "" };
        let text = format!("{mark}{}{}", lines.join(line_end), if ends { line_end } else { "" });
        let spliced = decrypt(text.as_bytes(), delimiter, Fallback::Keep);

        let mut encrypted = parse(text.as_bytes(), delimiter);
        let fields: Vec<Vec<String>> =
            records.iter().map(|fields| fields.iter().map(|field| field.0.clone()).collect()).collect();
        prop_assert_eq!(&encrypted, &fields, "the text is what it was meant to be");
        // A plaintext that holds a token does not have it replaced: each token goes once, from left to right.
        for field in encrypted.iter_mut().flatten() {
            *field = replaced(field);
        }
        prop_assert_eq!(parse(&spliced.body, delimiter), encrypted);
        prop_assert!(spliced.body.starts_with(mark.as_bytes()));
    }
}

/// A text with the tokens that open replaced by what they hold. No code of the library's.
fn replaced(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while !rest.is_empty() {
        match POOL.tokens[..POOL.opening()].iter().find(|(token, _)| rest.starts_with(token.as_str())) {
            Some((token, json)) => {
                out.push_str(&text_of(json));
                rest = &rest[token.len()..];
            }
            None => {
                let length = rest.chars().next().unwrap().len_utf8();
                out.push_str(&rest[..length]);
                rest = &rest[length..];
            }
        }
    }
    out
}

/// The token of kind s, v or e that holds this JSON text.
fn token(kind: &str, json: &str) -> &'static str {
    let of_kind = |token: &str| token.starts_with(&format!("__es1.a.{kind}."));
    let found = POOL.tokens.iter().find(|(token, value)| value == json && of_kind(token));
    &found.unwrap_or_else(|| panic!("{kind} {json}")).0
}

#[test]
fn a_field_gets_quotation_marks_if_it_has_to() {
    let commas = token("s", r#""a,b;c|d\te""#);
    let marks = token("s", r#""say \"x\" twice""#);
    let spaces = token("s", r#"" around ""#);
    let empty = token("s", r#""""#);
    let object = token("v", r#"{"a": [1, "x\n"]}"#);
    let number = token("e", "42");
    for (text, expected) in [
        (format!("1,{commas},2\n"), "1,\"a,b;c|d\te\",2\n".to_owned()),
        (format!("1,x{commas}y {commas},2\n"), "1,\"xa,b;c|d\te".to_owned() + "y a,b;c|d\te\",2\n"),
        (format!("{marks}\r\n"), "\"say \"\"x\"\" twice\"\r\n".to_owned()),
        (format!("\"{marks}\"\n"), "\"say \"\"x\"\" twice\"\n".to_owned()),
        (format!("{spaces},{number}"), "\" around \",42".to_owned()),
        (format!("{object},{number}"), "\"{\"\"a\"\": [1, \"\"x\\n\"\"]}\",42".to_owned()),
        (format!("a\n{empty}\nb\n"), "a\n\"\"\nb\n".to_owned()),
        (format!("a,b\n{empty},{empty}\n"), "a,b\n,\n".to_owned()),
        (format!("__es1.,{commas}__es1.\n"), "__es1.,\"a,b;c|d\te__es1.\"\n".to_owned()),
        (format!("\u{feff}{commas}"), "\u{feff}\"a,b;c|d\te\"".to_owned()),
        (format!("\u{feff}\"{number}\",\"\"\"{number}\"\n"), "\u{feff}\"42\",\"\"\"42\"\n".to_owned()),
    ] {
        let spliced = decrypt(text.as_bytes(), Delimiter::Comma, Fallback::Keep);
        assert_eq!(String::from_utf8_lossy(&spliced.body), expected, "{text}");
    }
    let tabs = decrypt(format!("{commas};x").as_bytes(), Delimiter::Semicolon, Fallback::Keep);
    assert_eq!(&*tabs.body, b"\"a,b;c|d\te\";x");
}

#[test]
fn a_token_that_is_kept_changes_nothing() {
    let denied = &POOL.tokens.iter().find(|(token, _)| token.starts_with("__es1.denied.")).unwrap().0;
    let text = format!("{denied},\"{denied}\"\n{denied}\n");
    let body = |fallback| {
        String::from_utf8(decrypt(text.as_bytes(), Delimiter::Comma, fallback).body.to_vec()).unwrap()
    };
    assert_eq!(body(Fallback::Keep), text);
    assert_eq!(body(Fallback::Mask), "***,\"***\"\n***\n");
    assert_eq!(body(Fallback::Null), ",\"\"\n\"\"\n");
}

#[test]
fn what_is_not_csv_is_refused_at_its_byte() {
    for (text, offset) in [
        ("a,b\"c\n", 3),
        ("a\n\"b\"c\n", 5),
        ("a\n\"b\" ,c\n", 5),
        ("a,\"b\n\n", 2),
        ("a,\"b\"\"\n", 2),
        ("a\rb\n", 1),
        ("a,b\r", 3),
        ("\"a\"\r\r\n", 3),
        ("\u{feff}\u{feff}\"a\"", 6),
    ] {
        let scan = Scan::new(text.as_bytes(), TextFormat::Csv(Delimiter::Comma), &POOL.keyring);
        let error = scan.map(|_| ()).unwrap_err();
        assert_eq!((error, error.code()), (ScanError::CsvInvalid { offset }, "csv_invalid"), "{text:?}");
    }
    for text in ["", "\n", "\r\n\n", ",", "\"\"", "a,\"b\r\nc\"\"\r\"", "\u{feff}", "a\n\nb", "\0,\u{feff}"] {
        assert_eq!(&*decrypt(text.as_bytes(), Delimiter::Comma, Fallback::Keep).body, text.as_bytes());
    }
}
