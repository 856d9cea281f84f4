//! Errors as clients see them (RFC 9457): a stable code, and never a value, a token or a byte of a body.

use std::borrow::Cow;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use edgeseal_decryptor::{DecryptError, KeyError};
use serde::Serialize;

/// The codes, and the status that each is answered with.
pub(super) const CODES: [(&str, StatusCode); 26] = [
    ("body_incomplete", StatusCode::BAD_REQUEST),
    ("body_not_utf8", StatusCode::BAD_REQUEST),
    ("csv_invalid", StatusCode::BAD_REQUEST),
    ("json_invalid", StatusCode::BAD_REQUEST),
    ("json_too_deep", StatusCode::BAD_REQUEST),
    ("parameter_invalid", StatusCode::BAD_REQUEST),
    ("parameter_unknown", StatusCode::BAD_REQUEST),
    ("unauthorized", StatusCode::UNAUTHORIZED),
    ("access_denied", StatusCode::FORBIDDEN),
    ("host_refused", StatusCode::FORBIDDEN),
    ("origin_refused", StatusCode::FORBIDDEN),
    ("selection_refused", StatusCode::FORBIDDEN),
    ("not_found", StatusCode::NOT_FOUND),
    ("method_not_allowed", StatusCode::METHOD_NOT_ALLOWED),
    ("body_timeout", StatusCode::REQUEST_TIMEOUT),
    ("body_too_large", StatusCode::PAYLOAD_TOO_LARGE),
    ("piece_too_long", StatusCode::PAYLOAD_TOO_LARGE),
    ("content_encoding_unsupported", StatusCode::UNSUPPORTED_MEDIA_TYPE),
    ("content_type_unsupported", StatusCode::UNSUPPORTED_MEDIA_TYPE),
    ("decryption_failed", StatusCode::UNPROCESSABLE_ENTITY),
    ("internal", StatusCode::INTERNAL_SERVER_ERROR),
    ("calls_exhausted", StatusCode::SERVICE_UNAVAILABLE),
    ("key_unavailable", StatusCode::SERVICE_UNAVAILABLE),
    ("not_ready", StatusCode::SERVICE_UNAVAILABLE),
    ("overloaded", StatusCode::SERVICE_UNAVAILABLE),
    ("deadline_passed", StatusCode::GATEWAY_TIMEOUT),
];

/// An error on its way to a client. Its body is written where the request's id is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    code: &'static str,
    status: StatusCode,
    detail: Cow<'static, str>,
    allow: Option<&'static str>,
}

impl Problem {
    /// A code that the table does not have is `internal`, and its detail is for nobody.
    pub(super) fn new(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        match CODES.iter().find(|known| known.0 == code) {
            Some((code, status)) => Self { code, status: *status, detail: detail.into(), allow: None },
            None => Self {
                code: "internal",
                status: StatusCode::INTERNAL_SERVER_ERROR,
                detail: "the service failed".into(),
                allow: None,
            },
        }
    }

    pub(super) fn method_not_allowed(allow: &'static str) -> Self {
        let problem = Self::new("method_not_allowed", "the resource does not have the method");
        Self { allow: Some(allow), ..problem }
    }

    pub(super) fn code(&self) -> &'static str {
        self.code
    }

    /// The answer, for a request with this id.
    pub(super) fn answer(&self, request_id: &str) -> Response {
        let body = Body {
            kind: "about:blank",
            title: self.status.canonical_reason().unwrap_or_default(),
            status: self.status.as_u16(),
            detail: &self.detail,
            code: self.code,
            request_id,
        };
        // Strings and numbers always have a JSON text.
        let body = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
        }
        if let Some(allow) = self.allow {
            headers.insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        response
    }

    fn retry_after(&self) -> Option<&'static str> {
        match self.code {
            "overloaded" => Some("1"),
            _ if self.status == StatusCode::SERVICE_UNAVAILABLE => Some("5"),
            _ => None,
        }
    }
}

impl From<DecryptError> for Problem {
    fn from(error: DecryptError) -> Self {
        match &error {
            // Where keys lie is not the clients' business; the log says it.
            DecryptError::Key(KeyError::Unreadable { key_id, .. } | KeyError::Refused { key_id, .. }) => {
                tracing::error!(target: "edgeseal::serve", code = error.code(), "{error}");
                Self::new("key_unavailable", format!("the private key `{key_id}` cannot be used"))
            }
            _ => Self::new(error.code(), error.to_string()),
        }
    }
}

/// What comes of a handler: the router writes it out.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// `type` is `about:blank`: there is nothing to read beyond the code, which docs/ERRORS.md explains.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: &'a str,
    code: &'static str,
    request_id: &'a str,
}
