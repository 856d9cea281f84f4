//! The grammar of tokens, read from the beginning of a text.

use alloc::boxed::Box;
use alloc::vec::Vec;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::{Content, SUFFIX, Sealed, Token, TokenError};
use crate::label::{KeyId, is_key_id_byte};
use crate::public_key::KeySize;
use crate::sizes::{IV_BYTES, MAX_HEADER_CHARS, PAD_BYTES, TAG_BYTES, base64url_chars};
use crate::tags::{TOKEN_PREFIX, Tags};

/// Reads the token at the beginning of `text`; also its length, or for an error the length of the prefix.
///
/// `None` if the text does not begin with a prefix of any version.
pub(super) fn token(text: &[u8]) -> Option<(Result<Token, TokenError>, usize)> {
    let rest = text.strip_prefix(TOKEN_PREFIX)?;
    let version = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (version, rest) = rest.split_at_checked(version)?;
    let body = rest.strip_prefix(b".").filter(|_| !version.is_empty())?;
    let prefix = text.len().saturating_sub(body.len());
    if version != b"1" {
        return Some((Err(TokenError::VersionUnknown), prefix));
    }
    let mut reader = Reader { rest: body };
    Some(match reader.token() {
        Ok(token) => (Ok(token), text.len().saturating_sub(reader.rest.len())),
        Err(error) => (Err(error), prefix),
    })
}

/// Reads the token with these classic tags whose prefix is the beginning of `text`; the length as for [`token`].
pub(super) fn classic(
    text: &[u8],
    tags: &Tags,
    key_id: &KeyId,
) -> Option<(Result<Token, TokenError>, usize)> {
    let rest = text.strip_prefix(tags.prefix().as_bytes())?;
    let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte)).count();
    let token = rest.split_at_checked(length).and_then(|(ciphertext, rest)| {
        rest.strip_prefix(tags.suffix().as_bytes())?;
        let rsa = STANDARD.decode(ciphertext).ok()?;
        KeySize::from_modulus_bytes(rsa.len())?;
        Some(Token { key_id: key_id.clone(), rsa: rsa.into(), content: Content::Classic })
    });
    let prefix = tags.prefix().len();
    Some(match token {
        Some(token) => (Ok(token), prefix.saturating_add(length).saturating_add(tags.suffix().len())),
        None => (Err(TokenError::Damaged), prefix),
    })
}

/// The key id that stands whole behind the prefix of what is no whole token, if one does.
pub(crate) fn legible_key_id(body: &[u8]) -> Option<KeyId> {
    Reader { rest: body }.part().and_then(KeyId::new)
}

/// Reads on from behind the prefix.
struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn token(&mut self) -> Result<Token, TokenError> {
        let key_id = self.part().and_then(KeyId::new).ok_or(TokenError::Damaged)?;
        let (rsa, content) = match self.part() {
            Some("s") => (self.rsa()?, Content::Text),
            Some("v") => (self.rsa()?, Content::Value),
            Some("e") => self.envelope()?,
            Some(kind) if !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                return Err(TokenError::KindUnknown);
            }
            _ => return Err(TokenError::Damaged),
        };
        // The dot of the suffix has been taken with the last part.
        self.rest = SUFFIX
            .as_bytes()
            .get(1..)
            .and_then(|underscores| self.rest.strip_prefix(underscores))
            .ok_or(TokenError::Damaged)?;
        Ok(Token { key_id, rsa, content })
    }

    fn envelope(&mut self) -> Result<(Box<[u8]>, Content), TokenError> {
        let header = self
            .part()
            .filter(|header| (1..=MAX_HEADER_CHARS).contains(&header.len()))
            .filter(|header| URL_SAFE_NO_PAD.decode(header).is_ok())
            .ok_or(TokenError::Damaged)?;
        let rsa = self.rsa()?;
        let iv = self.array::<IV_BYTES>()?;
        let ciphertext = self
            .part()
            .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
            .filter(|bytes| !bytes.is_empty() && bytes.len().is_multiple_of(PAD_BYTES))
            .ok_or(TokenError::Damaged)?;
        let tag = self.array::<TAG_BYTES>()?;
        let sealed = Sealed { header: header.into(), iv, ciphertext: ciphertext.into(), tag };
        Ok((rsa, Content::Envelope(Box::new(sealed))))
    }

    fn rsa(&mut self) -> Result<Box<[u8]>, TokenError> {
        self.part()
            .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
            .filter(|bytes| KeySize::from_modulus_bytes(bytes.len()).is_some())
            .map(Vec::into_boxed_slice)
            .ok_or(TokenError::Damaged)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], TokenError> {
        self.part()
            .filter(|text| text.len() == base64url_chars(N))
            .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(TokenError::Damaged)
    }

    /// Takes a run of base64url characters and the dot behind it.
    fn part(&mut self) -> Option<&'a str> {
        let length = self.rest.iter().take_while(|byte| is_key_id_byte(**byte)).count();
        let (part, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest.strip_prefix(b".")?;
        core::str::from_utf8(part).ok()
    }
}
