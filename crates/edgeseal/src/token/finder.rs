//! Finds tokens in text: no patterns, one pass, the leftmost first.

use core::ops::Range;

use memchr::memmem;

use super::{Token, TokenError, parse};
use crate::label::KeyId;
use crate::tags::{TOKEN_PREFIX, Tags};

/// Something that begins like a token.
pub(crate) struct Found {
    /// The whole token, or for an error its prefix.
    pub(crate) range: Range<usize>,
    pub(crate) token: Result<Token, TokenError>,
}

/// Looks for tokens of our own and for those with the classic tags of some keys.
pub(crate) struct Finder<'k> {
    own: memmem::Finder<'static>,
    /// Sorted by prefix. No prefix occurs in another, so at most one can begin at any place.
    classic: Vec<(&'k Tags, &'k KeyId)>,
    /// The bytes a prefix can begin with, when there are classic tags.
    first: [bool; 256],
}

impl<'k> Finder<'k> {
    pub(crate) fn new(classic: impl Iterator<Item = (&'k Tags, &'k KeyId)>) -> Self {
        let unsorted = classic;
        let mut classic: Vec<(&Tags, &KeyId)> = Vec::new();
        for key in unsorted {
            let at = classic.partition_point(|(tags, _)| tags.prefix() < key.0.prefix());
            classic.insert(at, key);
        }
        let mut first = [false; 256];
        let prefixes = classic.iter().map(|(tags, _)| tags.prefix().as_bytes()).chain([TOKEN_PREFIX]);
        for byte in prefixes.filter_map(|prefix| prefix.first()) {
            if let Some(flag) = first.get_mut(usize::from(*byte)) {
                *flag = true;
            }
        }
        Self { own: memmem::Finder::new(TOKEN_PREFIX), classic, first }
    }

    /// The first token, or beginning of one, at or after `from`.
    pub(crate) fn next(&self, text: &[u8], from: usize) -> Option<Found> {
        let mut from = from;
        loop {
            let at = from.saturating_add(self.candidate(text.get(from..)?)?);
            let rest = text.get(at..)?;
            if let Some((token, length)) = parse::token(rest).or_else(|| self.classic_at(rest)) {
                return Some(Found { range: at..at.saturating_add(length), token });
            }
            from = at.saturating_add(1);
        }
    }

    /// Whether the text holds anything that begins like a token.
    pub(crate) fn finds_any(&self, text: &[u8]) -> bool {
        self.next(text, 0).is_some()
    }

    /// The next place where a token could begin.
    fn candidate(&self, text: &[u8]) -> Option<usize> {
        if self.classic.is_empty() {
            return self.own.find(text);
        }
        text.iter().position(|byte| self.first.get(usize::from(*byte)).is_some_and(|flag| *flag))
    }

    fn classic_at(&self, text: &[u8]) -> Option<(Result<Token, TokenError>, usize)> {
        // Sorted as they are, only the last prefix that is not greater than the text can begin it.
        let after = self.classic.partition_point(|(tags, _)| tags.prefix().as_bytes() <= text);
        let (tags, key_id) = self.classic.get(after.checked_sub(1)?)?;
        parse::classic(text, tags, key_id)
    }
}
