//! Signs that a text holds tokens which a search for tokens does not see: in another encoding, or no text at all.

mod escapes;
mod introducers;
mod plain;
mod spelling;
#[cfg(test)]
mod tests;

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

/// Looks for such signs in a text that comes in pieces.
pub(super) struct Traces {
    /// What finds those of encodings in which ASCII has zero bytes.
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
        let with_zeros: Vec<_> = beginnings()
            .flat_map(|beginning| [("utf-16", wider(beginning, 1)), ("utf-32", wider(beginning, 3))])
            .flat_map(|(encoding, needles)| needles.into_iter().map(move |it| (encoding, it)))
            .map(|(encoding, needle)| (encoding, Finder::new(&needle).into_owned()))
            .collect();
        let plain = Plain::new(format, keyring, asked);
        let sought = plain.sought().iter().map(|sought| &sought.finder);
        let all = with_zeros.iter().map(|(_, finder)| finder).chain(sought);
        let overlap = all.map(|finder| finder.needle().len()).max().unwrap_or(1).saturating_sub(1);
        Self {
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
        for (encoding, finder) in self.with_zeros.iter().filter(|_| has_zeros) {
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
