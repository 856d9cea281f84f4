//! Which tokens of a text are to be decrypted, and what they have to prove.

use std::sync::Arc;

use crate::field_path::FieldPath;
use crate::label::{FieldName, KeyId};
use crate::policy::Policy;

/// Which tokens are to be decrypted, and what they have to prove. By default all are, and nothing.
///
/// Tokens outside the selection stay in place and cost nothing; that is no failure. A token inside that lacks what is required counts as
/// one that does not open, without anybody being asked.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    pub(crate) keys: Vec<KeyId>,
    pub(crate) fields: Vec<FieldName>,
    pub(crate) paths: Vec<FieldPath>,
    pub(crate) policies: Vec<Arc<Policy>>,
    pub(crate) context: Vec<(String, String)>,
}

impl Selection {
    /// Only tokens under this key, or another that is named so.
    #[must_use]
    pub fn key(mut self, key_id: KeyId) -> Self {
        self.keys.push(key_id);
        self
    }

    /// Only tokens of this field, or another that is named so: the field to which an envelope token is bound; for a direct token, which is bound to
    /// none, the rule of a [`policy`](Self::policy) that would have put it in its place.
    #[must_use]
    pub fn field(mut self, name: FieldName) -> Self {
        self.fields.push(name);
        self
    }

    /// Only tokens in a value that this path, or another that is named so, matches. For JSON and NDJSON; elsewhere nothing matches.
    #[must_use]
    pub fn path(mut self, path: FieldPath) -> Self {
        self.paths.push(path);
        self
    }

    /// Requires that a token stands where a rule of this policy, or of another that is named so, would have put it: a whole JSON string that the
    /// rule's path matches, under the rule's key, in the rule's mode, and bound to the rule's name. For JSON and NDJSON; elsewhere no token does.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policies.push(Arc::new(policy));
        self
    }

    /// Requires a pair of every token's context: a token that is bound to something else does not open, nor does a direct token, which is
    /// bound to nothing.
    #[must_use]
    pub fn require_context(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.context.push((name.into(), value.into()));
        self
    }

    /// The pairs that are required.
    pub fn context(&self) -> impl Iterator<Item = (&str, &str)> {
        self.context.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}
