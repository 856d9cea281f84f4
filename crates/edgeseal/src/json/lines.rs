//! What comes before the grammar: encoding, and the lines of NDJSON.

use core::ops::Range;

/// Checks that a text is UTF-8 (RFC 3629) and does not begin with a byte order mark, which RFC 8259 forbids to write. The error is the
/// offset of the first byte that is neither.
pub(crate) fn check_utf8(text: &[u8]) -> Result<(), usize> {
    core::str::from_utf8(text).map_err(|error| error.valid_up_to())?;
    if text.starts_with("\u{feff}".as_bytes()) { Err(0) } else { Ok(()) }
}

/// The lines of NDJSON that are not blank: where each stands, without its LF.
pub(crate) fn lines(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut next = 0_usize;
    let spans = text.split(|byte| *byte == b'\n').map(move |line| {
        let start = next;
        let end = start.saturating_add(line.len());
        next = end.saturating_add(1);
        (line, start..end)
    });
    let is_blank = |line: &[u8]| line.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'));
    spans.filter(move |(line, _)| !is_blank(line)).map(|(_, span)| span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_are_left_out_and_offsets_stay() {
        let spans: Vec<_> = lines(b"\n1\r\n \t\r\n22\n").collect();
        assert_eq!(spans, [1..3, 8..10]);
        assert_eq!(lines(b"").count(), 0);
        assert_eq!(lines(b"1").next(), Some(0..1));
    }

    #[test]
    fn the_first_byte_that_is_not_utf8_is_told() {
        assert_eq!(check_utf8("é".as_bytes()), Ok(()));
        assert_eq!(check_utf8(b"ab\xff"), Err(2));
        assert_eq!(check_utf8(b"\xed\xa0\x80"), Err(0));
        assert_eq!(check_utf8(b"\xef\xbb\xbf{}"), Err(0));
    }
}
