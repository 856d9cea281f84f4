//! How a body is to be read, by its headers.

use axum::http::{HeaderMap, header};
use edgeseal::{Delimiter, TextFormat};

use super::problem::Problem;

/// The format of a body. What the request says counts more than its Content-Type.
pub(super) fn format(headers: &HeaderMap, said: Option<TextFormat>) -> Result<TextFormat, Problem> {
    let unsupported = |detail: &'static str| Problem::new("content_type_unsupported", detail);
    let mut encodings = headers.get_all(header::CONTENT_ENCODING).iter();
    if !encodings.all(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(Problem::new(
            "content_encoding_unsupported",
            "the body has to come without a content encoding",
        ));
    }
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let content_type = match (types.next(), types.next()) {
        (None, _) => return said.ok_or_else(|| unsupported("there is no Content-Type")),
        (Some(one), None) => one.to_str().map_err(|_| unsupported("the Content-Type is malformed"))?,
        (Some(_), Some(_)) => return Err(unsupported("there is more than one Content-Type")),
    };
    let mut parts = content_type.split(';');
    let essence = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
    for parameter in parts {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let is_charset = name.trim().eq_ignore_ascii_case("charset");
        if is_charset && !value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8") {
            return Err(unsupported("the charset has to be utf-8"));
        }
    }
    said.or_else(|| of_type(&essence)).ok_or_else(|| {
        unsupported("texts of the Content-Type are not decrypted; `format` says how to read it")
    })
}

fn of_type(essence: &str) -> Option<TextFormat> {
    let (kind, subtype) = essence.split_once('/')?;
    Some(match (kind, subtype) {
        // By their old names too: put into JSON as if it were text, a quotation mark would end a string.
        ("application" | "text", "json") => TextFormat::Json,
        (
            "application" | "text",
            "x-ndjson" | "ndjson" | "jsonl" | "x-jsonl" | "jsonlines" | "x-jsonlines",
        ) => TextFormat::NdJson,
        (_, subtype) if subtype.ends_with("+json") => TextFormat::Json,
        ("application", "x-www-form-urlencoded") => TextFormat::Form,
        ("application", "octet-stream") => TextFormat::Text,
        ("text", "csv") => TextFormat::Csv(Delimiter::Comma),
        ("text", "tab-separated-values") => TextFormat::Csv(Delimiter::Tab),
        ("text", subtype) if !subtype.is_empty() => TextFormat::Text,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(headers: &[(&'static str, &str)], said: Option<TextFormat>) -> Result<TextFormat, &'static str> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().expect("a value"));
        }
        format(&map, said).map_err(|problem| problem.code())
    }

    #[test]
    fn each_content_type_has_its_format() {
        for (content_type, format) in [
            ("application/json", TextFormat::Json),
            ("Application/JSON ; charset=UTF-8", TextFormat::Json),
            ("application/vnd.shop+json", TextFormat::Json),
            ("text/json", TextFormat::Json),
            ("application/x-ndjson", TextFormat::NdJson),
            ("application/jsonl", TextFormat::NdJson),
            ("application/x-www-form-urlencoded", TextFormat::Form),
            ("text/plain;charset=\"utf-8\"", TextFormat::Text),
            ("text/html", TextFormat::Text),
            ("text/csv; header=present", TextFormat::Csv(Delimiter::Comma)),
            ("text/tab-separated-values", TextFormat::Csv(Delimiter::Tab)),
            ("application/octet-stream", TextFormat::Text),
        ] {
            assert_eq!(of(&[("content-type", content_type)], None), Ok(format), "{content_type}");
        }
        assert_eq!(of(&[("content-type", "image/png")], Some(TextFormat::Json)), Ok(TextFormat::Json));
        assert_eq!(of(&[], Some(TextFormat::Form)), Ok(TextFormat::Form));
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for content_type in
            ["", "json", "text/", "image/png", "multipart/form-data; boundary=x", "application/json-seq"]
        {
            assert_eq!(
                of(&[("content-type", content_type)], None),
                Err("content_type_unsupported"),
                "{content_type}"
            );
        }
        for said in [None, Some(TextFormat::Text)] {
            for content_type in [
                "text/plain; charset=latin1",
                "text/plain; x=y; Charset = utf-16",
                "text/plain; charset",
                "text/plain;charset=utf-8;charset=x",
            ] {
                assert_eq!(
                    of(&[("content-type", content_type)], said),
                    Err("content_type_unsupported"),
                    "{content_type}"
                );
            }
            let twice = [("content-type", "text/plain"), ("content-type", "text/plain")];
            assert_eq!(of(&twice, said), Err("content_type_unsupported"));
            for encoding in ["gzip", "identity, gzip", ""] {
                let headers = [("content-type", "text/plain"), ("content-encoding", encoding)];
                assert_eq!(of(&headers, said), Err("content_encoding_unsupported"), "{encoding}");
            }
        }
        assert_eq!(of(&[], None), Err("content_type_unsupported"));
        assert_eq!(
            of(&[("content-type", "text/plain"), ("content-encoding", "Identity")], None),
            Ok(TextFormat::Text)
        );
    }
}
