//! Tokens: what a sensitive value becomes (FORMAT.md, sections 2 and 7).

mod finder;
mod parse;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::label::KeyId;
use crate::public_key::KeySize;
use crate::sizes::{IV_BYTES, TAG_BYTES, base64_chars, base64url_chars};
use crate::tags::Tags;
pub(crate) use finder::{Ahead, Finder, Found, Next};
pub(crate) use parse::legible_key_id;

/// `__es1.`
pub(crate) const PREFIX: &str = "__es1.";
/// `.__`
pub(crate) const SUFFIX: &str = ".__";

/// A token that follows the grammar. Whether it opens is another question.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    key_id: KeyId,
    /// The RSA ciphertext: of the value itself in direct mode, of the data key in envelope mode.
    rsa: Box<[u8]>,
    content: Content,
}

/// What the plaintext of a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `s`: the text of a string, directly under RSA.
    Text,
    /// `v`: the JSON text of a value, directly under RSA.
    Value,
    /// `e`: the JSON text of a value, in a JWE.
    Envelope,
    /// A token with classic tags: the text of a string, directly under RSA.
    Classic,
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Content {
    Text,
    Value,
    Classic,
    Envelope(Box<Sealed>),
}

/// The parts of a JWE beside the wrapped key.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Sealed {
    /// The protected header as it stands in the token: base64url, and the AAD.
    pub(crate) header: Box<str>,
    pub(crate) iv: [u8; IV_BYTES],
    pub(crate) ciphertext: Box<[u8]>,
    pub(crate) tag: [u8; TAG_BYTES],
}

/// Why text that begins like a token is not one this version can open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenError {
    /// A version other than `es1`.
    VersionUnknown,
    /// A kind other than `s`, `v` and `e`.
    KindUnknown,
    /// The prefix, followed by something that is not the rest of a token.
    Damaged,
}

impl TokenError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::VersionUnknown => "token_version_unknown",
            Self::KindUnknown => "token_kind_unknown",
            Self::Damaged => "token_damaged",
        }
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::VersionUnknown => "the token has a version this release does not read",
            Self::KindUnknown => "the token has a kind this release does not read",
            Self::Damaged => "the token is damaged",
        })
    }
}

impl core::error::Error for TokenError {}

impl Token {
    /// Reads a token that is the whole text.
    ///
    /// # Errors
    /// [`TokenError`] if the text is not exactly one token of this version.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        match parse::token(text.as_bytes()) {
            Some((Ok(token), length)) if length == text.len() => Ok(token),
            Some((Err(error), _)) => Err(error),
            _ => Err(TokenError::Damaged),
        }
    }

    /// The key id.
    pub fn key_id(&self) -> &KeyId {
        &self.key_id
    }

    /// What the plaintext is.
    pub fn kind(&self) -> Kind {
        match self.content {
            Content::Text => Kind::Text,
            Content::Value => Kind::Value,
            Content::Envelope(_) => Kind::Envelope,
            Content::Classic => Kind::Classic,
        }
    }

    /// The size of the key, as far as the ciphertext tells.
    pub fn key_size(&self) -> Option<KeySize> {
        KeySize::from_modulus_bytes(self.rsa.len())
    }

    /// The RSA ciphertext: 256, 384 or 512 bytes. Two tokens in envelope mode with equal ciphertexts share a data key.
    pub fn ciphertext(&self) -> &[u8] {
        &self.rsa
    }

    pub(crate) fn content(&self) -> &Content {
        &self.content
    }

    pub(crate) fn into_parts(self) -> (KeyId, Box<[u8]>, Content) {
        (self.key_id, self.rsa, self.content)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("key_id", &self.key_id)
            .field("kind", &self.kind())
            .finish_non_exhaustive()
    }
}

/// Length of a direct token, in characters.
pub(crate) fn direct_chars(key_id: &KeyId, size: KeySize) -> usize {
    frame_chars(key_id).saturating_add(base64url_chars(size.modulus_bytes()))
}

/// Length of an envelope token, in characters, with a header of this many and a padded plaintext of this many bytes.
pub(crate) fn envelope_chars(
    key_id: &KeyId,
    size: KeySize,
    header_chars: usize,
    padded_bytes: usize,
) -> usize {
    [
        frame_chars(key_id),
        header_chars,
        base64url_chars(size.modulus_bytes()),
        base64url_chars(IV_BYTES),
        base64url_chars(padded_bytes),
        base64url_chars(TAG_BYTES),
        4, // the dots between five parts
    ]
    .into_iter()
    .fold(0, usize::saturating_add)
}

/// Length of a token with classic tags, in characters.
pub(crate) fn classic_chars(tags: &Tags, size: KeySize) -> usize {
    tags.prefix().len().saturating_add(base64_chars(size.modulus_bytes())).saturating_add(tags.suffix().len())
}

/// Everything of a token but its body: prefix, key id, dot, kind, dot, suffix.
fn frame_chars(key_id: &KeyId) -> usize {
    PREFIX.len().saturating_add(key_id.as_str().len()).saturating_add(3).saturating_add(SUFFIX.len())
}

/// Appends base64url without padding.
pub(crate) fn append_base64url(bytes: &[u8], out: &mut Vec<u8>) {
    append_encoded(&URL_SAFE_NO_PAD, base64url_chars(bytes.len()), bytes, out);
}

/// Appends standard base64 with padding.
pub(crate) fn append_base64(bytes: &[u8], out: &mut Vec<u8>) {
    append_encoded(&base64::engine::general_purpose::STANDARD, base64_chars(bytes.len()), bytes, out);
}

fn append_encoded(engine: &impl Engine, chars: usize, bytes: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start.saturating_add(chars), 0);
    let room = out.get_mut(start..).unwrap_or_default();
    let written = engine.encode_slice(bytes, room).unwrap_or(0);
    out.truncate(start.saturating_add(written));
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn text(kind: &str) -> String {
        format!("__es1.pii.{kind}.{}A.__", "x".repeat(341))
    }

    #[test]
    fn a_token_tells_its_key_id_its_kind_and_its_ciphertext() {
        let token = Token::parse(&text("v")).unwrap();
        assert_eq!((token.key_id().as_str(), token.kind()), ("pii", Kind::Value));
        assert_eq!(token.ciphertext(), URL_SAFE_NO_PAD.decode("x".repeat(341) + "A").unwrap());
        assert_eq!(format!("{token:?}"), r#"Token { key_id: KeyId("pii"), kind: Value, .. }"#);
    }

    #[test]
    fn a_text_that_is_not_exactly_one_token_says_why() {
        for (text, error, message) in [
            (
                text("s").replace("es1", "es2"),
                TokenError::VersionUnknown,
                "the token has a version this release does not read",
            ),
            (text("w"), TokenError::KindUnknown, "the token has a kind this release does not read"),
            (text("s").replace('A', "="), TokenError::Damaged, "the token is damaged"),
            (text("s") + " ", TokenError::Damaged, "the token is damaged"),
            (String::new(), TokenError::Damaged, "the token is damaged"),
        ] {
            let refused = Token::parse(&text).unwrap_err();
            assert_eq!((refused, refused.to_string().as_str()), (error, message), "{text}");
        }
    }
}
