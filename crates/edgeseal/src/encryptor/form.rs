//! Forms and query strings: `application/x-www-form-urlencoded` (WHATWG URL, section 5).

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::ops::Range;

use memchr::memmem;
use zeroize::Zeroizing;

use super::EncryptError;
use super::field_name::{Readings, is_plain_name, is_too_deep};
use super::place::Place;
use super::plan::Planner;
use crate::seen::SeenNames;

/// The field in which a form says its encoding (HTML, section 4.10.21.5).
pub(super) const CHARSET_FIELD: &[u8] = b"_charset_";

/// One field: where its name and its value stand. A field without `=` has no value.
pub(super) struct Field {
    pub(super) name: Range<usize>,
    pub(super) value: Option<Range<usize>>,
}

impl Planner<'_, '_> {
    /// A form is read as an object with a member for each field.
    #[inline(never)]
    pub(super) fn form(&mut self) -> Result<(), EncryptError> {
        let text = self.plan.text;
        if let Some(offset) = memchr::memchr(b';', text) {
            // To some parsers it ends a field.
            return Err(EncryptError::FormInvalid { offset });
        }
        if text.starts_with(b"?") {
            // To some it is no part of the first name.
            return Err(EncryptError::FormInvalid { offset: 0 });
        }
        self.begin();
        self.whole_form()?;
        let mut names = self.policy.refuse_duplicate_names.then(SeenNames::default);
        for field in fields(text) {
            let offset = field.name.start;
            let name = self.decoded_part(&field.name)?;
            let name_text = core::str::from_utf8(&name).unwrap_or_default();
            if !is_plain_name(name_text) || is_too_deep(name_text, self.policy.max_depth) {
                return Err(EncryptError::FormInvalid { offset });
            }
            self.stays(&name);
            if let Some(names) = &mut names
                && !names.add(Cow::Owned(name.to_vec()))
            {
                return Err(EncryptError::DuplicateName { offset });
            }
            let Some(span) = field.value else { continue };
            let value = self.decoded_part(&span)?;
            if name.eq_ignore_ascii_case(CHARSET_FIELD) && !value.eq_ignore_ascii_case(b"utf-8") {
                return Err(EncryptError::FormInvalid { offset });
            }
            if self.is_split_elsewhere(&field.name, &span) {
                return Err(EncryptError::FormInvalid { offset });
            }
            let decision = self.decide(&mut Readings::of_field(self.scope, name_text));
            if !self.value(span, Place::Form, decision)? {
                self.stays(&value);
            }
        }
        self.end()
    }

    /// Whether a parser that knows brackets takes more for the name: it splits a field at the first `]=`.
    fn is_split_elsewhere(&self, name: &Range<usize>, value: &Range<usize>) -> bool {
        let raw = |span: &Range<usize>| self.plan.text.get(span.clone()).unwrap_or_default();
        if memchr::memchr(b'=', raw(value)).is_none() {
            return false;
        }
        let [name, value] = [name, value].map(|span| Zeroizing::new(raw(span).to_ascii_uppercase()));
        let ends_in_bracket = name.ends_with(b"]") || name.ends_with(b"%5D");
        !ends_in_bracket && [&b"]="[..], b"%5D="].iter().any(|split| memmem::find(&value, split).is_some())
    }

    fn decoded_part(&self, span: &Range<usize>) -> Result<Zeroizing<Vec<u8>>, EncryptError> {
        let raw = self.plan.text.get(span.clone()).unwrap_or_default();
        let invalid = EncryptError::FormInvalid { offset: span.start };
        let decoded = decode(raw).filter(|text| core::str::from_utf8(text).is_ok()).ok_or(invalid)?;
        self.refuse_token(&decoded)?;
        Ok(decoded)
    }
}

/// The fields, without empty ones.
pub(super) fn fields(text: &[u8]) -> impl Iterator<Item = Field> {
    let mut next = 0_usize;
    text.split(|byte| *byte == b'&').filter_map(move |field| {
        let start = next;
        let end = start.saturating_add(field.len());
        next = end.saturating_add(1);
        let equals = memchr::memchr(b'=', field).map(|at| start.saturating_add(at));
        (!field.is_empty()).then(|| Field {
            name: start..equals.unwrap_or(end),
            value: equals.map(|equals| equals.saturating_add(1)..end),
        })
    })
}

/// Undoes `+` and percent-encoding; `None` if a `%` is not followed by two hexadecimal digits.
pub(super) fn decode(encoded: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|it| u8::try_from(it).ok());
    let mut text = Zeroizing::new(Vec::with_capacity(encoded.len()));
    let mut rest = encoded;
    // An escape seldom comes alone: the search for the next begins where something else stands.
    while let Some(byte) = rest.first() {
        rest = match (byte, rest) {
            (b'+', [_, rest @ ..]) => {
                text.push(b' ');
                rest
            }
            (b'%', [_, high, low, rest @ ..]) => {
                text.push(digit(*high)? << 4 | digit(*low)?);
                rest
            }
            (b'%', _) => return None,
            _ => {
                let run = memchr::memchr2(b'+', b'%', rest).unwrap_or(rest.len());
                let (plain, rest) = rest.split_at_checked(run)?;
                text.extend_from_slice(plain);
                rest
            }
        };
    }
    Some(text)
}

/// What some parser might read: as [`decode`], and a `%` that begins nothing stays.
pub(super) fn decode_leniently(encoded: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut text = Zeroizing::new(Vec::with_capacity(encoded.len()));
    let mut at = 0_usize;
    while let Some(byte) = encoded.get(at) {
        let after = at.saturating_add(3);
        let escape = if *byte == b'%' { encoded.get(at..after).and_then(decode) } else { None };
        match escape {
            Some(decoded) => {
                text.extend_from_slice(&decoded);
                at = after;
            }
            None => {
                text.push(*byte);
                at = at.saturating_add(1);
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoding_is_strict() {
        assert_eq!(decode(b"a+b%20%c3%A9%00").unwrap().as_slice(), "a b é\0".as_bytes());
        for malformed in ["%", "%4", "%zz", "a%4g", "%+1"] {
            assert!(decode(malformed.as_bytes()).is_none(), "{malformed}");
        }
    }

    #[test]
    fn lenient_decoding_keeps_what_is_no_escape() {
        assert_eq!(decode_leniently(b"%5f%zz%4+%5").as_slice(), b"_%zz%4+%5");
    }

    #[test]
    fn fields_are_split_at_ampersands_and_the_first_equals_sign() {
        let spans: Vec<_> = fields(b"&a=1=2&&b&=c&").map(|field| (field.name, field.value)).collect();
        assert_eq!(spans, [(1..2, Some(3..6)), (8..9, None), (10..10, Some(11..12))]);
    }
}
