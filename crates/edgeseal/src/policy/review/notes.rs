//! What a reviewer would like to know, and what is usual in a good policy.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::warning::PolicyConcern;
use crate::config::child_pointer;
use crate::field_path::{FieldPath, NameMatch};
use crate::fold::{fold, fold_is_plain};
use crate::label::{FieldName, KeyId};
use crate::policy::exposure::{Target, exposed};
use crate::policy::rule::Target as RuleTarget;
use crate::policy::{DataKeyReuse, Mode, Policy, Rule};

impl Policy {
    pub(super) fn note_keys(&self, note: &mut impl FnMut(String, PolicyConcern)) {
        let bits = |index: usize| {
            self.keys.get(index).map(|key| key.public_key.size().modulus_bytes().saturating_mul(8))
        };
        let most = (0..self.keys.len()).filter_map(bits).max();
        for (index, key) in self.keys.iter().enumerate() {
            let pointer = || child_pointer("/keys", key.id.as_str());
            if let (Some(bits), Some(most)) = (bits(index), most)
                && bits < most
            {
                note(pointer(), PolicyConcern::KeySmaller { bits, most });
            }
            let names = |is_envelope: bool| -> Vec<FieldName> {
                let rules = self.rules.iter().filter(|rule| rule.key == index && !rule.reports);
                rules
                    .filter(|rule| (rule.mode == Mode::Envelope) == is_envelope)
                    .map(|rule| rule.name.clone())
                    .collect()
            };
            let (direct, envelope) = (names(false), names(true));
            if !direct.is_empty() && !envelope.is_empty() {
                note(pointer(), PolicyConcern::KeyModesMixed { direct, envelope });
            }
            if let Some(DataKeyReuse { max_values: values, max_age }) = key.data_key_reuse {
                let pointer = format!("{}/data_key_reuse", pointer());
                note(pointer, PolicyConcern::DataKeyReused { values, seconds: max_age.as_secs() });
            }
        }
    }

    pub(super) fn note_rules(&self, note: &mut impl FnMut(String, PolicyConcern)) {
        let unreachable = self.unreachable_rules();
        let before = self.rules_before();
        let elsewhere = self.names_elsewhere();
        let of_name = self.rules_of_name();
        for (number, index) in (0_u32..).zip(0..self.rules.len()) {
            let pointer = || format!("/fields/{number}");
            if let Some(before) = before.get(&number).filter(|_| !unreachable.contains_key(&number)) {
                let names = |rules: &BTreeSet<u32>| -> Vec<FieldName> {
                    rules.iter().filter_map(|other| Some(self.rule(*other)?.name.clone())).collect()
                };
                let (earlier, around) = (names(&before.earlier), names(&before.around));
                note(pointer(), PolicyConcern::RulesOverlap { earlier, around });
            }
            if let Some((name, example)) = elsewhere.get(&index) {
                note(
                    pointer(),
                    PolicyConcern::NameElsewhere { name: name.clone(), example: example.clone() },
                );
            }
            if let Some((name, keys)) = of_name.get(&index) {
                note(pointer(), PolicyConcern::NameManyKeys { name: name.clone(), keys: keys.clone() });
            }
        }
        let names = |wanted: &dyn Fn(&Rule) -> bool| -> Vec<FieldName> {
            self.rules.iter().filter(|rule| wanted(rule)).map(|rule| rule.name.clone()).collect()
        };
        let exact = self.spelled_exactly();
        if !exact.is_empty() {
            note("/fields".to_owned(), PolicyConcern::NamesExact(exact));
        }
        let keeps_null =
            |rule: &Rule| matches!(rule.target, RuleTarget::Path(_)) && !rule.encrypt_null && !rule.reports;
        let kept = names(&keeps_null);
        if !kept.is_empty() {
            note("/fields".to_owned(), PolicyConcern::NullKept(kept));
        }
    }

    /// Rules limited to some requests, outside of which some value that they match is not encrypted: with a way to such a value.
    pub(super) fn limited_rules(&self) -> BTreeMap<u32, String> {
        let limited = (0_u32..).zip(&self.rules).filter(|(_, rule)| !rule.is_unlimited() && !rule.reports);
        limited
            .filter_map(|(index, rule)| {
                // Outside all of its limits at once, those rules alone are there that have none.
                let path = rule.as_path();
                let found = self.exposed(rule, &[(&path, rule.name_match())], Rule::is_unlimited);
                Some((index, found.into_iter().next().flatten()?))
            })
            .collect()
    }

    /// For the first rule of each name: a way to a value of that name which stays.
    fn names_elsewhere(&self) -> BTreeMap<usize, (Box<str>, String)> {
        let (mut seen, mut found) = (BTreeSet::new(), BTreeMap::new());
        for (index, rule) in self.rules.iter().enumerate().filter(|(_, rule)| !rule.reports) {
            let RuleTarget::Path(path) = &rule.target else { continue };
            let Some(name) = path.last_name() else { continue };
            if !seen.insert(name) {
                continue;
            }
            let anywhere = FieldPath::anywhere(name);
            let is_there = |other: &Rule| other.is_for_all_of(rule);
            let ways = self.exposed(rule, &[(&anywhere, rule.match_names)], is_there);
            if let Some(Some(way)) = ways.into_iter().next() {
                found.insert(index, (name.into(), way));
            }
        }
        found
    }

    /// Rules for names that an origin may know by other spellings, which stay.
    fn spelled_exactly(&self) -> Vec<FieldName> {
        let exact = self.rules.iter().filter(|rule| rule.match_names == NameMatch::Exact && !rule.reports);
        let is_exposed = |rule: &&Rule| {
            let path = rule.as_path();
            let has_case = !matches!(rule.target, RuleTarget::Header(_))
                && path.last_name().is_some_and(|name| !fold_is_plain(name));
            let is_there = |other: &Rule| other.is_for_all_of(rule);
            has_case && self.exposed(rule, &[(&path, NameMatch::IgnoreCase)], is_there) != [None]
        };
        exact.filter(is_exposed).map(|rule| rule.name.clone()).collect()
    }

    /// Which of some paths match something, in the part of the request that a rule is for, that no rule encrypts which is there.
    fn exposed(
        &self,
        of: &Rule,
        paths: &[Target<'_>],
        is_there: impl Fn(&Rule) -> bool,
    ) -> Vec<Option<String>> {
        let guards = self.rules.iter().filter(|rule| !rule.reports && rule.is_of_part(of) && is_there(rule));
        let guards: Vec<_> = guards.map(|rule| (rule.as_path().into_owned(), rule.name_match())).collect();
        let guards: Vec<Target<'_>> = guards.iter().map(|(path, names)| (path, *names)).collect();
        exposed(paths, &guards)
    }

    /// For the first rule of each name that is protected under several keys: the name, and the keys.
    fn rules_of_name(&self) -> BTreeMap<usize, (Box<str>, Vec<KeyId>)> {
        let mut names: BTreeMap<Box<str>, (usize, Box<str>, BTreeSet<usize>)> = BTreeMap::new();
        for (index, rule) in self.rules.iter().enumerate().filter(|(_, rule)| !rule.reports) {
            let path = rule.as_path();
            let Some(name) = path.last_name() else { continue };
            let of_name = names.entry(fold(name)).or_insert_with(|| (index, name.into(), BTreeSet::new()));
            of_name.2.insert(rule.key);
        }
        let several = names.into_values().filter(|(_, _, keys)| keys.len() > 1);
        several
            .map(|(index, name, keys)| {
                let ids = keys.iter().filter_map(|key| Some(self.keys.get(*key)?.id.clone()));
                (index, (name, ids.collect()))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
