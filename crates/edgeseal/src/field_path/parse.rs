//! The grammar of field paths (RFC 9535, section 2), as far as the subset goes.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::{FieldPathError, Segment, Selector};
use crate::sizes::MAX_PATH_BYTES;

/// The largest index JSONPath allows: 2^53 - 1 (RFC 9535, section 2.1).
const MAX_INDEX: u64 = (1 << 53) - 1;

pub(super) fn segments(text: &str) -> Result<Vec<Segment>, FieldPathError> {
    if text.len() > MAX_PATH_BYTES {
        return Err(FieldPathError::Unsupported { offset: MAX_PATH_BYTES, what: "more than 1,024 bytes" });
    }
    let mut parser = Parser { text, at: 0 };
    parser.take("$", "`$`")?;
    let mut segments = Vec::new();
    loop {
        let before = parser.at;
        parser.skip_blanks();
        if parser.rest().is_empty() {
            // JSONPath allows blanks between segments, and not at the end.
            return if before == parser.at { Ok(segments) } else { parser.syntax("a segment") };
        }
        segments.push(parser.segment()?);
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn segment(&mut self) -> Result<Segment, FieldPathError> {
        if self.eat("..") {
            let selector = if self.eat("[") { self.bracketed()? } else { self.shorthand()? };
            return Ok(Segment { descendant: true, selector });
        }
        let selector = if self.eat("[") {
            self.bracketed()?
        } else if self.eat(".") {
            self.shorthand()?
        } else {
            return self.syntax("`.`, `..` or `[`");
        };
        Ok(Segment { descendant: false, selector })
    }

    /// What follows `.` or `..`: `*`, or a name of letters, digits, `_` and characters from U+0080.
    fn shorthand(&mut self) -> Result<Selector, FieldPathError> {
        if self.eat("*") {
            return Ok(Selector::Wildcard);
        }
        let rest = self.rest();
        let end = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii()))
            .unwrap_or(rest.len());
        let name = rest.get(..end).unwrap_or_default();
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
            return self.syntax("a member name or `*`");
        }
        self.at = self.at.saturating_add(end);
        Ok(Selector::Name(name.into()))
    }

    /// What follows `[`, up to and including `]`.
    fn bracketed(&mut self) -> Result<Selector, FieldPathError> {
        self.skip_blanks();
        let selector = match self.rest().chars().next() {
            Some('*') => {
                self.bump('*');
                Selector::Wildcard
            }
            Some(quote @ ('\'' | '"')) => Selector::Name(self.quoted(quote)?.into()),
            Some('0'..='9' | '-') => self.index()?,
            Some(':') => return self.unsupported("slices"),
            Some('?') => return self.unsupported("filters"),
            _ => return self.syntax("`*`, an index or a quoted name"),
        };
        self.skip_blanks();
        match self.rest().chars().next() {
            Some(',') => return self.unsupported("several selectors in one segment"),
            Some(':') => return self.unsupported("slices"),
            _ => self.take("]", "`]`")?,
        }
        Ok(selector)
    }

    fn index(&mut self) -> Result<Selector, FieldPathError> {
        let start = self.at;
        let negative = self.eat("-");
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let digits = rest.get(..end).unwrap_or_default();
        let index = digits.parse().ok().filter(|index| *index <= MAX_INDEX);
        let canonical = !digits.starts_with('0') || (digits == "0" && !negative);
        let (Some(index), true) = (index, canonical) else {
            return self.syntax("an index from 0 to 2^53-1 without leading zeros");
        };
        if negative {
            return Err(FieldPathError::Unsupported { offset: start, what: "indexes from the end" });
        }
        self.at = self.at.saturating_add(end);
        Ok(Selector::Index(index))
    }

    /// A string literal with its quotation marks (RFC 9535, section 2.3.1.1).
    fn quoted(&mut self, quote: char) -> Result<String, FieldPathError> {
        self.bump(quote);
        let mut name = String::new();
        loop {
            let Some(character) = self.rest().chars().next() else {
                return self.syntax("the closing quotation mark");
            };
            match character {
                '\\' => name.push(self.escape(quote)?),
                '\0'..='\u{1f}' => return self.syntax("a character from U+0020"),
                _ => {
                    self.bump(character);
                    if character == quote {
                        return Ok(name);
                    }
                    name.push(character);
                }
            }
        }
    }

    fn escape(&mut self, quote: char) -> Result<char, FieldPathError> {
        self.bump('\\');
        let Some(kind) = self.rest().chars().next() else { return self.syntax("an escape") };
        let simple = match kind {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '/' | '\\' => kind,
            'u' => return self.unicode(),
            _ if kind == quote => kind,
            _ => return self.syntax("an escape of JSONPath"),
        };
        self.bump(kind);
        Ok(simple)
    }

    fn unicode(&mut self) -> Result<char, FieldPathError> {
        let first = self.code_unit()?;
        let units = match first {
            0xd800..=0xdbff if self.eat("\\") => vec![first, self.code_unit()?],
            _ => vec![first],
        };
        match char::decode_utf16(units).next() {
            Some(Ok(character)) => Ok(character),
            _ => self.syntax("a surrogate pair"),
        }
    }

    fn code_unit(&mut self) -> Result<u16, FieldPathError> {
        self.take("u", "`u`")?;
        let unit = self
            .rest()
            .get(..4)
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u16::from_str_radix(digits, 16).ok());
        let Some(unit) = unit else { return self.syntax("four hexadecimal digits") };
        self.at = self.at.saturating_add(4);
        Ok(unit)
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn eat(&mut self, word: &str) -> bool {
        let found = self.rest().starts_with(word);
        if found {
            self.at = self.at.saturating_add(word.len());
        }
        found
    }

    fn take(&mut self, word: &str, expected: &'static str) -> Result<(), FieldPathError> {
        if self.eat(word) { Ok(()) } else { self.syntax(expected) }
    }

    fn bump(&mut self, character: char) {
        self.at = self.at.saturating_add(character.len_utf8());
    }

    fn skip_blanks(&mut self) {
        while let Some(blank @ (' ' | '\t' | '\n' | '\r')) = self.rest().chars().next() {
            self.bump(blank);
        }
    }

    fn syntax<T>(&self, expected: &'static str) -> Result<T, FieldPathError> {
        Err(FieldPathError::Syntax { offset: self.at, expected })
    }

    fn unsupported<T>(&self, what: &'static str) -> Result<T, FieldPathError> {
        Err(FieldPathError::Unsupported { offset: self.at, what })
    }
}
