//! The ways in which a character is written where it cannot, or need not, stand for itself.

/// What a spelling is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `\uHHHH` behind one backslash, which JSON undoes.
    Json,
    /// A backslash before the character itself.
    Bare,
    /// `%HH`.
    Percent,
    /// `=HH`.
    QuotedPrintable,
    /// Any other.
    Escape,
}

/// A character, how many bytes its spelling has, and of which kind it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spelling {
    pub(super) byte: u8,
    pub(super) length: usize,
    pub(super) kind: Kind,
}

/// No spelling is longer.
pub(super) const MOST_BYTES: usize = 32;
/// So often an escape may have been escaped again.
const MOST_TIMES: usize = 4;
/// Each time doubles the backslashes.
const MOST_BACKSLASHES: usize = 16;

/// Every ASCII character that may be spelt at the beginning of the text.
pub(super) fn spellings(text: &[u8], visit: &mut dyn FnMut(Spelling)) {
    match text.split_first() {
        Some((b'%', rest)) => again(rest, b"25", &mut |rest, before| {
            hex(rest, 2..=2, &mut |value, length| {
                tell(value, before.saturating_add(length), Kind::Percent, visit);
            });
        }),
        Some((b'=', rest)) => {
            hex(rest, 2..=2, &mut |value, length| tell(value, length, Kind::QuotedPrintable, visit));
        }
        Some((b'&', rest)) => again(rest, b"amp;", &mut |rest, before| {
            let Some(rest) = rest.strip_prefix(b"#") else { return };
            let number = rest.strip_prefix(b"x").or_else(|| rest.strip_prefix(b"X"));
            let (digits, radix, mark) = number.map_or((rest, 10, 1_usize), |digits| (digits, 16, 2));
            let count = digits.iter().take(8).take_while(|digit| char::from(**digit).is_digit(radix)).count();
            let Some(value) = digits.get(..count).and_then(|digits| number_of(digits, radix)) else { return };
            let end = usize::from(digits.get(count) == Some(&b';'));
            let length = before.saturating_add(mark).saturating_add(count).saturating_add(end);
            tell(value, length, Kind::Escape, visit);
        }),
        Some((b'\\', _)) => backslashes(text, visit),
        _ => {}
    }
}

fn backslashes(text: &[u8], visit: &mut dyn FnMut(Spelling)) {
    let run = text.iter().take(MOST_BACKSLASHES).take_while(|byte| **byte == b'\\').count();
    let before = run.saturating_sub(1);
    let rest = text.get(run..).unwrap_or_default();
    let Some((letter, digits)) = rest.split_first() else { return };
    let behind_letter = before.saturating_add(1);
    let mut tell_hex = |digits: &[u8], before: usize, count, kind| {
        hex(digits, count, &mut |value, length| tell(value, before.saturating_add(length), kind, visit));
    };
    match letter {
        b'u' => tell_hex(digits, behind_letter, 4..=4, if run == 1 { Kind::Json } else { Kind::Escape }),
        b'U' => tell_hex(digits, behind_letter, 8..=8, Kind::Escape),
        b'x' | b'X' => tell_hex(digits, behind_letter, 2..=2, Kind::Escape),
        _ => {}
    }
    tell_hex(rest, before, 2..=2, Kind::Escape);
    if let (b'u' | b'x', Some(braced)) = (letter, digits.strip_prefix(b"{")) {
        let count = braced.iter().take(8).take_while(|digit| digit.is_ascii_hexdigit()).count();
        if let Some((digits, b"}")) =
            braced.get(..count.saturating_add(1)).and_then(|it| it.split_at_checked(count))
            && let Some(value) = number_of(digits, 16)
        {
            // The letter, the braces, the digits.
            tell(value, before.saturating_add(3).saturating_add(count), Kind::Escape, visit);
        }
    }
    for count in [3, 2] {
        if let Some(value) = rest.get(..count).and_then(|digits| number_of(digits, 8)) {
            tell(value, before.saturating_add(count), Kind::Escape, visit);
        }
    }
    tell(u32::from(*letter), behind_letter, Kind::Bare, visit);
}

/// An escape whose own first character is escaped, any number of times. Tells what stands behind it, and how many bytes that leaves out.
fn again(text: &[u8], escaped: &[u8], visit: &mut dyn FnMut(&[u8], usize)) {
    let mut rest = text;
    for _ in 0..=MOST_TIMES {
        visit(rest, text.len().saturating_sub(rest.len()));
        let Some(behind) = rest.strip_prefix(escaped) else { return };
        rest = behind;
    }
}

fn hex(text: &[u8], count: core::ops::RangeInclusive<usize>, visit: &mut dyn FnMut(u32, usize)) {
    for count in count {
        if let Some(value) = text.get(..count).and_then(|digits| number_of(digits, 16)) {
            visit(value, count);
        }
    }
}

fn number_of(digits: &[u8], radix: u32) -> Option<u32> {
    if !digits.iter().all(|digit| char::from(*digit).is_digit(radix)) {
        return None;
    }
    u32::from_str_radix(core::str::from_utf8(digits).ok()?, radix).ok()
}

/// `length` is without the character that introduces the spelling.
fn tell(value: u32, length: usize, kind: Kind, visit: &mut dyn FnMut(Spelling)) {
    if let Some(byte) = u8::try_from(value).ok().filter(u8::is_ascii) {
        visit(Spelling { byte, length: length.saturating_add(1), kind });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_read_whole() {
        for text in [
            "%5f",
            "%5F",
            "%255F",
            "%25255f",
            "=5F",
            "=5f",
            "&#95;",
            "&#0095;",
            "&#x5f;",
            "&#X5F;",
            "&#x5F",
            "&amp;#95;",
            r"\x5f",
            r"\X5F",
            r"\x{5f}",
            r"\u005f",
            r"\u005F",
            r"\\u005f",
            r"\\\\u005F",
            r"\u{5f}",
            r"\u{00005F}",
            r"\U0000005f",
            r"\137",
            r"\\137",
            r"\5f",
            r"\_",
            r"\\_",
        ] {
            let mut read = Vec::new();
            let whole = format!("{text}{}", if text.ends_with("x5F") { "" } else { "zz" });
            spellings(whole.as_bytes(), &mut |it| read.push((it.byte, it.length)));
            assert!(read.contains(&(b'_', text.len())), "{text}: {read:?}");
            assert!(text.len() <= MOST_BYTES);
        }
        for text in ["%5", "=5G", "&95;", r"\u05f", "%", r"\", "", "_", r"\u{5f", "&#;"] {
            let mut read = Vec::new();
            spellings(text.as_bytes(), &mut |it| read.push(it.byte));
            assert!(!read.contains(&b'_'), "{text}: {read:?}");
        }
    }
}
