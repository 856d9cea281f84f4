//! What was encrypted, in numbers.

use alloc::string::String;
use alloc::vec::Vec;

use crate::json::JsonObject;
use crate::label::{FieldName, KeyId};

/// How many values were encrypted, by field rule and by key id. Holds no value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EncryptReport {
    pub(super) values: usize,
    pub(super) rules: Vec<(FieldName, usize)>,
    pub(super) keys: Vec<(KeyId, usize)>,
    pub(super) reported: Vec<(FieldName, usize)>,
    pub(super) would_refuse: Vec<(FieldName, usize)>,
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
        let mut report = JsonObject::new();
        report
            .number("values", self.values)
            .json("rules", &counts(&self.rules, FieldName::as_str))
            .json("keys", &counts(&self.keys, KeyId::as_str));
        for (name, rules) in [("reported", &self.reported), ("would_refuse", &self.would_refuse)] {
            if !rules.is_empty() {
                report.json(name, &counts(rules, FieldName::as_str));
            }
        }
        if self.leftovers > 0 {
            report.number("leftovers", self.leftovers);
        }
        report.end()
    }
}

fn counts<K>(counts: &[(K, usize)], name: impl Fn(&K) -> &str) -> String {
    let mut object = JsonObject::new();
    for (label, count) in counts {
        object.number(name(label), *count);
    }
    object.end()
}
