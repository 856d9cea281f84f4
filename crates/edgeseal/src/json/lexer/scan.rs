//! How far the runs of a JSON text reach: each from the beginning of what is given.

/// The number of bytes before the first `"`, `\` or control character.
#[inline(always)]
pub(crate) fn plain_run(text: &[u8]) -> usize {
    let mut run = 0_usize;
    while let Some(block) = text.get(run..).and_then(|rest| rest.first_chunk()) {
        if let Some(first) = first_stop(block) {
            return run.wrapping_add(first);
        }
        run = run.wrapping_add(block.len());
    }
    run.wrapping_add(short_plain_run(text.get(run..).unwrap_or_default()))
}

/// Where the first `"`, `\` or control character is.
#[cfg(target_feature = "simd128")]
#[inline(always)]
pub(crate) fn first_stop(block: &[u8; 16]) -> Option<usize> {
    use core::arch::wasm32::{u8x16_bitmask, u8x16_eq, u8x16_lt, u8x16_splat, u64x2, v128_or};
    let half = |word: &[u8; 8]| u64::from_le_bytes(*word);
    let [low, high] = block.as_chunks::<8>().0 else { return None };
    let block = u64x2(half(low), half(high));
    let marks = v128_or(u8x16_eq(block, u8x16_splat(b'"')), u8x16_eq(block, u8x16_splat(b'\\')));
    let stops = u8x16_bitmask(v128_or(marks, u8x16_lt(block, u8x16_splat(b' '))));
    if stops == 0 { None } else { usize::try_from(stops.trailing_zeros()).ok() }
}

/// Where the first `"`, `\` or control character is.
#[cfg(not(target_feature = "simd128"))]
#[inline(always)]
pub(crate) fn first_stop(block: &[u8; 16]) -> Option<usize> {
    let [low, high] = block.as_chunks().0 else { return None };
    let stops_in = |half: &[u8; 8]| stops(u64::from_le_bytes(*half));
    // Most strings end soon.
    let in_low = stops_in(low);
    if in_low != 0 {
        return Some(first_marked(in_low));
    }
    let in_high = stops_in(high);
    (in_high != 0).then(|| first_marked(in_high).wrapping_add(low.len()))
}

/// The top bit of the first `"`, `\` or control character is set in what this gives. So may be that of one behind it.
#[cfg(not(target_feature = "simd128"))]
#[inline(always)]
fn stops(word: u64) -> u64 {
    const ONES: u64 = u64::from_le_bytes([0x01; 8]);
    const TOPS: u64 = u64::from_le_bytes([0x80; 8]);
    const BACKSLASHES: u64 = u64::from_le_bytes([b'\\'; 8]);
    const TWOS: u64 = u64::from_le_bytes([0x02; 8]);
    const CONTROLS: u64 = u64::from_le_bytes([0x21; 8]);
    // With this bit the other way round, `"` is what follows the control characters. A difference below zero has the top bit, which the byte must
    // not have had itself. What is borrowed for it can mark bytes behind it wrongly, and only these.
    let less = (word ^ TWOS).wrapping_sub(CONTROLS) | (word ^ BACKSLASHES).wrapping_sub(ONES);
    less & !word & TOPS
}

/// The same at the end of the input.
#[cold]
fn short_plain_run(text: &[u8]) -> usize {
    text.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)).unwrap_or(text.len())
}

/// The index of the first byte that is not zero.
#[inline(always)]
fn first_marked(word: u64) -> usize {
    usize::try_from(word.trailing_zeros() / 8).unwrap_or(0)
}

/// The length of the white space at the beginning: mostly the end of a line, and the spaces that indent the next.
#[inline(never)]
pub(super) fn white_space(text: &[u8]) -> usize {
    const SPACES: u64 = u64::from_le_bytes([b' '; 8]);
    let mut run = 0_usize;
    loop {
        while let Some(word) = text.get(run..).and_then(|rest| rest.first_chunk()) {
            let others = u64::from_le_bytes(*word) ^ SPACES;
            if others != 0 {
                run = run.wrapping_add(first_marked(others));
                break;
            }
            run = run.wrapping_add(8);
        }
        let Some(b' ' | b'\t' | b'\n' | b'\r') = text.get(run) else { return run };
        run = run.wrapping_add(1);
    }
}

/// The length of the escape at the beginning, and whether it makes a string a [disguised](super::JsonText::disguised) one: if it is that of an ASCII
/// character, or if what it reads begins such an escape in turn. The error is where it is broken.
#[inline(always)]
pub(super) fn escape(text: &[u8]) -> Result<(usize, bool), usize> {
    match text {
        // In a piece the next byte may not be there yet.
        [_, b'\\', next @ ..] => Ok((2, next.first().is_none_or(|next| *next == b'u'))),
        [_, b'"' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => Ok((2, false)),
        [_, b'u', digits @ ..] => {
            let good = digits.iter().take(4).take_while(|digit| digit.is_ascii_hexdigit()).count();
            if good < 4 {
                return Err(good.wrapping_add(2));
            }
            Ok((6, matches!(digits, [b'0', b'0', b'0'..=b'7', ..])))
        }
        _ => Err(1),
    }
}

/// The length of the number at the beginning: `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`. The error is where it is broken.
pub(crate) fn number(text: &[u8]) -> Result<usize, usize> {
    let mut at = usize::from(text.first() == Some(&b'-'));
    at = match text.get(at) {
        Some(b'0') => at.wrapping_add(1),
        _ => digits(text, at)?,
    };
    if text.get(at) == Some(&b'.') {
        at = digits(text, at.wrapping_add(1))?;
    }
    if let Some(b'e' | b'E') = text.get(at) {
        at = at.wrapping_add(1);
        if let Some(b'+' | b'-') = text.get(at) {
            at = at.wrapping_add(1);
        }
        at = digits(text, at)?;
    }
    Ok(at)
}

/// The end of the digits that begin at `start`: one or more.
#[inline(always)]
fn digits(text: &[u8], start: usize) -> Result<usize, usize> {
    let mut at = start;
    while text.get(at).is_some_and(u8::is_ascii_digit) {
        at = at.wrapping_add(1);
    }
    if at == start { Err(at) } else { Ok(at) }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_plain_run_ends_where_it_would_byte_by_byte() {
        let plain = |byte: &u8| !matches!(byte, b'"' | b'\\' | 0..0x20);
        for length in 0..40 {
            for at in 0..length {
                for first in 0..=u8::MAX {
                    for second in [b'"', b'\\', 0, 0x1f, b' ', b'!', b'#', b'[', b']', 0x7f, 0x80, 0xff] {
                        let mut text = vec![b'a'; length];
                        text[at] = first;
                        text[length - 1 - at / 2] = second;
                        assert_eq!(plain_run(&text), text.iter().take_while(|byte| plain(byte)).count());
                    }
                }
            }
        }
    }

    #[test]
    fn white_space_ends_where_it_would_byte_by_byte() {
        let is_white_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        for length in 0..40 {
            for at in 0..length {
                for first in 0..=u8::MAX {
                    for second in [b' ', b'\t', b'\n', b'\r', 0, 0x0b, 0x1f, b'!', b'a', 0xa0] {
                        let mut text = vec![b' '; length];
                        text[at] = first;
                        text[length - 1 - at / 2] = second;
                        let expected = text.iter().take_while(|byte| is_white_space(byte)).count();
                        assert_eq!(white_space(&text), expected);
                    }
                }
            }
        }
    }
}
