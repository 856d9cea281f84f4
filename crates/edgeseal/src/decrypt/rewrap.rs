//! Moves tokens to another key: given new RSA ciphertexts, writes the text with them in the place of the old ones.

mod check;
mod error;

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::place::Place;
use super::report::DecryptReport;
use super::scan::{Need, Placed};
use super::splice::Outcome;
use super::{Fallback, Scan};
use crate::keyring::{KeyringEntry, TokenMode};
use crate::label::KeyId;
use crate::public_key::KeySize;
use crate::tags::Tags;
use crate::token::{self, Content, append_base64, append_base64url};
pub use check::{RewrapCheck, RewrapMismatch, RewrapPair};
pub use error::{Denial, NotRewrapped, RewrapError};

/// The key that tokens are moved to.
#[derive(Clone, Debug)]
pub struct Destination {
    key_id: KeyId,
    tags: Option<Tags>,
    mode: Option<TokenMode>,
    key_spec: Option<KeySize>,
}

/// What became of one [`Ciphertext`](crate::Ciphertext) that is to be moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RewrapAnswer {
    /// What it held is encrypted again, with RSAES-OAEP-SHA-256 under the destination.
    Ciphertext(Box<[u8]>),
    /// It does not open. The reason is nobody's business.
    Failed,
    /// What it holds is longer than the destination can take.
    TooLong,
    /// It is not as long as the key's modulus: the token is damaged.
    WrongLength,
    /// The caller may not use one of the keys for this.
    Denied(Denial),
    /// A key could not be asked.
    Unavailable,
}

/// A text whose tokens are under another key.
pub struct Rewrapped {
    /// The text. Outside the moved tokens every byte is as it was.
    pub body: Vec<u8>,
    /// What became of the tokens. Those that it calls decrypted were moved, and nothing was decrypted here.
    pub report: DecryptReport,
}

impl core::fmt::Debug for Rewrapped {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Rewrapped").field("report", &self.report).finish_non_exhaustive()
    }
}

impl Destination {
    /// A key, and what the keyring says of it.
    pub fn new(key_id: KeyId, entry: &KeyringEntry) -> Self {
        Self { key_id, tags: entry.tags().cloned(), mode: entry.mode(), key_spec: entry.key_spec() }
    }

    /// The key id.
    pub fn key_id(&self) -> &KeyId {
        &self.key_id
    }

    /// The size of the key, if the keyring tells it.
    pub fn key_spec(&self) -> Option<KeySize> {
        self.key_spec
    }

    /// What becomes of a kind of token, if the key takes it.
    fn content(&self, content: &Content) -> Option<Content> {
        let is_envelope = matches!(content, Content::Envelope(_));
        let is_of_mode = match self.mode {
            None => true,
            Some(TokenMode::Direct) => !is_envelope,
            Some(TokenMode::Envelope) => is_envelope,
        };
        let becomes = match (content, &self.tags) {
            (Content::Text | Content::Classic, Some(_)) => Content::Classic,
            (Content::Text | Content::Classic, None) => Content::Text,
            (Content::Value | Content::Envelope(_), None) => content.clone(),
            (Content::Value | Content::Envelope(_), Some(_)) => return None,
        };
        is_of_mode.then_some(becomes)
    }

    /// The text of a token, if the key takes its kind.
    fn token(&self, content: &Content, rsa: &[u8]) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        match (self.content(content)?, &self.tags) {
            (Content::Classic, Some(tags)) => {
                out.extend_from_slice(tags.prefix().as_bytes());
                append_base64(rsa, &mut out);
                out.extend_from_slice(tags.suffix().as_bytes());
            }
            (Content::Classic, None) => return None,
            (Content::Text, _) => self.frame("s", &mut out, |out| append_base64url(rsa, out)),
            (Content::Value, _) => self.frame("v", &mut out, |out| append_base64url(rsa, out)),
            (Content::Envelope(sealed), _) => self.frame("e", &mut out, |out| {
                // Encodings are canonical: the parts come out as they stood in the token.
                out.extend_from_slice(sealed.header.as_bytes());
                for part in [rsa, &sealed.iv, &sealed.ciphertext, &sealed.tag] {
                    out.push(b'.');
                    append_base64url(part, out);
                }
            }),
        }
        Some(out)
    }

    fn frame(&self, kind: &str, out: &mut Vec<u8>, body: impl FnOnce(&mut Vec<u8>)) {
        for part in [token::PREFIX, self.key_id.as_str(), ".", kind, "."] {
            out.extend_from_slice(part.as_bytes());
        }
        body(out);
        out.extend_from_slice(token::SUFFIX.as_bytes());
    }

    /// Whether a new ciphertext can be one of the key.
    fn is_length(&self, bytes: usize) -> bool {
        let size = KeySize::from_modulus_bytes(bytes);
        size.is_some() && (self.key_spec.is_none() || self.key_spec == size)
    }
}

impl Scan<'_> {
    /// Refuses what [`rewrap`](Self::rewrap) would refuse whatever the answers are: to be asked before anybody is.
    ///
    /// # Errors
    /// [`RewrapError::KindRefused`], [`RewrapError::PlaceRefused`] for the first token that the key does not take.
    pub fn check_rewrap(&self, to: &Destination) -> Result<(), RewrapError> {
        let answered = |token: &&Placed| matches!(token.need, Need::Answer(_));
        self.tokens.iter().filter(answered).try_for_each(|token| {
            let offset = self.base.saturating_add(token.offset);
            let key_id = to.key_id.clone();
            if to.content(&token.content).is_none() {
                return Err(RewrapError::KindRefused { offset, key_id });
            }
            if to.tags.as_ref().is_some_and(|tags| !self.has_room_for(token, tags)) {
                return Err(RewrapError::PlaceRefused { offset, key_id });
            }
            Ok(())
        })
    }

    /// Whether a token with these tags can stand where one of our own stands. Base64 in a form has to be escaped, and then nobody finds the
    /// token; a bare field of CSV would need quotation marks, which are not the token's.
    fn has_room_for(&self, token: &Placed, tags: &Tags) -> bool {
        match token.place {
            Place::Form => false,
            Place::Bare(index) => {
                let holds =
                    |byte| [tags.prefix(), tags.suffix()].iter().any(|tag| tag.as_bytes().contains(&byte));
                self.fields.get(index).is_none_or(|field| !holds(field.delimiter))
            }
            Place::JsonString | Place::NdJsonString | Place::InString | Place::Text | Place::Quoted => true,
        }
    }

    /// Moves tokens to another key, given an answer for each of [`ciphertexts`](Self::ciphertexts) in the same order. A missing answer
    /// counts as [`RewrapAnswer::Unavailable`].
    ///
    /// Of a token, the key id and the RSA ciphertext change; a token with classic tags changes them for those of the key, or becomes one of
    /// our own. Header, initialization vector, ciphertext and tag of an envelope stay as they are, and so does everything around a token.
    /// Which tokens are moved, the scan says: [`Selection::key`](crate::Selection::key) names the keys they are under.
    ///
    /// `keeps` says of which outcomes the token stays in place; of the others there is no output.
    ///
    /// # Errors
    /// [`RewrapError`], and no output, for the first token that is not moved and does not stay.
    pub fn rewrap(
        &self,
        to: &Destination,
        answers: &[RewrapAnswer],
        keeps: impl Fn(NotRewrapped) -> bool,
    ) -> Result<Rewrapped, RewrapError> {
        self.check_rewrap(to)?;
        let length = core::cell::Cell::new(None);
        let decide = |token: &Placed, key_id: &KeyId, offset: usize| {
            let answer = match token.need {
                Need::Answer(index) => answers.get(index).unwrap_or(&RewrapAnswer::Unavailable),
                Need::Refused(_) => &RewrapAnswer::Failed,
            };
            let reason = match answer {
                RewrapAnswer::Ciphertext(rsa) => {
                    let is_as_before =
                        length.replace(Some(rsa.len())).is_none_or(|before| before == rsa.len());
                    let token =
                        to.token(&token.content, rsa).filter(|_| is_as_before && to.is_length(rsa.len()));
                    let wrong = || RewrapError::LengthWrong { offset, key_id: to.key_id.clone() };
                    return token.map(Outcome::Replaced).ok_or_else(wrong);
                }
                RewrapAnswer::WrongLength => return Ok(Outcome::DAMAGED),
                RewrapAnswer::Failed => NotRewrapped::Failed,
                RewrapAnswer::TooLong => NotRewrapped::TooLong,
                RewrapAnswer::Denied(denial) => NotRewrapped::Denied(*denial),
                RewrapAnswer::Unavailable => NotRewrapped::Unavailable,
            };
            if keeps(reason) {
                return Ok(Outcome::Kept { code: reason.code(), fallback: Fallback::Keep });
            }
            Err(RewrapError::of(reason, offset, key_id, &to.key_id))
        };
        let (mut body, report) = self.replace(decide, |writer, token, text| {
            let is_whole = matches!(token.place, Place::JsonString | Place::NdJsonString);
            let marks: &[u8] = if is_whole { b"\"" } else { b"" };
            writer.put(token, text.len().saturating_add(2), |out| {
                for part in [marks, &text, marks] {
                    out.extend_from_slice(part);
                }
            });
        })?;
        // There is nothing in it to be zeroed.
        Ok(Rewrapped { body: core::mem::take(&mut *body), report })
    }
}
