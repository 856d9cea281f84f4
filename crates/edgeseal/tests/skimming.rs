//! Texts in which few tokens stand far apart come out as if every byte had been read by itself: the same output, positions and errors.

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
use edgeseal::{Delimiter, NotDecrypted, ScanError, Scanner, TextFormat};
use proptest::prelude::*;
use proptest::sample::Index;

const CSV: TextFormat = TextFormat::Csv(Delimiter::Comma);

const FORMATS: [TextFormat; 5] =
    [TextFormat::Json, TextFormat::NdJson, CSV, TextFormat::Text, TextFormat::Form];

/// What a record holds beside its token, if it has one.
const NOTES: [&str; 12] = [
    "plain words and more of them, as long as an address or a note would be",
    "",
    "Zoë, Łukasz and 😀",
    "_ __ __e __es",
    "[ [e [en [enc [_",
    "a\\u00e9b \\ud83d\\ude00 \\\"quoted\\\" \\\\ \\/ \\n",
    "\\u005f\\u005fes1.hidden",
    "_\\u005Fes1.a.s.hidden",
    "[\\u0065nc:",
    "lone \\ud800",
    "{[,:]}",
    "1234567890",
];

#[derive(Clone, Debug)]
struct Record {
    note: &'static str,
    token: Option<String>,
    numbers: Vec<i32>,
}

fn record() -> impl Strategy<Value = Record> {
    let token = prop_oneof![
        3 => any::<Index>().prop_map(|index| index.get(&POOL.tokens).0.clone()),
        1 => any::<(Index, Index)>().prop_map(|(index, cut)| {
            let token = &index.get(&POOL.tokens).0;
            token[..cut.index(token.len())].to_owned()
        }),
        1 => Just("__es1.a.s.damaged".to_owned()),
    ];
    (
        prop::sample::select(&NOTES[..]),
        prop::option::weighted(0.15, token),
        prop::collection::vec(any::<i32>(), 0..4),
    )
        .prop_map(|(note, token, numbers)| Record { note, token, numbers })
}

impl Record {
    fn json(&self, feed: &str) -> String {
        let Self { note, token, numbers } = self;
        let token = token.as_ref().map(|token| format!(",{feed}\"token\": \"{token}\"")).unwrap_or_default();
        format!(
            "{{\"note\": \"{note}\",{feed}\"more\": {{\"numbers\": {numbers:?}{token}}}, \"empty\": [{{}}, []]}}"
        )
    }

    fn csv(&self) -> String {
        let Self { note, token, numbers } = self;
        let token = token.clone().unwrap_or_default().replace(['"', '\r', '\n'], "");
        format!("{},\"{}\",{token},x\r\n", numbers.len(), note.replace("\\\"", "\"\"").replace("\\n", "\n"))
    }

    fn text(&self) -> String {
        format!("{} {} {:?}\n", self.note, self.token.as_deref().unwrap_or_default(), self.numbers)
    }
}

fn text(format: TextFormat) -> impl Strategy<Value = (TextFormat, Bytes)> {
    let fault = (any::<Index>(), prop::sample::select(&b"\"\\,\n\r\xff\xc3{}]0_"[..]));
    let records = prop::collection::vec(record(), 1..40);
    (records, prop::option::weighted(0.3, fault)).prop_map(move |(records, fault)| {
        let all = |text: &dyn Fn(&Record) -> String, between: &str| {
            records.iter().map(text).collect::<Vec<_>>().join(between)
        };
        let mut text = match format {
            TextFormat::Json => format!("{{\"of\": [{}\n]}}", all(&|it| it.json("\n  "), ",\n")),
            TextFormat::NdJson => all(&|it| it.json(" "), "\n"),
            CSV => all(&Record::csv, ""),
            _ => all(&Record::text, ""),
        }
        .into_bytes();
        if let Some((at, byte)) = fault {
            let at = at.index(text.len());
            text[at] = byte;
        }
        (format, Bytes(text))
    })
}

fn run(format: TextFormat, text: &[u8], lengths: &[usize]) -> Result<Outcome, Failure> {
    let keep = |_: &_, _: NotDecrypted| edgeseal::Fallback::Keep;
    let scanner = Scanner::new(format).with_positions();
    in_pieces(scanner, text, lengths, &POOL.keyring, |ciphertext| POOL.answer(ciphertext), keep)
}

/// NDJSON, each line by itself and byte by byte: the pointers of what is kept, or the error.
fn line_by_line(text: &[u8]) -> Result<Vec<(usize, String)>, ScanError> {
    let mut kept = Vec::new();
    let mut start = 0;
    for line in text.split(|byte| *byte == b'\n') {
        let base = start;
        start += line.len() + 1;
        if line.iter().all(|byte| b" \t\r".contains(byte)) {
            continue;
        }
        if let Err(error) = std::str::from_utf8(line) {
            return Err(ScanError::NotUtf8 { offset: base + error.valid_up_to() });
        }
        match run(TextFormat::Json, line, &[1]) {
            Ok(outcome) => {
                kept.extend(
                    outcome.kept.iter().map(|it| (base + it.offset(), it.pointer().unwrap().to_owned())),
                );
            }
            Err(Failure::Scan(ScanError::JsonInvalid { offset })) => {
                return Err(ScanError::JsonInvalid { offset: base + offset });
            }
            Err(failure) => panic!("{failure:?}"),
        }
    }
    Ok(kept)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(700))]

    #[test]
    fn pieces_of_any_length_give_what_single_bytes_give(
        (format, text) in prop::sample::select(&FORMATS[..]).prop_flat_map(text), lengths in prop::collection::vec(1..2_000_usize, 1..4)
    ) {
        let whole = run(format, &text.0, &[text.0.len()]);
        prop_assert_eq!(&run(format, &text.0, &lengths), &whole);
        prop_assert_eq!(&run(format, &text.0, &[1]), &whole);
    }

    #[test]
    fn lines_give_what_each_gives_by_itself((format, text) in text(TextFormat::NdJson)) {
        match (run(format, &text.0, &[text.0.len()]), line_by_line(&text.0)) {
            (Ok(whole), Ok(lines)) => {
                let kept: Vec<_> =
                    whole.kept.iter().map(|it| (it.offset(), it.pointer().unwrap().to_owned())).collect();
                prop_assert_eq!(kept, lines);
            }
            (whole, lines) => prop_assert_eq!(whole.err(), lines.err().map(Failure::Scan)),
        }
    }
}

/// A token on every border between two blocks of several lengths, and a byte to either side of it.
#[test]
fn a_token_on_a_border_is_found() {
    let (token, value) = POOL.tokens.iter().find(|(token, _)| token.starts_with("__es1.a.s.")).unwrap();
    let value: String = serde_json::from_str(value).unwrap();
    for block in [4_096, 1 << 16, 1 << 17] {
        for before in
            [block - token.len() - 1, block - token.len(), block - 7, block - 4, block - 1, block, block + 1]
        {
            for (format, begin, end) in [
                (TextFormat::Text, "", " "),
                (TextFormat::NdJson, "{\"a\": 1}\n[\"", "\"]\n{\"b\": 2}\n"),
                (TextFormat::Json, "[{\"a\": [1]}, \"", "\", {\"b\": 2}]"),
                (CSV, "a,b\n1,\"x\"\n", ",2\n"),
            ] {
                let filler = before.saturating_sub(begin.len());
                let begin = match format {
                    TextFormat::NdJson => "\n".repeat(filler) + begin,
                    TextFormat::Json => " ".repeat(filler) + begin,
                    CSV => "a,b\n".repeat(filler / 4) + begin,
                    _ => "x".repeat(filler - 1) + " ",
                };
                let text = format!("{begin}{token}{end}");
                let outcome = run(format, text.as_bytes(), &[block]).unwrap();
                assert_eq!(outcome.decrypted, 1, "{format:?} {block} {before}");
                let json = serde_json::to_string(&value).unwrap();
                let plain = if matches!(format, TextFormat::Json | TextFormat::NdJson) {
                    &json[1..json.len() - 1]
                } else {
                    &value
                };
                assert_eq!(String::from_utf8_lossy(&outcome.body.0), format!("{begin}{plain}{end}"));
            }
        }
    }
}
