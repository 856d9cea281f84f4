//! Signs that a text holds tokens which a search for tokens does not see: in another encoding, or no text at all.

use memchr::memmem::Finder;
use serde::Serialize;

/// An encoding in which the beginning of a token was seen, and the tokens themselves were not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct EncodedTokens {
    /// Which: `utf-16`, `utf-32`, `base64`, `hex`, `percent` or `escaped`.
    pub encoding: &'static str,
    /// How often.
    pub count: u64,
    /// Where the first is, in bytes from the beginning of the text.
    pub offset: u64,
}

/// What the beginning of a token becomes. Of base64 there are three, by where in a group it begins; each is all that what stands around it does not
/// change.
const ENCODED: [(&str, &[u8]); 14] = [
    ("utf-16", b"_\0_\0e\0s\x001\0."),
    ("utf-32", b"_\0\0\0_\0\0\0e\0\0\0s\0\0\x001\0\0\0."),
    ("base64", b"X19lczEu"),
    ("base64", b"9fZXMxL"),
    ("base64", b"fX2VzMS"),
    ("hex", b"5f5f6573312e"),
    ("hex", b"5F5F6573312E"),
    ("percent", b"%5F%5Fes1."),
    ("percent", b"%5f%5fes1."),
    ("escaped", br"\x5f\x5fes1."),
    ("escaped", b"&#95;&#95;es1."),
    ("escaped", br"\\u005f\\u005fes1."),
    ("escaped", br"\u005f\u005fes1."),
    ("escaped", br"\u005F\u005Fes1."),
];
/// The last of them are no more than JSON's own escapes.
const JSON_READS: usize = 2;
/// Of the longest, all but a byte.
const OVERLAP_BYTES: usize = 24;

/// Looks for such signs in a text that comes in pieces.
pub(super) struct Traces {
    finders: Vec<(&'static str, Finder<'static>)>,
    /// The end of the last piece.
    tail: Vec<u8>,
    read: u64,
    found: Vec<EncodedTokens>,
}

impl Traces {
    pub(super) fn new() -> Self {
        let finders = ENCODED.iter().map(|(encoding, needle)| (*encoding, Finder::new(*needle))).collect();
        Self { finders, tail: Vec::new(), read: 0, found: Vec::new() }
    }

    /// The next piece; where it is read as JSON, its escapes are.
    pub(super) fn add(&mut self, piece: &[u8], is_json: bool) {
        let finders = core::mem::take(&mut self.finders);
        let count = finders.len().saturating_sub(if is_json { JSON_READS } else { 0 });
        for (encoding, finder) in finders.iter().take(count) {
            self.search(encoding, finder, piece);
        }
        self.finders = finders;
        self.tail
            .extend_from_slice(piece.get(piece.len().saturating_sub(OVERLAP_BYTES)..).unwrap_or_default());
        let surplus = self.tail.len().saturating_sub(OVERLAP_BYTES);
        self.tail.drain(..surplus);
        self.read = self.read.saturating_add(wide(piece.len()));
    }

    /// What was taken for JSON and is read as text after all, from this offset on.
    pub(super) fn not_json(&mut self, text: &[u8], offset: u64) {
        let finders = core::mem::take(&mut self.finders);
        for (encoding, finder) in finders.iter().rev().take(JSON_READS) {
            for at in finder.find_iter(text) {
                self.note(encoding, offset.saturating_add(wide(at)));
            }
        }
        self.finders = finders;
    }

    pub(super) fn found(self) -> Vec<EncodedTokens> {
        self.found
    }

    fn search(&mut self, encoding: &'static str, finder: &Finder<'_>, piece: &[u8]) {
        let needle = finder.needle().len();
        // What begins in the piece before and ends in this one.
        let before = self.tail.len().min(needle.saturating_sub(1));
        let mut seam = self.tail.get(self.tail.len().saturating_sub(before)..).unwrap_or_default().to_vec();
        seam.extend(piece.iter().take(needle.saturating_sub(1)));
        for at in finder.find_iter(&seam) {
            self.note(encoding, self.read.saturating_sub(wide(before)).saturating_add(wide(at)));
        }
        for at in finder.find_iter(piece) {
            self.note(encoding, self.read.saturating_add(wide(at)));
        }
    }

    fn note(&mut self, encoding: &'static str, offset: u64) {
        match self.found.iter_mut().find(|found| found.encoding == encoding) {
            Some(found) => {
                found.count = found.count.saturating_add(1);
                found.offset = found.offset.min(offset);
            }
            None => self.found.push(EncodedTokens { encoding, count: 1, offset }),
        }
    }
}

fn wide(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

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
                let mut traces = Traces::new();
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
            let mut traces = Traces::new();
            traces.add(&base64(text.as_bytes()), true);
            let found = traces.found();
            assert_eq!(found.iter().map(|it| it.encoding).collect::<Vec<_>>(), ["base64"], "{before:?}");
            let mut hex = String::new();
            text.bytes().for_each(|byte| write!(hex, "{byte:02x}").unwrap());
            let mut traces = Traces::new();
            traces.add(hex.as_bytes(), true);
            assert_eq!(traces.found()[0].encoding, "hex");
        }
    }

    #[test]
    fn what_json_unescapes_is_no_trace_in_json() {
        let mut traces = Traces::new();
        traces.add(br#""\u005f\u005fes1.a __es1.b""#, true);
        assert_eq!(traces.found, []);
        traces.not_json(br"\u005f\u005fes1.a", 7);
        assert_eq!(traces.found(), [EncodedTokens { encoding: "escaped", count: 1, offset: 7 }]);
    }
}
