//! Which tokens of a text are to be decrypted, and what they have to prove.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::field_path::{FieldPath, FindError, NameMatch};
use crate::label::{FieldName, KeyId};
use crate::matcher::Matcher;
use crate::policy::Policy;

/// Which tokens are to be decrypted, and what they have to prove. By default all are, and nothing. A [`Scanner`](crate::Scanner) applies it.
///
/// Tokens outside the selection stay in place and cost nothing; that is no failure. A token inside that lacks what is required counts as
/// one that does not open, without anybody being asked.
///
/// Keys, fields and paths all have to include a token, as far as each is named. Of what is no whole token, the key and the field are not
/// known: by them it is not left out. An envelope whose header is not what it has to be is of no field.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    pub(super) keys: Vec<KeyId>,
    pub(super) fields: Vec<FieldName>,
    paths: Vec<FieldPath>,
    /// Of the paths, if there are any.
    pub(super) matcher: Option<Arc<Matcher>>,
    pub(super) policies: Vec<Arc<Policy>>,
    pub(super) context: Vec<(String, String)>,
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

    /// Only tokens in a value that this path, or another that is named so, matches, or deeper in it, member names included. For JSON and
    /// NDJSON; elsewhere nothing matches.
    ///
    /// # Errors
    /// [`FindError::PathTooComplex`] if the paths together need too large an automaton.
    pub fn path(mut self, path: FieldPath) -> Result<Self, FindError> {
        self.paths.push(path);
        let paths: Vec<_> = self.paths.iter().map(|path| (0, path, NameMatch::Exact)).collect();
        self.matcher = Some(Arc::new(Matcher::new(&paths).ok_or(FindError::PathTooComplex)?));
        Ok(self)
    }

    /// Requires that a token stands where a rule of this policy, or of another that is named so, would have put it: a whole JSON string that the
    /// rule's path matches, under the rule's key, in the rule's mode, and, if it is bound to anything, to the rule's name and the policy's
    /// context. For JSON and NDJSON; elsewhere no token does.
    ///
    /// To which requests and content types a rule is limited does not matter here.
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
