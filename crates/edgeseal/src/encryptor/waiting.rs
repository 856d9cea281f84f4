//! Direct values that wait for another under their key: two RSA operations at once take less time than one after the other.

use alloc::vec::Vec;

use zeroize::Zeroizing;

use super::EncryptError;
use crate::oaep;
use crate::policy::PolicyKey;
use crate::sizes::{base64_chars, base64url_chars};
use crate::token::{append_base64, append_base64url};

/// How a ciphertext is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alphabet {
    /// base64 with padding.
    Standard,
    /// base64url without.
    Url,
}

impl Alphabet {
    fn chars(self, bytes: usize) -> usize {
        match self {
            Self::Standard => base64_chars(bytes),
            Self::Url => base64url_chars(bytes),
        }
    }

    pub(super) fn append(self, bytes: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::Standard => append_base64(bytes, out),
            Self::Url => append_base64url(bytes, out),
        }
    }
}

/// Encoded messages, at most one for each key, and the room in the text that is kept for each.
#[derive(Default)]
pub(super) struct Waiting<'k>(Vec<Value<'k>>);

/// As secret as the value is.
struct Value<'k> {
    key: &'k PolicyKey,
    encoded: Zeroizing<Vec<u8>>,
    alphabet: Alphabet,
    at: usize,
    chars: usize,
}

impl<'k> Waiting<'k> {
    /// Leaves room for a ciphertext at the end of a text. It is written there when the next under the same key comes, or when all are written.
    pub(super) fn add(
        &mut self,
        key: &'k PolicyKey,
        encoded: Zeroizing<Vec<u8>>,
        alphabet: Alphabet,
        out: &mut Vec<u8>,
    ) -> Result<(), EncryptError> {
        let at = out.len();
        let chars = alphabet.chars(encoded.len());
        out.resize(at.checked_add(chars).ok_or(EncryptError::EncryptionFailed)?, 0);
        let value = Value { key, encoded, alphabet, at, chars };
        let Some(index) = self.0.iter().position(|other| core::ptr::eq(other.key, key)) else {
            self.0.push(value);
            return Ok(());
        };
        let other = self.0.swap_remove(index);
        let [first, second] = oaep::public_operations(&key.public_key, [&other.encoded, &value.encoded])?;
        other.write(&first, out)?;
        value.write(&second, out)
    }

    /// Writes all that are left.
    pub(super) fn finish(&mut self, out: &mut [u8]) -> Result<(), EncryptError> {
        while let Some(value) = self.0.pop() {
            value.write(&oaep::public_operation(&value.key.public_key, &value.encoded)?, out)?;
        }
        Ok(())
    }
}

impl Value<'_> {
    /// Writes its ciphertext where there is room for it.
    fn write(&self, ciphertext: &[u8], out: &mut [u8]) -> Result<(), EncryptError> {
        let mut text = Vec::with_capacity(self.chars);
        self.alphabet.append(ciphertext, &mut text);
        let room = out.get_mut(self.at..).and_then(|rest| rest.get_mut(..self.chars));
        match room {
            Some(room) if room.len() == text.len() => room.copy_from_slice(&text),
            _ => return Err(EncryptError::EncryptionFailed),
        }
        Ok(())
    }
}
