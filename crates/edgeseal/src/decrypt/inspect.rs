//! Which tokens a text holds, for whoever wants to know no more than that.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use super::gather::Gatherer;
use super::pointer::Pointer;
use super::reader::{Piece, Reader};
use super::trail::Trail;
use super::{ScanError, TextFormat};
use crate::envelope;
use crate::keyring::{Keyring, KeyringEntry};
use crate::label::{FieldName, KeyId};
use crate::token::{Content, Found, Token, TokenError, legible_key_id};

/// Tells every token of a text that comes in pieces, and everything that begins like one: under which key, of which kind, and where.
///
/// Nothing is asked and nothing is decrypted. Tokens of our own are found without a keyring; those with classic tags are known by the
/// keyring that has their tags. What has to be in memory at once is as for a [`Scanner`](crate::Scanner).
///
/// ```
/// use edgeseal::{Inspector, Keyring, Kind, TextFormat, TokenError};
///
/// let text = format!("{{\"ssn\": \"__es1.pii.s.{}.__\", \"x\": \"__es1.old.s.cut\"}}", "A".repeat(342));
/// let mut inspector = Inspector::new(TextFormat::Json);
/// let inspected = inspector.inspect(text.as_bytes(), true, &Keyring::default())?;
/// let [whole, damaged] = inspected.tokens() else { return Err("two tokens".into()) };
/// assert_eq!(whole.token().map(|token| token.kind()), Ok(Kind::Text));
/// assert_eq!((whole.pointer(), whole.name()), (Some("/ssn"), Some("ssn")));
/// assert_eq!(damaged.token().err(), Some(TokenError::Damaged));
/// assert_eq!(damaged.key_id().map(|key_id| key_id.as_str()), Some("old"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Inspector {
    reader: Reader,
    survey: Survey,
    /// What is covered so far, in bytes and in line feeds.
    covered: usize,
    lines: usize,
}

/// What a piece of a text holds.
#[derive(Debug)]
pub struct Inspected {
    tokens: Vec<FoundToken>,
    covered: usize,
}

/// Something that begins like a token, and where it stands.
#[derive(Clone)]
pub struct FoundToken {
    offset: usize,
    line: usize,
    token: Result<Token, TokenError>,
    key_id: Option<KeyId>,
    pointer: Option<Box<str>>,
    name: Option<Box<str>>,
    column: Option<usize>,
    in_name: bool,
}

impl Inspector {
    /// An inspector of one text.
    pub fn new(format: TextFormat) -> Self {
        Self::starting_at(format, 0, 0)
    }

    /// An inspector of what is left of a text, behind so many bytes and line feeds: positions are told from the text's beginning. What
    /// is left is read as a text of its own.
    pub fn starting_at(format: TextFormat, bytes: usize, line_feeds: usize) -> Self {
        let reader = Reader::new(format);
        let pointer = reader.is_json().then(Pointer::default);
        let survey = Survey { pointer, ..Survey::default() };
        Self { reader, survey, covered: bytes, lines: line_feeds }
    }

    /// Inspects as much of `text` as is complete: all of it, if it is the last of the text.
    ///
    /// The next call is to begin with the first byte that is not [covered](Inspected::covered), and to bring more.
    ///
    /// # Errors
    /// [`ScanError`] if the text is not of its format. Then nothing is told of this piece, and the inspector is of no use any more.
    pub fn inspect(&mut self, text: &[u8], last: bool, keyring: &Keyring) -> Result<Inspected, ScanError> {
        let piece = Piece::new(text, self.covered, last);
        let mut gatherer = Gatherer::new(piece, &mut self.survey, keyring);
        let read = self.reader.read(&mut gatherer);
        let mut tokens = core::mem::take(&mut self.survey.seen);
        let covered = read?;
        self.tell_lines(text, covered, &mut tokens);
        self.covered = self.covered.saturating_add(covered);
        Ok(Inspected { tokens, covered })
    }

    /// How far the text is inspected, in bytes and in line feeds.
    pub fn position(&self) -> (usize, usize) {
        (self.covered, self.lines)
    }

    /// Counts the lines up to each token, all in one pass.
    fn tell_lines(&mut self, text: &[u8], covered: usize, tokens: &mut [FoundToken]) {
        let mut counted = 0;
        let mut feeds_to = |end: usize| {
            let between = text.get(counted..end).unwrap_or_default();
            counted = end.max(counted);
            self.lines = self.lines.saturating_add(memchr::memchr_iter(b'\n', between).count());
            self.lines
        };
        for token in tokens {
            token.line = feeds_to(token.offset.saturating_sub(self.covered)).saturating_add(1);
        }
        feeds_to(covered);
    }
}

impl fmt::Debug for Inspector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inspector").field("covered", &self.covered).finish_non_exhaustive()
    }
}

impl Inspected {
    /// Everything that begins like a token, in the order of the text.
    pub fn tokens(&self) -> &[FoundToken] {
        &self.tokens
    }

    /// How many bytes are done, from the beginning of the piece.
    pub fn covered(&self) -> usize {
        self.covered
    }
}

impl FoundToken {
    /// The token, or why it is none that this release can open.
    ///
    /// # Errors
    /// [`TokenError`] of what only begins like a token.
    pub fn token(&self) -> Result<&Token, TokenError> {
        self.token.as_ref().map_err(|error| *error)
    }

    /// The key id; of what is no whole token, that which stands whole behind its prefix, if one does.
    pub fn key_id(&self) -> Option<&KeyId> {
        self.key_id.as_ref()
    }

    /// The field that an envelope token is bound to. None of a direct token, which is bound to nothing, and of an envelope whose header is
    /// not what it has to be, or names no field that a policy could have.
    pub fn field(&self) -> Option<FieldName> {
        match self.token.as_ref().ok()?.content() {
            Content::Envelope(sealed) => FieldName::new(envelope::context(sealed)?.get("field")?),
            Content::Text | Content::Value | Content::Classic => None,
        }
    }

    /// Where it begins, in bytes from the beginning of the whole text.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The line in which it begins, from 1. Lines end with LF.
    pub fn line(&self) -> usize {
        self.line
    }

    /// In JSON and NDJSON the JSON Pointer (RFC 6901) of the value in which it stands, within its JSON text; of a token in a member name,
    /// that of the object. Long member names, and those with tokens in them, are cut, and end in `…`: no pointer holds a token. One of more
    /// than [`MAX_POINTER_BYTES`](crate::sizes::MAX_POINTER_BYTES) is cut there and ends in `…` too. What only begins like a token has
    /// one up to [`MAX_DAMAGE_POINTERS`](crate::sizes::MAX_DAMAGE_POINTERS) of it in a text.
    pub fn pointer(&self) -> Option<&str> {
        self.pointer.as_deref()
    }

    /// In JSON and NDJSON the innermost member name on the way to it, cut as in the pointer; none outside all objects.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// In CSV the column, from 1.
    pub fn column(&self) -> Option<usize> {
        self.column
    }

    /// Whether it stands in a member name.
    pub fn is_in_name(&self) -> bool {
        self.in_name
    }
}

impl fmt::Debug for FoundToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FoundToken")
            .field("offset", &self.offset)
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

/// Notes what is found, and lets nothing be gathered.
#[derive(Clone, Default)]
struct Survey {
    pointer: Option<Pointer>,
    seen: Vec<FoundToken>,
    column: Option<usize>,
    /// Whether a token stands in the member name that is being read.
    names_token: bool,
}

impl Trail for Survey {
    fn begin(&mut self) {
        if let Some(pointer) = &mut self.pointer {
            pointer.begin();
        }
    }

    fn name(&mut self, json: &[u8], escaped: bool) {
        let names_token = core::mem::take(&mut self.names_token);
        if let Some(pointer) = &mut self.pointer {
            if names_token {
                pointer.name("…".as_bytes(), false);
            } else {
                pointer.name(json, escaped);
            }
        }
    }

    fn value(&mut self) {
        if let Some(pointer) = &mut self.pointer {
            pointer.value();
        }
    }

    fn enter(&mut self, is_array: bool) {
        if let Some(pointer) = &mut self.pointer {
            pointer.enter(is_array);
        }
    }

    fn leave(&mut self) {
        if let Some(pointer) = &mut self.pointer {
            pointer.leave();
        }
    }

    fn column(&mut self, column: usize) {
        self.column = Some(column);
    }

    fn seen(&mut self, found: &Found, text: &[u8], offset: usize, in_name: bool, keyring: &Keyring) {
        self.names_token |= in_name;
        let key_id = match &found.token {
            Ok(token) => Some(token.key_id().clone()),
            // What stands where in another version is not known.
            Err(TokenError::VersionUnknown) => None,
            Err(_) => {
                let prefix = text.get(found.range.clone()).unwrap_or_default();
                let of_tags = |entry: &KeyringEntry| {
                    entry.tags().is_some_and(|tags| tags.prefix().as_bytes() == prefix)
                };
                let classic = keyring.iter().find(|(_, entry)| of_tags(entry));
                classic.map_or_else(
                    || legible_key_id(text.get(found.range.end..).unwrap_or_default()),
                    |(key_id, _)| Some(key_id.clone()),
                )
            }
        };
        let pointer = match (&mut self.pointer, &found.token) {
            (Some(pointer), Ok(_)) => Some(pointer.text(in_name)),
            (Some(pointer), Err(_)) => pointer.of_damage(in_name),
            (None, _) => None,
        };
        self.seen.push(FoundToken {
            offset,
            line: 0,
            token: found.token.clone(),
            key_id,
            pointer,
            name: self.pointer.as_ref().and_then(|pointer| pointer.last_name(in_name)),
            column: self.column,
            in_name,
        });
    }

    fn includes(&self, _key_id: Option<&KeyId>, _in_name: bool) -> bool {
        false
    }
}
