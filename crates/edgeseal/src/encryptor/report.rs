//! What was encrypted, in numbers.

use serde::{Serialize, Serializer};

use crate::label::{FieldName, KeyId};

/// How many values were encrypted, by field rule and by key id. Holds no value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct EncryptReport {
    values: usize,
    #[serde(serialize_with = "as_map")]
    rules: Vec<(FieldName, usize)>,
    #[serde(serialize_with = "as_map")]
    keys: Vec<(KeyId, usize)>,
}

impl EncryptReport {
    pub(super) fn new(rules: Vec<(FieldName, usize)>, keys: Vec<(KeyId, usize)>) -> Self {
        Self { values: rules.iter().fold(0, |sum, (_, count)| sum.saturating_add(*count)), rules, keys }
    }

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

    /// `{"values":3,"rules":{"ssn":2,"email":1},"keys":{"pii-2026a":2,"contact-1":1}}`
    pub fn to_json(&self) -> String {
        // Labels and numbers always have a JSON text.
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn as_map<K: core::fmt::Display, S: Serializer>(
    counts: &[(K, usize)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(counts.iter().map(|(label, count)| (label.to_string(), count)))
}
