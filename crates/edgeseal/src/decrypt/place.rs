//! Where a token stands, and how plaintext is written there (FORMAT.md, section 6).

use super::plaintext::Plaintext;
use crate::json::append_escaped;

/// The place of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It is a whole JSON string; the span includes the quotation marks.
    JsonString,
    /// The same, on a line of NDJSON.
    NdJsonString,
    /// It is a part of a JSON string, or of a member name.
    InString,
    /// Plain text.
    Text,
}

impl Place {
    /// Writes a plaintext for this place.
    pub(super) fn append(self, plaintext: &Plaintext, out: &mut Vec<u8>) {
        match (self, plaintext) {
            (Self::JsonString | Self::NdJsonString, Plaintext::Text(text)) => {
                out.push(b'"');
                append_escaped(text, out);
                out.push(b'"');
            }
            (Self::JsonString, Plaintext::Json(json)) => out.extend_from_slice(json),
            // A JSON text holds CR and LF as white space only; elsewhere they are escaped.
            (Self::NdJsonString, Plaintext::Json(json)) => {
                out.extend(json.iter().map(|byte| if matches!(byte, b'\r' | b'\n') { b' ' } else { *byte }));
            }
            (Self::InString, plaintext) => append_escaped(&plaintext.as_text(), out),
            (Self::Text, plaintext) => out.extend_from_slice(&plaintext.as_text()),
        }
    }
}
