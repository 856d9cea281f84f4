//! HTTP requests of API Gateway (payload formats 1.0 and 2.0), function URLs and Application Load Balancers, and their answers.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use edgeseal::TextFormat;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::{Failure, media_type, texts};
use crate::{Report, Run};

const PROBLEM: &str = "application/problem+json";

/// Longest answer, in bytes: 6 MB of a function that does not stream (AWS Lambda, Quotas), less what stands around a body.
const MAX_ANSWER_BYTES: usize = 6_000_000 - 16_384;

/// The body of a request, and what it needs for its answer.
pub(super) struct Request {
    body: Zeroizing<Vec<u8>>,
    content_type: String,
    format: Option<TextFormat>,
}

/// How headers are written: a load balancer that sends lists wants lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Style {
    lists: bool,
    load_balancer: bool,
}

impl Style {
    pub(super) fn of(event: &Value) -> Self {
        let load_balancer = event.pointer("/requestContext/elb").is_some();
        Self { lists: load_balancer && event.get("multiValueHeaders").is_some(), load_balancer }
    }
}

impl Request {
    pub(super) fn read(event: &Value, usual: Option<TextFormat>) -> Result<Self, Failure> {
        let encoding = header(event, "content-encoding").unwrap_or_default();
        if !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity") {
            let message = "the `Content-Encoding` is not `identity`";
            return Err(Failure::new("content_encoding_unsupported", message));
        }
        let content_type = header(event, "content-type").unwrap_or_default().to_owned();
        let format = media_type::format(&content_type)?.or(usual);
        let is_base64 = event.get("isBase64Encoded").and_then(Value::as_bool).unwrap_or(false);
        let body = match event.get("body") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::String(body)) if is_base64 => texts::decode(body)?,
            Some(Value::String(body)) => body.clone().into_bytes(),
            Some(_) => return Err(Failure::event("a `body` that is not a string")),
        };
        Ok(Self { body: body.into(), content_type, format })
    }

    /// Nothing but a body.
    pub(super) fn of_body(body: String, usual: Option<TextFormat>) -> Self {
        Self { body: body.into_bytes().into(), content_type: String::new(), format: usual }
    }

    pub(super) async fn answer(self, run: &Run, style: Style) -> Result<Value, Failure> {
        let decrypted = run.decrypt(&self.body, self.format).await?;
        let (body, is_base64) = match core::str::from_utf8(&decrypted.body) {
            Ok(text) => (text.to_owned(), false),
            Err(_) => (STANDARD.encode(&*decrypted.body), true),
        };
        // In JSON, most characters take one byte, and a quotation mark two.
        let escaped = body.bytes().filter(|byte| matches!(byte, b'"' | b'\\' | ..b' ')).count();
        if body.len().saturating_add(escaped) > MAX_ANSWER_BYTES {
            let message = "the decrypted body is longer than an answer of AWS Lambda";
            return Err(Failure::new("output_too_large", message));
        }
        let mut headers = counts(&decrypted.report);
        if !self.content_type.is_empty() {
            headers.insert("content-type".to_owned(), self.content_type.into());
        }
        Ok(answer(200, headers, body, is_base64, style))
    }
}

/// The answer that says what failed (RFC 9457). Which key it was, and where that should be, is in the log alone.
pub(super) fn problem(failure: &Failure, style: Style) -> Value {
    let status = failure.status();
    let detail = if status == 503 { "a key cannot be used".to_owned() } else { failure.to_string() };
    let code = match failure.code() {
        "io_failed" | "key_file_refused" => "key_unavailable",
        code => code,
    };
    let body = json!({
        "type": "about:blank",
        "title": reason(status),
        "status": status,
        "code": code,
        "detail": detail,
    });
    let headers = Map::from_iter([("content-type".to_owned(), PROBLEM.into())]);
    answer(status, headers, body.to_string(), false, style)
}

fn answer(
    status: u16,
    mut headers: Map<String, Value>,
    body: String,
    is_base64: bool,
    style: Style,
) -> Value {
    headers.insert("cache-control".to_owned(), "no-store".into());
    let mut answer = json!({ "statusCode": status, "body": body, "isBase64Encoded": is_base64 });
    let (name, headers) = if style.lists {
        ("multiValueHeaders", headers.into_iter().map(|(name, value)| (name, json!([value]))).collect())
    } else {
        ("headers", headers)
    };
    if let Value::Object(members) = &mut answer {
        members.insert(name.to_owned(), Value::Object(headers));
        if style.load_balancer {
            members.insert("statusDescription".to_owned(), format!("{status} {}", reason(status)).into());
        }
    }
    answer
}

fn counts(report: &Report) -> Map<String, Value> {
    let counts = [
        ("edgeseal-tokens-found", report.found()),
        ("edgeseal-tokens-decrypted", report.decrypted()),
        ("edgeseal-tokens-kept", report.kept()),
        ("edgeseal-tokens-skipped", report.skipped()),
    ];
    counts.into_iter().map(|(name, count)| (name.to_owned(), count.to_string().into())).collect()
}

/// A header of a request, whatever the case of its name. Of several, the last, as API Gateway has it.
fn header<'e>(event: &'e Value, wanted: &str) -> Option<&'e str> {
    let named = |member: &str| {
        let headers = event.get(member)?.as_object()?;
        headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value)
    };
    named("headers")
        .and_then(Value::as_str)
        .or_else(|| named("multiValueHeaders")?.as_array()?.last()?.as_str())
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        403 => "Forbidden",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Error",
    }
}
