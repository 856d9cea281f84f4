//! The first step: finds the tokens of a text, and what has to be decrypted for them.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::counts::Counts;
use super::csv::Field;
use super::gather::{Gathered, Gatherer};
use super::place::Place;
use super::reader::{Piece, read_whole};
use super::report::Kept;
use super::{ScanError, TextFormat};
use crate::json::check_utf8;
use crate::keyring::Keyring;
use crate::label::KeyId;
use crate::token::Content;

/// The tokens of a text, or of a piece of one.
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
    /// What is covered; offsets in [`Placed`] are into it.
    pub(super) text: Cow<'t, [u8]>,
    /// Where it begins, in bytes and in line feeds from the beginning of the whole text.
    pub(super) base: usize,
    pub(super) lines_before: usize,
    /// Tokens that may be opened, in the order of the text.
    pub(super) tokens: Vec<Placed>,
    /// Tokens that stay whatever happens, in the order of the text.
    pub(super) kept: Vec<Kept>,
    pub(super) skipped: usize,
    pub(super) skipped_by_key: Counts,
    /// The fields of CSV in which tokens stand without quotation marks around them.
    pub(super) fields: Vec<Field>,
    pub(super) required_context: Vec<(String, String)>,
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
    pub(super) need: Need,
    /// Where it stands in JSON, if positions are recorded.
    pub(super) pointer: Option<Box<str>>,
}

/// What it takes to open a token.
pub(super) enum Need {
    /// An answer to the ciphertext with this index.
    Answer(usize),
    /// Nothing helps: it is not what is required. It is under this key.
    Refused(KeyId),
}

/// One RSAES-OAEP-SHA-256 ciphertext, and the key it is under. Each stands once, however many tokens share it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ciphertext {
    pub(super) key_id: KeyId,
    pub(super) bytes: Box<[u8]>,
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
    /// Finds the tokens of a text. Time and memory are linear in the text. For a text that comes in pieces, or to select tokens, use a
    /// [`Scanner`](crate::Scanner).
    ///
    /// # Errors
    /// [`ScanError`] if the text is not what `format` says; a [`TextFormat::Text`] or [`TextFormat::Form`] can be anything.
    pub fn new(
        text: impl Into<Cow<'t, [u8]>>,
        format: TextFormat,
        keyring: &Keyring,
    ) -> Result<Self, ScanError> {
        let text = text.into();
        let mut trail = ();
        let mut gatherer = Gatherer::new(Piece::new(&text, 0, true), &mut trail, keyring);
        read_whole(format, &mut gatherer).map_err(|error| {
            // Of a text that has both faults, the encoding is told: nothing else can be trusted then.
            let is_json = matches!(format, TextFormat::Json | TextFormat::NdJson);
            let not_utf8 = if is_json { check_utf8(&text).err() } else { None };
            not_utf8.map_or(error, |offset| ScanError::NotUtf8 { offset })
        })?;
        let gathered = gatherer.gathered;
        Ok(Self::of(text, gathered))
    }

    /// What was gathered from a text that is covered.
    pub(super) fn of(text: Cow<'t, [u8]>, gathered: Gathered) -> Self {
        let Gathered { tokens, kept, skipped, skipped_by_key, fields, ciphertexts } = gathered;
        let mut ordered: Vec<Option<Ciphertext>> = ciphertexts.iter().map(|_| None).collect();
        for (ciphertext, index) in ciphertexts {
            if let Some(place) = ordered.get_mut(index) {
                *place = Some(ciphertext);
            }
        }
        let ciphertexts = ordered.into_iter().flatten().collect();
        let required_context = Vec::new();
        Self {
            text,
            base: 0,
            lines_before: 0,
            tokens,
            kept,
            skipped,
            skipped_by_key,
            fields,
            required_context,
            ciphertexts,
        }
    }

    /// Requires a pair of every token's context: a token that is bound to something else does not open, nor does a direct
    /// token, which is bound to nothing. Pairs add up: of one name with two values, no token has both.
    #[must_use]
    pub fn require_context(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.required_context.push((name.into(), value.into()));
        self
    }

    /// How many bytes are done, from the beginning of the text that was scanned: what [`splice`](Self::splice) writes.
    pub fn covered(&self) -> usize {
        self.text.len()
    }

    /// Whether there is nothing in it that begins like a token: then [`splice`](Self::splice) writes what was scanned, and has nothing to report.
    pub fn is_bare(&self) -> bool {
        self.tokens.is_empty() && self.kept.is_empty() && self.skipped == 0
    }

    /// What has to be decrypted: every distinct ciphertext under a known key once, in the order of the text.
    pub fn ciphertexts(&self) -> &[Ciphertext] {
        &self.ciphertexts
    }
}
