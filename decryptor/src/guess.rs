//! The format of a text that nobody has told.

use edgeseal::{Keyring, Scan, ScanError, TextFormat};

/// How much of a text [`guess_format`] should see, in bytes, unless it is shorter.
pub const GUESS_BYTES: usize = 8 << 20;

/// The format of a text, as far as its content tells it.
///
/// A whole text that parses as JSON is JSON, one in which every line that is not blank parses is NDJSON, and anything else is text. Where only the
/// beginning is there, one that begins with `{` or `[` is NDJSON if its first line is a JSON text of its own, else JSON, and anything else is
/// text: so what begins like JSON is never taken for text, in which plaintext is put back raw.
///
/// # Errors
/// [`ScanError`] for JSON that is nested too deep, or begins with a byte order mark.
pub fn guess_format(text: &[u8], is_whole: bool, keyring: &Keyring) -> Result<TextFormat, ScanError> {
    if is_whole { whole(text, keyring) } else { beginning(text, keyring) }
}

/// The format of a text that is whole in memory.
pub(crate) fn whole(text: &[u8], keyring: &Keyring) -> Result<TextFormat, ScanError> {
    for format in [TextFormat::Json, TextFormat::NdJson] {
        match Scan::new(text, format, keyring) {
            Ok(_) => return Ok(format),
            Err(ScanError::JsonInvalid { .. } | ScanError::NotUtf8 { .. }) => {}
            // What is JSON but for its depth must not have plaintext put in raw.
            Err(error) => return Err(error),
        }
    }
    // Nor must what is JSON but for a byte order mark. A table exported with one is text.
    if let Some(rest) = text.strip_prefix(BYTE_ORDER_MARK)
        && [TextFormat::Json, TextFormat::NdJson]
            .iter()
            .any(|format| Scan::new(rest, *format, keyring).is_ok())
    {
        return Err(ScanError::NotUtf8 { offset: 0 });
    }
    Ok(TextFormat::Text)
}

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

fn beginning(text: &[u8], keyring: &Keyring) -> Result<TextFormat, ScanError> {
    let after_mark = text.strip_prefix(BYTE_ORDER_MARK);
    let text = after_mark.unwrap_or(text).trim_ascii_start();
    if !matches!(text.first(), Some(b'{' | b'[')) {
        return Ok(TextFormat::Text);
    }
    if after_mark.is_some() {
        return Err(ScanError::NotUtf8 { offset: 0 });
    }
    let Some(end) = text.iter().position(|byte| *byte == b'\n') else { return Ok(TextFormat::Json) };
    match Scan::new(text.get(..end).unwrap_or_default(), TextFormat::Json, keyring) {
        Ok(_) => Ok(TextFormat::NdJson),
        Err(ScanError::JsonTooDeep { offset }) => Err(ScanError::JsonTooDeep { offset }),
        Err(_) => Ok(TextFormat::Json),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn the_beginning_tells_json_from_text() {
        let keyring = br#"{"version": 1, "keys": {"a": {"private_key_file": "a.pem"}}}"#;
        let keyring = Keyring::from_json(keyring).unwrap();
        let guess = |text: &str| guess_format(text.as_bytes(), false, &keyring);
        for text in [
            "{",
            "[",
            " \r\n\t{\n\"a\": 1",
            "[1,\n2",
            "[2026-01-01] started\nand",
            "{\"a\": \"\u{e9}",
            "{\"a\": 1}",
        ] {
            assert_eq!(guess(text), Ok(TextFormat::Json), "{text}");
        }
        for text in ["{}\n", "\n\n{\"a\": 1}\r\n{\"a", "[1]\nnot json"] {
            assert_eq!(guess(text), Ok(TextFormat::NdJson), "{text}");
        }
        for text in ["", " ", "\n", "a,b\n", "\u{feff}a;b", "\"x\"\n\"y\"", "1\n2\n"] {
            assert_eq!(guess(text), Ok(TextFormat::Text), "{text}");
        }
        for text in ["\u{feff}{", "\u{feff}\n[1]\n"] {
            assert_eq!(guess(text), Err(ScanError::NotUtf8 { offset: 0 }), "{text}");
        }
        let deep = format!("{}{}\n", "[".repeat(1_025), "]".repeat(1_025));
        assert_eq!(guess(&deep).unwrap_err().code(), "json_too_deep");
    }
}
