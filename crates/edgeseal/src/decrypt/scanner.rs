//! Texts that come in pieces.

use alloc::borrow::Cow;

use super::gather::Gatherer;
use super::reader::{Piece, Reader};
use super::scan::Scan;
use super::selection::Selection;
use super::track::Track;
use super::{ScanError, TextFormat};
use crate::keyring::Keyring;

/// Scans a text piece by piece, in memory that does not depend on the length of the text, and for the tokens of a [`Selection`] alone.
///
/// What has to be in memory at once is one string or number of JSON, one line of NDJSON, one record of CSV, or one token of a form or
/// text (at most [`MAX_TOKEN_CHARS`](crate::sizes::MAX_TOKEN_CHARS)). Whatever the pieces are, what comes out is the same.
///
/// ```
/// use edgeseal::{Keyring, Scanner, TextFormat};
///
/// let keyring = Keyring::from_json(br#"{"version": 1, "keys": {"pii": {"private_key_file": "pii.pem"}}}"#)?;
/// let mut pieces = [&b"[{\"name\": \"A"[..], b"da\"}, {\"name\": \"__es1.dam", b"age\"}]"].into_iter().peekable();
///
/// let mut scanner = Scanner::new(TextFormat::Json).with_positions();
/// let (mut waiting, mut output, mut positions) = (Vec::new(), Vec::new(), Vec::new());
/// while let Some(piece) = pieces.next() {
///     waiting.extend_from_slice(piece);
///     let scan = scanner.scan(&waiting, pieces.peek().is_none(), &keyring)?;
///     // Have each of `scan.ciphertexts()` decrypted; here there are none.
///     let spliced = scan.splice(&[])?;
///     output.extend_from_slice(&spliced.body);
///     positions.extend(spliced.report.kept().iter().map(|kept| kept.pointer().unwrap_or_default().to_owned()));
///     let covered = scan.covered();
///     waiting.drain(..covered);
/// }
/// assert_eq!(output, b"[{\"name\": \"Ada\"}, {\"name\": \"__es1.damage\"}]");
/// assert_eq!(positions, ["/1/name"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Scanner {
    reader: Reader,
    track: Track,
    /// What is covered so far, in bytes and in line feeds.
    covered: usize,
    lines: usize,
}

impl Scanner {
    /// A scanner of one text.
    pub fn new(format: TextFormat) -> Self {
        Self { reader: Reader::new(format), track: Track::new(Selection::default()), covered: 0, lines: 0 }
    }

    /// Selects tokens, and says what they have to prove. To be called before the first piece.
    #[must_use]
    pub fn with_selection(mut self, selection: Selection) -> Self {
        self.track.select(selection);
        self
    }

    /// Has the report tell JSON Pointers, of JSON and NDJSON. To be called before the first piece.
    #[must_use]
    pub fn with_positions(mut self) -> Self {
        if self.reader.is_json() {
            self.track.tell_pointers();
        }
        self
    }

    /// Scans as much of `text` as is complete: all of it, if it is the last of the text.
    ///
    /// The next call is to begin with the first byte that is not [covered](Scan::covered), and to bring more. What is not covered is
    /// not read again from its beginning, so that the time is linear in the text however small the pieces are.
    ///
    /// # Errors
    /// [`ScanError`] if the text is not of its format, with offsets from the beginning of the whole text. Then the scanner is of no use
    /// any more.
    pub fn scan<'t>(&mut self, text: &'t [u8], last: bool, keyring: &Keyring) -> Result<Scan<'t>, ScanError> {
        let piece = Piece::new(text, self.covered, last);
        let mut gatherer = Gatherer::new(piece, &mut self.track, keyring);
        let covered = self.reader.read(&mut gatherer)?;
        let covered = text.get(..covered).unwrap_or(text);
        let mut scan = Scan::of(Cow::Borrowed(covered), gatherer.gathered);
        (scan.base, scan.lines_before) = (self.covered, self.lines);
        self.covered = self.covered.saturating_add(covered.len());
        self.lines = self.lines.saturating_add(memchr::memchr_iter(b'\n', covered).count());
        Ok(scan)
    }

    /// How many bytes are covered so far, from the beginning of the whole text.
    pub(super) fn covered(&self) -> usize {
        self.covered
    }
}

impl core::fmt::Debug for Scanner {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Scanner").field("covered", &self.covered).finish_non_exhaustive()
    }
}
