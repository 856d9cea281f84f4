//! The text of a JSON string: unescaping with a map back to the source, and minimal escaping (RFC 8785, section 3.2.2.2).

use alloc::vec::Vec;

use zeroize::Zeroizing;

const HEX: &[u8; 16] = b"0123456789abcdef";

/// The text of a string.
pub(crate) struct Unescaped {
    /// The text. A lone surrogate, which has no UTF-8, is U+FFFD here and `lone_surrogate` is set.
    pub(crate) text: Zeroizing<Vec<u8>>,
    /// Whether the JSON text holds a lone surrogate.
    pub(crate) lone_surrogate: bool,
}

/// The way back from the bytes of a string's text to the JSON text they came from.
pub(crate) struct SourceMap {
    /// (offset in the text, offset in the JSON text), at each escape and just after it.
    anchors: Vec<(usize, usize)>,
}

impl SourceMap {
    /// The offset in the JSON text of the character that became the byte at `offset` of the text.
    ///
    /// For a byte that came from an escape this is the escape's `\`.
    pub(crate) fn source_offset(&self, offset: usize) -> usize {
        let after = self.anchors.partition_point(|(text, _)| *text <= offset);
        match after.checked_sub(1).and_then(|index| self.anchors.get(index)) {
            Some((text, source)) => source.saturating_add(offset.saturating_sub(*text)),
            None => offset,
        }
    }
}

/// Unescapes the JSON text of a string, given without its quotation marks.
///
/// What is not an escape of JSON stays as it is; a tokenizer has refused that before, where it matters.
pub(crate) fn unescape(json: &[u8]) -> Unescaped {
    unescape_noting(json, |_, _| ())
}

/// [`unescape`], with the way back.
pub(crate) fn unescape_mapped(json: &[u8]) -> (Unescaped, SourceMap) {
    let mut anchors = Vec::new();
    let unescaped = unescape_noting(json, |text, source| anchors.push((text, source)));
    (unescaped, SourceMap { anchors })
}

fn unescape_noting(json: &[u8], mut note: impl FnMut(usize, usize)) -> Unescaped {
    let mut text = Zeroizing::new(Vec::with_capacity(json.len()));
    let mut lone_surrogate = false;
    let mut at = 0_usize;
    loop {
        let rest = json.get(at..).unwrap_or_default();
        let run = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
        text.extend_from_slice(rest.get(..run).unwrap_or_default());
        at = at.saturating_add(run);
        let Some((character, length)) = escape_at(json, at) else {
            match json.get(at) {
                Some(byte) => text.push(*byte), // a `\` that begins no escape
                None => break,
            }
            at = at.saturating_add(1);
            continue;
        };
        lone_surrogate |= character.is_none();
        // Every byte of an escaped character leads back to its `\`: one anchor before it for each, one after it.
        let mut utf8 = [0; 4];
        for byte in character.unwrap_or(char::REPLACEMENT_CHARACTER).encode_utf8(&mut utf8).bytes() {
            note(text.len(), at);
            text.push(byte);
        }
        at = at.saturating_add(length);
        note(text.len(), at);
    }
    Unescaped { text, lone_surrogate }
}

/// The escape at this offset: its character, `None` for a lone surrogate, and its length in bytes.
fn escape_at(json: &[u8], at: usize) -> Option<(Option<char>, usize)> {
    let rest = json.get(at..)?;
    let [b'\\', kind, ..] = rest else { return None };
    let simple = match kind {
        b'"' | b'\\' | b'/' => char::from(*kind),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode_escape(rest),
        _ => return None,
    };
    Some((Some(simple), 2))
}

fn unicode_escape(rest: &[u8]) -> Option<(Option<char>, usize)> {
    let first = code_unit(rest)?;
    if let 0xd800..=0xdbff = first
        && let Some(second) = rest.get(6..).and_then(code_unit)
        && let Some(Ok(character)) = char::decode_utf16([first, second]).next()
    {
        return Some((Some(character), 12));
    }
    Some((char::from_u32(u32::from(first)), 6))
}

/// The UTF-16 code unit of a `\uXXXX` at the beginning of `rest`.
fn code_unit(rest: &[u8]) -> Option<u16> {
    let (b"\\u", digits) = rest.get(..6)?.split_at_checked(2)? else { return None };
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u16::from_str_radix(core::str::from_utf8(digits).ok()?, 16).ok()
}

/// Whether a string has a text, that is: whether its JSON text holds no lone surrogate.
pub(crate) fn has_text(json: &[u8]) -> bool {
    memchr::memchr(b'\\', json).is_none() || !unescape(json).lone_surrogate
}

/// Whether the JSON text of a string, given without its quotation marks, is minimal: exactly what
/// [`append_escaped`] writes for its text.
pub(crate) fn is_minimal(json: &[u8]) -> bool {
    let mut at = 0_usize;
    loop {
        let rest = json.get(at..).unwrap_or_default();
        let Some(run) = memchr::memchr(b'\\', rest) else { return true };
        at = at.saturating_add(run);
        let length = match json.get(at..) {
            Some([_, b'"' | b'\\' | b'b' | b'f' | b'n' | b'r' | b't', ..]) => 2,
            Some([_, b'u', b'0', b'0', b'0', b'0'..=b'7' | b'b' | b'e' | b'f', ..]) => 6,
            Some([_, b'u', b'0', b'0', b'1', b'0'..=b'9' | b'a'..=b'f', ..]) => 6,
            _ => return false,
        };
        at = at.saturating_add(length);
    }
}

/// Appends the minimal JSON text of `text`, without quotation marks.
pub(crate) fn append_escaped(text: &[u8], out: &mut Vec<u8>) {
    for byte in text {
        match short_escape(*byte) {
            Some(letter) => out.extend_from_slice(&[b'\\', letter]),
            None if *byte < 0x20 => {
                let digit = |nibble: u8| HEX.get(usize::from(nibble)).copied().unwrap_or(b'0');
                out.extend_from_slice(b"\\u00");
                out.extend_from_slice(&[digit(*byte >> 4), digit(*byte & 0xf)]);
            }
            None => out.push(*byte),
        }
    }
}

fn short_escape(byte: u8) -> Option<u8> {
    Some(match byte {
        b'"' | b'\\' => byte,
        0x08 => b'b',
        b'\t' => b't',
        b'\n' => b'n',
        0x0c => b'f',
        b'\r' => b'r',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_become_their_characters() {
        let unescaped = unescape(br#"a\"\\\/\b\f\n\r\t\u00e9\uD83D\ude00z"#);
        assert_eq!(unescaped.text.as_slice(), "a\"\\/\u{8}\u{c}\n\r\té😀z".as_bytes());
        assert!(!unescaped.lone_surrogate);
    }

    #[test]
    fn lone_surrogates_are_told() {
        for json in ["\\ud800", "\\udc00x", "\\ud800\\ud800", "\\ud800\\n", "\\ud83d\\u0041"] {
            assert!(unescape(json.as_bytes()).lone_surrogate, "{json}");
            assert!(!has_text(json.as_bytes()));
        }
        assert_eq!(unescape(br"\ud83d\u0041").text.as_slice(), "\u{fffd}A".as_bytes());
    }

    #[test]
    fn every_text_byte_leads_back_to_its_source() {
        let json = br"ab\u005fc\n\u00e9d";
        let (unescaped, map) = unescape_mapped(json);
        assert_eq!(unescaped.text.as_slice(), "ab_c\n\u{e9}d".as_bytes());
        let sources: Vec<usize> = (0..=8).map(|offset| map.source_offset(offset)).collect();
        assert_eq!(sources, [0, 1, 2, 8, 9, 11, 11, 17, 18]);
    }

    #[test]
    fn minimal_is_what_escaping_writes() {
        for byte in 0..=0x7f_u8 {
            let mut json = Vec::new();
            append_escaped(&[byte], &mut json);
            assert!(is_minimal(&json), "{byte:#x}");
            assert_eq!(unescape(&json).text.as_slice(), [byte]);
        }
    }

    #[test]
    fn other_spellings_are_not_minimal() {
        for json in [
            r"\/",
            r"\u0041",
            r"\u001F",
            r"\u000a",
            r"\u0008",
            r"\u000c",
            r"\u00e9",
            r"\ud83d\ude00",
            r"\ud800",
        ] {
            assert!(!is_minimal(json.as_bytes()), "{json}");
        }
        assert!(is_minimal("é😀\u{7f}".as_bytes()));
        assert!(is_minimal(br"\u001f\u000b\u000e"));
    }
}
