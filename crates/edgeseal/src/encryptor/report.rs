//! What was encrypted, in numbers.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::{Serialize, Serializer};

use crate::label::{FieldName, KeyId};

/// How many values were encrypted, by field rule and by key id. Holds no value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct EncryptReport {
    pub(super) values: usize,
    #[serde(serialize_with = "as_map")]
    pub(super) rules: Vec<(FieldName, usize)>,
    #[serde(serialize_with = "as_map")]
    pub(super) keys: Vec<(KeyId, usize)>,
    #[serde(serialize_with = "as_map", skip_serializing_if = "Vec::is_empty")]
    pub(super) reported: Vec<(FieldName, usize)>,
    #[serde(serialize_with = "as_map", skip_serializing_if = "Vec::is_empty")]
    pub(super) would_refuse: Vec<(FieldName, usize)>,
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) leftovers: usize,
}

impl EncryptReport {
    /// All values.
    pub fn values(&self) -> usize {
        self.values
    }

    /// Values by field rule, in the order of the policy; rules without one are left out.
    pub fn rules(&self) -> &[(FieldName, usize)] {
        &self.rules
    }

    /// Values by key id, in the order of the policy; keys without one are left out.
    pub fn keys(&self) -> &[(KeyId, usize)] {
        &self.keys
    }

    /// Values that were left in plain text because their rule's action is `report`, by rule.
    pub fn reported(&self) -> &[(FieldName, usize)] {
        &self.reported
    }

    /// How often a rule with action `report` would have had the request refused, by rule.
    pub fn would_refuse(&self) -> &[(FieldName, usize)] {
        &self.would_refuse
    }

    /// Protected values that also stand elsewhere in the body, if the policy has them looked for and counted.
    pub fn leftovers(&self) -> usize {
        self.leftovers
    }

    /// `{"values":3,"rules":{"ssn":2,"email":1},"keys":{"pii-2026a":2,"contact-1":1}}`, then `reported`, `would_refuse` and
    /// `leftovers` if there are any.
    pub fn to_json(&self) -> String {
        // Labels and numbers always have a JSON text.
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

fn as_map<K: core::fmt::Display, S: Serializer>(
    counts: &[(K, usize)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(counts.iter().map(|(label, count)| (label.to_string(), count)))
}
