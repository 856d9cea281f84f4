//! Finds tokens in text: no patterns, one pass, the leftmost first.

use alloc::vec::Vec;
use core::ops::Range;

use memchr::memmem;

use super::{Token, TokenError, parse};
use crate::label::{KeyId, is_key_id_byte};
use crate::sizes::MAX_TOKEN_CHARS;
use crate::tags::{TOKEN_PREFIX, Tags};

/// Something that begins like a token.
pub(crate) struct Found {
    /// The whole token, or for an error its prefix.
    pub(crate) range: Range<usize>,
    pub(crate) token: Result<Token, TokenError>,
}

impl Found {
    /// Where reading goes on: behind a token, and within what only begins like one, lest it hide a token that begins in its prefix.
    pub(crate) fn next_from(&self) -> usize {
        match self.token {
            Ok(_) => self.range.end,
            Err(_) => self.range.start.saturating_add(1),
        }
    }
}

/// Looks for tokens of our own and for those with the classic tags of some keys.
pub(crate) struct Finder<'k> {
    own: memmem::Finder<'static>,
    /// Sorted by prefix. No prefix occurs in another, so at most one can begin at any place.
    classic: Vec<(&'k Tags, &'k KeyId)>,
    /// The bytes a prefix can begin with, when there are classic tags.
    first: [bool; 256],
    /// Where there are few classic tags, what finds their prefixes in a long text.
    prefixes: Vec<memmem::Finder<'k>>,
}

/// More prefixes than this are looked for by their first bytes: each by itself takes a pass of its own.
const MOST_PASSES: usize = 8;

/// Where the next prefixes stand in a text that is read from its beginning to its end, as far as that is known: nothing is searched twice.
#[derive(Default)]
pub(crate) struct Ahead {
    /// For each pass, once it has begun. The length of an address space says that there is nothing more.
    next: [Option<usize>; MOST_PASSES],
}

/// What comes next in a piece of a text.
pub(crate) enum Next {
    /// Something that begins like a token.
    Found(Found),
    /// Something begins at this offset about which only more of the text decides.
    Undecided(usize),
    /// Nothing.
    Nothing,
}

impl<'k> Finder<'k> {
    #[inline(never)]
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
        let few = classic.iter().filter(|_| classic.len() < MOST_PASSES);
        let prefixes = few.map(|(tags, _)| memmem::Finder::new(tags.prefix().as_bytes())).collect();
        Self { own: memmem::Finder::new(TOKEN_PREFIX), classic, first, prefixes }
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

    /// The first token, or beginning of one, at or after `from` in a piece of a text. It has at most [`MAX_TOKEN_CHARS`].
    ///
    /// From `open_from` on the piece holds nothing but [bytes with which a token goes on](Self::bytes_that_go_on): what begins there
    /// and is no whole token may still become one, unless the piece is the last.
    pub(crate) fn next_in_piece(
        &self,
        piece: &[u8],
        from: usize,
        ahead: &mut Ahead,
        open_from: &mut dyn FnMut() -> usize,
        is_last: bool,
    ) -> Next {
        let mut from = from;
        loop {
            let Some(at) = self.next_prefix(piece, from, ahead) else {
                let behind = piece.get(from..).unwrap_or_default();
                let prefixes = self.classic.iter().map(|(tags, _)| tags.prefix().as_bytes());
                let begun = prefixes.chain([TOKEN_PREFIX]).map(|prefix| begun(behind, prefix));
                let open = if is_last { 0 } else { begun.max().unwrap_or(0) };
                return if open == 0 {
                    Next::Nothing
                } else {
                    Next::Undecided(piece.len().saturating_sub(open))
                };
            };
            let rest = piece.get(at..).unwrap_or_default();
            let window = rest.get(..MAX_TOKEN_CHARS).unwrap_or(rest);
            let may_go_on = !is_last && rest.len() < MAX_TOKEN_CHARS;
            match parse::token(window).or_else(|| self.classic_at(window)) {
                Some((Err(TokenError::Damaged), _)) if may_go_on && at >= open_from() => {
                    return Next::Undecided(at);
                }
                Some((token, length)) => {
                    return Next::Found(Found { range: at..at.saturating_add(length), token });
                }
                None if may_go_on && self.may_begin(rest) => return Next::Undecided(at),
                None => from = at.saturating_add(1),
            }
        }
    }

    /// The first place at or after `from` where a token could begin, if one could.
    pub(crate) fn next_prefix(&self, text: &[u8], from: usize, ahead: &mut Ahead) -> Option<usize> {
        let search = |next: &mut Option<usize>, find: &dyn Fn(&[u8]) -> Option<usize>| match *next {
            Some(at) if at >= from => at,
            _ => {
                let found = text.get(from..).and_then(find);
                *next.insert(found.map_or(usize::MAX, |at| from.saturating_add(at)))
            }
        };
        // What waits for more of the text begins like that, with every piece again: then there is nothing to search for.
        if self.begins(text.get(from..)?) {
            return Some(from);
        }
        let (own, others) = ahead.next.split_first_mut()?;
        let mut nearest = if self.prefixes.len() == self.classic.len() {
            search(own, &|text| self.own.find(text))
        } else {
            search(own, &|text| self.candidate(text))
        };
        for (next, prefix) in others.iter_mut().zip(&self.prefixes) {
            nearest = nearest.min(search(next, &|text| prefix.find(text)));
        }
        (nearest < usize::MAX).then_some(nearest)
    }

    /// [`next`](Self::next), in a text that is read from its beginning to its end.
    pub(crate) fn next_ahead(&self, text: &[u8], from: usize, ahead: &mut Ahead) -> Option<Found> {
        let mut from = from;
        loop {
            let at = self.next_prefix(text, from, ahead)?;
            let rest = text.get(at..)?;
            if let Some((token, length)) = parse::token(rest).or_else(|| self.classic_at(rest)) {
                return Some(Found { range: at..at.saturating_add(length), token });
            }
            from = at.saturating_add(1);
        }
    }

    /// The bytes that a token can hold.
    pub(crate) fn bytes_that_go_on(&self) -> [bool; 256] {
        let mut table = [false; 256];
        let mut mark = |byte: u8| {
            if let Some(flag) = table.get_mut(usize::from(byte)) {
                *flag = true;
            }
        };
        (0..=u8::MAX).filter(|byte| is_key_id_byte(*byte)).chain(*b".").for_each(&mut mark);
        for (tags, _) in &self.classic {
            tags.prefix().bytes().chain(tags.suffix().bytes()).chain(*b"+/=").for_each(&mut mark);
        }
        table
    }

    /// Whether the whole text is less than a prefix, and the beginning of one.
    fn may_begin(&self, text: &[u8]) -> bool {
        let digits = text.strip_prefix(TOKEN_PREFIX);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_digit))
            || TOKEN_PREFIX.starts_with(text)
            || self.classic.iter().any(|(tags, _)| tags.prefix().as_bytes().starts_with(text))
    }

    /// Whether a text begins with a prefix.
    fn begins(&self, text: &[u8]) -> bool {
        let is_first = |byte: &u8| self.first.get(usize::from(*byte)).is_some_and(|flag| *flag);
        text.first().is_some_and(is_first)
            && (text.starts_with(TOKEN_PREFIX)
                || self.classic.iter().any(|(tags, _)| text.starts_with(tags.prefix().as_bytes())))
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

/// How many bytes at the end of the text are a beginning of `prefix`, and no more than that.
fn begun(text: &[u8], prefix: &[u8]) -> usize {
    let beginnings = (1..prefix.len()).rev();
    beginnings.filter(|length| prefix.get(..*length).is_some_and(|it| text.ends_with(it))).max().unwrap_or(0)
}

#[cfg(test)]
#[allow(
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]
mod tests {
    use super::*;
    use crate::keyring::Keyring;

    /// With small pieces it is there with each of them again: a search would read all that waits each time.
    #[test]
    fn nothing_is_searched_where_a_prefix_stands_at_once() {
        let finder = Finder::new([].into_iter());
        let mut ahead = Ahead::default();
        let text = [TOKEN_PREFIX, b"a.s.".as_slice(), TOKEN_PREFIX].concat();
        assert_eq!(finder.next_prefix(&text, 0, &mut ahead), Some(0));
        assert_eq!(ahead.next, [None; MOST_PASSES]);
        assert_eq!(finder.next_prefix(&text, 1, &mut ahead), Some(text.len() - TOKEN_PREFIX.len()));
    }

    /// Keys with classic tags.
    fn keyring(count: usize) -> Keyring {
        let key = |index: usize| {
            format!(r#""k{index}": {{"private_key_file": "k", "prefix": "({index}:", "suffix": ":)"}}"#)
        };
        let plain = r#""plain": {"private_key_file": "k"}"#.to_owned();
        let keys = (10..10 + count).map(key).chain([plain]).collect::<Vec<_>>().join(", ");
        Keyring::from_json(format!(r#"{{"version": 1, "keys": {{{keys}}}}}"#).as_bytes()).unwrap()
    }

    fn finder(keyring: &Keyring) -> Finder<'_> {
        Finder::new(keyring.iter().filter_map(|(key_id, entry)| Some((entry.tags()?, key_id))))
    }

    const COUNTS: [usize; 5] = [0, 1, MOST_PASSES - 1, MOST_PASSES, 20];

    /// Where reading stops and waits, if it does.
    fn waits_at(finder: &Finder<'_>, piece: &[u8], is_last: bool) -> Option<usize> {
        match finder.next_in_piece(piece, 0, &mut Ahead::default(), &mut || 0, is_last) {
            Next::Undecided(at) => Some(at),
            Next::Found(found) => panic!("{:?}", found.range),
            Next::Nothing => None,
        }
    }

    #[test]
    fn what_may_become_a_token_is_waited_for_and_nothing_else() {
        for count in COUNTS {
            let keyring = keyring(count);
            let finder = finder(&keyring);
            let own = ["_", "__", "__e", "__es", "__es1", "__es12"];
            let classic: &[&str] = if count > 0 { &["(", "(1", "(10"] } else { &[] };
            for begun in own.iter().chain(classic) {
                assert_eq!(waits_at(&finder, begun.as_bytes(), false), Some(0), "{count} {begun}");
                assert_eq!(
                    waits_at(&finder, format!("a {begun}").as_bytes(), false),
                    Some(2),
                    "{count} {begun}"
                );
                assert_eq!(waits_at(&finder, begun.as_bytes(), true), None, "{count} {begun}");
            }
            for other in ["", "a", "_a", "__e-", "__esx", "__es1x", "__es-", "(a", "(1a", "(10-"] {
                assert_eq!(waits_at(&finder, other.as_bytes(), false), None, "{count} {other}");
            }
        }
    }

    #[test]
    fn only_where_a_prefix_could_begin_is_a_candidate() {
        for count in COUNTS {
            let keyring = keyring(count);
            let finder = finder(&keyring);
            assert_eq!(finder.candidate(b"token: __es1."), Some(7), "{count}");
            assert_eq!(finder.candidate(b"token"), None, "{count}");
            assert_eq!(
                finder.candidate(b"at (10: or __es1."),
                Some(if count > 0 { 3 } else { 11 }),
                "{count}"
            );
        }
    }

    #[test]
    fn what_is_known_to_come_is_not_searched_for_again() {
        let (own, classic) = (keyring(0), keyring(1));
        for (keyring, text) in [(own, &b"abc __es1.a.s."[..]), (classic, b"abc (10:AAAA:)")] {
            let finder = finder(&keyring);
            let mut ahead = Ahead::default();
            assert_eq!(finder.next_prefix(text, 0, &mut ahead), Some(4));
            // It would not be found in this one.
            let other = vec![b'a'; text.len()];
            assert_eq!(finder.next_prefix(&other, 3, &mut ahead), Some(4));
            assert_eq!(finder.next_prefix(&other, 5, &mut ahead), None);
        }
    }

    #[test]
    fn a_text_is_asked_whether_anything_in_it_begins_like_a_token() {
        for count in COUNTS {
            let keyring = keyring(count);
            let finder = finder(&keyring);
            assert!(finder.finds_any(b"a __es1.x") && finder.finds_any(b"__es2."), "{count}");
            assert_eq!(finder.finds_any(b"a (10:x"), count > 0, "{count}");
            assert!(!finder.finds_any(b"") && !finder.finds_any(b"__es1 __es. (x:"), "{count}");
        }
    }
}
