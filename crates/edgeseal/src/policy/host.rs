//! What a policy asks of the host that runs it, beside the body.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Serialize, Serializer};

use super::digest_headers::DigestAction;
use super::{Policy, Target};

/// What the host of an encryptor has to do: which parts of a request to hand over, and what becomes of digests of a body.
#[derive(Clone, Debug, Serialize)]
pub struct HostDuties<'p> {
    digest: &'p str,
    query: bool,
    headers: Vec<&'p str>,
    #[serde(serialize_with = "as_words")]
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
        // Labels, words and flags always have a JSON text.
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn as_words<S: Serializer>(actions: &&[(Box<str>, DigestAction)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(actions.iter().map(|(name, action)| (name, action.as_str())))
}
