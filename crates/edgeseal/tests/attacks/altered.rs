//! Tokens whose text has been changed: by an attacker, or by what stored it.

use edgeseal::{Fallback, Kind, Scan, Scanner, TextFormat, Token};

use crate::common::pieces::{Outcome, in_pieces};
use crate::common::pool::POOL;

/// A token of each kind that holds `"078-05-1120"`: direct, envelope, classic.
fn tokens() -> [&'static str; 3] {
    ["__es1.a.s.", "__es1.a.e.", "[enc:"].map(|beginning| {
        let holds =
            |(token, value): &&(String, String)| token.starts_with(beginning) && value == r#""078-05-1120""#;
        &*POOL.tokens.iter().find(holds).unwrap().0
    })
}

fn decrypt(format: TextFormat, text: &str) -> Outcome {
    let answer = |ciphertext: &_| POOL.answer(ciphertext);
    let scanner = Scanner::new(format);
    in_pieces(scanner, text.as_bytes(), &[text.len().max(1)], &POOL.keyring, answer, |_, _| Fallback::Keep)
        .unwrap()
}

fn with(text: &str, offset: usize, removed: usize, inserted: &str) -> String {
    format!("{}{inserted}{}", &text[..offset], &text[offset + removed..])
}

/// Direct tokens under keys of each size, and an envelope.
fn of_each_size() -> Vec<String> {
    let fields = r#"[{"name": "a", "path": "$[0]", "key": "rsa2048-a"}, {"name": "b", "path": "$[1]", "key": "rsa3072"},
        {"name": "c", "path": "$[2]", "key": "rsa4096"}, {"name": "d", "path": "$[3]", "key": "rsa2048-a", "mode": "envelope"}]"#;
    crate::strings(&crate::encrypt(fields, "", r#"["1", "2", "3", "4"]"#))
}

#[test]
fn no_character_inserted_or_replaced_anywhere_gives_the_same_token() {
    for text in of_each_size() {
        let token = Token::parse(&text).unwrap();
        // An insertion into the key id is a token under another key id; everything else is no token, or holds other bytes.
        let differs = |changed: &str| match Token::parse(changed) {
            Ok(other) => other != token,
            Err(error) => {
                ["token_damaged", "token_version_unknown", "token_kind_unknown"].contains(&error.code())
            }
        };
        for offset in 0..=text.len() {
            for byte in 0..=0x7f_u8 {
                let character = char::from(byte).to_string();
                let longer = with(&text, offset, 0, &character);
                assert!(differs(&longer), "{byte:#x} at {offset}");
                // In a key id it is another key's token, in an envelope's header another header.
                let may_parse = 6 + token.key_id().as_str().len() >= offset || token.kind() == Kind::Envelope;
                assert!(may_parse || Token::parse(&longer).is_err(), "{byte:#x} at {offset}");
                if offset < text.len() && !text[offset..].starts_with(&character) {
                    assert!(differs(&with(&text, offset, 1, &character)), "{byte:#x} for that at {offset}");
                }
            }
        }
    }
}

#[test]
fn unused_bits_of_base64_are_zero_in_every_part() {
    // The parts of each token, counted from the left, and how many values their last character may have.
    let expected: [&[(usize, usize)]; 4] =
        [&[(3, 4)], &[(3, 64)], &[(3, 16)], &[(4, 4), (5, 64), (6, 16), (7, 4)]];
    for (text, parts) in of_each_size().iter().zip(expected) {
        for (part, accepted) in parts {
            let end: usize = text.split('.').take(part + 1).map(|part| part.len() + 1).sum::<usize>() - 1;
            let values = (0..=0x7f_u8)
                .filter(|byte| Token::parse(&with(text, end - 1, 1, &char::from(*byte).to_string())).is_ok());
            assert_eq!(values.count(), *accepted, "part {part}");
        }
    }
    // Classic tags: 256 bytes end in two characters of padding, and four bits before them are not used.
    let [_, _, classic] = tokens();
    let end = classic.len() - "==:enc]".len();
    let accepted = (0..=0x7f_u8).filter(|byte| {
        let text = with(classic, end - 1, 1, &char::from(*byte).to_string());
        !Scan::new(text.as_bytes(), TextFormat::Text, &POOL.keyring).unwrap().ciphertexts().is_empty()
    });
    assert_eq!(accepted.count(), 4);
    for other in ["", "=", "===", "= =", "=\n=", "Q==", "#=="] {
        let text = with(classic, end, 2, other);
        let scan = Scan::new(text.as_bytes(), TextFormat::Text, &POOL.keyring).unwrap();
        assert!(scan.ciphertexts().is_empty(), "{other:?}");
        assert_eq!(scan.splice(&[]).unwrap().report.kept().len(), 1, "{other:?}");
    }
}

#[test]
fn damage_at_any_offset_of_a_token_leaves_the_others_alone() {
    for one in tokens() {
        for two in tokens() {
            for (format, begin, between, end) in [
                (TextFormat::Text, "", " ", ""),
                (TextFormat::Text, "", "", ""),
                (TextFormat::Json, "{\"a\": \"", "\", \"b\": \"", "\"}"),
            ] {
                let text = |one: &str| format!("{begin}{one}{between}{two}{end}");
                let expected = format!("{between}078-05-1120{end}");
                for offset in 0..one.len() {
                    let damaged = [
                        with(one, offset, 1, ""),
                        with(one, offset, 0, "!"),
                        with(one, offset, 0, "A"),
                        one[..offset].to_owned(),
                    ];
                    for damaged in damaged {
                        // `.__` and `__es1.` that touch: what the one loses at its end it takes from the other.
                        if between.is_empty() && two.starts_with('_') && one.len() - offset < 3 {
                            continue;
                        }
                        let outcome = decrypt(format, &text(&damaged));
                        let shown = crate::body(&outcome);
                        assert!(shown.ends_with(&expected), "{format:?} {offset}: {shown}");
                        // What was inserted before a token, or only moved it, leaves it what it is.
                        let whole = damaged.contains(one);
                        assert_eq!(outcome.decrypted, 1 + usize::from(whole), "{format:?} {offset}");
                        // Where its prefix is there it is told; two that touch may make another prefix.
                        let prefix = if one.starts_with('[') { "[enc:" } else { "__es1." };
                        let told = usize::from(damaged.contains(prefix) && !whole);
                        let is_told =
                            outcome.kept.len() == told || between.is_empty() && outcome.kept.len() > told;
                        assert!(is_told, "{format:?} {offset}: {shown}");
                        if !whole {
                            assert!(shown.starts_with(&format!("{begin}{damaged}")), "{format:?} {offset}");
                        }
                    }
                }
            }
        }
    }
}

/// What databases, transports and editors do to text; each leaves the beginning of a token, so that it can be told.
fn what_stores_do(token: &str) -> Vec<(&'static str, String)> {
    let (prefix, rest) = token.split_at(if token.starts_with('[') { 5 } else { 6 });
    let lines = |end: &str| {
        let lines: Vec<&str> =
            token.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
        lines.join(end)
    };
    let after = |from: &str, to: &str| format!("{prefix}{}", rest.replace(from, to));
    vec![
        ("lower case", token.to_lowercase()),
        ("upper case behind the prefix", format!("{prefix}{}", rest.to_uppercase())),
        ("lines of 76", lines("\n")),
        ("lines of 76 that end in CR LF", lines("\r\n")),
        ("quoted-printable", lines("=\r\n")),
        ("padding", format!("{}=={}", &token[..token.len() - 3], &token[token.len() - 3..])),
        ("a space in the middle", with(token, 200, 0, " ")),
        ("a space that cannot be seen", with(token, 200, 0, "\u{200b}")),
        ("a soft hyphen", with(token, 200, 0, "\u{ad}")),
        ("an ellipsis", format!("{}…", &token[..100])),
        ("an ellipsis in the middle", with(token, 100, 150, "...")),
        ("a trimmed end", token[..token.len() - 1].to_owned()),
        ("standard base64", after("-", "+").replace("__", "//").replacen("//", "__", 1) + "+"),
        ("percent signs", after(".", "%2E").replace('=', "%3D") + "%"),
        ("HTML", after("-", "&#45;").replace('=', "&#61;") + "&"),
        ("backslashes", after(".", "\\.").replace('=', "\\=") + "\\"),
    ]
}

#[test]
fn what_stores_do_to_tokens_is_decrypted_or_told_and_never_passed_in_silence() {
    for token in tokens() {
        for (what, altered) in what_stores_do(token) {
            if altered.contains(token) {
                assert_eq!(decrypt(TextFormat::Text, &altered).decrypted, 1, "{what}");
                continue;
            }
            let outcome = decrypt(TextFormat::Text, &altered);
            assert_eq!((outcome.decrypted, outcome.kept.len()), (0, 1), "{what}: {altered}");
        }
        // A column that is too short.
        let prefix = if token.starts_with('[') { 5 } else { 6 };
        for length in prefix..token.len() {
            let outcome = decrypt(TextFormat::Text, &token[..length]);
            assert_eq!(outcome.kept[0].code(), "token_damaged", "{length}");
        }
        // What leaves a token what it is.
        for harmless in [
            format!(" {token}\r\n"),
            format!("'{token}'"),
            format!("<![CDATA[{token}]]>"),
            format!("N'{token}';"),
        ] {
            assert_eq!(
                crate::body(&decrypt(TextFormat::Text, &harmless)),
                harmless.replace(token, "078-05-1120")
            );
        }
        let escaped: String = token.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
        assert_eq!(decrypt(TextFormat::Json, &format!("[\"{escaped}\"]")).decrypted, 1);
    }
}
