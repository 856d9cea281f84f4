//! Key ids and field names: short labels that are safe to show anywhere.

use alloc::boxed::Box;
use core::fmt;

use crate::sizes::MAX_LABEL_CHARS;

/// The name of one RSA key pair: 1 to 64 of `A-Z a-z 0-9 - _`.
///
/// A new version of a key is a new key id. The label is opaque: it is looked up in a policy or keyring and
/// never leads anywhere else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(Box<str>);

impl KeyId {
    /// What a key id looks like, for error messages.
    pub(crate) const EXPECTED: &str = "a key id: 1 to 64 of `A-Za-z0-9_-`";

    /// Reads a key id; `None` if the text is not one.
    pub fn new(text: &str) -> Option<Self> {
        is_label(text, is_key_id_byte).then(|| Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of a field rule or of a context pair: 1 to 64 of `A-Z a-z 0-9 _ . -`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldName(Box<str>);

impl FieldName {
    /// What a field name looks like, for error messages.
    pub(crate) const EXPECTED: &str = "a name: 1 to 64 of `A-Za-z0-9_.-`";

    /// Reads a field name; `None` if the text is not one.
    pub fn new(text: &str) -> Option<Self> {
        is_label(text, |byte| is_key_id_byte(byte) || byte == b'.').then(|| Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `A-Z a-z 0-9 - _`: the characters of key ids, and of base64url.
pub(crate) fn is_key_id_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

fn is_label(text: &str, allowed: impl Fn(u8) -> bool) -> bool {
    (1..=MAX_LABEL_CHARS).contains(&text.len()) && text.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_ids_are_one_to_sixty_four_of_their_alphabet() {
        for good in ["a", "Z9_-", &"k".repeat(64)] {
            assert_eq!(KeyId::new(good).map(|kid| kid.to_string()), Some(good.to_owned()));
        }
        for bad in ["", "a.b", "a b", "é", "a\0", &"k".repeat(65)] {
            assert_eq!(KeyId::new(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn field_names_may_also_hold_dots() {
        assert!(FieldName::new("person.ssn").is_some());
        assert!(FieldName::new("person/ssn").is_none());
    }
}
