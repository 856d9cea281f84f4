//! What stands in the place of a token that is not decrypted, and where the report says it is.

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
use common::pool::POOL;
use edgeseal::{Answer, Fallback, KeyId, NotDecrypted, OpenError, Scan, Scanner, TextFormat};

fn token(key: &str) -> &'static str {
    &POOL.tokens.iter().find(|(token, _)| token.starts_with(&format!("__es1.{key}."))).unwrap().0
}

fn splice(
    text: &str,
    format: TextFormat,
    fallback: impl Fn(&KeyId, NotDecrypted) -> Fallback,
) -> Result<String, OpenError> {
    let scan = Scan::new(text.as_bytes(), format, &POOL.keyring).unwrap();
    let answers: Vec<Answer> = scan.ciphertexts().iter().map(|it| POOL.answer(it)).collect();
    let spliced = scan.splice_with(&answers, fallback)?;
    Ok(String::from_utf8(spliced.body.to_vec()).unwrap())
}

#[test]
fn each_place_has_its_mask_and_its_nothing() {
    let denied = token("denied");
    for (format, text, masked, nothing) in [
        (TextFormat::Json, r#"{"a": "TOKEN"}"#, r#"{"a": "***"}"#, r#"{"a": null}"#),
        (TextFormat::Json, r#"{"a": "xTOKEN"}"#, r#"{"a": "x***"}"#, r#"{"a": "x"}"#),
        (TextFormat::Json, r#"{"TOKEN": 1}"#, r#"{"***": 1}"#, r#"{"": 1}"#),
        (TextFormat::NdJson, "\"TOKEN\"\n", "\"***\"\n", "null\n"),
        (TextFormat::Form, "a=TOKEN&b=1", "a=***&b=1", "a=&b=1"),
        (TextFormat::Text, "<TOKEN>", "<***>", "<>"),
    ] {
        let text = text.replace("TOKEN", denied);
        let with = |fallback| splice(&text, format, |_, _| fallback).unwrap();
        assert_eq!(with(Fallback::Mask), masked);
        assert_eq!(with(Fallback::Null), nothing);
        assert_eq!(with(Fallback::Keep), text);
    }
}

#[test]
fn a_fallback_is_chosen_by_key_and_reason() {
    let failing = token("a").replace("__es1.a.", "__es1.b.");
    let text = format!("{} {} {failing} __es1.x {}", token("denied"), token("gone"), token("stranger"));
    let chosen = splice(&text, TextFormat::Text, |key_id, reason| match (key_id.as_str(), reason) {
        ("denied", NotDecrypted::Denied) => Fallback::Null,
        ("gone", NotDecrypted::Unavailable) => Fallback::Mask,
        ("b", NotDecrypted::Failed) => Fallback::Keep,
        other => panic!("{other:?}"),
    });
    assert_eq!(chosen.unwrap(), format!(" *** {failing} __es1.x {}", token("stranger")));
}

#[test]
fn fail_gives_nothing_out_and_names_the_token() {
    let fail = |text: &str| splice(text, TextFormat::Text, |_, _| Fallback::Fail).unwrap_err();
    let failing = token("a").replace("__es1.a.", "__es1.b.");
    let error = fail(&format!("é {failing}"));
    assert_eq!(
        (error.code(), error.to_string()),
        ("decryption_failed", "the token at byte 3 does not open".to_owned())
    );
    let error = fail(&format!("é {}", token("gone")));
    assert_eq!(error.code(), "key_unavailable");
    assert_eq!(error.to_string(), "the key `gone` of the token at byte 3 cannot be asked");
    let error = fail(&format!("é {}", token("denied")));
    assert_eq!(error.code(), "access_denied");
    assert_eq!(error.to_string(), "the key `denied` of the token at byte 3 may not be used");
    // What no answer can change stays, even then.
    let stays = format!("__es1.x __es2. __es1.a.x. {} {}", token("stranger"), token("other"));
    assert_eq!(splice(&stays, TextFormat::Text, |_, _| Fallback::Fail).unwrap(), stays);
}

fn positions(format: TextFormat, text: &str, lengths: &[usize]) -> Vec<(usize, usize, Option<String>)> {
    let Outcome { kept, .. } = in_pieces(
        Scanner::new(format).with_positions(),
        text.as_bytes(),
        lengths,
        &POOL.keyring,
        |ciphertext| POOL.answer(ciphertext),
        |_, _| Fallback::Mask,
    )
    .unwrap();
    kept.iter().map(|kept| (kept.offset(), kept.line(), kept.pointer().map(str::to_owned))).collect()
}

#[test]
fn the_report_says_where_a_token_stands() {
    let denied = token("denied");
    let long = "n".repeat(63) + "é";
    let json = format!(
        "{{\n\"a/b\": [1, {{\"\\u00e9~\": \"{denied}\"}}, \"x {denied}\"],\n\n\"{denied}\": {{\"{long}\": \"__es1.x\"}},\n\"\": \"__es1.y\"}}"
    );
    let name = "__es1.denied.s.";
    let cut = format!("/{}…/{}…", &denied[..64], "n".repeat(63));
    assert!(cut.starts_with(&format!("/{name}")));
    for lengths in [[usize::MAX / 2], [1], [100]] {
        let found = positions(TextFormat::Json, &json, &lengths);
        let lines: Vec<usize> = found.iter().map(|position| position.1).collect();
        assert_eq!(lines, [2, 2, 4, 4, 5]);
        let pointers: Vec<&str> = found.iter().map(|position| position.2.as_deref().unwrap()).collect();
        assert_eq!(pointers, ["/a~1b/1/é~0", "/a~1b/2", "", &cut, "/"]);
        for (offset, line, _) in found {
            assert!(json[offset..].starts_with("__es1."));
            assert_eq!(json[..offset].matches('\n').count() + 1, line);
        }
        let lines = format!("\n{{\"a\": \"{denied}\"}}\r\n[\"{denied}\"]\n");
        let found = positions(TextFormat::NdJson, &lines, &lengths);
        assert_eq!(found.iter().map(|position| position.1).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(
            found.iter().map(|position| position.2.as_deref()).collect::<Vec<_>>(),
            [Some("/a"), Some("/0")]
        );
    }
}

#[test]
fn a_scan_of_the_whole_tells_lines_and_no_pointers() {
    let text = format!("[\n\"{}\"]", token("denied"));
    let scan = Scan::new(text.as_bytes(), TextFormat::Json, &POOL.keyring).unwrap();
    let report = scan.splice(&[Answer::Denied]).unwrap().report;
    assert_eq!((report.kept()[0].line(), report.kept()[0].pointer()), (2, None));
    assert_eq!(
        report.to_json(),
        r#"{"found":1,"decrypted":0,"kept":[{"offset":3,"code":"access_denied","key":"denied"}]}"#
    );
    assert_eq!(positions(TextFormat::Text, &text, &[1]), [(3, 2, None)]);
}
