//! What a reviewer of a policy would ask about.

mod notes;
mod unreachable;
mod warning;

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Mode, Policy, Rule};
use crate::config::child_pointer;
use crate::content_type::{BodyFormat, MediaType, Pattern};
use crate::label::{FieldName, KeyId};
pub use warning::{PolicyConcern, PolicyWarning};

impl Policy {
    /// What a reviewer of this policy would ask about, in the order of keys, rules and the rest. Nothing of it is a fault: the policy does
    /// what it says.
    pub fn review(&self) -> Vec<PolicyWarning> {
        let mut warnings = Vec::new();
        let mut warn = |pointer, concern| warnings.push(PolicyWarning { pointer, concern });
        self.review_keys(&mut warn);
        self.review_rules(&mut warn);
        for name in self.content_types.passed() {
            warn("/content_types".to_owned(), PolicyConcern::ContentTypePassed(name));
        }
        if !self.refuse_foreign_tokens {
            warn("/foreign_tokens".to_owned(), PolicyConcern::ForeignTokensAllowed);
        }
        if self.leftovers.is_some_and(|leftovers| !leftovers.refuse) {
            warn("/leftovers/action".to_owned(), PolicyConcern::LeftoversReported);
        }
        warnings
    }

    /// The same, and then notes: what is usual in a good policy, and what who reads it would still like to know.
    pub fn review_closely(&self) -> Vec<PolicyWarning> {
        let mut warnings = self.review();
        let mut note = |pointer, concern| warnings.push(PolicyWarning { pointer, concern });
        self.note_keys(&mut note);
        self.note_rules(&mut note);
        warnings
    }

    fn review_keys(&self, warn: &mut impl FnMut(String, PolicyConcern)) {
        let mut first_ids = BTreeMap::new();
        for (index, key) in self.keys.iter().enumerate() {
            let pointer = child_pointer("/keys", key.id.as_str());
            let rules = || self.rules.iter().filter(|rule| rule.key == index);
            if rules().next().is_none() {
                warn(pointer.clone(), PolicyConcern::KeyUnused);
            }
            match first_ids.get(key.public_key.spki_sha256()) {
                Some(first) => warn(pointer.clone(), PolicyConcern::KeyRepeated(KeyId::clone(first))),
                None => drop(first_ids.insert(key.public_key.spki_sha256(), key.id.clone())),
            }
            let is_direct = |rule: &&Rule| rule.mode != Mode::Envelope && !rule.reports;
            let direct: Vec<FieldName> = rules().filter(is_direct).map(|rule| rule.name.clone()).collect();
            if direct.len() > 1 {
                warn(pointer.clone(), PolicyConcern::KeyShared(direct));
            }
            if key.tags.is_some() {
                warn(pointer, PolicyConcern::TagsClassic);
            }
        }
    }

    fn review_rules(&self, warn: &mut impl FnMut(String, PolicyConcern)) {
        let (unreachable, limited) = (self.unreachable_rules(), self.limited_rules());
        for (index, rule) in (0_u32..).zip(&self.rules) {
            let pointer = format!("/fields/{index}");
            if let Some(by) = unreachable.get(&index) {
                let names = by.iter().filter_map(|other| Some(self.rule(*other)?.name.clone()));
                warn(pointer.clone(), PolicyConcern::RuleUnreachable(names.collect()));
            }
            if rule.reports {
                warn(pointer.clone(), PolicyConcern::RuleReports);
            }
            if let Some(example) = limited.get(&index) {
                warn(pointer.clone(), PolicyConcern::RuleLimited(example.clone()));
            }
            if self.reads_none_of(rule) {
                warn(pointer, PolicyConcern::RuleTypesUnread);
            }
        }
    }

    /// Whether a rule is limited to content types of which the policy reads none.
    fn reads_none_of(&self, rule: &Rule) -> bool {
        let named = self.content_types.named().filter_map(|(pattern, _)| pattern.example());
        let of_rule = rule.content_types.iter().filter_map(Pattern::example);
        let types: Vec<MediaType> = named.chain(of_rule).filter(|it| rule.applies_to(it)).collect();
        let is_read =
            |it: &MediaType| self.content_types.format(it).is_some_and(|format| format != BodyFormat::Pass);
        // A part of a form has a type of its own; the rule is asked about the form's.
        !rule.content_types.is_empty() && !types.iter().any(is_read)
    }

    pub(super) fn rule(&self, index: u32) -> Option<&Rule> {
        self.rules.get(usize::try_from(index).ok()?)
    }
}

#[cfg(test)]
mod tests;
