//! Tokens as FORMAT.md has them (sections 2, 5 and 7), found one place after the other and without haste.

use core::ops::Range;

/// Something that begins like a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) range: Range<usize>,
    pub(crate) token: Result<Token, &'static str>,
}

/// A token that follows the grammar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) key_id: String,
    /// `s`, `v`, `e`; `c` with classic tags.
    pub(crate) kind: char,
    pub(crate) rsa: Vec<u8>,
    /// Of kind `e` the text of the header, and initialization vector, ciphertext and tag.
    pub(crate) sealed: Option<(String, Vec<u8>, Vec<u8>, Vec<u8>)>,
}

/// A key with classic tags.
pub(crate) struct Classic {
    pub(crate) key_id: &'static str,
    pub(crate) prefix: &'static str,
    pub(crate) suffix: &'static str,
}

/// Everything that begins like a token.
pub(crate) fn find(text: &[u8], classic: &[Classic]) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let here = &text[at..];
        let token = own(here).or_else(|| classic.iter().find_map(|tags| with_tags(here, tags)));
        let Some(token) = token else {
            at += 1;
            continue;
        };
        let (token, length) = match token {
            Ok((token, length)) => (Ok(token), length),
            Err(code) => (Err(code), 1),
        };
        found.push(Found { range: at..at + length, token });
        at += length;
    }
    found
}

type Read = Result<(Token, usize), &'static str>;

const DAMAGED: Read = Err("token_damaged");

/// A token of our own at the beginning of a text, and its length.
fn own(text: &[u8]) -> Option<Read> {
    let rest = text.strip_prefix(b"__es")?;
    let (version, rest) = run(rest, u8::is_ascii_digit);
    if version.is_empty() {
        return None;
    }
    let rest = rest.strip_prefix(b".")?;
    if version != b"1" {
        return Some(Err("token_version_unknown"));
    }
    Some(body(rest).unwrap_or(DAMAGED).map(|(token, left)| (token, text.len() - left)))
}

/// What is behind the prefix, and how much is left behind it.
fn body(text: &[u8]) -> Option<Result<(Token, usize), &'static str>> {
    let (key_id, rest) = part(text)?;
    if !(1..=64).contains(&key_id.len()) {
        return None;
    }
    let (kind, rest) = part(rest)?;
    let key_id = String::from_utf8(key_id.to_vec()).ok()?;
    let (token, rest) = match kind {
        b"s" | b"v" => {
            let (rsa, rest) = part(rest)?;
            (
                Token {
                    key_id,
                    kind: char::from(kind[0]),
                    rsa: modulus_long(base64url(rsa)?)?,
                    sealed: None,
                },
                rest,
            )
        }
        b"e" => {
            let (header, rest) = part(rest)?;
            let (rsa, rest) = part(rest)?;
            let (iv, rest) = part(rest)?;
            let (ciphertext, rest) = part(rest)?;
            let (tag, rest) = part(rest)?;
            base64url(header).filter(|_| (1..=4_096).contains(&header.len()))?;
            let header = String::from_utf8(header.to_vec()).ok()?;
            let iv = base64url(iv).filter(|iv| iv.len() == 12)?;
            let ciphertext = base64url(ciphertext).filter(|it| !it.is_empty() && it.len() % 32 == 0)?;
            let tag = base64url(tag).filter(|tag| tag.len() == 16)?;
            let rsa = modulus_long(base64url(rsa)?)?;
            (Token { key_id, kind: 'e', rsa, sealed: Some((header, iv, ciphertext, tag)) }, rest)
        }
        _ if !kind.is_empty() && kind.iter().all(u8::is_ascii_alphanumeric) => {
            return Some(Err("token_kind_unknown"));
        }
        _ => return None,
    };
    let rest = rest.strip_prefix(b"__")?;
    Some(Ok((token, rest.len())))
}

/// A token with classic tags at the beginning of a text, and its length.
fn with_tags(text: &[u8], tags: &Classic) -> Option<Read> {
    let rest = text.strip_prefix(tags.prefix.as_bytes())?;
    let read = [256, 384, 512].iter().find_map(|bytes: &usize| {
        let (base64, rest) = rest.split_at_checked(bytes.div_ceil(3) * 4)?;
        rest.strip_prefix(tags.suffix.as_bytes())?;
        let padding = (3 - bytes % 3) % 3;
        let (digits, equals) = base64.split_at(base64.len() - padding);
        let rsa = base64_digits(digits, b'+', b'/').filter(|rsa| rsa.len() == *bytes)?;
        let token = Token { key_id: tags.key_id.to_owned(), kind: 'c', rsa, sealed: None };
        let length = tags.prefix.len() + base64.len() + tags.suffix.len();
        equals.iter().all(|byte| *byte == b'=').then_some((token, length))
    });
    Some(read.ok_or("token_damaged"))
}

/// A run of base64url characters, and what is behind the dot behind it.
fn part(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (part, rest) = run(text, |byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte));
    Some((part, rest.strip_prefix(b".")?))
}

fn run(text: &[u8], belongs: impl Fn(&u8) -> bool) -> (&[u8], &[u8]) {
    text.split_at(text.iter().position(|byte| !belongs(byte)).unwrap_or(text.len()))
}

fn modulus_long(rsa: Vec<u8>) -> Option<Vec<u8>> {
    [256, 384, 512].contains(&rsa.len()).then_some(rsa)
}

/// Canonical base64url without padding.
pub(crate) fn base64url(text: &[u8]) -> Option<Vec<u8>> {
    base64_digits(text, b'-', b'_')
}

/// Six bits of each character; those that are left over, fewer than six of them, have to be zero.
fn base64_digits(text: &[u8], sixty_second: u8, sixty_third: u8) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for byte in text {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            byte if *byte == sixty_second => 62,
            byte if *byte == sixty_third => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(digit)) & 0xffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    (count < 6 && bits & ((1 << count) - 1) == 0).then_some(bytes)
}

/// base64url without padding.
pub(crate) fn to_base64url(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, at| bits << 8 | usize::from(chunk.get(at).copied().unwrap_or(0)));
        for digit in 0..=chunk.len() {
            text.push(char::from(DIGITS[bits >> (18 - 6 * digit) & 63]));
        }
    }
    text
}
