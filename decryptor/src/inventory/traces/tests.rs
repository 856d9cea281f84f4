//! Which signs are seen, and which are none.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;

fn of_text() -> Traces {
    Traces::new(TextFormat::Text, &Keyring::default(), &[])
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn a_token_is_noticed_in_every_encoding_however_it_is_cut() {
    let texts: [(&str, Vec<u8>); 6] = [
        ("utf-16", utf16("\u{feff}{\"a\": \"__es1.a.s.")),
        ("utf-16", "x__es1.a".encode_utf16().flat_map(u16::to_be_bytes).collect()),
        ("utf-32", "x__es1.a".chars().flat_map(|it| u32::from(it).to_be_bytes()).collect()),
        ("percent", b"a=%5F%5Fes1.a".to_vec()),
        ("escaped", br#"{"a": "\u005f\u005fes1.a"}"#.to_vec()),
        ("escaped", br#"{"a": "{\"b\": \"\\u005f\\u005fes1.a\"}"}"#.to_vec()),
    ];
    for (encoding, text) in texts {
        for size in 1..=text.len() {
            let mut traces = of_text();
            text.chunks(size).for_each(|piece| traces.add(piece, false));
            let found = traces.found();
            assert_eq!(found.len(), 1, "{encoding} {size}: {found:?}");
            assert_eq!((found[0].encoding, found[0].count), (encoding, 1), "{size}");
        }
    }
}

#[test]
fn base64_and_hex_are_noticed_wherever_in_a_group_the_token_begins() {
    use std::fmt::Write as _;
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let base64 = |bytes: &[u8]| -> Vec<u8> {
        let bits: Vec<bool> =
            bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1)).collect();
        let number = |six: &[bool]| six.iter().fold(0_usize, |sum, bit| sum << 1 | usize::from(*bit));
        bits.chunks_exact(6).map(|six| ALPHABET[number(six)]).collect()
    };
    for before in ["", "a", "{\"", "\u{ff}\u{fe}"] {
        let text = format!("{before}__es1.a.s.xx");
        let mut traces = of_text();
        traces.add(&base64(text.as_bytes()), true);
        let found = traces.found();
        assert_eq!(found.iter().map(|it| it.encoding).collect::<Vec<_>>(), ["base64"], "{before:?}");
        let mut hex = String::new();
        text.bytes().for_each(|byte| write!(hex, "{byte:02x}").unwrap());
        let mut traces = of_text();
        traces.add(hex.as_bytes(), true);
        assert_eq!(traces.found()[0].encoding, "hex");
    }
}

#[test]
fn what_json_unescapes_is_no_trace_in_json() {
    let mut traces = of_text();
    traces.add(br#""\u005f\u005fes1.a __es1.b""#, true);
    traces.not_json(br"\u005f\u005fes1.a", 7);
    assert_eq!(traces.found(), [EncodedTokens { encoding: "escaped", count: 1, offset: 7 }]);
}

/// Every character of the beginning in every spelling, alone and together.
#[test]
fn any_characters_of_the_beginning_may_be_escaped_in_any_way() {
    type Spell = fn(u8) -> String;
    let spellings: [(&str, Spell); 14] = [
        ("percent", |it| format!("%{:02x}", it)),
        ("percent", |it| format!("%25{:02X}", it)),
        ("quoted-printable", |it| format!("={:02X}", it)),
        ("escaped", |it| format!("&#{};", it)),
        ("escaped", |it| format!("&#x{:x};", it)),
        ("escaped", |it| format!("&amp;#x{:X};", it)),
        ("escaped", |it| format!("\\x{:02X}", it)),
        ("escaped", |it| format!("\\x{:02x}", it)),
        ("escaped", |it| format!("\\u{:04x}", it)),
        ("escaped", |it| format!("\\u{:04X}", it)),
        ("escaped", |it| format!("\\\\u{:04X}", it)),
        ("escaped", |it| format!("\\u{{{:x}}}", it)),
        ("escaped", |it| format!("\\{:03o}", it)),
        ("escaped", |it| format!("\\{}", char::from(it))),
    ];
    for (number, (encoding, spell)) in spellings.iter().enumerate() {
        for subset in 1_u32..64 {
            // A backslash before all of it leaves it whole.
            if number == 13 && subset == 1 {
                continue;
            }
            let spelt: String = b"__es1."
                .iter()
                .enumerate()
                .map(|(at, it)| if subset >> at & 1 == 1 { spell(*it) } else { char::from(*it).to_string() })
                .collect();
            let text = format!("_x {spelt}pii.s.AA and {spelt}");
            for size in [1, 7, text.len()] {
                let mut traces = of_text();
                text.as_bytes().chunks(size).for_each(|piece| traces.add(piece, false));
                let expected = EncodedTokens { encoding, count: 2, offset: 3 };
                assert_eq!(traces.found(), [expected], "{text} by {size}");
            }
        }
    }
    for text in ["__es1.a", r"\__es1.a", "%5F%5Fes", "__es2.", "%5F%5Fes2.", "a=__es1.", "&__es1."] {
        let mut traces = of_text();
        traces.add(text.as_bytes(), false);
        assert_eq!(traces.found(), [], "{text}");
    }
}

/// Long pieces are not copied, and where what introduces escapes is frequent it is looked for in another way.
#[test]
fn nothing_is_missed_in_long_pieces_nor_among_what_is_no_escape() {
    let lines = [" page=0&city=Oslo \\\" 100%25 X= ", " nothing of that kind stands in this one "];
    for line in lines {
        for spelt in
            [r"\u005f_es1.", "_%5Fes1.", "__es1&#46;", "_=5Fes1.", "__\\es1.", "X19lczEu", "5f5F6573312E"]
        {
            let lines = line.repeat(200);
            let text = [&lines, spelt, line, spelt, &lines, spelt, &lines, spelt].concat();
            let first = u64::try_from(lines.len()).unwrap();
            for size in [450, 1_000, 8_191, text.len() / 2, text.len()] {
                let mut traces = of_text();
                text.as_bytes().chunks(size).for_each(|piece| traces.add(piece, false));
                let found = traces.found();
                assert_eq!(found.len(), 1, "{spelt} by {size}");
                assert_eq!((found[0].count, found[0].offset), (4, first), "{spelt} by {size}");
            }
        }
    }
}

#[test]
fn hexadecimal_may_have_either_case_in_each_digit() {
    for text in ["5f5F6573312E", "5F5f6573312e", r"\x5f5f6573312e"] {
        for size in 1..=text.len() {
            let mut traces = of_text();
            text.as_bytes().chunks(size).for_each(|piece| traces.add(piece, true));
            assert_eq!(traces.found().len(), 1, "{text} by {size}");
        }
    }
}

#[test]
fn classic_prefixes_leave_the_same_traces() {
    let keyring =
        br#"{"version": 1, "keys": {"c": {"private_key_file": "c", "prefix": "{{c,", "suffix": ":}}"}}}"#;
    let keyring = Keyring::from_json(keyring).unwrap();
    let utf16_be = "{{c,".encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (encoding, text) in [
        ("utf-16", utf16("x{{c,AA")),
        ("utf-16", utf16_be),
        ("percent", b"a=%7B%7Bc%2CAA".to_vec()),
        ("percent", b"a=%7b%7bc,AA".to_vec()),
        ("escaped", br"\u007b{c,AA".to_vec()),
    ] {
        let mut traces = Traces::new(TextFormat::Text, &keyring, &[]);
        traces.add(&text, false);
        let found = traces.found();
        assert_eq!(found.iter().map(|it| it.encoding).collect::<Vec<_>>(), [encoding], "{text:?}");
    }
}

#[test]
fn a_key_that_is_named_as_in_a_token_is_covered_by_a_token_or_told() {
    let key_id = KeyId::new("pii").unwrap();
    let mut traces = Traces::new(TextFormat::Json, &Keyring::default(), core::slice::from_ref(&key_id));
    traces.add(br#"["__es1.pii.s.", "\u005f_es1.pii.s.", "~~es1.pi"#, true);
    traces.add(br#"i.s.", "es1.other."]"#, true);
    traces.token(2, Some(&key_id));
    traces.token(18, Some(&key_id));
    traces.told(20);
    assert_eq!(traces.found(), [EncodedTokens { encoding: "altered", count: 1, offset: 41 }]);
}
