//! What a policy asks of the host that runs it, beside the body.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::digest_headers::DigestAction;
use super::{Policy, Target};
use crate::json::{JsonObject, array, quoted};

/// What the host of an encryptor has to do: which parts of a request to hand over, and what becomes of digests of a body.
#[derive(Clone, Debug)]
pub struct HostDuties<'p> {
    digest: &'p str,
    query: bool,
    headers: Vec<&'p str>,
    digest_headers: &'p [(Box<str>, DigestAction)],
}

impl<'p> HostDuties<'p> {
    pub(super) fn of(policy: &'p Policy) -> Self {
        let mut headers: Vec<&str> = Vec::new();
        for rule in &policy.rules {
            if let Target::Header(name) = &rule.target
                && !headers.contains(&&**name)
            {
                headers.push(name);
            }
        }
        Self {
            digest: &policy.digest,
            query: policy.rules.iter().any(|rule| matches!(rule.target, Target::Query(_))),
            headers,
            digest_headers: &policy.digest_headers,
        }
    }

    /// Whether some rule is for query parameters.
    pub fn query(&self) -> bool {
        self.query
    }

    /// The headers that rules are for, in lower case, in the order of the policy.
    pub fn headers(&self) -> &[&'p str] {
        &self.headers
    }

    /// What becomes of headers that carry a digest of a body that is changed, by lower-case name.
    pub fn digest_headers(&self) -> impl Iterator<Item = (&'p str, DigestAction)> {
        self.digest_headers.iter().map(|(name, action)| (&**name, *action))
    }

    /// `{"digest":"…","query":false,"headers":[],"digest_headers":{"content-md5":"remove",…}}`
    pub fn to_json(&self) -> String {
        let mut digest_headers = JsonObject::new();
        for (name, action) in self.digest_headers() {
            digest_headers.text(name, action.as_str());
        }
        JsonObject::new()
            .text("digest", self.digest)
            .json("query", if self.query { "true" } else { "false" })
            .json("headers", &array(self.headers.iter().map(|name| quoted(name))))
            .json("digest_headers", &digest_headers.end())
            .end()
    }
}
