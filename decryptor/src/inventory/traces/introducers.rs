//! Where an escape may begin: a search for single bytes, which are rare in most texts, and stand in every line of others.

use core::ops::Range;

/// By this byte the beginning of a token in base64 is known.
pub(super) const IN_BASE64: u8 = b'X';

/// How much is looked at where such bytes are frequent, before a search is tried again.
const CLOSER_BYTES: usize = 4_096;
/// A byte that is found so soon behind another is a frequent one.
const NEAR_BYTES: usize = 128;
/// So much is looked at at once for a sign that it holds none: what the compiler makes vector instructions of.
const BLOCK_BYTES: usize = 32;

/// Finds the first of some bytes.
type Search = fn(&[u8]) -> Option<usize>;

/// Visits the places in `range` that may introduce an escape in `text`, or are a byte of base64; in their order.
pub(super) fn visit(text: &[u8], range: Range<usize>, visit: &mut dyn FnMut(usize)) {
    let range = range.start..range.end.min(text.len());
    let mut ahead = [None; 2];
    let (mut at, mut last) = (range.start, None);
    while let Some(found) = next(text, at..range.end, &mut ahead) {
        let is_near = last.is_some_and(|last| found.saturating_sub(last) < NEAR_BYTES);
        if is_near {
            at = found.saturating_add(CLOSER_BYTES).min(range.end);
            closer(text, found..at, visit);
            last = None;
        } else {
            one(text, found, visit);
            (at, last) = (found.saturating_add(1), Some(found));
        }
    }
}

/// The next of the bytes. What each search has found is kept for as long as it is ahead.
fn next(text: &[u8], range: Range<usize>, ahead: &mut [Option<usize>; 2]) -> Option<usize> {
    let searches: [Search; 2] =
        [|text| memchr::memchr3(b'%', b'\\', b'&', text), |text| memchr::memchr2(b'=', IN_BASE64, text)];
    let mut nearest = usize::MAX;
    for (known, search) in ahead.iter_mut().zip(searches) {
        let found = match *known {
            Some(found) if found >= range.start => found,
            _ => {
                let found = text.get(range.clone()).and_then(search);
                *known.insert(found.map_or(usize::MAX, |found| range.start.saturating_add(found)))
            }
        };
        nearest = nearest.min(found);
    }
    (nearest < usize::MAX).then_some(nearest)
}

/// The same without a search, which is dear where something is found everywhere.
fn closer(text: &[u8], range: Range<usize>, visit: &mut dyn FnMut(usize)) {
    let mut at = range.start;
    while at < range.end {
        let end = at.saturating_add(BLOCK_BYTES).min(range.end);
        let block = |ahead: usize| text.get(at.saturating_add(ahead)..)?.first_chunk::<BLOCK_BYTES>();
        let is_bare = match (block(0), block(1), block(2)) {
            (Some(bytes), Some(next), Some(after)) => !introduces_any(bytes, next, after),
            _ => false,
        };
        if !is_bare {
            (at..end).for_each(|at| one(text, at, visit));
        }
        at = end;
    }
}

#[inline(always)]
fn introduces_any(bytes: &[u8; BLOCK_BYTES], next: &[u8; BLOCK_BYTES], after: &[u8; BLOCK_BYTES]) -> bool {
    let mut any = 0;
    for ((byte, next), after) in bytes.iter().zip(next).zip(after) {
        any |= u8::from(introduces(*byte, *next, *after));
    }
    any != 0
}

/// Visits a place, if it may introduce something. What follows behind the text is not known: it may be anything.
#[inline(always)]
fn one(text: &[u8], at: usize, visit: &mut dyn FnMut(usize)) {
    let may_be = match text.get(at..) {
        Some([byte, next, after, ..]) => introduces(*byte, *next, *after),
        _ => true,
    };
    if may_be {
        visit(at);
    }
}

/// Whether a byte, with two behind it, may introduce one of the characters that a prefix has, or is that of base64. Without branches: it is done to
/// many bytes at once.
#[inline(always)]
fn introduces(byte: u8, next: u8, after: u8) -> bool {
    // The code of a printable character, or the `25` of a percent sign that is escaped itself; and a few others.
    let code = (next.wrapping_sub(b'2') < 6) & ((after | 0x20).wrapping_sub(b'0') <= b'f' - b'0');
    let hexadecimal = ((byte == b'%') | (byte == b'=')) & code;
    let numeric = (byte == b'&') & ((next == b'#') | (next == b'a'));
    // No prefix has a quotation mark, and no escape begins with one.
    let backslash = (byte == b'\\') & (next != b'"');
    hexadecimal | numeric | backslash | (byte == IN_BASE64)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod tests {
    use super::super::spelling::spellings;
    use super::*;

    /// Whatever follows, frequent or rare: what spells a character that a prefix may have is visited.
    #[test]
    fn everything_that_spells_a_character_of_a_prefix_is_visited() {
        let introducers = *b"%=&\\X";
        for byte in introducers {
            for next in 0..=u8::MAX {
                for after in 0..=u8::MAX {
                    let behind = [b'5', b'f', b';', b'5', b'f', b'}'];
                    let text = [&[byte, next, after][..], &behind[..]].concat();
                    let mut spells = byte == IN_BASE64;
                    spellings(&text, &mut |it| spells |= it.byte > b'"' && it.byte < 0x7f && it.byte != b'/');
                    assert!(!spells || introduces(byte, next, after), "{}", text.escape_ascii());
                }
            }
        }
    }

    #[test]
    fn all_is_visited_in_order_where_it_is_frequent_and_where_it_is_rare() {
        for distance in [1, 2, 3, 30, 31, 33, 100, 127, 128, 129, 1_000, 5_000] {
            let mut text = vec![b'.'; 20_000];
            let places: Vec<usize> = (7..text.len()).step_by(distance).collect();
            places.iter().for_each(|at| text[*at] = b"%=&\\X"[at % 5]);
            for range in [0..text.len(), 5..12_345, 8_000..8_001, 19_990..20_000, 9_000..30_000] {
                let mut visited = Vec::new();
                visit(&text, range.clone(), &mut |at| visited.push(at));
                let is_ordered = visited.iter().zip(visited.iter().skip(1)).all(|(one, other)| one < other);
                assert!(is_ordered && visited.iter().all(|at| range.contains(at)));
                let expected = places.iter().copied().filter(|at| {
                    let text = &text[*at..];
                    range.contains(at) && (text.len() < 3 || introduces(text[0], text[1], text[2]))
                });
                let missed: Vec<usize> = expected.filter(|at| !visited.contains(at)).collect();
                assert!(missed.is_empty(), "{distance} {range:?}: {missed:?}");
            }
        }
    }
}
