//! What was found and what became of it, in numbers and positions.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::Fallback;
use super::counts::Counts;
use crate::json::{JsonObject, array};
use crate::label::KeyId;

/// What became of the tokens of a text, or of a piece of one. Holds no value and no token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecryptReport {
    pub(super) found: usize,
    pub(super) decrypted: usize,
    pub(super) skipped: usize,
    pub(super) kept: Vec<Kept>,
    pub(super) decrypted_by_key: Counts,
    pub(super) skipped_by_key: Counts,
}

/// A token of the selection that did not become plaintext.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub(super) offset: usize,
    pub(super) code: &'static str,
    pub(super) key: Option<KeyId>,
    pub(super) line: usize,
    pub(super) pointer: Option<Box<str>>,
    pub(super) fallback: Fallback,
}

impl DecryptReport {
    /// Everything that begins like a token: those that were decrypted, skipped and kept.
    pub fn found(&self) -> usize {
        self.found
    }

    /// Tokens that became plaintext.
    pub fn decrypted(&self) -> usize {
        self.decrypted
    }

    /// Tokens outside the selection, which stay in place.
    pub fn skipped(&self) -> usize {
        self.skipped
    }

    /// Tokens of the selection that did not become plaintext, in the order of the text.
    pub fn kept(&self) -> &[Kept] {
        &self.kept
    }

    /// How many tokens became plaintext under each key that has any, sorted by key id.
    pub fn decrypted_by_key(&self) -> impl Iterator<Item = (&KeyId, usize)> {
        self.decrypted_by_key.iter()
    }

    /// How many tokens are outside the selection under each key that has any, sorted by key id. Damaged ones are under none.
    pub fn skipped_by_key(&self) -> impl Iterator<Item = (&KeyId, usize)> {
        self.skipped_by_key.iter()
    }

    /// `{"found":2,"decrypted":1,"kept":[{"offset":17,"code":"token_key_unknown","key":"old"}]}`, with `skipped` if there are any.
    pub fn to_json(&self) -> String {
        let mut report = JsonObject::new();
        report.number("found", self.found).number("decrypted", self.decrypted);
        if self.skipped > 0 {
            report.number("skipped", self.skipped);
        }
        report.json("kept", &array(self.kept.iter().map(Kept::to_json))).end()
    }
}

impl Kept {
    pub(super) fn new(
        offset: usize,
        code: &'static str,
        key: Option<KeyId>,
        pointer: Option<Box<str>>,
    ) -> Self {
        Self { offset, code, key, line: 1, pointer, fallback: Fallback::Keep }
    }

    fn to_json(&self) -> String {
        let mut kept = JsonObject::new();
        kept.number("offset", self.offset).text("code", self.code);
        if let Some(key) = &self.key {
            kept.text("key", key.as_str());
        }
        kept.end()
    }

    /// Where the token begins, in bytes from the beginning of the whole text.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The line in which it begins, from 1, in the whole text. Lines end with LF.
    pub fn line(&self) -> usize {
        self.line
    }

    /// In JSON and NDJSON, if positions are recorded ([`Scanner::with_positions`](crate::Scanner::with_positions)): the JSON Pointer
    /// (RFC 6901) of the value in which it stands, within its JSON text. Of a token in a member name it is that of the object.
    ///
    /// A member name of more than 64 bytes is cut there and ends in `…`: no pointer holds a token. So is a pointer of more than
    /// [`MAX_POINTER_BYTES`](crate::sizes::MAX_POINTER_BYTES). What only begins like a token has one up to
    /// [`MAX_DAMAGE_POINTERS`](crate::sizes::MAX_DAMAGE_POINTERS) of it in a text.
    pub fn pointer(&self) -> Option<&str> {
        self.pointer.as_deref()
    }

    /// Why it did not become plaintext: the stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Its key id, as far as it could be read.
    pub fn key_id(&self) -> Option<&KeyId> {
        self.key.as_ref()
    }

    /// What stands in its place now.
    pub fn fallback(&self) -> Fallback {
        self.fallback
    }
}
