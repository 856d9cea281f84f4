//! Signs that a text holds tokens which a search for tokens does not see: in another encoding, or no text at all.

mod escapes;
mod plain;
mod spelling;

use edgeseal::{KeyId, Keyring, TextFormat};
use memchr::memmem::Finder;
use serde::Serialize;

use escapes::{Escapes, Match};
use plain::Plain;

/// An encoding in which the beginning of a token was seen, and the tokens themselves were not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct EncodedTokens {
    /// Which: `utf-16`, `utf-32`, `base64`, `hex`, `percent`, `quoted-printable` or `escaped`; `delimiter` of a classic token that the delimiter of CSV divides;
    /// `altered` where a key that is asked about is named as in a token, and there is none.
    pub encoding: &'static str,
    /// How often.
    pub count: u64,
    /// Where the first is, in bytes from the beginning of the text.
    pub offset: u64,
}

/// How the tokens begin that this release writes.
const BEGINNING: &[u8] = b"__es1.";
/// What that becomes in base64: there are three, by where in a group it begins; each is all that what stands around it does not change.
const BASE64: [&[u8]; 3] = [b"X19lczEu", b"9fZXMxL", b"fX2VzMS"];

/// Looks for such signs in a text that comes in pieces.
pub(super) struct Traces {
    finders: Vec<(&'static str, Finder<'static>)>,
    /// Those of encodings in which ASCII has zero bytes.
    with_zeros: Vec<(&'static str, Finder<'static>)>,
    escapes: Escapes,
    plain: Plain,
    /// The end of the last piece: of the longest that is looked for, all but a byte.
    tail: Vec<u8>,
    overlap: usize,
    read: u64,
    /// Up to here JSON's own escapes are read.
    json_until: u64,
    found: Vec<EncodedTokens>,
}

impl Traces {
    /// Of tokens of our own, of those with the keyring's classic tags, and of those under keys that are asked about.
    pub(super) fn new(format: TextFormat, keyring: &Keyring, asked: &[KeyId]) -> Self {
        let classic = || keyring.iter().filter_map(|(_, entry)| Some(entry.tags()?.prefix().as_bytes()));
        let beginnings = || classic().chain([BEGINNING]);
        let finders: Vec<_> = BASE64.iter().map(|needle| ("base64", Finder::new(*needle))).collect();
        let with_zeros: Vec<_> = beginnings()
            .flat_map(|beginning| [("utf-16", wider(beginning, 1)), ("utf-32", wider(beginning, 3))])
            .flat_map(|(encoding, needles)| needles.into_iter().map(move |it| (encoding, it)))
            .map(|(encoding, needle)| (encoding, Finder::new(&needle).into_owned()))
            .collect();
        let plain = Plain::new(format, keyring, asked);
        let sought = plain.sought().iter().map(|sought| &sought.finder);
        let all = finders.iter().chain(&with_zeros).map(|(_, finder)| finder).chain(sought);
        let overlap = all.map(|finder| finder.needle().len()).max().unwrap_or(1).saturating_sub(1);
        Self {
            finders,
            with_zeros,
            escapes: Escapes::new(beginnings()),
            plain,
            tail: Vec::new(),
            overlap,
            read: 0,
            json_until: 0,
            found: Vec::new(),
        }
    }

    /// The next piece; where it is read as JSON, its escapes are.
    pub(super) fn add(&mut self, piece: &[u8], is_json: bool) {
        if is_json {
            self.json_until = self.read.saturating_add(wide(piece.len()));
        }
        let (json_until, found) = (self.json_until, &mut self.found);
        self.escapes.add(piece, &mut |it| note_unread(found, it, json_until));
        let has_zeros = self.tail.contains(&0) || memchr::memchr(0, piece).is_some();
        let with_zeros = self.with_zeros.iter().filter(|_| has_zeros);
        for (encoding, finder) in self.finders.iter().chain(with_zeros) {
            search(finder, &self.tail, piece, self.read, &mut |offset| note(found, encoding, offset));
        }
        let mut seen = Vec::new();
        for (number, sought) in self.plain.sought().iter().enumerate() {
            search(&sought.finder, &self.tail, piece, self.read, &mut |offset| {
                seen.push((offset, number, sought.encoding));
            });
        }
        for (offset, number, encoding) in seen {
            if !self.plain.waits(offset, number) {
                note(&mut self.found, encoding, offset);
            }
        }
        self.tail.extend_from_slice(piece.get(piece.len().saturating_sub(self.overlap)..).unwrap_or(piece));
        let surplus = self.tail.len().saturating_sub(self.overlap);
        self.tail.drain(..surplus);
        self.read = self.read.saturating_add(wide(piece.len()));
    }

    /// What was taken for JSON and is read as text after all, from this offset on.
    pub(super) fn not_json(&mut self, text: &[u8], offset: u64) {
        let found = &mut self.found;
        self.escapes.apart(text, offset, &mut |it| {
            if it.json_only {
                note(found, it.encoding, it.offset);
            }
        });
    }

    /// A token under this key begins here.
    pub(super) fn token(&mut self, offset: usize, key_id: Option<&KeyId>) {
        if let Some(key_id) = key_id {
            self.plain.cover(wide(offset), key_id);
        }
    }

    /// Every token that begins before is told.
    pub(super) fn told(&mut self, until: u64) {
        for (encoding, offset) in self.plain.uncovered(until) {
            note(&mut self.found, encoding, offset);
        }
    }

    pub(super) fn found(mut self) -> Vec<EncodedTokens> {
        self.told(u64::MAX);
        let (json_until, found) = (self.json_until, &mut self.found);
        self.escapes.end(&mut |it| note_unread(found, it, json_until));
        self.found
    }
}

/// The text in characters that have so many zero bytes beside each of its own, in either order.
fn wider(text: &[u8], zeros: usize) -> Vec<Vec<u8>> {
    let mut wide = Vec::new();
    for byte in text {
        wide.push(*byte);
        wide.extend(core::iter::repeat_n(0, zeros));
    }
    if text.len() == 1 {
        let mut reversed = wide.clone();
        reversed.reverse();
        return vec![wide, reversed];
    }
    // Without the zeros behind the last, the text is the same in both orders.
    wide.truncate(wide.len().saturating_sub(zeros));
    vec![wide]
}

fn search(finder: &Finder<'_>, tail: &[u8], piece: &[u8], read: u64, found: &mut dyn FnMut(u64)) {
    let most = finder.needle().len().saturating_sub(1);
    // What begins in the piece before and ends in this one.
    let before = tail.len().min(most);
    let mut seam = tail.get(tail.len().saturating_sub(before)..).unwrap_or_default().to_vec();
    seam.extend(piece.iter().take(most));
    for at in finder.find_iter(&seam).filter(|at| *at < before) {
        found(read.saturating_sub(wide(before)).saturating_add(wide(at)));
    }
    finder.find_iter(piece).for_each(|at| found(read.saturating_add(wide(at))));
}

/// Notes what no reader of JSON has read.
fn note_unread(found: &mut Vec<EncodedTokens>, it: Match, json_until: u64) {
    if !it.json_only || it.end > json_until {
        note(found, it.encoding, it.offset);
    }
}

fn note(found: &mut Vec<EncodedTokens>, encoding: &'static str, offset: u64) {
    match found.iter_mut().find(|found| found.encoding == encoding) {
        Some(found) => {
            found.count = found.count.saturating_add(1);
            found.offset = found.offset.min(offset);
        }
        None => found.push(EncodedTokens { encoding, count: 1, offset }),
    }
}

fn wide(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
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
                    .map(
                        |(at, it)| {
                            if subset >> at & 1 == 1 { spell(*it) } else { char::from(*it).to_string() }
                        },
                    )
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
        let mut traces = Traces::new(TextFormat::Json, &Keyring::default(), &[key_id.clone()]);
        traces.add(br#"["__es1.pii.s.", "\u005f_es1.pii.s.", "~~es1.pi"#, true);
        traces.add(br#"i.s.", "es1.other."]"#, true);
        traces.token(2, Some(&key_id));
        traces.token(18, Some(&key_id));
        traces.told(20);
        assert_eq!(traces.found(), [EncodedTokens { encoding: "altered", count: 1, offset: 41 }]);
    }
}
