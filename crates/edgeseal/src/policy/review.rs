//! What a reviewer of a policy would ask about.

mod warning;

use std::collections::{BTreeMap, BTreeSet};

use super::{Mode, Policy, Rule};
use crate::config::child_pointer;
use crate::label::{FieldName, KeyId};
use crate::matcher::Matcher;
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
        let unreachable = self.unreachable_rules();
        for (index, rule) in (0_u32..).zip(&self.rules) {
            let pointer = format!("/fields/{index}");
            if let Some(by) = unreachable.get(&index) {
                let names = by.iter().filter_map(|other| Some(self.rule(*other)?.name.clone()));
                warn(pointer.clone(), PolicyConcern::RuleUnreachable(names.collect()));
            }
            if rule.reports {
                warn(pointer, PolicyConcern::RuleReports);
            }
        }
    }

    /// Rules that can decide about no value, and the rules that do so instead: in every set of rules that match one value there is one
    /// before it that is for every request and body. What is below a value that is encrypted as a whole is not looked at.
    fn unreachable_rules(&self) -> BTreeMap<u32, BTreeSet<u32>> {
        let (mut taken, mut reached) = (BTreeMap::<u32, BTreeSet<u32>>::new(), BTreeSet::new());
        for set in [&self.body, &self.query, &self.header].into_iter().flat_map(Matcher::rule_sets) {
            let first = |reports| {
                let is_first = |rule: &Rule| rule.reports == reports && rule.is_unlimited();
                set.iter().copied().find(|index| self.rule(*index).is_some_and(is_first))
            };
            let (encrypting, reporting) = (first(false), first(true));
            for index in set {
                let reports = self.rule(*index).is_some_and(|rule| rule.reports);
                // A report rule leaves a value to any rule that encrypts it, wherever that stands.
                let by = if reports {
                    encrypting.or(reporting.filter(|first| first < index))
                } else {
                    encrypting.filter(|first| first < index)
                };
                match by {
                    Some(by) => drop(taken.entry(*index).or_default().insert(by)),
                    None => drop(reached.insert(*index)),
                }
            }
        }
        taken.retain(|index, _| !reached.contains(index));
        taken
    }

    fn rule(&self, index: u32) -> Option<&Rule> {
        self.rules.get(usize::try_from(index).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const A: &str = include_str!("../../../../test-vectors/keys/rsa2048-a.public.pem");
    const B: &str = include_str!("../../../../test-vectors/keys/rsa2048-b.public.pem");

    /// Code and pointer of each warning about a policy with two keys, and these members.
    fn warnings(fields: &Value, members: &Value) -> Vec<(&'static str, String)> {
        let mut policy =
            json!({"version": 1, "keys": {"a": {"public_key": A}, "b": {"public_key": B}}, "fields": fields});
        for (name, value) in members.as_object().unwrap() {
            policy[name] = value.clone();
        }
        let policy = Policy::from_json(policy.to_string().as_bytes()).unwrap();
        policy.review().iter().map(|warning| (warning.code(), warning.pointer().to_owned())).collect()
    }

    /// The same of rules alone, given by what they have beside name and key; they do not share the key.
    fn of_rules(rules: &[Value]) -> Vec<(&'static str, String)> {
        let mut fields = vec![json!({"name": "other", "path": "$.other", "key": "b"})];
        for (index, rule) in rules.iter().enumerate() {
            let mut rule = rule.clone();
            rule["name"] = format!("r{index}").into();
            rule["key"] = "a".into();
            rule["mode"] = "envelope".into();
            fields.push(rule);
        }
        warnings(&fields.into(), &json!({}))
    }

    fn two_fields() -> Value {
        json!([{"name": "ssn", "path": "$..ssn", "key": "a"}, {"name": "pin", "path": "$..pin", "key": "b"}])
    }

    #[test]
    fn a_policy_about_which_there_is_nothing_to_ask() {
        assert_eq!(warnings(&two_fields(), &json!({"leftovers": {"min_chars": 4, "action": "refuse"}})), []);
    }

    #[test]
    fn a_key_that_no_rule_names() {
        let fields = json!([{"name": "ssn", "path": "$..ssn", "key": "a"}]);
        assert_eq!(warnings(&fields, &json!({})), [("key_unused", "/keys/b".to_owned())]);
    }

    #[test]
    fn one_public_key_under_two_ids() {
        let keys = json!({"keys": {"a": {"public_key": A}, "b": {"public_key": A.replace('\n', "\r\n")}}});
        assert_eq!(warnings(&two_fields(), &keys), [("key_repeated", "/keys/b".to_owned())]);
    }

    #[test]
    fn a_key_under_which_several_rules_write_direct_tokens() {
        let shared = |mode: &str, action: &str| {
            warnings(
                &json!([{"name": "ssn", "path": "$..ssn", "key": "a"},
                    {"name": "pin", "path": "$..pin", "key": "a", "mode": mode, "action": action},
                    {"name": "other", "path": "$.other", "key": "b"}]),
                &json!({}),
            )
        };
        assert_eq!(shared("direct", "encrypt"), [("key_shared", "/keys/a".to_owned())]);
        assert_eq!(shared("envelope", "encrypt"), []);
        assert_eq!(shared("direct", "report"), [("rule_reports", "/fields/1".to_owned())]);
    }

    #[test]
    fn a_key_with_classic_tags() {
        let keys = json!({"keys": {"a": {"public_key": A}, "b": {"public_key": B, "prefix": "#0#", "suffix": "#1#"}}});
        assert_eq!(warnings(&two_fields(), &keys), [("tags_classic", "/keys/b".to_owned())]);
    }

    #[test]
    fn what_the_policy_lets_through() {
        let members = json!({
            "content_types": {"application/json": "json", "Text/Plain": "pass", "image/*+xml": "pass"},
            "foreign_tokens": "allow",
            "leftovers": {"min_chars": 4, "action": "report"},
        });
        let expected = [
            ("content_type_passed", "/content_types".to_owned()),
            ("content_type_passed", "/content_types".to_owned()),
            ("foreign_tokens_allowed", "/foreign_tokens".to_owned()),
            ("leftovers_reported", "/leftovers/action".to_owned()),
        ];
        assert_eq!(warnings(&two_fields(), &members), expected);
    }

    #[test]
    fn a_rule_whose_every_value_an_earlier_rule_takes() {
        let unreachable = |index: u32| ("rule_unreachable", format!("/fields/{index}"));
        for (rules, expected) in [
            (vec![json!({"path": "$..ssn"}), json!({"path": "$.person.ssn"})], vec![unreachable(2)]),
            (vec![json!({"path": "$.person.ssn"}), json!({"path": "$..ssn"})], vec![]),
            (vec![json!({"path": "$.*"}), json!({"path": "$.ssn"})], vec![unreachable(2)]),
            (vec![json!({"path": "$..ssn"}), json!({"path": "$..ssn", "match": "ignore-case"})], vec![]),
            (
                vec![json!({"path": "$..SSN", "match": "ignore-case"}), json!({"path": "$..ssn"})],
                vec![unreachable(2)],
            ),
            (
                vec![json!({"path": "$.ssn"}), json!({"path": "$.*..ssn"}), json!({"path": "$..ssn"})],
                vec![unreachable(3)],
            ),
            // The last also takes those of other members.
            (
                vec![
                    json!({"path": "$.a.ssn"}),
                    json!({"path": "$.b.ssn"}),
                    json!({"path": "$['a'].ssn"}),
                    json!({"path": "$.*.ssn"}),
                ],
                vec![unreachable(3)],
            ),
            // Below a value, not the value itself.
            (vec![json!({"path": "$.person"}), json!({"path": "$.person.ssn"})], vec![]),
            (
                vec![json!({"query": "ssn"}), json!({"query": "ssn"}), json!({"path": "$.ssn"})],
                vec![unreachable(2)],
            ),
            (
                vec![json!({"header": "X-Ssn"}), json!({"header": "x-ssn"}), json!({"query": "x-ssn"})],
                vec![unreachable(2)],
            ),
        ] {
            assert_eq!(of_rules(&rules), expected, "{rules:?}");
        }
    }

    #[test]
    fn a_rule_with_limits_takes_nothing_for_certain() {
        for limit in [
            json!({"path": "$.ssn", "methods": ["POST"]}),
            json!({"path": "$.ssn", "paths": ["/*"]}),
            json!({"path": "$.ssn", "content_types": ["application/json"]}),
        ] {
            assert_eq!(of_rules(&[limit.clone(), json!({"path": "$.ssn"})]), [], "{limit}");
            let unreachable = ("rule_unreachable", "/fields/2".to_owned());
            assert_eq!(of_rules(&[json!({"path": "$.ssn"}), limit.clone()]), [unreachable], "{limit}");
        }
    }

    #[test]
    fn report_rules_take_nothing_from_others() {
        let (encrypts, reports) = (json!({"path": "$.ssn"}), json!({"path": "$.ssn", "action": "report"}));
        let reporting = |index: u32| ("rule_reports", format!("/fields/{index}"));
        let unreachable = |index: u32| ("rule_unreachable", format!("/fields/{index}"));
        // A rule that encrypts goes first wherever it stands.
        assert_eq!(of_rules(&[reports.clone(), encrypts.clone()]), [unreachable(1), reporting(1)]);
        assert_eq!(of_rules(&[encrypts, reports.clone()]), [unreachable(2), reporting(2)]);
        assert_eq!(
            of_rules(&[reports.clone(), reports.clone()]),
            [reporting(1), unreachable(2), reporting(2)]
        );
    }

    #[test]
    fn messages_name_the_member_and_what_is_meant() {
        let policy = json!({"version": 1, "keys": {"a": {"public_key": A}}, "fields": [
            {"name": "x", "path": "$.a.ssn", "key": "a"}, {"name": "y", "path": "$.b.ssn", "key": "a"},
            {"name": "z", "path": "$.b.ssn", "key": "a", "mode": "envelope"}]});
        let warnings: Vec<String> = Policy::from_json(policy.to_string().as_bytes())
            .unwrap()
            .review()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            warnings,
            [
                "`/keys/a`: rules `x`, `y` write direct tokens under this key, and one can be put in the place of another; `mode` \
                 `envelope` binds each to its field, a key for each tells them apart",
                "`/fields/2`: this rule can decide about no value: `y` takes every one that it matches",
            ]
        );
    }
}
