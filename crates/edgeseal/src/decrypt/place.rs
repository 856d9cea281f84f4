//! Where a token stands, and how plaintext is written there (FORMAT.md, section 6).

use alloc::vec::Vec;

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
    /// A form or query string.
    Form,
    /// Plain text.
    Text,
    /// A field of CSV between quotation marks.
    Quoted,
    /// The field of CSV with this index, without quotation marks. It gets some if it then has to have them, which is why those of a
    /// plaintext are doubled here, too.
    Bare(usize),
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
            (Self::Form, plaintext) => append_serialised(&plaintext.as_text(), out),
            (Self::Text, plaintext) => out.extend_from_slice(&plaintext.as_text()),
            (Self::Quoted | Self::Bare(_), plaintext) => append_doubled(&plaintext.as_text(), out),
        }
    }

    /// Writes what says that there is something that is not shown.
    pub(super) fn append_mask(self, out: &mut Vec<u8>) {
        match self {
            Self::JsonString | Self::NdJsonString => out.extend_from_slice(b"\"***\""),
            // No place has to have an asterisk escaped.
            Self::InString | Self::Form | Self::Text | Self::Quoted | Self::Bare(_) => {
                out.extend_from_slice(b"***");
            }
        }
    }

    /// Writes what says that there is nothing.
    pub(super) fn append_null(self, out: &mut Vec<u8>) {
        if matches!(self, Self::JsonString | Self::NdJsonString) {
            out.extend_from_slice(b"null");
        }
    }
}

/// Appends a text as `application/x-www-form-urlencoded` (WHATWG URL, section 5.2).
fn append_serialised(text: &[u8], out: &mut Vec<u8>) {
    for byte in text {
        match byte {
            b' ' => out.push(b'+'),
            b'*' | b'-' | b'.' | b'_' => out.push(*byte),
            byte if byte.is_ascii_alphanumeric() => out.push(*byte),
            byte => {
                let digit = |nibble: u8| b"0123456789ABCDEF".get(usize::from(nibble)).copied();
                out.push(b'%');
                out.extend([byte >> 4, byte & 0xf].into_iter().filter_map(digit));
            }
        }
    }
}

/// Appends a text as it stands between the quotation marks of CSV (RFC 4180, section 2).
fn append_doubled(text: &[u8], out: &mut Vec<u8>) {
    for byte in text {
        if *byte == b'"' {
            out.push(b'"');
        }
        out.push(*byte);
    }
}
