//! How a body is read: as its Content-Type (RFC 9110, section 8.3) says.

use edgeseal::{Delimiter, TextFormat};

use super::Failure;

/// The format of a body; `None` if the type says nothing about it.
///
/// A body whose parts or bytes would have to be taken apart first is refused: plaintext put in raw could end a part.
pub(super) fn format(content_type: &str) -> Result<Option<TextFormat>, Failure> {
    let unsupported = |message: &str| Failure::new("content_type_unsupported", message);
    let mut parts = content_type.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
    for parameter in parts {
        if let Some((name, value)) = parameter.split_once('=')
            && name.eq_ignore_ascii_case("charset")
            && !["utf-8", "us-ascii"].iter().any(|known| value.trim_matches('"').eq_ignore_ascii_case(known))
        {
            return Err(unsupported("the `Content-Type` has a charset other than UTF-8"));
        }
    }
    let Some((kind, subtype)) = essence.split_once('/') else { return Ok(None) };
    Ok(match (kind, subtype) {
        ("multipart" | "message", _) => return Err(unsupported("a body of several parts")),
        ("application", "x-ndjson" | "ndjson" | "jsonl" | "x-jsonlines") => Some(TextFormat::NdJson),
        ("application" | "text", "json") => Some(TextFormat::Json),
        ("application", "x-www-form-urlencoded") => Some(TextFormat::Form),
        ("text", "csv") => Some(TextFormat::Csv(Delimiter::Comma)),
        ("text", "tab-separated-values") => Some(TextFormat::Csv(Delimiter::Tab)),
        ("text", "plain") => Some(TextFormat::Text),
        (_, subtype) if subtype.ends_with("+json") => Some(TextFormat::Json),
        _ => None,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn types_say_how_a_body_is_read() {
        for (content_type, expected) in [
            ("application/json", Some(TextFormat::Json)),
            ("Application/JSON; Charset=\"UTF-8\"", Some(TextFormat::Json)),
            ("application/problem+json;charset=utf-8", Some(TextFormat::Json)),
            ("application/x-ndjson", Some(TextFormat::NdJson)),
            ("application/x-www-form-urlencoded", Some(TextFormat::Form)),
            ("text/csv; header=present", Some(TextFormat::Csv(Delimiter::Comma))),
            ("text/tab-separated-values", Some(TextFormat::Csv(Delimiter::Tab))),
            ("text/plain", Some(TextFormat::Text)),
            ("application/octet-stream", None),
            ("", None),
        ] {
            assert_eq!(format(content_type).unwrap(), expected, "{content_type}");
        }
        for refused in
            ["application/json; charset=utf-16", "multipart/form-data; boundary=b", "message/rfc822"]
        {
            assert_eq!(format(refused).unwrap_err().code(), "content_type_unsupported", "{refused}");
        }
    }
}
