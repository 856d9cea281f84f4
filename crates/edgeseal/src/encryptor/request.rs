//! What goes in and what comes out.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;

use super::EncryptReport;

/// A request, as far as a policy looks at it.
#[derive(Clone, Copy, Default)]
pub struct Request<'r> {
    /// The method; if it is not known, no rule is left out for it.
    pub method: Option<&'r str>,
    /// The path, as it was sent; if it is not known, no rule is left out for it.
    pub path: Option<&'r str>,
    /// The query string, without `?`.
    pub query: Option<&'r str>,
    /// Name and value of header fields; those that no rule is for need not be here.
    pub headers: &'r [(&'r str, &'r str)],
    /// The `Content-Type` of the body.
    pub content_type: Option<&'r str>,
    /// The body; without one, no rule with a path is asked.
    pub body: Option<&'r [u8]>,
}

/// A request that may go on to the origin.
#[derive(Clone, PartialEq, Eq)]
pub struct EncryptedRequest<'r> {
    /// The body, if there was one; borrowed if nothing in it had to be encrypted.
    pub body: Option<Cow<'r, [u8]>>,
    /// The query string, if there was one; borrowed if nothing in it had to be encrypted.
    pub query: Option<Cow<'r, str>>,
    /// The values of the header fields, in the order in which they were given; each borrowed if it stays.
    pub headers: Vec<Cow<'r, str>>,
    /// What was encrypted, in numbers.
    pub report: EncryptReport,
}

/// A body that may go on to the origin.
#[derive(Clone, PartialEq, Eq)]
pub struct Encrypted<'b> {
    /// The body; borrowed if nothing in it had to be encrypted.
    pub body: Cow<'b, [u8]>,
    /// What was encrypted, in numbers.
    pub report: EncryptReport,
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("method", &self.method).finish_non_exhaustive()
    }
}

impl fmt::Debug for EncryptedRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncryptedRequest").field("report", &self.report).finish_non_exhaustive()
    }
}

impl fmt::Debug for Encrypted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encrypted").field("report", &self.report).finish_non_exhaustive()
    }
}
