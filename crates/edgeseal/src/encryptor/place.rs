//! Where a value stands, how its text is read there, and how a token is written there.

use alloc::vec::Vec;
use core::ops::Range;

use zeroize::Zeroizing;

use super::EncryptError;
use super::form::decode;
use crate::json::{append_escaped, has_text, is_minimal, unescape};

/// The place of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A JSON value; strings with their quotation marks.
    Json,
    /// A value of a form or query string, encoded.
    Form,
    /// Text as it is: UTF-8.
    Text,
}

/// What is known of a value before it is encrypted.
pub(super) struct Measures {
    /// Whether it is a string without lone surrogates.
    pub(super) has_text: bool,
    /// Whether it is a string whose text gives its JSON text back.
    pub(super) is_minimal: bool,
    /// The length of its text, if it has one.
    pub(super) text_bytes: usize,
    /// The length of its JSON text.
    pub(super) json_bytes: usize,
}

impl Place {
    /// What stands around a token here.
    pub(super) fn quotation_marks(self) -> usize {
        if self == Self::Json { 2 } else { 0 }
    }

    pub(super) fn plaintext(self, body: &[u8], span: &Range<usize>) -> Result<Measures, EncryptError> {
        let raw = body.get(span.clone()).ok_or(EncryptError::EncryptionFailed)?;
        if self != Self::Json {
            let text = self.text(body, span)?;
            let json_bytes = minimal_json(&text).len();
            return Ok(Measures { has_text: true, is_minimal: true, text_bytes: text.len(), json_bytes });
        }
        let Some(inner) = inner(raw) else {
            let (text_bytes, json_bytes) = (0, raw.len());
            return Ok(Measures { has_text: false, is_minimal: false, text_bytes, json_bytes });
        };
        let escaped = memchr::memchr(b'\\', inner).is_some();
        Ok(Measures {
            has_text: !escaped || has_text(inner),
            is_minimal: !escaped || is_minimal(inner),
            text_bytes: if escaped { unescape(inner).text.len() } else { inner.len() },
            json_bytes: raw.len(),
        })
    }

    /// The text of a value; of a JSON value that is no string, its JSON text.
    pub(super) fn text(self, body: &[u8], span: &Range<usize>) -> Result<Zeroizing<Vec<u8>>, EncryptError> {
        let raw = body.get(span.clone()).ok_or(EncryptError::EncryptionFailed)?;
        match self {
            Self::Json => Ok(inner(raw).map_or_else(|| raw.to_vec().into(), |inner| unescape(inner).text)),
            Self::Form => decode(raw).ok_or(EncryptError::EncryptionFailed),
            Self::Text => Ok(raw.to_vec().into()),
        }
    }

    /// The JSON text of a value.
    pub(super) fn json(self, body: &[u8], span: &Range<usize>) -> Result<Zeroizing<Vec<u8>>, EncryptError> {
        if self == Self::Json {
            let raw = body.get(span.clone()).ok_or(EncryptError::EncryptionFailed)?;
            return Ok(raw.to_vec().into());
        }
        Ok(minimal_json(&self.text(body, span)?))
    }
}

/// A JSON string without its quotation marks.
fn inner(json: &[u8]) -> Option<&[u8]> {
    json.strip_prefix(b"\"").and_then(|json| json.strip_suffix(b"\""))
}

fn minimal_json(text: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut json = Zeroizing::new(Vec::with_capacity(text.len().saturating_mul(6).saturating_add(2)));
    json.push(b'"');
    append_escaped(text, &mut json);
    json.push(b'"');
    json
}
