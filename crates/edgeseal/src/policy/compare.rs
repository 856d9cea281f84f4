//! What changes from one policy to another, by what it means for the values.

mod bodies;
mod change;
mod deciders;
mod loss;
mod members;
mod nulls;
mod rules;

use alloc::string::String;
use alloc::vec::Vec;

use super::Policy;
use super::budget::Budget;
use crate::label::{FieldName, KeyId};
pub use change::{ChangeEffect, ChangeSubject, PolicyChange};

impl Policy {
    /// What changes if this policy is replaced by a newer one, losses first.
    ///
    /// Protection is compared by the values that rules match, whatever the rules are called and however they are written. A value whose protection
    /// is lost is never missed, if the method of its request is known; where limits of rules overlap so that it cannot be told, or the policies
    /// together are too complex, something may be called lost that is not.
    ///
    /// ```
    /// # use edgeseal::{ChangeEffect, Policy};
    /// # let pem = include_str!("../../../../test-vectors/keys/rsa2048-a.public.pem");
    /// let policy = |path: &str| {
    ///     let text = format!(
    ///         r#"{{"version": 1, "keys": {{"a": {{"public_key": {pem:?}}}}},
    ///             "fields": [{{"name": "ssn", "path": "{path}", "key": "a"}}]}}"#
    ///     );
    ///     Policy::from_json(text.as_bytes()).unwrap()
    /// };
    /// let effects = |old: &str, new: &str| -> Vec<ChangeEffect> {
    ///     policy(old).changes_to(&policy(new)).iter().map(|change| change.effect()).collect()
    /// };
    /// assert_eq!(effects("$.user.ssn", "$..ssn"), [ChangeEffect::Other, ChangeEffect::Gain]);
    /// assert_eq!(effects("$..ssn", "$.user.ssn"), [ChangeEffect::Loss, ChangeEffect::Other]);
    /// assert_eq!(effects("$.user.ssn", "$['user']['ssn']"), []);
    /// ```
    pub fn changes_to(&self, new: &Self) -> Vec<PolicyChange> {
        let mut changes = Changes(Vec::new());
        let bodies = bodies::told_apart(self, new, &Budget::new(MOST_QUESTIONS));
        let bodies = bodies.as_deref().map_err(|error| *error);
        rules::compare(self, new, bodies, &mut changes);
        members::compare(self, new, bodies, &mut changes);
        let mut changes = changes.0;
        changes.sort_by_key(|change| change.effect);
        changes
    }
}

/// How often a content type is looked for among those that a policy names.
const MOST_QUESTIONS: usize = 1 << 25;

/// Differences, as they are found.
struct Changes(Vec<PolicyChange>);

impl Changes {
    fn field(&mut self, name: &FieldName, effect: ChangeEffect, code: &'static str, message: String) {
        self.add(ChangeSubject::Field(name.clone()), effect, code, message);
    }

    fn key(&mut self, id: &KeyId, effect: ChangeEffect, code: &'static str, message: String) {
        self.add(ChangeSubject::Key(id.clone()), effect, code, message);
    }

    fn member(&mut self, name: &'static str, effect: ChangeEffect, code: &'static str, message: String) {
        self.add(ChangeSubject::Member(name), effect, code, message);
    }

    fn add(&mut self, subject: ChangeSubject, effect: ChangeEffect, code: &'static str, message: String) {
        self.0.push(PolicyChange { effect, code, subject, message });
    }
}

#[cfg(test)]
mod tests;
