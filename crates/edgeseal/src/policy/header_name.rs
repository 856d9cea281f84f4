//! Names of request headers that a policy may name.

use alloc::boxed::Box;

use crate::content_type::is_token;
use crate::sizes::MAX_HEADER_NAME_CHARS;

/// What such a name looks like, for error messages.
pub(super) const EXPECTED: &str =
    "the name of a header (RFC 9110 token, at most 64 characters) that does not frame or route the message";

/// Headers that frame or route the message, or that a CDN does not let a function change.
const RESERVED: [&str; 16] = [
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "x-cache",
    "x-forwarded-proto",
    "x-real-ip",
];
const RESERVED_PREFIXES: [&str; 5] = ["if-", "proxy-", "x-accel-", "x-amz-cf-", "x-edge-"];

/// The name in lower case, if a policy may name the header.
pub(super) fn read(text: &str) -> Option<Box<str>> {
    let name = text.to_ascii_lowercase();
    let is_reserved =
        RESERVED.contains(&name.as_str()) || RESERVED_PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    (is_token(&name) && name.len() <= MAX_HEADER_NAME_CHARS && !is_reserved).then(|| name.into())
}
