//! Inputs that are no text: what is in them is not seen.

/// How much of an input is looked at.
pub(super) const LOOK_BYTES: usize = 8 << 10;

/// What files begin with whose contents are packed, in pieces, or encrypted.
const MAGIC: &[(&str, &[u8])] = &[
    ("a ZIP archive", b"PK\x03\x04"),
    ("a ZIP archive", b"PK\x05\x06"),
    ("a ZIP archive", b"PK\x07\x08"),
    ("gzip data inside compressed data", b"\x1f\x8b\x08"),
    ("Zstandard data inside compressed data", b"\x28\xb5\x2f\xfd"),
    ("xz data", b"\xfd7zXZ\0"),
    ("LZMA data", b"\x5d\0\0"),
    ("LZ4 data", b"\x04\x22\x4d\x18"),
    ("Snappy data", b"\xff\x06\0\0sNaPpY"),
    ("compress data", b"\x1f\x9d"),
    ("a 7-Zip archive", b"7z\xbc\xaf\x27\x1c"),
    ("a RAR archive", b"Rar!\x1a\x07"),
    ("Avro", b"Obj\x01"),
    ("a SequenceFile", b"SEQ\x06"),
    ("an RCFile", b"RCF\x01"),
    ("a SQLite database", b"SQLite format 3\0"),
    ("PDF", b"%PDF-"),
    ("data encrypted with OpenSSL", b"Salted__"),
    ("an OpenPGP message", b"-----BEGIN PGP MESSAGE-----"),
    ("data encrypted with age", b"age-encryption.org/v1\n"),
    ("data encrypted with age", b"-----BEGIN AGE ENCRYPTED FILE-----"),
];
/// The same, where a text could begin so, too.
const MAGIC_IN_LETTERS: &[(&str, &[u8])] = &[
    ("bzip2 data", b"BZh"),
    ("lzip data", b"LZIP"),
    ("Parquet", b"PAR1"),
    ("Parquet, encrypted", b"PARE"),
    ("ORC", b"ORC"),
    ("Arrow", b"ARROW1"),
];

/// What an input is that begins so, if it is no text.
pub(super) fn not_text(beginning: &[u8]) -> Option<&'static str> {
    let begins = |bytes: &[u8]| beginning.starts_with(bytes);
    if begins(b"\xff\xfe\0\0") || begins(b"\0\0\xfe\xff") {
        return Some("UTF-32");
    }
    if begins(b"\xff\xfe") || begins(b"\xfe\xff") {
        return Some("UTF-16");
    }
    let in_letters = if is_plain(beginning) { &[] } else { MAGIC_IN_LETTERS };
    if let Some((what, _)) = MAGIC.iter().chain(in_letters).find(|(_, magic)| begins(magic)) {
        return Some(what);
    }
    if beginning.get(257..262) == Some(b"ustar") {
        return Some("a tar archive");
    }
    let zeros = |first: usize| beginning.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let most = (beginning.len() / 4).max(1);
    match (even, odd) {
        (0, 0) => None,
        // Text that is mostly Latin letters has a zero in every other byte.
        (few, many) | (many, few) if many >= most && few <= many / 8 => Some("UTF-16"),
        (even, odd) if even.saturating_add(odd) >= most.saturating_mul(5) / 2 => Some("UTF-32"),
        _ => Some("binary data"),
    }
}

/// Whether it is UTF-8 without control characters but those of texts. A character may be cut off at its end.
fn is_plain(beginning: &[u8]) -> bool {
    let is_utf8 = match core::str::from_utf8(beginning) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    let is_text = |byte: &u8| *byte >= b' ' || matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b);
    is_utf8 && beginning.iter().all(is_text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_text_and_other_encodings_are_told() {
        for text in
            ["", "a", "{}", "PKI", "Object", "ORC;1", "PARENT,NAME", "BZh\n", "PAR1", "\u{feff}{}", "\u{1}é"]
        {
            assert_eq!(not_text(text.as_bytes()), None, "{text}");
        }
        let text = "{\"a\": \"Bär\", \"b\": [1, 2, 3]}";
        let utf16_le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let utf16_be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let utf32: Vec<u8> = text.chars().flat_map(|it| u32::from(it).to_le_bytes()).collect();
        assert_eq!(not_text(&utf16_le), Some("UTF-16"));
        assert_eq!(not_text(&utf16_be), Some("UTF-16"));
        assert_eq!(not_text(&utf32), Some("UTF-32"));
        assert_eq!(not_text(b"\xff\xfea\0"), Some("UTF-16"));
        assert_eq!(not_text(b"\0\0\xfe\xff"), Some("UTF-32"));
        assert_eq!(not_text(b"abcdefghijklmnopqrstuvwxyz\0"), Some("binary data"));
        assert_eq!(not_text(b"PK\x03\x04rest"), Some("a ZIP archive"));
        assert_eq!(not_text(b"PAR1\x15\x04\x15"), Some("Parquet"));
        assert_eq!(not_text(b"BZh91AY&SY\xd7\x0b"), Some("bzip2 data"));
        assert_eq!(not_text(b"Obj\x01"), Some("Avro"));
    }
}
