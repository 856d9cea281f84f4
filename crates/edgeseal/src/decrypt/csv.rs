//! CSV (RFC 4180): which records are complete, and in which fields tokens stand.

use core::ops::Range;

use super::ScanError;
use super::gather::Gatherer;
use super::place::Place;
use super::reader::Piece;
use super::trail::Trail;
use crate::token::Ahead;

/// What stands between the fields of a record of CSV.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delimiter {
    /// `,`
    #[default]
    Comma,
    /// `;`
    Semicolon,
    /// A horizontal tab.
    Tab,
    /// `|`
    Pipe,
}

impl Delimiter {
    /// The byte.
    pub fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Pipe => b'|',
        }
    }
}

/// A field without quotation marks around it.
pub(super) struct Field {
    pub(super) span: Range<usize>,
    /// Whether it is all of its record.
    pub(super) is_record: bool,
    pub(super) delimiter: u8,
}

impl Field {
    /// Whether a text can stand in the field only between quotation marks. White space at its ends is no part of a field for some parsers.
    pub(super) fn has_to_quote(&self, text: &[u8]) -> bool {
        let structural = |byte: &u8| *byte == self.delimiter || matches!(byte, b'"' | b'\r' | b'\n');
        let trimmed = |character: Option<char>| {
            character.is_some_and(|character| character.is_whitespace() || character == '\u{feff}')
        };
        text.iter().any(structural)
            || core::str::from_utf8(text)
                .is_ok_and(|text| trimmed(text.chars().next()) || trimmed(text.chars().next_back()))
    }
}

/// What is known between two pieces: how far the records that are not complete have been read.
#[derive(Clone)]
pub(super) struct Csv {
    delimiter: u8,
    at: At,
    read: usize,
}

/// Where reading is.
#[derive(Clone, Copy)]
enum At {
    FieldStart,
    Bare,
    /// Behind the quotation mark at this offset of the piece.
    Quoted(usize),
    /// Behind a quotation mark that is inside a quoted field, if it is not its end.
    Closed(usize),
    /// Behind a CR.
    Cr,
}

impl Csv {
    pub(super) fn new(delimiter: Delimiter) -> Self {
        Self { delimiter: delimiter.byte(), at: At::FieldStart, read: 0 }
    }

    pub(super) fn read<T: Trail>(&mut self, gatherer: &mut Gatherer<'_, T>) -> Result<usize, ScanError> {
        let Piece { text, base, .. } = gatherer.piece;
        let is_last = gatherer.piece.is_last::<T>();
        let mark = "\u{feff}".as_bytes();
        let mut start = 0;
        if base == 0 {
            if !is_last && text.len() < mark.len() && mark.starts_with(text) {
                return Ok(0);
            }
            start = if text.starts_with(mark) { mark.len() } else { 0 };
        }
        self.read = self.read.max(start);
        let end = self
            .complete(text, is_last)
            .map_err(|offset| ScanError::CsvInvalid { offset: base.saturating_add(offset) })?
            .unwrap_or(0);
        self.find(text.get(..end).unwrap_or(text), start, gatherer);
        self.read = text.len().saturating_sub(end);
        if let At::Quoted(mark) | At::Closed(mark) = &mut self.at {
            *mark = mark.saturating_sub(end);
        }
        Ok(end)
    }

    /// Where the last record that is complete ends; or the byte that cannot stand where it does.
    fn complete(&mut self, text: &[u8], is_last: bool) -> Result<Option<usize>, usize> {
        let mut end = None;
        let mut offset = self.read;
        while let Some(byte) = text.get(offset).copied() {
            let next = offset.saturating_add(1);
            if matches!(self.at, At::FieldStart | At::Bare) && !matches!(byte, b'"' | b'\r') {
                offset = self.bare(text, offset, &mut end);
                continue;
            }
            self.at = match (self.at, byte) {
                (At::Quoted(mark), _) => {
                    // Nothing but a quotation mark means anything here.
                    let rest = text.get(offset..).unwrap_or_default();
                    let Some(run) = memchr::memchr(b'"', rest) else {
                        offset = text.len();
                        continue;
                    };
                    offset = offset.saturating_add(run).saturating_add(1);
                    self.at = At::Closed(mark);
                    continue;
                }
                (At::Closed(mark), b'"') => At::Quoted(mark),
                (At::Cr | At::Closed(_), b'\n') => {
                    end = Some(next);
                    At::FieldStart
                }
                (At::Cr, _) => return Err(offset.saturating_sub(1)),
                (At::FieldStart | At::Bare | At::Closed(_), b'\r') => At::Cr,
                (At::Closed(_), byte) if byte == self.delimiter => At::FieldStart,
                (At::FieldStart, b'"') => At::Quoted(offset),
                (At::FieldStart | At::Bare | At::Closed(_), _) => return Err(offset),
            };
            offset = next;
        }
        if is_last {
            match self.at {
                At::Quoted(mark) => return Err(mark),
                At::Cr => return Err(text.len().saturating_sub(1)),
                At::FieldStart | At::Bare | At::Closed(_) => end = Some(text.len()),
            }
        }
        Ok(end)
    }

    /// Reads on to the next byte that is not plain outside quotation marks: where that is, or the text ends.
    fn bare(&mut self, text: &[u8], offset: usize, end: &mut Option<usize>) -> usize {
        let rest = text.get(offset..).unwrap_or_default();
        let length = memchr::memchr2(b'"', b'\r', rest).unwrap_or(rest.len());
        let run = rest.get(..length).unwrap_or(rest);
        if let Some(feed) = memchr::memrchr(b'\n', run) {
            *end = Some(offset.saturating_add(feed).saturating_add(1));
        }
        let begins_field = |byte: &u8| *byte == self.delimiter || *byte == b'\n';
        self.at = if run.last().is_some_and(begins_field) { At::FieldStart } else { At::Bare };
        offset.saturating_add(length)
    }

    /// Finds the tokens of records that are complete, and so well-formed.
    fn find<T: Trail>(&self, text: &[u8], start: usize, gatherer: &mut Gatherer<'_, T>) {
        let mut start = start;
        let mut begins_record = true;
        let mut column = 0_usize;
        // Where the next token begins, at the earliest: no field before it has to be searched.
        let mut ahead = Ahead::default();
        let mut hit = gatherer.finder.next_ahead(text, start, &mut ahead).map(|found| found.range.start);
        // Whether what stands before the next token may be left out up to its record: looked for once, lest a long one take many passes.
        let mut leaps = true;
        while let Some(first) = hit {
            if core::mem::take(&mut leaps)
                && let Some(record) = last_record(text, start, first)
            {
                (start, begins_record) = (record, true);
            }
            let (field, is_quoted) = self.field(text, start);
            column = if begins_record { 1 } else { column.saturating_add(1) };
            let end = if is_quoted { field.end.saturating_add(1) } else { field.end };
            let separator = text.get(end).copied();
            let ends_record = separator != Some(self.delimiter);
            if first < field.end {
                let is_record = begins_record && ends_record;
                gatherer.trail.column(column);
                self.find_in_field(text, field, is_quoted, is_record, gatherer);
                hit = gatherer.finder.next_ahead(text, end, &mut ahead).map(|found| found.range.start);
                leaps = true;
            }
            begins_record = ends_record;
            start = end.saturating_add(if separator == Some(b'\r') { 2 } else { 1 });
        }
    }

    fn find_in_field<T: Trail>(
        &self,
        text: &[u8],
        span: Range<usize>,
        is_quoted: bool,
        is_record: bool,
        gatherer: &mut Gatherer<'_, T>,
    ) {
        let content = text.get(span.clone()).unwrap_or_default();
        let fields = gatherer.gathered.fields.len();
        let place = if is_quoted { Place::Quoted } else { Place::Bare(fields) };
        let offset = |offset: usize| span.start.saturating_add(offset);
        let mut from = 0;
        while let Some(found) = gatherer.finder.next(content, from) {
            from = found.next_from();
            let token = offset(found.range.start)..offset(found.range.end);
            gatherer.found(found, content, token.start, token, place, false);
        }
        if !is_quoted {
            gatherer.gathered.fields.push(Field { span, is_record, delimiter: self.delimiter });
        }
    }

    /// The content of the field that begins here, and whether it stands between quotation marks.
    fn field(&self, text: &[u8], start: usize) -> (Range<usize>, bool) {
        let rest = text.get(start..).unwrap_or_default();
        let Some(quoted) = rest.strip_prefix(b"\"") else {
            let ends = |byte: &u8| *byte == self.delimiter || matches!(byte, b'\r' | b'\n');
            let length = rest.iter().position(ends).unwrap_or(rest.len());
            return (start..start.saturating_add(length), false);
        };
        let mut at = 0_usize;
        while let Some(run) = quoted.get(at..).and_then(|rest| memchr::memchr(b'"', rest)) {
            at = at.saturating_add(run);
            if quoted.get(at.saturating_add(1)) != Some(&b'"') {
                break;
            }
            at = at.saturating_add(2);
        }
        let content = start.saturating_add(1);
        (content..content.saturating_add(at), true)
    }
}

/// Where the last record begins that begins behind `from`, the beginning of a field, and not behind `until`; if one does. Of
/// well-formed CSV, what stands between quotation marks has an odd number of them before it.
fn last_record(text: &[u8], from: usize, until: usize) -> Option<usize> {
    let mut before = text.get(from..until)?;
    let mut is_outside = memchr::memchr_iter(b'"', before).count().is_multiple_of(2);
    loop {
        // Line feeds between quotation marks are many, and end nothing.
        let at =
            if is_outside { memchr::memrchr2(b'"', b'\n', before) } else { memchr::memrchr(b'"', before) }?;
        if before.get(at) == Some(&b'\n') {
            return Some(from.saturating_add(at).saturating_add(1));
        }
        is_outside = !is_outside;
        before = before.get(..at)?;
    }
}
