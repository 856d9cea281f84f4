//! Reads JSON that holds no token only as closely as it takes to know that it is JSON.
//!
//! A value is done here if it is well-formed, holds nothing that could begin a token, and is nested no deeper than is counted here. Anything
//! else is left to the tokenizer, which says what it is: nothing here decides what is an error, or where it is.

use alloc::vec::Vec;

use crate::json::{Lexer, first_stop, number, plain_run};
use crate::sizes::MAX_DEPTH;
use crate::token::{Ahead, Finder};

/// Most containers within a value: there is a bit for each in one word.
const MOST_OPEN: usize = 64;
/// A line is not tried if something that could begin a token stands so near to its beginning.
const NEAR_BYTES: usize = 1_024;

/// What is known of a piece of a text that is skimmed.
#[derive(Default)]
pub(super) struct Skimming {
    ahead: Ahead,
    /// Where the containers begin that were open where reading stopped: each of them takes a closer look, and is not tried again.
    open: Vec<usize>,
}

impl Skimming {
    /// Where the container ends whose first byte the lexer has just read, if it is done. What is read is a beginning of the piece.
    pub(super) fn container(
        &mut self,
        piece: &[u8],
        start: usize,
        lexer: &Lexer<'_>,
        finder: &Finder<'_>,
    ) -> Option<usize> {
        if lexer.depth().saturating_add(MOST_OPEN) > MAX_DEPTH || self.open.contains(&start) {
            return None;
        }
        let mut skim = Skim::new(self.cut(piece, lexer.input(), start, finder), start);
        let end = skim.value();
        if end.is_none() {
            self.open.clear();
            self.open.extend_from_slice(skim.open());
        }
        end
    }

    /// Where the lines of NDJSON end that are done, from `start` on and each with its line feed. The text is a beginning of the piece.
    pub(super) fn lines(&mut self, piece: &[u8], text: &[u8], start: usize, finder: &Finder<'_>) -> usize {
        let cut = self.cut(piece, text, start, finder);
        let first = cut.get(start..).unwrap_or_default();
        if cut.len() < text.len() && first.len() < NEAR_BYTES && memchr::memchr(b'\n', first).is_none() {
            return start;
        }
        let mut skim = Skim::new(cut, start);
        let mut done = start;
        while let Some(end) = skim.line() {
            done = end;
        }
        done
    }

    /// The text up to where something stands, at or behind `start`, that could begin a token.
    fn cut<'t>(&mut self, piece: &[u8], text: &'t [u8], start: usize, finder: &Finder<'_>) -> &'t [u8] {
        // In the piece, whatever is read of it: what is known of one text is not true of another.
        let end = finder.next_prefix(piece, start, &mut self.ahead);
        end.and_then(|end| text.get(..end)).unwrap_or(text)
    }
}

/// Reads values; `None` is for whatever takes a closer look.
///
/// Every byte of a text without tokens goes through here: what is met at each value is inlined, and where reading is stays in a register.
struct Skim<'t> {
    text: &'t [u8],
    at: usize,
    /// Where the containers begin that are open, and how many there are.
    starts: [usize; MOST_OPEN],
    depth: usize,
    /// Whether each of them is an object; the innermost is the last bit.
    objects: u64,
}

impl<'t> Skim<'t> {
    fn new(text: &'t [u8], start: usize) -> Self {
        Self { text, at: start, starts: [0; MOST_OPEN], depth: 0, objects: 0 }
    }

    fn open(&self) -> &[usize] {
        self.starts.get(..self.depth).unwrap_or_default()
    }

    /// Reads a line, which holds a value or nothing, to behind its line feed.
    fn line(&mut self) -> Option<usize> {
        let text = self.text;
        let mut at = skip(text, self.at, false);
        if peek(text, at) != b'\n' {
            at = skip(text, self.value_at(at, false)?, false);
        }
        self.at = at.wrapping_add(1);
        (peek(text, at) == b'\n').then_some(self.at)
    }

    /// Reads one value, with line feeds in it or not; gives where it ends.
    fn value(&mut self) -> Option<usize> {
        self.value_at(skip(self.text, self.at, true), true)
    }

    /// The same, of a value that begins here; with or without line feeds in it.
    #[inline(always)]
    fn value_at(&mut self, at: usize, feeds: bool) -> Option<usize> {
        let (text, mut at) = (self.text, at);
        self.depth = 0;
        loop {
            match peek(text, at) {
                b'"' => at = string(text, at)?,
                b'{' => {
                    self.enter(at, true)?;
                    at = skip(text, at.wrapping_add(1), feeds);
                    if peek(text, at) != b'}' {
                        at = name(text, at, feeds)?;
                        continue;
                    }
                    at = self.leave(at);
                }
                b'[' => {
                    self.enter(at, false)?;
                    at = skip(text, at.wrapping_add(1), feeds);
                    if peek(text, at) != b']' {
                        continue;
                    }
                    at = self.leave(at);
                }
                b'-' | b'0'..=b'9' => at = at.wrapping_add(number(text.get(at..)?).ok()?),
                b't' => at = literal(text, at, b"true")?,
                b'f' => at = literal(text, at, b"false")?,
                b'n' => at = literal(text, at, b"null")?,
                _ => return None,
            }
            loop {
                if self.depth == 0 {
                    return Some(at);
                }
                let is_object = self.objects & 1 == 1;
                at = skip(text, at, feeds);
                match peek(text, at) {
                    b',' => {
                        at = skip(text, at.wrapping_add(1), feeds);
                        if is_object {
                            at = name(text, at, feeds)?;
                        }
                        break;
                    }
                    b'}' if is_object => at = self.leave(at),
                    b']' if !is_object => at = self.leave(at),
                    _ => return None,
                }
            }
        }
    }

    #[inline(always)]
    fn enter(&mut self, at: usize, is_object: bool) -> Option<()> {
        *self.starts.get_mut(self.depth)? = at;
        self.depth = self.depth.wrapping_add(1);
        self.objects = (self.objects << 1) | u64::from(is_object);
        Some(())
    }

    /// Leaves the container whose last byte is here; gives where reading goes on.
    #[inline(always)]
    fn leave(&mut self, at: usize) -> usize {
        self.depth = self.depth.wrapping_sub(1);
        self.objects >>= 1;
        at.wrapping_add(1)
    }
}

/// A member name, which begins here, and the colon; gives where its value begins.
#[inline(always)]
fn name(text: &[u8], at: usize, feeds: bool) -> Option<usize> {
    if peek(text, at) != b'"' {
        return None;
    }
    let at = skip(text, string(text, at)?, feeds);
    (peek(text, at) == b':').then(|| skip(text, at.wrapping_add(1), feeds))
}

/// A string, which begins here.
#[inline(always)]
fn string(text: &[u8], at: usize) -> Option<usize> {
    let mut at = at.wrapping_add(1);
    while let Some(block) = text.get(at..).and_then(|rest| rest.first_chunk()) {
        let Some(first) = first_stop(block) else {
            at = at.wrapping_add(block.len());
            continue;
        };
        at = at.wrapping_add(first);
        if peek(text, at) == b'"' {
            return Some(at.wrapping_add(1));
        }
        break;
    }
    rest_of_string(text, at)
}

/// The rest of a string that has escapes, or does not end.
#[inline(never)]
fn rest_of_string(text: &[u8], at: usize) -> Option<usize> {
    let mut at = at;
    loop {
        at = at.wrapping_add(plain_run(text.get(at..)?));
        match peek(text, at) {
            b'"' => return Some(at.wrapping_add(1)),
            b'\\' => at = at.wrapping_add(escape(text.get(at..)?)?),
            _ => return None,
        }
    }
}

/// The length of an escape that hides no part of a prefix: these are of characters of ASCII, and of none that has an escape without its code.
#[inline(always)]
fn escape(text: &[u8]) -> Option<usize> {
    match text.get(1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
        b'u' => {
            let digits = text.get(2..6)?;
            // The codes up to U+007F.
            let is_ascii = matches!(digits, [b'0', b'0', b'0'..=b'7', _]);
            (!is_ascii && digits.iter().all(u8::is_ascii_hexdigit)).then_some(6)
        }
        _ => None,
    }
}

#[inline(always)]
fn literal(text: &[u8], at: usize, word: &[u8]) -> Option<usize> {
    text.get(at..)?.starts_with(word).then_some(at.wrapping_add(word.len()))
}

/// Where the white space ends that may be here.
#[inline(always)]
fn skip(text: &[u8], at: usize, feeds: bool) -> usize {
    let mut at = at;
    // Everything else is greater, but for errors.
    while let byte @ ..=b' ' = peek(text, at) {
        if !(matches!(byte, b' ' | b'\t' | b'\r') || feeds && byte == b'\n') {
            break;
        }
        at = at.wrapping_add(1);
    }
    at
}

/// The byte here; behind the text one that stands nowhere in JSON but in an error.
#[inline(always)]
fn peek(text: &[u8], at: usize) -> u8 {
    text.get(at).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests;
