//! Reads a text piece by piece, each as far as it is complete.

use super::csv::Csv;
use super::gather::Gatherer;
use super::place::Place;
use super::trail::Trail;
use super::{ScanError, TextFormat};
use crate::json::{Lexer, LexerState};
use crate::sizes::{MAX_DEPTH, MAX_TOKEN_CHARS};
use crate::token::{Ahead, Next};

/// From so many bytes on that were read in vain, it is looked whether reading them again could do more.
const WORTH_A_LOOK: usize = 4_096;

/// A piece of a text: it begins with the first byte that is not covered.
#[derive(Clone, Copy)]
pub(super) struct Piece<'t> {
    pub(super) text: &'t [u8],
    /// Where it begins, in bytes from the beginning of the whole text.
    pub(super) base: usize,
    is_last: bool,
}

impl<'t> Piece<'t> {
    pub(super) fn new(text: &'t [u8], base: usize, is_last: bool) -> Self {
        Self { text, base, is_last }
    }

    /// Whether nothing comes behind it.
    pub(super) fn is_last<T: Trail>(&self) -> bool {
        T::IS_WHOLE || self.is_last
    }
}

/// What is known between two pieces.
#[derive(Clone)]
pub(super) enum Reader {
    Plain(Plain),
    Json(Json),
    NdJson {
        /// The bytes in which there is no line feed.
        searched: usize,
    },
    Csv(Csv),
}

/// Reads a text that is whole. In the format, so that the formats that a caller never names are left out by the compiler.
#[inline]
pub(super) fn read_whole(format: TextFormat, gatherer: &mut Gatherer<'_, ()>) -> Result<usize, ScanError> {
    match format {
        TextFormat::Text => Ok(Plain::new(Place::Text).read(gatherer)),
        TextFormat::Form => Ok(Plain::new(Place::Form).read(gatherer)),
        TextFormat::Json => Json::default().read(gatherer),
        TextFormat::NdJson => read_lines(&mut 0, gatherer),
        TextFormat::Csv(delimiter) => Csv::new(delimiter).read(gatherer),
    }
}

impl Reader {
    pub(super) fn new(format: TextFormat) -> Self {
        match format {
            TextFormat::Text => Self::Plain(Plain::new(Place::Text)),
            TextFormat::Form => Self::Plain(Plain::new(Place::Form)),
            TextFormat::Json => Self::Json(Json::default()),
            TextFormat::NdJson => Self::NdJson { searched: 0 },
            TextFormat::Csv(delimiter) => Self::Csv(Csv::new(delimiter)),
        }
    }

    /// Whether it reads JSON, one text or many.
    pub(super) fn is_json(&self) -> bool {
        matches!(self, Self::Json(_) | Self::NdJson { .. })
    }

    /// How many bytes of the piece are complete; what they hold is gathered.
    pub(super) fn read<T: Trail>(&mut self, gatherer: &mut Gatherer<'_, T>) -> Result<usize, ScanError> {
        match self {
            Self::Plain(plain) => Ok(plain.read(gatherer)),
            Self::Json(json) => json.read(gatherer),
            Self::NdJson { searched } => read_lines(searched, gatherer),
            Self::Csv(csv) => csv.read(gatherer),
        }
    }
}

/// Text that is nothing but text, or a form.
#[derive(Clone)]
pub(super) struct Plain {
    place: Place,
    /// The bytes with which a token can go on, at the beginning of the next piece.
    open: usize,
}

impl Plain {
    fn new(place: Place) -> Self {
        Self { place, open: 0 }
    }

    fn read<T: Trail>(&mut self, gatherer: &mut Gatherer<'_, T>) -> usize {
        let (text, is_last) = (gatherer.piece.text, gatherer.piece.is_last::<T>());
        let more = text.get(self.open..).unwrap_or_default();
        // A token that is still going on is not read anew for every piece.
        if !is_last
            && self.open >= WORTH_A_LOOK
            && text.len() < MAX_TOKEN_CHARS
            && more.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_+/=".contains(byte))
        {
            self.open = text.len();
            return 0;
        }
        let open = self.open;
        let mut open_from = None;
        let (mut from, mut ahead) = (0, Ahead::default());
        let covered = loop {
            // What can go on to the end of the piece begins here.
            let look = || {
                let goes_on = gatherer.finder.bytes_that_go_on();
                let stop = |byte: &u8| !goes_on.get(usize::from(*byte)).is_some_and(|goes_on| *goes_on);
                more.iter().rposition(stop).map_or(0, |at| open.saturating_add(at).saturating_add(1))
            };
            let mut look = || *open_from.get_or_insert_with(look);
            match gatherer.finder.next_in_piece(text, from, &mut ahead, &mut look, is_last) {
                Next::Found(found) => {
                    from = found.next_from();
                    let span = found.range.clone();
                    gatherer.found(found, text, span.start, span, self.place, false);
                }
                Next::Undecided(at) => break at,
                Next::Nothing => break text.len(),
            }
        };
        self.open = text.len().saturating_sub(covered);
        covered
    }
}

/// One JSON text.
#[derive(Clone, Default)]
pub(super) struct Json {
    lexer: LexerState,
    /// The bytes at the beginning of the next piece that are known to be UTF-8.
    utf8: usize,
    /// The bytes that were not covered.
    left: usize,
}

impl Json {
    fn read<T: Trail>(&mut self, gatherer: &mut Gatherer<'_, T>) -> Result<usize, ScanError> {
        let Piece { text, base, .. } = gatherer.piece;
        let is_last = gatherer.piece.is_last::<T>();
        refuse_byte_order_mark(gatherer.piece)?;
        let begins_number = |byte: &u8| byte.is_ascii_digit() || *byte == b'-';
        let in_number = |byte: &u8| begins_number(byte) || b"+.eE".contains(byte);
        // A number that is still going on is not read anew for every piece.
        if !is_last && self.left >= WORTH_A_LOOK && text.first().is_some_and(begins_number) {
            let more = text.get(self.left..).unwrap_or_default();
            if more.iter().all(in_number) {
                (self.left, self.utf8) = (text.len(), text.len());
                return Ok(0);
            }
        }
        let (utf8, ends_well) = match core::str::from_utf8(text.get(self.utf8..).unwrap_or_default()) {
            Ok(_) => (text.len(), true),
            // A character that is cut in two is the next piece's.
            Err(error) => {
                (self.utf8.saturating_add(error.valid_up_to()), error.error_len().is_none() && !is_last)
            }
        };
        let state = core::mem::take(&mut self.lexer);
        let valid = text.get(..utf8).unwrap_or(text);
        let mut lexer = Lexer::resume(valid, state, is_last && ends_well, MAX_DEPTH);
        gatherer.json(&mut lexer, Place::JsonString)?;
        if !ends_well {
            return Err(ScanError::NotUtf8 { offset: base.saturating_add(utf8) });
        }
        let covered = lexer.at();
        self.utf8 = utf8.saturating_sub(covered);
        self.left = text.len().saturating_sub(covered);
        self.lexer = lexer.into_state();
        Ok(covered)
    }
}

/// JSON texts, each on a line: those whose line has ended.
fn read_lines<T: Trail>(searched: &mut usize, gatherer: &mut Gatherer<'_, T>) -> Result<usize, ScanError> {
    let Piece { text, base, .. } = gatherer.piece;
    let is_last = gatherer.piece.is_last::<T>();
    refuse_byte_order_mark(gatherer.piece)?;
    let unknown = text.get(*searched..).unwrap_or_default();
    let end = match memchr::memrchr(b'\n', unknown) {
        _ if is_last => text.len(),
        Some(at) => searched.saturating_add(at).saturating_add(1),
        None => 0,
    };
    *searched = text.len().saturating_sub(end);
    let complete = text.get(..end).unwrap_or(text);
    let utf8 = core::str::from_utf8(complete).map_or_else(|error| error.valid_up_to(), str::len);
    let valid = complete.get(..utf8).unwrap_or(complete);
    let mut at = 0;
    while at < complete.len() {
        at = gatherer.skim_lines(valid, at);
        let rest = complete.get(at..).unwrap_or_default();
        let line = at..memchr::memchr(b'\n', rest).map_or(complete.len(), |feed| at.saturating_add(feed));
        at = line.end.saturating_add(1);
        if is_blank(complete.get(line.clone()).unwrap_or_default()) {
            continue;
        }
        if line.end > utf8 {
            return Err(ScanError::NotUtf8 { offset: base.saturating_add(utf8) });
        }
        gatherer.trail.begin();
        let before = text.get(..line.end).unwrap_or_default();
        gatherer.json(&mut Lexer::new(before, line.start, MAX_DEPTH), Place::NdJsonString)?;
    }
    Ok(end)
}

/// Whether a line, without its line feed, holds nothing.
fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
}

fn refuse_byte_order_mark(piece: Piece<'_>) -> Result<(), ScanError> {
    if piece.base == 0 && piece.text.starts_with("\u{feff}".as_bytes()) {
        return Err(ScanError::NotUtf8 { offset: 0 });
    }
    Ok(())
}
