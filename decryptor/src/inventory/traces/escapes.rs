//! Beginnings of tokens of which some characters are escaped.

use memchr::memmem::Finder;

use super::spelling::{Kind, MOST_BYTES, Spelling, spellings};

/// The digits of `es1` in hexadecimal, which have no case; and what stands before and behind them.
const HEX: [&[u8]; 3] = [b"5f5f", b"657331", b"2e"];

/// How the tokens begin that this release writes, in base64: there are three, by where in a group it begins; each is all that what stands
/// around it does not change. In each of them this byte stands once, behind so many.
const BASE64: [(usize, &[u8]); 3] = [(0, b"X19lczEu"), (3, b"9fZXMxL"), (1, b"fX2VzMS")];
const IN_BASE64: u8 = b'X';

/// So much of a text by itself is copied at once.
const APART_BYTES: usize = 1 << 20;

/// Looks for literal texts in which at least one character is not written as itself, in a text that comes in pieces. Where the pieces are cut does not
/// matter.
pub(super) struct Escapes {
    literals: Vec<Box<[u8]>>,
    /// For each byte, the literals that it stands in, and where.
    places: Vec<Vec<(usize, usize)>>,
    longest: usize,
    hex: Finder<'static>,
    /// What is left of the pieces, and where it begins in the whole text.
    text: Vec<u8>,
    start: u64,
    /// What introduces an escape is decided up to here; and, for each search, it is part of something found up to there.
    decided: usize,
    free: [usize; 2],
}

/// Something found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Match {
    pub(super) offset: u64,
    pub(super) end: u64,
    pub(super) encoding: &'static str,
    /// Whether all that is escaped is so as JSON escapes.
    pub(super) json_only: bool,
}

impl Escapes {
    pub(super) fn new<'l>(literals: impl Iterator<Item = &'l [u8]>) -> Self {
        let literals: Vec<Box<[u8]>> = literals.map(Box::from).collect();
        let mut places = vec![Vec::new(); 256];
        for (number, literal) in literals.iter().enumerate() {
            for (at, byte) in literal.iter().enumerate() {
                if let Some(places) = places.get_mut(usize::from(*byte)) {
                    places.push((number, at));
                }
            }
        }
        let longest = literals.iter().map(|literal| literal.len()).max().unwrap_or(0);
        Self {
            literals,
            places,
            longest,
            hex: Finder::new(HEX.get(1).copied().unwrap_or_default()),
            text: Vec::new(),
            start: 0,
            decided: 0,
            free: [0; 2],
        }
    }

    /// The next piece.
    pub(super) fn add(&mut self, piece: &[u8], found: &mut dyn FnMut(Match)) {
        self.text.extend_from_slice(piece);
        // So much may belong to what begins before it.
        let undecided = self.longest.saturating_mul(MOST_BYTES);
        let until = self.text.len().saturating_sub(undecided).max(self.decided);
        self.decide(until, found);
        let done = self.decided.saturating_sub(self.longest);
        self.text.drain(..done);
        self.start = self.start.saturating_add(super::wide(done));
        self.decided = self.decided.saturating_sub(done);
        self.free = self.free.map(|free| free.saturating_sub(done));
    }

    /// Nothing more comes.
    pub(super) fn end(&mut self, found: &mut dyn FnMut(Match)) {
        self.decide(self.text.len(), found);
    }

    /// A text by itself, which begins at this offset, in the midst of the pieces.
    pub(super) fn apart(&mut self, text: &[u8], offset: u64, found: &mut dyn FnMut(Match)) {
        let pieces = core::mem::take(&mut self.text);
        let state = (self.start, self.decided, self.free);
        (self.start, self.decided, self.free) = (offset, 0, [0; 2]);
        text.chunks(APART_BYTES).for_each(|piece| self.add(piece, found));
        self.end(found);
        self.text = pieces;
        (self.start, self.decided, self.free) = state;
    }

    fn decide(&mut self, until: usize, found: &mut dyn FnMut(Match)) {
        let from = core::mem::replace(&mut self.decided, until);
        let range = self.text.get(from..until).unwrap_or_default();
        let [mut one, mut other] = self.free;
        for at in memchr::memchr3_iter(b'%', b'\\', b'&', range) {
            if introduces(range.get(at..).unwrap_or_default()) {
                self.introduced(from.saturating_add(at), &mut one, found);
            }
        }
        for at in memchr::memchr2_iter(b'=', IN_BASE64, range) {
            let behind = range.get(at..).unwrap_or_default();
            if behind.first() == Some(&IN_BASE64) {
                self.base64(from.saturating_add(at), found);
            } else if introduces(behind) {
                self.introduced(from.saturating_add(at), &mut other, found);
            }
        }
        self.free = [one, other];
        let [before, digits, behind] = HEX;
        // The digits begin in this range, and may end behind it.
        let end = until.saturating_add(digits.len()).saturating_sub(1);
        let range = self.text.get(from..end).or_else(|| self.text.get(from..)).unwrap_or_default();
        for at in self.hex.find_iter(range) {
            let at = from.saturating_add(at);
            let Some(start) = at.checked_sub(before.len()) else { continue };
            let mid = at.saturating_add(digits.len());
            let is = |range: core::ops::Range<usize>, expected: &[u8]| {
                self.text.get(range).is_some_and(|it| it.eq_ignore_ascii_case(expected))
            };
            let end = mid.saturating_add(behind.len());
            if is(start..at, before) && is(mid..end, behind) {
                found(self.told(start, end, "hex", false));
            }
        }
    }

    /// The beginning of a token in base64 that has its byte here.
    fn base64(&self, at: usize, found: &mut dyn FnMut(Match)) {
        for (before, digits) in BASE64 {
            let Some(start) = at.checked_sub(before) else { continue };
            if self.text.get(start..).is_some_and(|text| text.starts_with(digits)) {
                found(self.told(start, start.saturating_add(digits.len()), "base64", false));
            }
        }
    }

    fn introduced(&self, at: usize, free: &mut usize, found: &mut dyn FnMut(Match)) {
        if at < *free {
            return;
        }
        if let Some(it) = self.at(at) {
            *free = usize::try_from(it.end.saturating_sub(self.start)).unwrap_or(usize::MAX);
            found(it);
        }
    }

    /// What is found with its first escape here.
    fn at(&self, at: usize) -> Option<Match> {
        let mut longest: Option<Match> = None;
        spellings(self.text.get(at..).unwrap_or_default(), &mut |first| {
            for (number, before) in self.places.get(usize::from(first.byte)).into_iter().flatten() {
                let it = self.literal_at(*number, *before, at, first);
                if it.map(|it| it.end) > longest.map(|it| it.end) {
                    longest = it;
                }
            }
        });
        longest
    }

    fn literal_at(&self, number: usize, before: usize, at: usize, first: Spelling) -> Option<Match> {
        let literal = self.literals.get(number)?;
        let start = at.checked_sub(before)?;
        if self.text.get(start..at)? != literal.get(..before)? {
            return None;
        }
        // A backslash before the whole of it leaves it as it is.
        let mut escaped = (before > 0 || first.kind != Kind::Bare).then_some(first.kind);
        let mut json_only = first.kind == Kind::Json || escaped.is_none();
        let mut end = at.saturating_add(first.length);
        for byte in literal.get(before.saturating_add(1)..)? {
            let rest = self.text.get(end..)?;
            let mut spelt: Option<Spelling> = None;
            spellings(rest, &mut |it| {
                if it.byte == *byte && spelt.is_none_or(|spelt| spelt.length < it.length) {
                    spelt = Some(it);
                }
            });
            if let Some(it) = spelt {
                escaped.get_or_insert(it.kind);
                json_only &= it.kind == Kind::Json;
                end = end.saturating_add(it.length);
            } else if rest.first() == Some(byte) {
                end = end.saturating_add(1);
            } else {
                return None;
            }
        }
        let encoding = match escaped? {
            Kind::Percent => "percent",
            Kind::QuotedPrintable => "quoted-printable",
            Kind::Json | Kind::Bare | Kind::Escape => "escaped",
        };
        Some(self.told(start, end, encoding, json_only))
    }

    fn told(&self, start: usize, end: usize, encoding: &'static str, json_only: bool) -> Match {
        let offset = |at| self.start.saturating_add(super::wide(at));
        Match { offset: offset(start), end: offset(end), encoding, json_only }
    }
}

/// Whether a text that begins with what introduces an escape can go on as one: most that does not is told by its second byte.
fn introduces(text: &[u8]) -> bool {
    match text {
        [b'%' | b'=', next, ..] => next.is_ascii_hexdigit(),
        [b'&', next, ..] => matches!(next, b'#' | b'a'),
        _ => true,
    }
}
