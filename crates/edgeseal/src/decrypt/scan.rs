//! The first step: finds the tokens of a text, and what has to be decrypted for them.

use core::ops::Range;
use std::borrow::Cow;
use std::collections::BTreeMap;

use super::place::Place;
use super::report::Kept;
use super::{ScanError, TextFormat};
use crate::json::{Event, JsonText, Lexer, check_utf8, lines, unescape_mapped};
use crate::keyring::Keyring;
use crate::label::KeyId;
use crate::sizes::MAX_DEPTH;
use crate::token::{Content, Finder, Found};

/// The tokens of a text.
///
/// ```
/// use edgeseal::{Answer, Keyring, Scan, TextFormat};
///
/// let keyring = Keyring::from_json(br#"{"version": 1, "keys": {"pii": {"private_key_file": "pii.pem"}}}"#)?;
/// let scan = Scan::new(&b"nothing to see, but __es1.damage"[..], TextFormat::Text, &keyring)?;
/// // Have each of `scan.ciphertexts()` decrypted under its key, and give the answers in the same order:
/// let answers: Vec<Answer> = scan.ciphertexts().iter().map(|_| Answer::Unavailable).collect();
/// let spliced = scan.splice(&answers)?;
/// assert_eq!(spliced.report.kept()[0].code(), "token_damaged");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Scan<'t> {
    pub(super) text: Cow<'t, [u8]>,
    /// Tokens that may be opened, in the order of the text.
    pub(super) tokens: Vec<Placed>,
    pub(super) kept: Vec<Kept>,
    pub(super) required_context: BTreeMap<String, String>,
    ciphertexts: Vec<Ciphertext>,
}

/// A token and its place.
pub(super) struct Placed {
    /// What the plaintext replaces.
    pub(super) span: Range<usize>,
    /// Where the token's own text begins.
    pub(super) offset: usize,
    pub(super) place: Place,
    pub(super) content: Content,
    /// The index of its ciphertext.
    pub(super) ciphertext: usize,
}

/// One RSAES-OAEP-SHA-256 ciphertext, and the key it is under. Each stands once, however many tokens share it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ciphertext {
    key_id: KeyId,
    bytes: Box<[u8]>,
}

impl Ciphertext {
    /// The key id, which the keyring has.
    pub fn key_id(&self) -> &KeyId {
        &self.key_id
    }

    /// The ciphertext: 256, 384 or 512 bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl core::fmt::Debug for Ciphertext {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Ciphertext").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

impl<'t> Scan<'t> {
    /// Finds the tokens of a text. Time and memory are linear in the text.
    ///
    /// # Errors
    /// [`ScanError`] if the text is not what `format` says; a [`TextFormat::Text`] or [`TextFormat::Form`] can be anything.
    pub fn new(
        text: impl Into<Cow<'t, [u8]>>,
        format: TextFormat,
        keyring: &Keyring,
    ) -> Result<Self, ScanError> {
        let text = text.into();
        let classic = keyring.iter().filter_map(|(key_id, entry)| Some((entry.tags()?, key_id)));
        let mut scanner = Scanner {
            keyring,
            finder: Finder::new(classic),
            tokens: Vec::new(),
            kept: Vec::new(),
            ciphertexts: BTreeMap::new(),
        };
        let not_utf8 = |offset| ScanError::NotUtf8 { offset };
        match format {
            TextFormat::Text => scanner.plain(&text, Place::Text),
            TextFormat::Form => scanner.plain(&text, Place::Form),
            TextFormat::Json => {
                check_utf8(&text).map_err(not_utf8)?;
                scanner.json(&text, 0, Place::JsonString)?;
            }
            TextFormat::NdJson => {
                check_utf8(&text).map_err(not_utf8)?;
                for line in lines(&text) {
                    let before = text.get(..line.end).unwrap_or_default();
                    scanner.json(before, line.start, Place::NdJsonString)?;
                }
            }
        }
        let Scanner { tokens, kept, ciphertexts, .. } = scanner;
        let mut ordered: Vec<Option<Ciphertext>> = ciphertexts.iter().map(|_| None).collect();
        for (ciphertext, index) in ciphertexts {
            if let Some(place) = ordered.get_mut(index) {
                *place = Some(ciphertext);
            }
        }
        let ciphertexts = ordered.into_iter().flatten().collect();
        Ok(Self { text, tokens, kept, required_context: BTreeMap::new(), ciphertexts })
    }

    /// Requires a pair of every token's context: a token that is bound to something else does not open, nor does a direct
    /// token, which is bound to nothing.
    #[must_use]
    pub fn require_context(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.required_context.insert(name.into(), value.into());
        self
    }

    /// What has to be decrypted: every distinct ciphertext under a known key once, in the order of the text.
    pub fn ciphertexts(&self) -> &[Ciphertext] {
        &self.ciphertexts
    }
}

struct Scanner<'k> {
    keyring: &'k Keyring,
    finder: Finder<'k>,
    tokens: Vec<Placed>,
    kept: Vec<Kept>,
    /// Distinct ciphertexts, numbered as they come.
    ciphertexts: BTreeMap<Ciphertext, usize>,
}

impl Scanner<'_> {
    fn plain(&mut self, text: &[u8], place: Place) {
        let mut from = 0;
        while let Some(found) = self.finder.next(text, from) {
            from = found.range.end;
            let span = found.range.clone();
            self.found(found, span.start, span, place);
        }
    }

    /// One JSON text from `start` to the end of `text`; `whole` is the place of a token that is a whole string.
    fn json(&mut self, text: &[u8], start: usize, whole: Place) -> Result<(), ScanError> {
        let mut lexer = Lexer::new(text, start, MAX_DEPTH);
        while let Some(event) = lexer.next()? {
            match event {
                Event::Name(name) => self.string(text, name, Place::InString),
                Event::String(string) => self.string(text, string, whole),
                Event::ObjectStart(_)
                | Event::ArrayStart(_)
                | Event::End(_)
                | Event::Scalar(_)
                | Event::Null(_) => {}
            }
        }
        Ok(())
    }

    fn string(&mut self, text: &[u8], string: JsonText, whole: Place) {
        let json = text.get(string.inner()).unwrap_or_default();
        let mapped = string.escaped.then(|| unescape_mapped(json));
        let decoded = mapped.as_ref().map_or(json, |(unescaped, _)| unescaped.text.as_slice());
        let source = |offset: usize| {
            let offset = mapped.as_ref().map_or(offset, |(_, map)| map.source_offset(offset));
            string.start.saturating_add(offset)
        };
        let mut from = 0;
        while let Some(found) = self.finder.next(decoded, from) {
            let range = found.range.clone();
            from = range.end;
            let offset = source(range.start);
            if range == (0..decoded.len()) && whole != Place::InString {
                self.found(found, offset, string.quoted(), whole);
            } else {
                self.found(found, offset, offset..source(range.end), Place::InString);
            }
        }
    }

    fn found(&mut self, found: Found, offset: usize, span: Range<usize>, place: Place) {
        let token = match found.token {
            Ok(token) => token,
            Err(error) => return self.kept.push(Kept { offset, code: error.code(), key: None }),
        };
        if self.keyring.get(token.key_id()).is_none() {
            return self.kept.push(Kept {
                offset,
                code: "token_key_unknown",
                key: Some(token.key_id().clone()),
            });
        }
        let (key_id, bytes, content) = token.into_parts();
        let next = self.ciphertexts.len();
        let ciphertext = *self.ciphertexts.entry(Ciphertext { key_id, bytes }).or_insert(next);
        self.tokens.push(Placed { span, offset, place, content, ciphertext });
    }
}
