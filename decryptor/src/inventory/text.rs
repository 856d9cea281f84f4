//! One text of an inventory.

use std::collections::BTreeMap;
use std::time::SystemTime;

use edgeseal::{Inspected, Inspector, KeyId, ScanError, TextFormat};
use zeroize::Zeroizing;

use super::not_text::{LOOK_BYTES, not_text};
use super::traces::{EncodedTokens, Traces};
use super::{Inventory, add, wide};

/// What may have to be in memory at once, a string, a line or a record, before it is read as text.
const MOST_WAITING_BYTES: usize = 64 << 20;
/// How much of a piece is inspected at once: it stays in the processor's caches until all is looked for.
const MOST_AT_ONCE_BYTES: usize = 1 << 17;
/// So many lines of NDJSON that are no JSON are read as text each by itself; after another, all that follows.
const MOST_DAMAGED_LINES: u64 = 1_000;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A text whose tokens are noted as it comes.
///
/// What turns out not to be of its format is read on as text, which finds every token but those that are written with escapes; unless the text is
/// [`strict`](Self::strict). What is noted stays noted, whatever becomes of the rest.
#[must_use = "what is left of a text is noted when it ends"]
pub struct InventoryText<'i> {
    inventory: &'i mut Inventory,
    format: TextFormat,
    inspector: Inspector,
    waiting: Zeroizing<Vec<u8>>,
    beginning: Zeroizing<Vec<u8>>,
    traces: Traces,
    strict: bool,
    begun: bool,
    completed: bool,
    file: Option<String>,
    modified: Option<SystemTime>,
    of_text: TextInventory,
}

/// What is in one text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextInventory {
    /// Its length, in bytes.
    pub bytes: u64,
    /// Everything that begins like a token.
    pub found: u64,
    /// Whole tokens by key, and what only begins like one but tells its key.
    pub keys: BTreeMap<KeyId, (u64, u64)>,
    /// What begins like a token and is none.
    pub damaged: u64,
    /// From where on it is not of its format, and was read as text; of NDJSON, the first line that was, and `damaged_lines` how many.
    pub read_as_text: Option<(u64, &'static str)>,
    /// Lines of NDJSON that were each read as text.
    pub damaged_lines: u64,
    /// What it is, if it is no text: tokens in it are not seen.
    pub not_text: Option<&'static str>,
    /// Tokens that are seen to be there, and are not told, since they stand in another encoding.
    pub encoded: Vec<EncodedTokens>,
}

impl<'i> InventoryText<'i> {
    pub(super) fn new(inventory: &'i mut Inventory, format: TextFormat) -> Self {
        Self {
            traces: Traces::new(format, &inventory.keyring, &inventory.of_keys),
            inventory,
            format,
            inspector: Inspector::new(format),
            waiting: Zeroizing::default(),
            beginning: Zeroizing::default(),
            strict: false,
            begun: false,
            completed: false,
            file: None,
            modified: None,
            of_text: TextInventory::default(),
        }
    }

    /// Has positions name the text.
    pub fn named(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// When the text was changed last.
    pub fn modified(mut self, time: Option<SystemTime>) -> Self {
        self.modified = time;
        self
    }

    /// Makes a text that is not of its format an error.
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Takes the next piece.
    ///
    /// # Errors
    /// [`ScanError`] if the text is strict and not of its format.
    pub fn add(&mut self, piece: &[u8]) -> Result<(), ScanError> {
        add(&mut self.of_text.bytes, wide(piece.len()));
        let room = LOOK_BYTES.saturating_sub(self.beginning.len()).min(piece.len());
        self.beginning.extend_from_slice(piece.get(..room).unwrap_or_default());
        // What is read anew because of damage is no more than this.
        for piece in piece.chunks(MOST_AT_ONCE_BYTES) {
            self.traces.add(piece, self.is_json());
            let rest = self.inspect_line(piece)?;
            if !rest.is_empty() && !self.inspect_alone(rest) {
                self.waiting.extend_from_slice(rest);
                self.inspect(false)?;
            }
        }
        Ok(())
    }

    /// Says that nothing more comes; [`end`](Self::end) does that, too, for whoever does not want to know of an error.
    ///
    /// # Errors
    /// [`ScanError`] if the text is strict and not of its format.
    pub fn complete(&mut self) -> Result<(), ScanError> {
        if core::mem::replace(&mut self.completed, true) {
            return Ok(());
        }
        self.inspect(true)
    }

    /// Ends the text, also where it could be read no further or failed, and says what is in it as far as it was read.
    pub fn end(mut self) -> TextInventory {
        // An error has ended the text: what came before it is noted.
        let _ = self.complete();
        self.conclude()
    }

    /// Everything so far that begins like a token.
    pub fn found(&self) -> u64 {
        self.of_text.found
    }

    fn conclude(mut self) -> TextInventory {
        self.of_text.not_text = not_text(&self.beginning);
        self.of_text.encoded = self.traces.found();
        for key_id in self.of_text.keys.keys() {
            if let Some(key) = self.inventory.keys.get_mut(key_id) {
                key.in_text(self.modified);
            }
        }
        self.of_text
    }

    fn is_json(&self) -> bool {
        matches!(self.format, TextFormat::Json | TextFormat::NdJson)
    }

    /// Inspects what waits with the first line of a piece, with which most of it ends; gives the rest of the piece, which need not be copied then.
    fn inspect_line<'p>(&mut self, piece: &'p [u8]) -> Result<&'p [u8], ScanError> {
        let Some(feed) = memchr::memchr(b'\n', piece).filter(|_| self.begun && !self.waiting.is_empty())
        else {
            return Ok(piece);
        };
        let (line, rest) = piece.split_at_checked(feed.saturating_add(1)).unwrap_or((piece, &[]));
        self.waiting.extend_from_slice(line);
        self.inspect(false)?;
        Ok(rest)
    }

    /// Inspects a piece before which nothing waits, without a copy; false if that cannot be.
    fn inspect_alone(&mut self, piece: &[u8]) -> bool {
        if !self.begun || !self.waiting.is_empty() {
            return false;
        }
        let before = self.inspector.clone();
        let Ok(inspected) = self.inspector.inspect(piece, false, &self.inventory.keyring) else {
            self.inspector = before;
            return false;
        };
        inspected.tokens().iter().for_each(|found| self.note(found));
        self.traces.told(wide(self.inspector.position().0));
        self.waiting.extend_from_slice(piece.get(inspected.covered()..).unwrap_or_default());
        true
    }

    fn inspect(&mut self, last: bool) -> Result<(), ScanError> {
        if !self.begun && !self.begin(last) {
            return Ok(());
        }
        loop {
            let before = self.inspector.clone();
            match self.inspector.inspect(&self.waiting, last, &self.inventory.keyring) {
                Ok(inspected) => {
                    self.take(&inspected);
                    self.traces.told(wide(self.inspector.position().0));
                    let is_text = matches!(self.format, TextFormat::Text | TextFormat::Form);
                    if last || is_text || self.waiting.len() <= MOST_WAITING_BYTES {
                        return Ok(());
                    }
                    self.read_on_as_text(wide(self.inspector.position().0), "piece_too_long");
                }
                Err(error) if self.strict => {
                    self.completed = true;
                    return Err(error);
                }
                Err(error) => {
                    let offset = offset(error);
                    if self.format == TextFormat::NdJson
                        && self.of_text.damaged_lines < MOST_DAMAGED_LINES
                        && self.read_line_as_text(offset)
                    {
                        let first = (wide(offset), error.code());
                        self.of_text.read_as_text.get_or_insert(first);
                        add(&mut self.of_text.damaged_lines, 1);
                    } else {
                        self.inspector = before;
                        self.read_up_to(offset);
                        self.read_on_as_text(wide(offset), error.code());
                    }
                }
            }
        }
    }

    /// A byte order mark before JSON is left out; false if more has to be there to tell.
    fn begin(&mut self, last: bool) -> bool {
        if !last && self.waiting.len() < BYTE_ORDER_MARK.len() && BYTE_ORDER_MARK.starts_with(&self.waiting) {
            return false;
        }
        self.begun = true;
        if self.is_json() && !self.strict && self.waiting.starts_with(BYTE_ORDER_MARK) {
            self.inspector = Inspector::starting_at(self.format, BYTE_ORDER_MARK.len(), 0);
            self.waiting.drain(..BYTE_ORDER_MARK.len());
        }
        true
    }

    /// Takes what was inspected of what waits.
    fn take(&mut self, inspected: &Inspected) {
        for found in inspected.tokens() {
            self.note(found);
        }
        self.waiting.drain(..inspected.covered());
    }

    /// What is complete before damage is still of the format, with its escapes.
    fn read_up_to(&mut self, offset: usize) {
        let mut good = self.inspector.clone();
        let length = offset.saturating_sub(good.position().0);
        let before = self.waiting.get(..length).unwrap_or(&self.waiting);
        if let Ok(inspected) = good.inspect(before, false, &self.inventory.keyring) {
            self.take(&inspected);
            self.inspector = good;
        }
    }

    fn read_on_as_text(&mut self, offset: u64, code: &'static str) {
        let (bytes, lines) = self.inspector.position();
        if self.is_json() {
            self.traces.not_json(&self.waiting, wide(bytes));
        }
        self.of_text.read_as_text.get_or_insert((offset, code));
        self.format = TextFormat::Text;
        self.inspector = Inspector::starting_at(TextFormat::Text, bytes, lines);
    }

    /// Of NDJSON, the line with this byte of the whole text, and what stands before it. False if that cannot be told apart.
    fn read_line_as_text(&mut self, offset: usize) -> bool {
        let (bytes, lines) = self.inspector.position();
        let Some(at) = offset.checked_sub(bytes).filter(|at| *at <= self.waiting.len()) else { return false };
        let (before, behind) = self.waiting.split_at_checked(at).unwrap_or((&self.waiting, &[]));
        let start = memchr::memrchr(b'\n', before).map_or(0, |feed| feed.saturating_add(1));
        let end = memchr::memchr(b'\n', behind)
            .map_or(self.waiting.len(), |feed| at.saturating_add(feed).saturating_add(1));
        let mut good = Inspector::starting_at(TextFormat::NdJson, bytes, lines);
        let waiting = core::mem::take(&mut self.waiting);
        let (before, rest) = waiting.split_at_checked(start).unwrap_or((&waiting, &[]));
        let (line, rest) = rest.split_at_checked(end.saturating_sub(start)).unwrap_or((rest, &[]));
        let inspected = good.inspect(before, true, &self.inventory.keyring);
        let (bytes, lines) = good.position();
        let mut text = Inspector::starting_at(TextFormat::Text, bytes, lines);
        let of_line = text.inspect(line, true, &self.inventory.keyring);
        let (Ok(inspected), Ok(of_line)) = (inspected, of_line) else {
            self.waiting = waiting;
            return false;
        };
        inspected.tokens().iter().chain(of_line.tokens()).for_each(|found| self.note(found));
        self.traces.not_json(line, wide(bytes));
        let (bytes, lines) = text.position();
        self.inspector = Inspector::starting_at(TextFormat::NdJson, bytes, lines);
        self.waiting = Zeroizing::new(rest.to_vec());
        true
    }

    fn note(&mut self, found: &edgeseal::FoundToken) {
        self.traces.token(found.offset(), found.key_id());
        let (key_id, is_whole) = self.inventory.note(found, self.file.as_deref());
        add(&mut self.of_text.found, 1);
        add(&mut self.of_text.damaged, u64::from(!is_whole));
        if let Some(key_id) = key_id {
            let (tokens, damaged) = self.of_text.keys.entry(key_id).or_default();
            add(if is_whole { tokens } else { damaged }, 1);
        }
    }
}

impl core::fmt::Debug for InventoryText<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("InventoryText").field("inspector", &self.inspector).finish_non_exhaustive()
    }
}

/// Where a text stops being of its format.
fn offset(error: ScanError) -> usize {
    match error {
        ScanError::NotUtf8 { offset }
        | ScanError::JsonInvalid { offset }
        | ScanError::CsvInvalid { offset }
        | ScanError::JsonTooDeep { offset } => offset,
        _ => 0,
    }
}
