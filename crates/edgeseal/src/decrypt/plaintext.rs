//! What comes out of a token.

use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

use crate::envelope;
use crate::json::{is_valid, unescape};
use crate::sizes::MAX_DEPTH;
use crate::token::Content;

/// A value.
pub(super) enum Plaintext {
    /// The text of a string: UTF-8.
    Text(Zeroizing<Vec<u8>>),
    /// The JSON text of exactly one value.
    Json(Zeroizing<Vec<u8>>),
}

impl Plaintext {
    /// Opens a token whose RSA ciphertext has been decrypted. `None`, for every reason, if it does not open.
    pub(super) fn open(
        content: &Content,
        decrypted: &Zeroizing<Vec<u8>>,
        required_context: &[(String, String)],
    ) -> Option<Self> {
        if !required_context.is_empty() {
            // RSA ciphertexts carry no context: where one is required, a direct token would be a way around it.
            let Content::Envelope(sealed) = content else { return None };
            let context = envelope::context(sealed)?;
            if required_context.iter().any(|(name, value)| context.get(name) != Some(value)) {
                return None;
            }
        }
        match content {
            Content::Text | Content::Classic => {
                core::str::from_utf8(decrypted).ok()?;
                Some(Self::Text(decrypted.clone()))
            }
            Content::Value => is_one_value(decrypted).then(|| Self::Json(decrypted.clone())),
            Content::Envelope(sealed) => {
                let mut value = envelope::open(sealed, decrypted)?;
                // That the length is a multiple of 32 bytes is a matter of the ciphertext, which has been checked.
                let end = value.iter().rposition(|byte| *byte != b' ')?;
                value.truncate(end.saturating_add(1));
                is_one_value(&value).then_some(Self::Json(value))
            }
        }
    }

    /// At most this many bytes are written for it at any place: every byte as `\u00xx`, and two quotation marks.
    pub(super) fn max_written_bytes(&self) -> usize {
        let (Self::Text(bytes) | Self::Json(bytes)) = self;
        bytes.len().saturating_mul(6).saturating_add(2)
    }

    /// The text of a string that has one; of any other value its JSON text.
    pub(super) fn as_text(&self) -> Zeroizing<Vec<u8>> {
        match self {
            Self::Text(text) => text.clone(),
            Self::Json(json) => {
                let inner = json.strip_prefix(b"\"").and_then(|json| json.strip_suffix(b"\""));
                match inner.map(unescape) {
                    Some(unescaped) if !unescaped.lone_surrogate => unescaped.text,
                    _ => json.clone(),
                }
            }
        }
    }
}

/// Whether this is the JSON text of exactly one value, without white space around it.
fn is_one_value(json: &[u8]) -> bool {
    let white_space = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_whitespace);
    !white_space(json.first())
        && !white_space(json.last())
        && core::str::from_utf8(json).is_ok()
        && is_valid(json, MAX_DEPTH)
}
