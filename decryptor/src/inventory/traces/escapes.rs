//! Beginnings of tokens of which some characters are escaped.

use memchr::memmem::Finder;

use super::introducers::{self, IN_BASE64};
use super::spelling::{Kind, MOST_BYTES, Spelling, spellings};

/// The digits of `es1` in hexadecimal, which have no case; and what stands before and behind them.
const HEX: [&[u8]; 3] = [b"5f5f", b"657331", b"2e"];

/// How the tokens begin that this release writes, in base64: there are three, by where in a group it begins; each is all that what stands
/// around it does not change. In each of them its byte stands once, behind so many.
const BASE64: [(usize, &[u8]); 3] = [(0, b"X19lczEu"), (3, b"9fZXMxL"), (1, b"fX2VzMS")];

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
    /// What introduces an escape is decided up to here.
    decided: usize,
    /// For each search, up to where in the whole text it is part of something found.
    free: [u64; 2],
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
        let (undecided, before) = (self.undecided(), self.longest);
        let mut text = core::mem::take(&mut self.text);
        // A long piece is not copied, but for what belongs together with the end of the last, and what does with the beginning of the next.
        let seam = undecided.saturating_add(before);
        let Some((beginning, _)) = piece.split_at_checked(seam).filter(|(_, rest)| rest.len() > seam) else {
            text.extend_from_slice(piece);
            let until = text.len().saturating_sub(undecided).max(self.decided);
            self.decide(&text, until, found);
            self.forget(&mut text);
            self.text = text;
            return;
        };
        let length = text.len();
        text.extend_from_slice(beginning);
        self.decide(&text, length.saturating_add(before), found);
        (self.start, self.decided) = (self.start.saturating_add(super::wide(length)), before);
        self.decide(piece, piece.len().saturating_sub(undecided), found);
        text.clear();
        let rest = self.decided.saturating_sub(before);
        text.extend_from_slice(piece.get(rest..).unwrap_or_default());
        self.start = self.start.saturating_add(super::wide(rest));
        self.decided = self.decided.saturating_sub(rest);
        self.text = text;
    }

    /// Nothing more comes.
    pub(super) fn end(&mut self, found: &mut dyn FnMut(Match)) {
        let text = core::mem::take(&mut self.text);
        self.decide(&text, text.len(), found);
        self.text = text;
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

    /// So much may belong to what begins before it.
    fn undecided(&self) -> usize {
        self.longest.saturating_mul(MOST_BYTES)
    }

    /// Removes what is decided, but for what something that is not may begin in.
    fn forget(&mut self, text: &mut Vec<u8>) {
        let done = self.decided.saturating_sub(self.longest);
        text.drain(..done);
        self.start = self.start.saturating_add(super::wide(done));
        self.decided = self.decided.saturating_sub(done);
    }

    fn decide(&mut self, text: &[u8], until: usize, found: &mut dyn FnMut(Match)) {
        let from = core::mem::replace(&mut self.decided, until);
        let [mut one, mut other] = self.free;
        introducers::visit(text, from..until, &mut |at| match text.get(at) {
            Some(&IN_BASE64) => self.base64(text, at, found),
            Some(b'=') => self.introduced(text, at, &mut other, found),
            _ => self.introduced(text, at, &mut one, found),
        });
        self.free = [one, other];
        let [before, digits, behind] = HEX;
        // The digits begin in this range, and may end behind it.
        let end = until.saturating_add(digits.len()).saturating_sub(1);
        let range = text.get(from..end).or_else(|| text.get(from..)).unwrap_or_default();
        for at in self.hex.find_iter(range) {
            let at = from.saturating_add(at);
            let Some(start) = at.checked_sub(before.len()) else { continue };
            let mid = at.saturating_add(digits.len());
            let is = |range: core::ops::Range<usize>, expected: &[u8]| {
                text.get(range).is_some_and(|it| it.eq_ignore_ascii_case(expected))
            };
            let end = mid.saturating_add(behind.len());
            if is(start..at, before) && is(mid..end, behind) {
                found(self.told(start, end, "hex", false));
            }
        }
    }

    /// The beginning of a token in base64 that has its byte here.
    fn base64(&self, text: &[u8], at: usize, found: &mut dyn FnMut(Match)) {
        for (before, digits) in BASE64 {
            let Some(start) = at.checked_sub(before) else { continue };
            if text.get(start..).is_some_and(|text| text.starts_with(digits)) {
                found(self.told(start, start.saturating_add(digits.len()), "base64", false));
            }
        }
    }

    fn introduced(&self, text: &[u8], at: usize, free: &mut u64, found: &mut dyn FnMut(Match)) {
        if self.offset(at) < *free {
            return;
        }
        if let Some(it) = self.at(text, at) {
            *free = it.end;
            found(it);
        }
    }

    /// What is found with its first escape here.
    fn at(&self, text: &[u8], at: usize) -> Option<Match> {
        let mut longest: Option<Match> = None;
        spellings(text.get(at..).unwrap_or_default(), &mut |first| {
            for (number, before) in self.places.get(usize::from(first.byte)).into_iter().flatten() {
                let it = self.literal_at(text, *number, *before, at, first);
                if it.map(|it| it.end) > longest.map(|it| it.end) {
                    longest = it;
                }
            }
        });
        longest
    }

    fn literal_at(
        &self,
        text: &[u8],
        number: usize,
        before: usize,
        at: usize,
        first: Spelling,
    ) -> Option<Match> {
        let literal = self.literals.get(number)?;
        let start = at.checked_sub(before)?;
        if text.get(start..at)? != literal.get(..before)? {
            return None;
        }
        // A backslash before the whole of it leaves it as it is.
        let mut escaped = (before > 0 || first.kind != Kind::Bare).then_some(first.kind);
        let mut json_only = first.kind == Kind::Json || escaped.is_none();
        let mut end = at.saturating_add(first.length);
        for byte in literal.get(before.saturating_add(1)..)? {
            let rest = text.get(end..)?;
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
        Match { offset: self.offset(start), end: self.offset(end), encoding, json_only }
    }

    /// Where this stands in the whole text.
    fn offset(&self, at: usize) -> u64 {
        self.start.saturating_add(super::wide(at))
    }
}
