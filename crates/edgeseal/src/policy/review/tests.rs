//! Policies, and what is asked about each.

use core::slice::from_ref;
use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::unreachable::Before;
use super::*;

const A: &str = include_str!("../../../../../test-vectors/keys/rsa2048-a.public.pem");
const B: &str = include_str!("../../../../../test-vectors/keys/rsa2048-b.public.pem");

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
    let keys =
        json!({"keys": {"a": {"public_key": A}, "b": {"public_key": B, "prefix": "#0#", "suffix": "#1#"}}});
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
        // Inside a value that is encrypted as a whole, wherever that rule stands.
        (vec![json!({"path": "$.person"}), json!({"path": "$.person.ssn"})], vec![unreachable(2)]),
        (vec![json!({"path": "$.*..ssn"}), json!({"path": "$.*"})], vec![unreachable(1)]),
        (vec![json!({"path": "$.person"}), json!({"path": "$..ssn"})], vec![]),
        (vec![json!({"path": "$.person"}), json!({"path": "$..person"})], vec![]),
        // Some inside a value, and the rest of them after another rule.
        (vec![json!({"path": "$.a"}), json!({"path": "$[0].ssn"}), json!({"path": "$.*.ssn"})], vec![]),
        (vec![json!({"path": "$..a"}), json!({"path": "$..a..ssn"})], vec![unreachable(2)]),
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
fn a_rule_with_limits_takes_what_others_have_with_the_same() {
    for limit in [
        json!({"path": "$.ssn", "methods": ["POST"]}),
        json!({"path": "$.ssn", "paths": ["/people/*"]}),
        json!({"path": "$.ssn", "content_types": ["application/json"]}),
    ] {
        let (unreachable, limited) = (("rule_unreachable", "/fields/2".to_owned()), "rule_limited");
        assert_eq!(of_rules(&[limit.clone(), json!({"path": "$.ssn"})]), [], "{limit}");
        assert_eq!(of_rules(&[json!({"path": "$.ssn"}), limit.clone()]), from_ref(&unreachable), "{limit}");
        let both = of_rules(&[limit.clone(), limit.clone()]);
        let limited = |index: u32| (limited, format!("/fields/{index}"));
        assert_eq!(both, [limited(1), unreachable, limited(2)], "{limit}");
    }
}

#[test]
fn a_limit_leaves_values_unless_another_rule_has_them() {
    let post = json!({"path": "$..ssn", "methods": ["POST"]});
    let limited = [("rule_limited", "/fields/1".to_owned())];
    assert_eq!(of_rules(from_ref(&post)), limited);
    assert_eq!(of_rules(&[post.clone(), json!({"path": "$.*..ssn"})]), limited);
    assert_eq!(of_rules(&[post, json!({"path": "$.ssn"}), json!({"path": "$.*"})]), []);
    let header = json!({"header": "x-ssn", "paths": ["/a"]});
    assert_eq!(of_rules(from_ref(&header)), limited);
    assert_eq!(of_rules(&[header, json!({"header": "X-SSN"}), json!({"path": "$.x"})]), []);
    // One that only counts leaves all of them, as its own warning says.
    let counts = json!({"path": "$..ssn", "methods": ["POST"], "action": "report"});
    assert_eq!(of_rules(&[counts]), [("rule_reports", "/fields/1".to_owned())]);
}

#[test]
fn a_rule_for_types_that_are_not_read() {
    let of = |types: &[&str], named: Value| {
        let fields = json!([{"name": "ssn", "path": "$..ssn", "key": "a", "content_types": types},
            {"name": "all", "path": "$..*", "key": "b"}]);
        warnings(&fields, &json!({"content_types": named}))
    };
    let unread = [("rule_types_unread", "/fields/0".to_owned())];
    assert_eq!(of(&["application/xml"], json!({"application/json": "json"})), unread);
    assert_eq!(of(&["application/*+json"], json!({"application/json": "json"})), unread);
    assert_eq!(of(&["application/json"], json!({"application/json": "json"})), []);
    assert_eq!(of(&["application/*+json"], json!({"application/a+json": "json"})), []);
    assert_eq!(of(&["application/a+json"], json!({"application/*+json": "json"})), []);
}

/// The rules that certainly decide about nothing decide about nothing in a thousand documents.
#[test]
fn a_rule_that_can_decide_about_no_value_decides_about_none() {
    let segments = [".a", ".b", "..a", ".*", "..b", "[0]", "..*"];
    let values = |depth: usize| {
        let mut values = vec!["1".to_owned()];
        for _ in 0..depth {
            let last = values.clone();
            for inner in &last {
                values.push(format!("[{inner},{inner}]"));
                for other in last.iter().take(6) {
                    values.push(format!("{{\"a\":{inner},\"b\":{other},\"x\":{inner}}}"));
                }
            }
        }
        values
    };
    let documents = values(4);
    let (mut state, mut unreachable, mut silent) = (7_u64, 0, 0);
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    for _ in 0..60 {
        let rules: Vec<Value> = (0..4)
            .map(|index| {
                let path: String = (0..=random(3)).map(|_| segments[random(segments.len())]).collect();
                let action = if random(4) == 0 { "report" } else { "encrypt" };
                json!({"name": format!("r{index}"), "path": format!("${path}"), "key": "a", "action": action})
            })
            .collect();
        let policy = json!({"version": 1, "keys": {"a": {"public_key": A}}, "fields": rules,
            "limits": {"max_fields": 100_000}});
        let policy = Policy::from_json(policy.to_string().as_bytes()).unwrap();
        let told: BTreeSet<String> =
            policy.unreachable_rules().keys().map(|index| format!("r{index}")).collect();
        let encryptor = crate::Encryptor::new(policy);
        let mut decided = BTreeSet::new();
        for document in &documents {
            let encrypted = encryptor.report_of(document.as_bytes(), "application/json").unwrap();
            let rules = encrypted.rules().iter().chain(encrypted.reported());
            decided.extend(rules.map(|(name, _)| name.to_string()));
        }
        assert!(told.is_disjoint(&decided), "{rules:?}: {told:?} {decided:?}");
        unreachable += told.len();
        silent += 4 - decided.len();
    }
    // And it is found where it is so: nearly as often as nothing was seen.
    assert!(unreachable > 40 && unreachable * 10 >= silent * 9, "{unreachable} of {silent}");
}

#[test]
fn report_rules_take_nothing_from_others() {
    let (encrypts, reports) = (json!({"path": "$.ssn"}), json!({"path": "$.ssn", "action": "report"}));
    let reporting = |index: u32| ("rule_reports", format!("/fields/{index}"));
    let unreachable = |index: u32| ("rule_unreachable", format!("/fields/{index}"));
    // A rule that encrypts goes first wherever it stands.
    assert_eq!(of_rules(&[reports.clone(), encrypts.clone()]), [unreachable(1), reporting(1)]);
    assert_eq!(of_rules(&[encrypts, reports.clone()]), [unreachable(2), reporting(2)]);
    assert_eq!(of_rules(&[reports.clone(), reports.clone()]), [reporting(1), unreachable(2), reporting(2)]);
}

#[test]
fn rules_are_told_which_others_decide_before_them_and_which_take_what_is_around() {
    let before = |rules: &[Value]| {
        let fields: Vec<Value> = (0..)
            .zip(rules)
            .map(|(index, rule)| {
                let mut rule = rule.clone();
                (rule["name"], rule["key"]) = (format!("r{index}").into(), "a".into());
                rule
            })
            .collect();
        let policy = json!({"version": 1, "keys": {"a": {"public_key": A}}, "fields": fields});
        let policy = Policy::from_json(policy.to_string().as_bytes()).unwrap();
        let told = policy.rules_before().into_iter();
        told.map(|(rule, Before { earlier, around })| (rule, Vec::from_iter(earlier), Vec::from_iter(around)))
            .collect::<Vec<_>>()
    };
    let path = |path: &str| json!({"path": path});
    let reports = |path: &str| json!({"path": path, "action": "report"});
    for (rules, expected) in [
        (vec![path("$.a"), path("$.b")], vec![]),
        (vec![path("$.a"), path("$.a")], vec![(1, vec![0], vec![])]),
        (
            vec![path("$.a"), path("$.*"), path("$..a")],
            vec![(1, vec![0], vec![]), (2, vec![0, 1], vec![0, 1])],
        ),
        // Wherever the one around stands.
        (vec![path("$.a"), path("$.a.b")], vec![(1, vec![], vec![0])]),
        (vec![path("$.a.b"), path("$.a")], vec![(0, vec![], vec![1])]),
        (vec![path("$"), path("$[0]"), path("$[0].b")], vec![(1, vec![], vec![0]), (2, vec![], vec![0, 1])]),
        (vec![path("$.person"), path("$..ssn")], vec![(1, vec![], vec![0])]),
        // Each may be in the other: that says nothing.
        (vec![path("$..a"), path("$..b")], vec![]),
        // What only reports takes nothing from those that encrypt, and they everything from it.
        (vec![reports("$.a"), path("$.a")], vec![(0, vec![1], vec![])]),
        (vec![reports("$.a"), path("$.a.b")], vec![]),
        (vec![path("$.a"), reports("$.a.b")], vec![(1, vec![], vec![0])]),
        (vec![reports("$.a"), reports("$.a.b")], vec![(1, vec![], vec![0])]),
        // Parts of a request have nothing in common.
        (vec![path("$.a"), json!({"query": "a"}), json!({"header": "a"})], vec![]),
        (vec![json!({"query": "a"}), json!({"query": "a"})], vec![(1, vec![0], vec![])]),
    ] {
        assert_eq!(before(&rules), expected, "{rules:?}");
    }
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

#[test]
fn a_data_key_that_serves_several_requests_is_a_note_alone() {
    let keys = json!({"keys": {
        "a": {"public_key": A, "data_key_reuse": {"max_values": 5, "max_age_seconds": 7}},
        "b": {"public_key": B},
    }});
    assert_eq!(warnings(&two_fields(), &keys), []);
    let mut policy = json!({"version": 1, "fields": two_fields()});
    policy["keys"] = keys["keys"].clone();
    let policy = Policy::from_json(policy.to_string().as_bytes()).unwrap();
    let notes = policy.review_closely();
    let note = notes.iter().find(|note| note.code() == "data_key_reused").unwrap();
    assert_eq!((note.pointer(), note.is_note()), ("/keys/a/data_key_reuse", true));
    assert!(note.message().contains("up to 5 values of requests within 7 seconds"), "{note}");
}
