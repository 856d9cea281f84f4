//! Putting plaintexts back, whatever they are.
//!
//! Input: a format, how to cut, plaintexts (each a kind, `s`, `v`, `e` or `c`, and text up to a byte 0xFF), then a text in which the bytes from 0xF8 on stand for
//! tokens of them. **Oracle:** other parsers (serde_json, csv-core, form_urlencoded) read the same structure before and after, with every token that their values hold
//! replaced by its plaintext as FORMAT.md, section 6, has it, and nothing else changed, a token in a plaintext included. It fails only if a plaintext is none of
//! its kind. In pieces it is the same.

mod seeds;

use std::sync::LazyLock;

use csv_core::{ReadRecordResult, ReaderBuilder, Terminator};
use edgeseal::{Answer, Ciphertext, Delimiter, Keyring, Scan, Scanner, TextFormat};

use crate::input::Input;
use crate::naive::{self, Classic, Found};
use crate::random::Random;
use crate::token::{DATA_KEY, HEADER, as_text, direct, envelope, is_value, pad};
use crate::tree::{Tree, is_shallow, string};
pub use seeds::seeds;

const CLASSIC: [Classic; 1] = [Classic { key_id: "c1", prefix: "[enc:", suffix: ":enc]" }];
const FORMATS: [TextFormat; 7] = [
    TextFormat::Json,
    TextFormat::NdJson,
    TextFormat::Form,
    TextFormat::Text,
    TextFormat::Csv(Delimiter::Comma),
    TextFormat::Csv(Delimiter::Semicolon),
    TextFormat::Csv(Delimiter::Tab),
];

static KEYRING: LazyLock<Keyring> = LazyLock::new(|| {
    let json = br#"{"version":1,"keys":{"k1":{"private_key_file":"k"},"c1":{"private_key_file":"k","prefix":"[enc:","suffix":":enc]"}}}"#;
    Keyring::from_json(json).expect("the keyring loads")
});

/// A plaintext, and the token that is said to hold it.
struct Secret {
    kind: char,
    plaintext: Vec<u8>,
    token: String,
}

/// Gives an input to the product.
///
/// # Panics
/// If the oracle is not content.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let format = *input.choose(&FORMATS);
    let mut random = Random::new(input.byte().into());
    let mut secrets = Secrets(Vec::new());
    while secrets.0.len() < 8 {
        let kind = char::from(input.byte());
        if !"sevc".contains(kind) {
            break;
        }
        secrets.add(kind, input.until(0xff));
    }
    let mut text = Vec::new();
    for byte in input.rest() {
        match secrets.0.get(usize::from(byte.wrapping_sub(0xf8))) {
            Some(secret) if *byte >= 0xf8 => text.extend_from_slice(secret.token.as_bytes()),
            _ => text.push(*byte),
        }
    }

    let whole = match Scan::new(&text[..], format, &KEYRING) {
        Ok(scan) => {
            let answers: Vec<Answer> = scan.ciphertexts().iter().map(|it| secrets.answer(it)).collect();
            scan.splice(&answers).map(|spliced| spliced.body.to_vec()).map_err(|error| error.code())
        }
        Err(error) => Err(error.code()),
    };
    for most in [1, 9, 900] {
        if text.len() <= 150 * most {
            let pieces = secrets.in_pieces(&text, format, || random.length(most));
            assert!(pieces == whole || both_refused(&pieces, &whole), "in pieces of {most} it is another");
        }
    }
    let plaintexts = secrets.0.iter().map(|secret| &secret.plaintext[..]);
    if !plaintexts.chain([&text[..]]).all(|text| is_shallow(text, 60)) {
        return;
    }
    match whole {
        Ok(after) => secrets.check(&text, &after, format),
        Err("decryption_failed") => {
            let is_bad = |secret: &Secret| secret.json().is_none();
            let unknown =
                |text: &[u8]| naive::find(text, &CLASSIC).iter().any(|found| secrets.of(found).is_none());
            let is_json = matches!(format, TextFormat::Json | TextFormat::NdJson);
            let escaped = is_json && text.contains(&b'\\');
            assert!(secrets.0.iter().any(is_bad) || unknown(&text) || escaped, "every plaintext is good");
        }
        Err(code) => assert!(
            matches!(
                (format, code),
                (TextFormat::Json | TextFormat::NdJson, "json_invalid" | "body_not_utf8")
                    | (TextFormat::Csv(_), "csv_invalid")
            ),
            "refused: {code}"
        ),
    }
}

/// In pieces what comes first is told: what does not open, or what is no JSON behind it.
fn both_refused(one: &Result<Vec<u8>, &str>, two: &Result<Vec<u8>, &str>) -> bool {
    one.is_err() && two.is_err()
}

struct Secrets(Vec<Secret>);

impl Secret {
    /// The JSON text of the value; `None` if the plaintext is none of its kind.
    fn json(&self) -> Option<String> {
        let text = core::str::from_utf8(&self.plaintext).ok()?;
        match self.kind {
            's' | 'c' => serde_json::to_string(text).ok(),
            'v' => is_value(&self.plaintext).then(|| text.to_owned()),
            _ => {
                let value = text.trim_end_matches(' ');
                is_value(value.as_bytes()).then(|| value.to_owned())
            }
        }
    }
}

impl Secrets {
    fn add(&mut self, kind: char, plaintext: &[u8]) {
        let rsa = vec![u8::try_from(self.0.len()).expect("there are few") + 1; 256];
        let token = match kind {
            'e' => envelope(HEADER.as_bytes(), &rsa, &pad(plaintext)),
            'c' => {
                let base64 = naive::to_base64url(&rsa).replace('-', "+").replace('_', "/");
                format!("[enc:{base64}==:enc]")
            }
            _ => direct(kind, &rsa),
        };
        self.0.push(Secret { kind, plaintext: plaintext.to_vec(), token });
    }

    fn by_ciphertext(&self, rsa: &[u8]) -> Option<&Secret> {
        let secret = self.0.get(usize::from(rsa[0]).checked_sub(1)?)?;
        (rsa.len() == 256 && rsa.iter().all(|byte| *byte == rsa[0])).then_some(secret)
    }

    fn answer(&self, ciphertext: &Ciphertext) -> Answer {
        match self.by_ciphertext(ciphertext.bytes()) {
            Some(secret) if secret.kind == 'e' => Answer::Plaintext(DATA_KEY.to_vec().into()),
            Some(secret) => Answer::Plaintext(secret.plaintext.clone().into()),
            None => Answer::Failed,
        }
    }

    /// What a token holds; `None` if it is one of ours whose plaintext is bad, or one that nobody knows.
    fn of(&self, found: &Found) -> Option<Held> {
        let Ok(token) = &found.token else { return Some(Held::Stays) };
        if !["k1", "c1"].contains(&token.key_id.as_str()) {
            return Some(Held::Stays);
        }
        let secret = self.by_ciphertext(&token.rsa)?;
        // With another kind it is another token.
        (token.kind == secret.kind).then(|| secret.json()).flatten().map(Held::Value)
    }

    /// A text with the plaintext of each token in its place, as `write` has it.
    fn replaced(&self, text: &[u8], write: impl Fn(&str) -> Vec<u8>) -> Vec<u8> {
        let (mut out, mut copied) = (Vec::new(), 0);
        for found in naive::find(text, &CLASSIC) {
            if let Held::Value(json) = self.of(&found).expect("what does not open fails the whole") {
                out.extend_from_slice(&text[copied..found.range.start]);
                out.extend(write(&as_text(&json)));
                copied = found.range.end;
            }
        }
        out.extend_from_slice(&text[copied..]);
        out
    }

    fn check(&self, before: &[u8], after: &[u8], format: TextFormat) {
        let raw = |text: &str| text.as_bytes().to_vec();
        match format {
            TextFormat::Json => self.compare(&read(before), &read(after), &|json| json.to_owned()),
            TextFormat::NdJson => {
                let lines = |text: &[u8]| -> Vec<Vec<u8>> {
                    text.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
                };
                let (before, after) = (lines(before), lines(after));
                assert_eq!(before.len(), after.len(), "as many lines");
                for (before, after) in before.iter().zip(&after) {
                    if before.iter().all(|byte| b" \t\r".contains(byte)) {
                        assert_eq!(before, after);
                        continue;
                    }
                    self.compare(&read(before), &read(after), &|json| json.replace(['\r', '\n'], " "));
                }
            }
            TextFormat::Form => {
                let escaped = |text: &str| {
                    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().into_bytes()
                };
                assert!(self.replaced(before, escaped) == after, "another form");
            }
            TextFormat::Text => assert!(self.replaced(before, raw) == after, "another text"),
            TextFormat::Csv(delimiter) => {
                let mark = "\u{feff}".as_bytes();
                if after.starts_with(mark) && !before.starts_with(mark) {
                    // Bytes that are no characters meet where the token between them was. A reader takes them for a mark.
                    assert!(core::str::from_utf8(before).is_err(), "a value became the mark of a file");
                    return;
                }
                let both =
                    [before, after].map(|text| records(text.strip_prefix(mark).unwrap_or(text), delimiter));
                let fields = |record: &Vec<Vec<u8>>| -> Vec<Vec<u8>> {
                    record.iter().map(|field| self.replaced(field, raw)).collect()
                };
                let expected: Vec<Vec<Vec<u8>>> = both[0].iter().map(fields).collect();
                assert!(expected == both[1], "other records");
            }
        }
    }

    /// JSON before and after; `written` is what a whole value is written as.
    fn compare(&self, before: &Tree, after: &Tree, written: &dyn Fn(&str) -> String) {
        match (before, after) {
            (Tree::Leaf(leaf), _) if leaf.starts_with('"') => {
                let Some(text) = string(leaf) else {
                    // A string without a text: what is in it, other parsers cannot say.
                    assert!(string(after.text()).is_none() || leaf == after.text());
                    return;
                };
                let found = naive::find(text.as_bytes(), &CLASSIC);
                let holds = |found: &Found| self.of(found).expect("what does not open fails the whole");
                match &found[..] {
                    [one]
                        if one.range == (0..text.len())
                            && let Held::Value(json) = holds(one) =>
                    {
                        assert_eq!(after.text(), written(&json), "a whole string becomes the value");
                    }
                    _ => self.compare_texts(leaf, after.text()),
                }
            }
            (Tree::Leaf(before), Tree::Leaf(after)) => assert_eq!(before, after),
            (Tree::Array { elements: before, .. }, Tree::Array { elements: after, .. }) => {
                assert_eq!(before.len(), after.len());
                before.iter().zip(after).for_each(|(before, after)| self.compare(before, after, written));
            }
            (Tree::Object { members: before, .. }, Tree::Object { members: after, .. }) => {
                assert_eq!(before.len(), after.len());
                for ((name, before), (name_after, after)) in before.iter().zip(after) {
                    self.compare_texts(name, name_after);
                    self.compare(before, after, written);
                }
            }
            _ => panic!("a value has become one of another type"),
        }
    }

    /// A string that is more than a token, or a name.
    fn compare_texts(&self, before: &str, after: &str) {
        let Some(text) = string(before) else { return };
        let is_held = |found: &Found| matches!(self.of(found), Some(Held::Value(_)));
        if naive::find(text.as_bytes(), &CLASSIC).iter().any(is_held) {
            let expected = self.replaced(text.as_bytes(), |text| text.as_bytes().to_vec());
            assert_eq!(string(after).map(String::into_bytes), Some(expected), "another text");
        } else {
            assert_eq!(before, after, "what holds no token stays");
        }
    }

    fn in_pieces(
        &self,
        text: &[u8],
        format: TextFormat,
        mut length: impl FnMut() -> usize,
    ) -> Result<Vec<u8>, &'static str> {
        let mut scanner = Scanner::new(format);
        let (mut covered, mut read, mut output) = (0, 0, Vec::new());
        loop {
            read = (read + length()).min(text.len());
            let is_last = read == text.len();
            let scan = scanner.scan(&text[covered..read], is_last, &KEYRING).map_err(|error| error.code())?;
            let answers: Vec<Answer> = scan.ciphertexts().iter().map(|it| self.answer(it)).collect();
            output.extend_from_slice(&scan.splice(&answers).map_err(|error| error.code())?.body);
            covered += scan.covered();
            if is_last {
                return Ok(output);
            }
        }
    }
}

/// What is in the place of a token.
enum Held {
    /// The JSON text of a value.
    Value(String),
    /// The token: it is none, or under a key that nobody knows.
    Stays,
}

fn read(text: &[u8]) -> Tree {
    Tree::read(text).expect("it is JSON")
}

/// The records that csv-core reads.
fn records(text: &[u8], delimiter: Delimiter) -> Vec<Vec<Vec<u8>>> {
    let mut reader = ReaderBuilder::new().delimiter(delimiter.byte()).terminator(Terminator::CRLF).build();
    let (mut records, mut rest) = (Vec::new(), text);
    let (mut out, mut ends) = (vec![0; text.len() + 16], vec![0; text.len() + 16]);
    loop {
        let (mut written, mut count) = (0, 0);
        loop {
            let (result, read, wrote, ended) =
                reader.read_record(rest, &mut out[written..], &mut ends[count..]);
            rest = &rest[read..];
            written += wrote;
            count += ended;
            match result {
                ReadRecordResult::Record => break,
                ReadRecordResult::End => return records,
                _ => {}
            }
        }
        let starts = [0].into_iter().chain(ends[..count].iter().copied());
        records.push(starts.zip(&ends[..count]).map(|(start, end)| out[start..*end].to_vec()).collect());
    }
}
