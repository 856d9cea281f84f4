//! The parts of `multipart/form-data` (RFC 7578; RFC 2046, section 5.1), read so that no parser reads them otherwise: what some
//! would take for a boundary or a name, and others not, is refused.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Range;

use memchr::memmem;

use super::EncryptError;
use super::field_name::is_plain_name;
use crate::content_type::{BodyFormat, ContentTypes, MediaType, is_token, next_parameter, trim};

/// A part.
pub(super) struct Part {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Where its content stands in the body.
    pub(super) content: Range<usize>,
    /// Where the length of the content is written, if it is.
    pub(super) length: Option<Range<usize>>,
}

/// What the content of a part is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Json,
    NdJson,
    /// A file, or what the policy passes.
    Opaque,
}

/// What the headers of a part say.
#[derive(Default)]
struct Headers {
    disposition: Option<Disposition>,
    content_type: Option<String>,
    /// The value of `Content-Length`, and where it stands in the headers.
    length: Option<(String, usize)>,
}

struct Disposition {
    name: String,
    is_file: bool,
}

/// Where the parts stand, headers and all.
pub(super) fn parts(body: &[u8], boundary: &str) -> Result<Vec<Range<usize>>, EncryptError> {
    let delimiter = format!("--{boundary}");
    let mut parts = Vec::new();
    // Where the part begins that the next delimiter ends.
    let mut begun = None;
    for at in memmem::find_iter(body, delimiter.as_bytes()) {
        let invalid = EncryptError::MultipartInvalid { offset: at };
        match begun {
            Some(start) => {
                let end = at.saturating_sub(2);
                if start > end || body.get(end..at) != Some(b"\r\n") {
                    return Err(invalid);
                }
                parts.push(start..end);
            }
            None if at == 0 => {}
            None => return Err(invalid),
        }
        let after = at.saturating_add(delimiter.len());
        let rest = body.get(after..).unwrap_or_default();
        if matches!(rest, b"--" | b"--\r\n") {
            return Ok(parts);
        }
        if !rest.starts_with(b"\r\n") {
            return Err(invalid);
        }
        begun = Some(after.saturating_add(2));
    }
    Err(EncryptError::MultipartInvalid { offset: body.len() })
}

impl Part {
    pub(super) fn read(
        body: &[u8],
        span: Range<usize>,
        content_types: &ContentTypes,
    ) -> Result<Self, EncryptError> {
        let invalid = EncryptError::MultipartInvalid { offset: span.start };
        let text = body.get(span.clone()).unwrap_or_default();
        let Some(end) = memmem::find(text, b"\r\n\r\n") else { return Err(invalid) };
        let headers = text.get(..end).and_then(Headers::read).ok_or(invalid.clone())?;
        let Disposition { name, is_file } = headers.disposition.ok_or(invalid.clone())?;
        let kind = kind(headers.content_type.as_deref(), is_file, content_types)
            .ok_or(EncryptError::ContentTypeUnsupported)?;
        let content = span.start.saturating_add(end).saturating_add(4)..span.end;
        let length = match headers.length {
            None => None,
            Some((digits, at)) if digits == content.len().to_string() => {
                let start = span.start.saturating_add(at);
                Some(start..start.saturating_add(digits.len()))
            }
            // Some parsers would believe it.
            Some(_) => return Err(invalid),
        };
        Ok(Self { name, kind, content, length })
    }
}

fn kind(content_type: Option<&str>, is_file: bool, content_types: &ContentTypes) -> Option<Kind> {
    let media_type = match content_type {
        Some(text) => Some(MediaType::new(text)?),
        None => None,
    };
    let format = media_type.as_ref().and_then(|media_type| content_types.format(media_type));
    match format {
        Some(BodyFormat::Json) => return Some(Kind::Json),
        Some(BodyFormat::NdJson) => return Some(Kind::NdJson),
        _ => {}
    }
    if !is_file && media_type.as_ref().is_none_or(MediaType::is_plain_text) {
        return Some(Kind::Text);
    }
    let is_nested = media_type.as_ref().is_some_and(MediaType::is_nested);
    let passes = format == Some(BodyFormat::Pass) || (is_file && format.is_none() && !is_nested);
    passes.then_some(Kind::Opaque)
}

impl Headers {
    fn read(text: &[u8]) -> Option<Self> {
        let text = core::str::from_utf8(text).ok()?;
        let mut headers = Self::default();
        let mut next = 0_usize;
        for line in text.split("\r\n") {
            let start = next;
            next = start.saturating_add(line.len()).saturating_add(2);
            let (name, value) = line.split_once(':')?;
            let blanks = value.len().saturating_sub(value.trim_start_matches([' ', '\t']).len());
            let value_start = start.saturating_add(name.len()).saturating_add(1).saturating_add(blanks);
            // Some of them end a line, to some parsers.
            let is_malformed = |character: char| {
                (character.is_control() && character != '\t') || matches!(character, '\u{2028}' | '\u{2029}')
            };
            if !is_token(name) || value.contains(is_malformed) {
                return None;
            }
            let value = trim(value);
            if name.eq_ignore_ascii_case("content-disposition") {
                let disposition = Disposition::read(value)?;
                if headers.disposition.replace(disposition).is_some() {
                    return None;
                }
            } else if name.eq_ignore_ascii_case("content-type") {
                if headers.content_type.replace(value.to_owned()).is_some() {
                    return None;
                }
            } else if name.eq_ignore_ascii_case("content-length") {
                if headers.length.replace((value.to_owned(), value_start)).is_some() {
                    return None;
                }
            } else if name.eq_ignore_ascii_case("content-transfer-encoding")
                && !["7bit", "8bit", "binary"].iter().any(|plain| value.eq_ignore_ascii_case(plain))
            {
                return None;
            }
        }
        Some(headers)
    }
}

impl Disposition {
    /// `form-data; name="…"; filename="…"` (RFC 7578, section 4.2), and nothing else: some parsers take `name=` wherever it stands, some put
    /// `name*0` together, and they disagree about backslashes and single quotation marks.
    fn read(value: &str) -> Option<Self> {
        let (kind, mut rest) = value.split_once(';').map(|(kind, rest)| (kind, Some(rest)))?;
        if !trim(kind).eq_ignore_ascii_case("form-data") || value.contains('\\') {
            return None;
        }
        let (mut name, mut is_file) = (None, false);
        while let Some(parameters) = rest {
            let (parameter, after) = next_parameter(parameters)?;
            rest = after;
            let Some((key, value)) = parameter else { continue };
            if value.starts_with('\'') {
                return None;
            }
            if key.eq_ignore_ascii_case("name")
                && name.is_none()
                && is_plain_name(&value)
                && !is_escaped(&value)
            {
                name = Some(value);
            } else if key.eq_ignore_ascii_case("filename") && !is_file {
                is_file = true;
            } else {
                return None;
            }
        }
        // `filename=` ends in it too.
        let names = value.to_ascii_lowercase().matches("name=").count();
        (names == if is_file { 2 } else { 1 }).then_some(Self { name: name?, is_file })
    }
}

/// Whether a name holds what browsers write for `"`, CR and LF (HTML, section 4.10.22.8), which some parsers undo and others do not, or an encoded
/// word (RFC 2047).
fn is_escaped(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["%22", "%0d", "%0a", "=?"].iter().any(|escape| name.contains(escape))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stand_between_delimiters() {
        let body = b"--b\r\nA: 1\r\n\r\nx\r\n--b\r\n\r\n--b--\r\n";
        assert_eq!(parts(body, "b").unwrap(), [5..14, 21..21]);
        assert!(parts(b"--b--", "b").unwrap().is_empty());
        assert_eq!(parts(b"---\r\nA\r\n-----", "-").unwrap().first(), Some(&(5..6)));
    }

    #[test]
    fn what_some_would_take_for_a_boundary_is_refused() {
        for body in [
            "",
            "--b",
            "--b\r\n",
            "\r\n--b\r\nA\r\n--b--",
            "x--b\r\nA\r\n--b--",
            "--b\nA\n--b--\n",
            "--b\r\nA\n--b--",
            "--b\r\nA--b\r\n--b--",
            "--b\r\nA\r\n--bc\r\n\r\n--b--",
            "--b \r\nA\r\n--b--",
            "--b\r\nA\r\n--b-",
            "--b\r\nA\r\n--b--\n",
            "--b\r\nA\r\n--b--\r\nx",
            "--b\r\nA\r\n--b--\r\n--b--",
            "--b\r\n--b--",
        ] {
            assert!(parts(body.as_bytes(), "b").is_err(), "{body:?}");
        }
    }

    #[test]
    fn names_are_read_from_plain_dispositions_alone() {
        let name = |value: &str| Disposition::read(value).map(|it| (it.name, it.is_file));
        assert_eq!(name("form-data; name=\"a b\""), Some(("a b".to_owned(), false)));
        assert_eq!(name("Form-Data ; filename=x;NAME=a"), Some(("a".to_owned(), true)));
        for value in [
            "form-data",
            "attachment; name=a",
            "form-data; name=a; name=b",
            "form-data; name*=utf-8''a; name=a",
            "form-data; name='a'",
            "form-data; name=\"a%22\"",
            "form-data; name=\" a\"",
            "form-data; name=\"a \"",
            "form-data; name=\"\u{feff}a\"",
            "form-data; name=\"=?utf-8?q?a?=\"",
            "form-data; name=\"[a]\"",
            "form-data; name=\"a\"; x=y",
            "form-data; name=\"a\"; name*0=\"b\"",
            "form-data; name=\"a\"; filename=\"; name=b\"",
            "form-data; name=\"a\"; filename*=utf-8''x",
            "form-data; name=\"a%0D%0a\"",
            "form-data; name=\"a\\\"\"",
            "form-data; name=a; filename=\"\\\"; name=b; z=\\\"\"",
            "form-data; name=\"a",
            "form-data; name=\"a\" b",
            "form-data, name=a",
            "form-data; name=a; filename=x; filename=y",
        ] {
            assert_eq!(name(value), None, "{value}");
        }
    }
}
