//! PEM (RFC 7468) of one public key.

use alloc::vec::Vec;

const BEGIN: &[u8] = b"-----BEGIN PUBLIC KEY-----";
const END: &[u8] = b"-----END PUBLIC KEY-----";
/// A line of fewer characters holds no whole group of base64: other readers take none, but for the last.
const LEAST_WIDTH: usize = 4;

/// The content of a block, if there is exactly one, and nothing around it but ends of lines after it: text, which RFC 7468 lets a reader skip,
/// could hide which key is meant. All lines but the last have one length: 64 in strict RFC 7468, here any that other readers take.
pub(super) fn decode(pem: &str) -> Option<Vec<u8>> {
    let block = pem.trim_end_matches(['\r', '\n']).as_bytes();
    let mut rest = end_of_line(block.strip_prefix(BEGIN)?.strip_suffix(END)?)?;
    let mut base64 = Vec::with_capacity(rest.len());
    let mut width = None;
    while !rest.is_empty() {
        let length = rest.iter().position(|byte| is_end(*byte))?;
        let (line, after) = rest.split_at_checked(length)?;
        rest = end_of_line(after)?;
        let width = *width.get_or_insert(length);
        let is_too_short = length < width.max(LEAST_WIDTH) && !rest.is_empty();
        if length == 0 || length > width || is_too_short {
            return None;
        }
        base64.extend_from_slice(line);
    }
    decode_base64(&base64)
}

/// Base64 with padding (RFC 4648, section 4), in its one form: nothing in the bits that the padding leaves over. A cold start of an edge waits until
/// this is compiled, and what decodes tokens is ten times as long.
fn decode_base64(text: &[u8]) -> Option<Vec<u8>> {
    let (quads, []) = text.as_chunks::<4>() else { return None };
    let mut bytes = Vec::with_capacity(text.len());
    let mut padding = 0;
    for quad in quads {
        if padding > 0 {
            return None;
        }
        padding = quad.iter().rev().take_while(|byte| **byte == b'=').count();
        let (digits, pads) = quad.split_at_checked(quad.len().checked_sub(padding)?)?;
        let bits = digits.iter().try_fold(0_u32, |bits, byte| Some((bits << 6) | digit(*byte)?))?;
        let [_, three @ ..] = pads.iter().fold(bits, |bits, _| bits << 6).to_be_bytes();
        let (kept, left_over) = three.split_at_checked(three.len().checked_sub(padding)?)?;
        if kept.is_empty() || left_over.iter().any(|byte| *byte != 0) {
            return None;
        }
        bytes.extend_from_slice(kept);
    }
    Some(bytes)
}

fn digit(byte: u8) -> Option<u32> {
    let (first, value) = match byte {
        b'A'..=b'Z' => (b'A', 0_u32),
        b'a'..=b'z' => (b'a', 26),
        b'0'..=b'9' => (b'0', 52),
        b'+' => (b'+', 62),
        b'/' => (b'/', 63),
        _ => return None,
    };
    value.checked_add(byte.checked_sub(first)?.into())
}

/// What comes after the end of a line, which is first.
fn end_of_line(text: &[u8]) -> Option<&[u8]> {
    text.strip_prefix(b"\r\n")
        .or_else(|| text.split_first().filter(|(byte, _)| is_end(**byte)).map(|(_, rest)| rest))
}

fn is_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    use super::decode_base64;

    /// Mostly what is base64, or nearly.
    fn texts() -> impl Strategy<Value = Vec<u8>> {
        let digit = prop_oneof![
            20 => prop::sample::select(b"ABCQgwxyz0189+/".as_slice()),
            2 => Just(b'='),
            1 => any::<u8>(),
        ];
        let anything = prop::collection::vec(digit, 0..=12);
        let encoded =
            prop::collection::vec(any::<u8>(), 0..=40).prop_map(|bytes| STANDARD.encode(bytes).into_bytes());
        let padded = ("[A-Za-z0-9+/]{0,8}", "={0,4}").prop_map(|(text, pads)| (text + &pads).into_bytes());
        prop_oneof![anything, encoded, padded]
    }

    proptest! {
        #[test]
        fn the_library_decodes_the_same(text in texts()) {
            prop_assert_eq!(decode_base64(&text), STANDARD.decode(&text).ok());
        }
    }

    #[test]
    fn every_byte_in_every_place_is_what_it_is_to_the_library() {
        for byte in 0..=u8::MAX {
            for text in [*b"AAAA", *b"QUI=", *b"QQ=="] {
                for place in 0..text.len() {
                    let mut text = text;
                    text[place] = byte;
                    assert_eq!(decode_base64(&text), STANDARD.decode(text).ok(), "{text:?}");
                }
            }
        }
    }
}
