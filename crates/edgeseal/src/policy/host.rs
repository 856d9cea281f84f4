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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::public_key::PublicKey;

    const PUBLIC_PEM: &str = include_str!("../../../../test-vectors/keys/rsa2048-a.public.pem");

    fn policy(fields: &Value) -> (Policy, String) {
        let text = json!({
            "version": 1,
            "keys": { "b": { "public_key": PUBLIC_PEM }, "a": { "public_key": PUBLIC_PEM } },
            "fields": fields,
            "digest_headers": { "Digest": "recompute", "X-Signature": "refuse" },
        })
        .to_string();
        (Policy::from_json(text.as_bytes()).unwrap(), text)
    }

    #[test]
    fn a_host_is_told_which_parts_to_hand_over_and_what_becomes_of_digests() {
        let (policy, _) = policy(&json!([
            { "name": "two", "header": "X-Two", "key": "a" },
            { "name": "body", "path": "$.a", "key": "a" },
            { "name": "one", "header": "x-one", "key": "a" },
            { "name": "again", "header": "x-two", "key": "a", "methods": ["PUT"] },
            { "name": "query", "query": "q", "key": "a" },
        ]));
        let duties = policy.host_duties();
        assert!(duties.query());
        assert_eq!(duties.headers(), ["x-two", "x-one"]);
        let digests: Vec<_> = duties.digest_headers().map(|(name, action)| (name, action.as_str())).collect();
        let expected = [
            ("digest", "recompute"),
            ("x-signature", "refuse"),
            ("content-digest", "remove"),
            ("content-md5", "remove"),
            ("repr-digest", "remove"),
            ("x-amz-content-sha256", "recompute"),
        ];
        assert_eq!(digests, expected);
        let told: Value = serde_json::from_str(&duties.to_json()).unwrap();
        let digests: serde_json::Map<String, Value> =
            expected.iter().map(|(name, action)| ((*name).to_owned(), json!(action))).collect();
        assert_eq!(
            told,
            json!({ "digest": policy.digest(), "query": true, "headers": ["x-two", "x-one"], "digest_headers": digests })
        );
    }

    #[test]
    fn a_policy_tells_its_keys_and_the_digest_of_its_file() {
        use sha2::{Digest, Sha256};
        let (policy, text) = policy(&json!([{ "name": "body", "path": "$.a", "key": "a" }]));
        assert!(!policy.host_duties().query());
        assert!(policy.host_duties().headers().is_empty());
        let keys: Vec<&str> = policy.keys().map(|(id, _)| id.as_str()).collect();
        assert_eq!(keys, ["a", "b"]);
        assert!(policy.keys().all(|(_, key)| *key == PublicKey::from_pem(PUBLIC_PEM).unwrap()));
        let digest: String =
            Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(policy.digest(), digest);
    }
}
