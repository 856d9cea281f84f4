//! The format of a text that nobody has told.

use edgeseal::{Keyring, Scan, ScanError, TextFormat};

/// The format of a text that is whole in memory.
///
/// A text that parses as JSON is JSON, one in which every line that is not blank parses is NDJSON, and anything else is text.
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
    if let Some(rest) = text.strip_prefix("\u{feff}".as_bytes())
        && [TextFormat::Json, TextFormat::NdJson]
            .iter()
            .any(|format| Scan::new(rest, *format, keyring).is_ok())
    {
        return Err(ScanError::NotUtf8 { offset: 0 });
    }
    Ok(TextFormat::Text)
}
