//! PEM (RFC 7468) of one public key.

use alloc::vec::Vec;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

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
    STANDARD.decode(base64).ok()
}

/// What comes after the end of a line, which is first.
fn end_of_line(text: &[u8]) -> Option<&[u8]> {
    text.strip_prefix(b"\r\n")
        .or_else(|| text.split_first().filter(|(byte, _)| is_end(**byte)).map(|(_, rest)| rest))
}

fn is_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}
