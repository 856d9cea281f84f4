//! What can go wrong between the SDK and AWS KMS.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

/// What the proxy does instead of passing a reply on.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// An error in the form of AWS's JSON protocol.
    Error(u16, &'static str),
    /// A status with an empty body, as of a load balancer.
    Status(u16),
    /// A reply of status 200 with this body.
    Body(&'static str),
    /// The reply, after a while.
    Slow(Duration),
    /// The reply, once the test says so.
    Until(Arc<Notify>),
    /// No reply, ever.
    Hang,
    /// The connection ends once the request is read.
    CutBefore,
    /// It ends within the head of the reply.
    CutInHead,
    /// It ends within the body of the reply.
    CutInBody,
    /// A body of [`OVERSIZED`] bytes, announced or not.
    Oversized { announced: bool },
    /// The reply, with a member changed or, without a value, left out.
    Member(&'static str, Option<&'static str>),
}

pub(crate) const OVERSIZED: usize = 64 << 20;

/// KMS answers 400 (AWS KMS API Reference, Common Error Types); the emulator 403.
pub(crate) const ACCESS_DENIED: Fault = Fault::Error(400, "AccessDeniedException");
pub(crate) const THROTTLED: Fault = Fault::Error(400, "ThrottlingException");

/// What a reply with this status and body is on the wire.
pub(crate) fn reply(status: u16, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status} Reply\r\ncontent-type: application/x-amz-json-1.1\r\nx-amzn-requestid: made-by-the-proxy\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

pub(crate) fn error(status: u16, code: &str) -> Vec<u8> {
    error_with(status, code, "a message of the service")
}

pub(crate) fn error_with(status: u16, code: &str, message: &str) -> Vec<u8> {
    reply(status, serde_json::json!({ "__type": code, "message": message }).to_string().as_bytes())
}

/// A reply of the emulator with a member of its body changed.
pub(crate) fn with_member(whole: &[u8], name: &str, value: Option<&str>) -> Vec<u8> {
    let (_, body) = crate::proxy::split(whole).unwrap();
    let mut members: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(body).unwrap();
    assert!(members.remove(name).is_some());
    if let Some(value) = value {
        members.insert(name.to_owned(), value.into());
    }
    reply(200, &serde_json::to_vec(&members).unwrap())
}
