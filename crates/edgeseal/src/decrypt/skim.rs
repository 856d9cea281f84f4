//! Reads JSON that holds no token only as closely as it takes to know that it is JSON.
//!
//! A value is done here if it is well-formed, holds nothing that could begin a token, and is nested no deeper than is counted here. Anything
//! else is left to the tokenizer, which says what it is: nothing here decides what is an error, or where it is.

use alloc::vec::Vec;

use crate::json::{Lexer, number, plain_run};
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
        let end = skim.value(true);
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
        if self.skip(false) != b'\n' {
            self.value(false)?;
        }
        let ends = self.skip(false) == b'\n';
        self.bump();
        ends.then_some(self.at)
    }

    /// Reads one value, with or without line feeds in it; gives where it ends.
    fn value(&mut self, feeds: bool) -> Option<usize> {
        self.depth = 0;
        let mut byte = self.skip(feeds);
        loop {
            match byte {
                b'"' => self.string()?,
                b'{' => {
                    self.enter(true)?;
                    byte = self.skip(feeds);
                    if byte != b'}' {
                        byte = self.name(byte, feeds)?;
                        continue;
                    }
                    self.leave();
                }
                b'[' => {
                    self.enter(false)?;
                    byte = self.skip(feeds);
                    if byte != b']' {
                        continue;
                    }
                    self.leave();
                }
                b'-' | b'0'..=b'9' => self.number()?,
                b't' => self.literal(b"true")?,
                b'f' => self.literal(b"false")?,
                b'n' => self.literal(b"null")?,
                _ => return None,
            }
            loop {
                if self.depth == 0 {
                    return Some(self.at);
                }
                let is_object = self.objects & 1 == 1;
                match self.skip(feeds) {
                    b',' => {
                        self.bump();
                        byte = self.skip(feeds);
                        if is_object {
                            byte = self.name(byte, feeds)?;
                        }
                        break;
                    }
                    b'}' if is_object => self.leave(),
                    b']' if !is_object => self.leave(),
                    _ => return None,
                }
            }
        }
    }

    /// A member name, which begins with this byte, and the colon; gives the first byte of its value.
    #[inline(always)]
    fn name(&mut self, byte: u8, feeds: bool) -> Option<u8> {
        if byte != b'"' {
            return None;
        }
        self.string()?;
        if self.skip(feeds) != b':' {
            return None;
        }
        self.bump();
        Some(self.skip(feeds))
    }

    #[inline]
    fn enter(&mut self, is_object: bool) -> Option<()> {
        *self.starts.get_mut(self.depth)? = self.at;
        self.depth = self.depth.saturating_add(1);
        self.objects = (self.objects << 1) | u64::from(is_object);
        self.bump();
        Some(())
    }

    #[inline]
    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.objects >>= 1;
        self.bump();
    }

    #[inline(always)]
    fn string(&mut self) -> Option<()> {
        self.bump();
        loop {
            let rest = self.text.get(self.at..)?;
            if let Some(block) = rest.first_chunk::<16>()
                && is_plain(block)
            {
                self.at = self.at.wrapping_add(16);
                continue;
            }
            self.at = self.at.wrapping_add(plain_run(rest));
            match self.peek() {
                b'"' => {
                    self.bump();
                    return Some(());
                }
                b'\\' => self.escape()?,
                _ => return None,
            }
        }
    }

    /// An escape that hides no part of a prefix: these are of characters of ASCII, and of none that has an escape without its code.
    fn escape(&mut self) -> Option<()> {
        let rest = self.text.get(self.at..)?;
        let length = match rest.get(1)? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 2,
            b'u' => {
                let digits = rest.get(2..6)?;
                // The codes up to U+007F.
                let is_ascii = matches!(digits, [b'0', b'0', b'0'..=b'7', _]);
                if is_ascii || !digits.iter().all(u8::is_ascii_hexdigit) {
                    return None;
                }
                6
            }
            _ => return None,
        };
        self.at = self.at.wrapping_add(length);
        Some(())
    }

    #[inline]
    fn number(&mut self) -> Option<()> {
        let length = number(self.text.get(self.at..)?).ok()?;
        self.at = self.at.wrapping_add(length);
        Some(())
    }

    #[inline]
    fn literal(&mut self, word: &[u8]) -> Option<()> {
        let is_it = self.text.get(self.at..)?.starts_with(word);
        self.at = self.at.wrapping_add(word.len());
        is_it.then_some(())
    }

    /// Skips white space; gives the byte behind it.
    #[inline(always)]
    fn skip(&mut self, feeds: bool) -> u8 {
        loop {
            let byte = self.peek();
            match byte {
                b' ' | b'\t' | b'\r' => self.bump(),
                b'\n' if feeds => self.bump(),
                _ => return byte,
            }
        }
    }

    /// The next byte; behind the text one that stands nowhere in JSON but in an error.
    #[inline]
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    #[inline]
    fn bump(&mut self) {
        self.at = self.at.wrapping_add(1);
    }
}

/// Whether there is no `"`, `\` or control character among these.
#[inline]
fn is_plain(block: &[u8; 16]) -> bool {
    let stops = |byte: &u8| u8::from(*byte == b'"') | u8::from(*byte == b'\\') | u8::from(*byte < 0x20);
    block.iter().fold(0, |any, byte| any | stops(byte)) == 0
}

#[cfg(test)]
mod tests;
