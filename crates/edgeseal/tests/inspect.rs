//! What an inspector tells of texts, against a count that knows nothing of formats, and against what a scan finds.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use edgeseal::{
    Delimiter, Fallback, FoundToken, Inspector, Keyring, Kind, Scan, Scanner, TextFormat, TokenError,
};
use proptest::prelude::*;

const CLASSIC: &str = r#"{"version": 1, "keys": {
    "a": {"private_key_file": "a.pem"},
    "c": {"private_key_file": "c.pem", "prefix": "{{c:", "suffix": ":}}"}
}}"#;

fn keyring() -> Keyring {
    Keyring::from_json(CLASSIC.as_bytes()).unwrap()
}

/// Inspects a text in pieces of this size.
fn inspect(text: &[u8], format: TextFormat, size: usize, keyring: &Keyring) -> Vec<FoundToken> {
    let mut inspector = Inspector::new(format);
    let (mut waiting, mut found) = (Vec::new(), Vec::new());
    let mut pieces = text.chunks(size.max(1)).peekable();
    loop {
        waiting.extend_from_slice(pieces.next().unwrap_or_default());
        let last = pieces.peek().is_none();
        let inspected = inspector.inspect(&waiting, last, keyring).unwrap();
        found.extend_from_slice(inspected.tokens());
        waiting.drain(..inspected.covered());
        if last {
            assert!(waiting.is_empty());
            return found;
        }
    }
}

fn token(kind: &str, key_id: &str, filler: char) -> String {
    let part = |length: usize| filler.to_string().repeat(length - 1) + "A";
    match kind {
        "e" => {
            let header = "eyJhbGciOiJSU0EtT0FFUC0yNTYiLCJjdHkiOiJqc29uIiwiY3R4Ijp7ImZpZWxkIjoiZW1haWwifSwiZW5jIjoiQTI1NkdDTSJ9";
            format!("__es1.{key_id}.e.{header}.{}.{}.{}.{}.__", part(342), part(16), "A".repeat(43), part(22))
        }
        "classic" => format!("{{{{c:{}A==:}}}}", part(341)),
        kind => format!("__es1.{key_id}.{kind}.{}.__", part(342)),
    }
}

/// What a piece of a generated text is: text, or something that begins like a token, with what is expected of it.
#[derive(Clone, Debug)]
enum Part {
    Words(String),
    Token { kind: &'static str, key_id: String, filler: char },
    Cut { key_id: String },
    Version,
    Kind { key_id: String },
}

impl Part {
    fn text(&self) -> String {
        match self {
            Self::Words(words) => words.clone(),
            Self::Token { kind, key_id, filler } => token(kind, key_id, *filler),
            Self::Cut { key_id } => format!("__es1.{key_id}.s.AAAA"),
            Self::Version => "__es2.new.s.AAAA.__".to_owned(),
            Self::Kind { key_id } => format!("__es1.{key_id}.x.AAAA.__"),
        }
    }

    /// The key id and the kind or code, if it is to be found.
    fn expected(&self) -> Option<(Option<String>, String)> {
        let of = |key_id: &str, what: &str| Some((Some(key_id.to_owned()), what.to_owned()));
        match self {
            Self::Words(_) => None,
            Self::Token { kind: "classic", .. } => of("c", "classic"),
            Self::Token { kind, key_id, .. } => of(key_id, kind),
            Self::Cut { key_id } => of(key_id, "token_damaged"),
            Self::Version => Some((None, "token_version_unknown".to_owned())),
            Self::Kind { key_id } => of(key_id, "token_kind_unknown"),
        }
    }
}

fn seen(found: &FoundToken) -> (Option<String>, String) {
    let what = match found.token() {
        Ok(token) => match token.kind() {
            Kind::Text => "s",
            Kind::Value => "v",
            Kind::Envelope => "e",
            Kind::Classic => "classic",
        },
        Err(error) => error.code(),
    };
    (found.key_id().map(ToString::to_string), what.to_owned())
}

fn part() -> impl Strategy<Value = Part> {
    let key_id = || "[a-z][a-z0-9-]{0,8}";
    prop_oneof![
        3 => "[ a-zé:;}_.]{0,12}".prop_map(Part::Words),
        3 => (prop::sample::select(vec!["s", "v", "e", "classic"]), key_id(), prop::sample::select(vec!['x', 'Q', '7']))
            .prop_map(|(kind, key_id, filler)| Part::Token { kind, key_id, filler }),
        1 => key_id().prop_map(|key_id| Part::Cut { key_id }),
        1 => Just(Part::Version),
        1 => key_id().prop_map(|key_id| Part::Kind { key_id }),
    ]
}

/// The parts as a text of a format: each a value, a name or a cell of its own, with words around it.
fn written(parts: &[Part], format: TextFormat, escape: bool) -> String {
    let json = |part: &Part| {
        let text = part.text();
        let text = serde_json::to_string(&text).unwrap();
        // Some writers escape what they need not.
        if escape { text.replace("__es", r"\u005f\u005fes") } else { text }
    };
    let lines = |join: &str, cell: &dyn Fn(&Part) -> String| {
        parts
            .chunks(3)
            .map(|row| row.iter().map(cell).collect::<Vec<_>>().join(join) + "\n")
            .collect::<String>()
    };
    match format {
        TextFormat::Json => {
            let members: Vec<String> = parts
                .iter()
                .enumerate()
                .map(|(index, part)| match index % 4 {
                    0 => format!("{}: 1", json(part)),
                    1 => format!("\"n{index}\": [[{}], {{}}]", json(part)),
                    2 => format!("\"n{index}\": {{\"deep\": \n{}}}", json(part)),
                    _ => format!("\"n{index}\": {}", json(part)),
                })
                .collect();
            format!("{{{}}}", members.join(",\n "))
        }
        TextFormat::NdJson => lines(", ", &json).lines().map(|line| format!("[{line}]\n")).collect(),
        TextFormat::Csv(delimiter) => {
            let quoted = |part: &Part| format!("\"{}\"", part.text().replace('"', "\"\""));
            lines(&char::from(delimiter.byte()).to_string(), &quoted)
        }
        TextFormat::Form => {
            parts.iter().map(|part| format!("n={}&", part.text().replace(' ', "+"))).collect()
        }
        TextFormat::Text => lines(" | ", &Part::text),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn everything_that_was_put_in_is_told_whatever_the_format_and_the_pieces(
        parts in prop::collection::vec(part(), 0..12),
        size in prop_oneof![1_usize..9, 9_usize..700, Just(usize::MAX)],
        escape in any::<bool>(),
    ) {
        let keyring = keyring();
        for format in [
            TextFormat::Json,
            TextFormat::NdJson,
            TextFormat::Csv(Delimiter::Comma),
            TextFormat::Csv(Delimiter::Pipe),
            TextFormat::Form,
            TextFormat::Text,
        ] {
            let text = written(&parts, format, escape);
            let found = inspect(text.as_bytes(), format, size, &keyring);
            let got: Vec<_> = found.iter().map(seen).collect();
            let expected: Vec<_> = parts.iter().filter_map(Part::expected).collect();
            prop_assert_eq!(got, expected, "{:?} {}", format, text);
            // Without a keyring all but the classic ones are.
            let without = inspect(text.as_bytes(), format, size, &Keyring::default());
            let expected = parts.iter().filter_map(Part::expected).filter(|(_, what)| what != "classic").count();
            prop_assert_eq!(without.len(), expected);
            for found in &found {
                let before = &text.as_bytes()[..found.offset()];
                prop_assert_eq!(found.line(), before.iter().filter(|byte| **byte == b'\n').count() + 1);
                let at = &text[found.offset()..];
                let begins = ["__es", "{{c:", r"\u005f"].iter().any(|prefix| at.starts_with(prefix));
                prop_assert!(begins, "{}", at);
                prop_assert!(!found.pointer().unwrap_or_default().contains("__es"));
            }
            // A scan finds the same, at the same places.
            let scan = Scan::new(text.as_bytes(), format, &keyring).unwrap();
            let report = scan.splice_with(&[], |_, _| Fallback::Keep).unwrap().report;
            let offsets = |kept: &[edgeseal::Kept]| kept.iter().map(edgeseal::Kept::offset).collect::<Vec<_>>();
            prop_assert_eq!(offsets(report.kept()), found.iter().map(FoundToken::offset).collect::<Vec<_>>());
            if matches!(format, TextFormat::Json | TextFormat::NdJson) {
                let mut scanner = Scanner::new(format).with_positions();
                let scan = scanner.scan(text.as_bytes(), true, &keyring).unwrap();
                let report = scan.splice_with(&[], |_, _| Fallback::Keep).unwrap().report;
                for (kept, found) in report.kept().iter().zip(&found) {
                    if !kept.pointer().unwrap_or_default().contains("__es") {
                        prop_assert!(kept.pointer() == found.pointer() || found.pointer().unwrap().contains('…'));
                    }
                }
            }
        }
    }

    #[test]
    fn no_token_is_there_where_none_begins(text in "[_es1. {}\",:a-c\\\\\n]{0,80}", size in 1_usize..20) {
        let prefixes = (0..text.len()).filter(|at| {
            let rest = text[*at..].strip_prefix("__es");
            rest.is_some_and(|rest| {
                let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
                digits > 0 && rest[digits..].starts_with('.')
            })
        });
        let found = inspect(text.as_bytes(), TextFormat::Text, size, &Keyring::default());
        prop_assert_eq!(found.iter().map(FoundToken::offset).collect::<Vec<_>>(), prefixes.collect::<Vec<_>>());
    }
}

#[test]
fn a_token_tells_its_field_or_its_place() {
    let text = format!(
        "{{\"list\": [{{\"a/b\": [\"{}\"]}}], \"{}\": \"{}\", \"e\": \"x {}\"}}",
        token("s", "a", 'x'),
        token("s", "name", 'x'),
        token("v", "under", 'x'),
        token("e", "a", 'x'),
    );
    let found = inspect(text.as_bytes(), TextFormat::Json, 7, &Keyring::default());
    let told: Vec<_> = found
        .iter()
        .map(|it| {
            (it.pointer().unwrap(), it.name(), it.is_in_name(), it.field().map(|field| field.to_string()))
        })
        .collect();
    assert_eq!(
        told,
        [
            ("/list/0/a~1b/0", Some("a/b"), false, None),
            ("", None, true, None),
            ("/…", Some("…"), false, None),
            ("/e", Some("e"), false, Some("email".to_owned())),
        ]
    );
    assert_eq!(found[0].token().unwrap().key_size(), Some(edgeseal::KeySize::Rsa2048));
    let table = format!("id;x\r\n1;{0}\r\n\"{0}\";\"{0}, {0}\"\r\n", token("s", "a", 'x'));
    let found = inspect(table.as_bytes(), TextFormat::Csv(Delimiter::Semicolon), 3, &Keyring::default());
    let columns: Vec<_> = found.iter().map(|it| (it.line(), it.column())).collect();
    assert_eq!(columns, [(2, Some(2)), (3, Some(1)), (3, Some(2)), (3, Some(2))]);
}

#[test]
fn what_is_damaged_tells_its_key_id_if_that_stands_whole() {
    for (text, key_id, error) in [
        ("__es1.", None, TokenError::Damaged),
        ("__es1.a", None, TokenError::Damaged),
        ("__es1.a.", Some("a"), TokenError::Damaged),
        ("__es1.a b.s.", None, TokenError::Damaged),
        ("__es1..s.", None, TokenError::Damaged),
        ("__es1.pii-2026a.s.AA=.__", Some("pii-2026a"), TokenError::Damaged),
        ("__es1.pii.q.AA.__", Some("pii"), TokenError::KindUnknown),
        ("__es2.pii.s.AA.__", None, TokenError::VersionUnknown),
        ("{{c:AA", Some("c"), TokenError::Damaged),
    ] {
        let found = inspect(text.as_bytes(), TextFormat::Text, 1, &keyring());
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].key_id().map(|it| it.as_str()), key_id, "{text}");
        assert_eq!(found[0].token().err(), Some(error), "{text}");
    }
    let long = format!("__es1.{}.s.", "k".repeat(65));
    assert_eq!(inspect(long.as_bytes(), TextFormat::Text, 5, &keyring())[0].key_id(), None);
}
