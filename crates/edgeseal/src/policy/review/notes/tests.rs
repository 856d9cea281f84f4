//! Policies, and the notes about each.

use core::slice::from_ref;

use serde_json::{Value, json};

use crate::policy::Policy;

const A: &str = include_str!("../../../../../../test-vectors/keys/rsa2048-a.public.pem");
const B: &str = include_str!("../../../../../../test-vectors/keys/rsa2048-b.public.pem");
const C: &str = include_str!("../../../../../../test-vectors/keys/rsa3072.public.pem");

/// The notes of some codes about a policy with two keys of one size and a longer one, in words.
fn notes(codes: &[&str], rules: &[Value]) -> Vec<String> {
    let keys = json!({"a": {"public_key": A}, "b": {"public_key": B}, "c": {"public_key": C}});
    notes_with(codes, &keys, rules)
}

fn notes_with(codes: &[&str], keys: &Value, rules: &[Value]) -> Vec<String> {
    let rules = rules.iter().enumerate().map(|(index, rule)| {
        let mut rule = rule.clone();
        let members = rule.as_object_mut().unwrap();
        members.entry("name").or_insert_with(|| format!("r{index}").into());
        members.entry("key").or_insert_with(|| "a".into());
        rule
    });
    let policy = json!({"version": 1, "keys": keys, "fields": rules.collect::<Value>()});
    let policy = Policy::from_json(policy.to_string().as_bytes()).unwrap();
    let notes = policy.review_closely().into_iter().filter(|it| codes.contains(&it.code()));
    notes.inspect(|it| assert!(it.is_note())).map(|it| it.to_string()).collect()
}

#[test]
fn each_key_that_is_shorter_than_the_longest_is_told() {
    let rules = [json!({"path": "$.x"})];
    let shorter = |id: &str| format!("`/keys/{id}`: this key has 2048 bits, where another has 3072");
    assert_eq!(notes(&["key_smaller"], &rules), [shorter("a"), shorter("b")]);
    let equal = json!({"a": {"public_key": A}, "b": {"public_key": B}});
    assert_eq!(notes_with(&["key_smaller"], &equal, &rules), [""; 0]);
}

#[test]
fn a_key_under_which_rules_write_tokens_of_both_modes_is_told_with_the_rules_of_each() {
    let rule = |name: &str, key: &str, mode: &str, action: &str| json!({"name": name, "path": "$.x", "key": key, "mode": mode, "action": action});
    let rules = [
        rule("direct", "a", "direct", "encrypt"),
        rule("envelope", "a", "envelope", "encrypt"),
        rule("more", "a", "envelope", "encrypt"),
        rule("counts", "a", "direct", "report"),
        rule("other", "b", "envelope", "encrypt"),
        rule("counts-other", "b", "direct", "report"),
        rule("third", "c", "direct", "encrypt"),
        rule("counts-third", "c", "envelope", "report"),
    ];
    assert_eq!(
        notes(&["key_modes_mixed"], &rules),
        [
            "`/keys/a`: `direct` write direct tokens under this key, `envelope`, `more` envelope tokens: who reads the latter has to ask \
             for their field, or a direct token in their place decrypts as well"
        ]
    );
}

#[test]
fn a_rule_is_told_which_others_decide_before_it_unless_they_leave_it_nothing() {
    let of = |paths: &[&str]| {
        let rules: Vec<Value> = paths.iter().map(|path| json!({"path": path})).collect();
        notes(&["rules_overlap"], &rules)
    };
    assert_eq!(of(&["$.x", "$.y"]), [""; 0]);
    // The second can decide about nothing, which a warning says.
    assert_eq!(of(&["$..x", "$.x"]), ["`/fields/0`: inside a value of `r1` nothing is left to this rule"]);
    assert_eq!(of(&["$.x", "$.*"]), ["`/fields/1`: where `r0` matches as well, it decides"]);
    assert_eq!(
        of(&["$.x", "$.y", "$.*"]),
        ["`/fields/2`: where one of `r0`, `r1` matches as well, the first of them decides"]
    );
    assert_eq!(
        of(&["$.person", "$..ssn"]),
        ["`/fields/1`: inside a value of `r0` nothing is left to this rule"]
    );
    assert_eq!(
        of(&["$.ssn", "$.person", "$..ssn"]),
        [
            "`/fields/2`: where `r0` matches as well, it decides; inside a value of `r0`, `r1` nothing is left to this rule"
        ]
    );
}

#[test]
fn the_first_rule_of_a_name_is_told_where_else_the_name_may_stand() {
    let of = |rules: &[Value]| notes(&["name_elsewhere"], rules);
    let elsewhere = |index: u32, example: &str| {
        format!("`/fields/{index}`: a member `ssn` elsewhere stays in plain text, for one at `{example}`")
    };
    let (own, other) = (json!({"path": "$.a.ssn"}), json!({"path": "$.b.ssn"}));
    assert_eq!(of(&[own.clone(), other.clone()]), [elsewhere(0, "$.ssn")]);
    assert_eq!(of(&[own.clone(), json!({"path": "$.ssn"})]), [elsewhere(0, "$.*.ssn")]);
    assert_eq!(of(&[own.clone(), json!({"path": "$..ssn"})]), [""; 0]);
    // One that counts protects nothing, and is not asked.
    assert_eq!(of(&[json!({"path": "$..ssn", "action": "report"}), own.clone()]), [elsewhere(1, "$.ssn")]);
    // Nor does one help that is for fewer requests.
    let post = json!({"path": "$..ssn", "methods": ["POST"]});
    assert_eq!(of(&[own, post]), [elsewhere(0, "$.ssn")]);
    assert_eq!(of(&[json!({"path": "$[0]"}), json!({"query": "ssn"}), json!({"header": "x-ssn"})]), [""; 0]);
}

#[test]
fn a_name_that_is_protected_under_several_keys_is_told_once_with_these() {
    let of = |rules: &[Value]| notes(&["name_many_keys"], rules);
    let rule = |path: &str, key: &str| json!({"path": path, "key": key});
    assert_eq!(of(&[rule("$.a.ssn", "a"), rule("$.b.ssn", "a"), rule("$.pin", "b")]), [""; 0]);
    assert_eq!(
        of(&[rule("$.x", "c"), rule("$.a.Ssn", "b"), rule("$.b.ssn", "a"), rule("$.c.SSN", "b")]),
        ["`/fields/1`: values of the name `Ssn` are encrypted under several keys: `a`, `b`"]
    );
    let counts = json!({"path": "$.b.ssn", "key": "b", "action": "report"});
    assert_eq!(of(&[rule("$.a.ssn", "a"), counts]), [""; 0]);
}

#[test]
fn rules_are_told_whose_names_have_other_spellings_that_stay() {
    let of = |rules: &[Value]| notes(&["names_exact"], rules);
    let exactly = |names: &str| {
        format!(
            "`/fields`: names are compared exactly by {names}: a value under another spelling of the name, such as in capitals, stays \
             in plain text; `match` `ignore-case` is for origins that do not tell them apart"
        )
    };
    let ignoring = json!({"path": "$..SSN", "match": "ignore-case"});
    assert_eq!(of(&[json!({"path": "$..ssn"})]), [exactly("`r0`")]);
    assert_eq!(of(&[json!({"query": "ssn"}), json!({"path": "$.a"})]), [exactly("`r0`, `r1`")]);
    assert_eq!(of(from_ref(&ignoring)), [""; 0]);
    // Another rule has the other spellings.
    assert_eq!(of(&[json!({"path": "$.a.ssn"}), ignoring.clone()]), [""; 0]);
    let post = json!({"path": "$..SSN", "match": "ignore-case", "methods": ["POST"]});
    assert_eq!(of(&[json!({"path": "$.a.ssn"}), post]), [exactly("`r0`")]);
    // There is no other spelling, to HTTP none that is another name, or nothing to protect.
    let counts = json!({"path": "$..ssn", "action": "report"});
    assert_eq!(of(&[json!({"path": "$['12-3']"}), json!({"header": "x-ssn"}), counts]), [""; 0]);
    assert_eq!(of(&[json!({"path": "$[0]"}), json!({"path": "$.*"}), json!({"path": "$"})]), [""; 0]);
}

#[test]
fn rules_for_values_of_bodies_are_told_that_leave_a_null() {
    let of = |rules: &[Value]| notes(&["null_kept"], rules);
    let hides = json!({"path": "$.b", "encrypt_null": true});
    let counts = json!({"path": "$.c", "action": "report"});
    let others = [json!({"query": "d"}), json!({"header": "x-e"})];
    let all = [vec![hides.clone(), counts, json!({"path": "$.a"}), json!({"path": "$.f"})], others.to_vec()];
    assert_eq!(
        of(&all.concat()),
        [
            "`/fields`: with `r2`, `r3` a `null` stays, so the origin sees which values there are not; `encrypt_null` hides it"
        ]
    );
    assert_eq!(of(&[hides]), [""; 0]);
}

#[test]
fn what_is_asked_comes_before_the_notes() {
    let policy = json!({"version": 1, "keys": {"a": {"public_key": A}, "b": {"public_key": B}},
        "fields": [{"name": "ssn", "path": "$.a.ssn", "key": "a"}]});
    let policy = Policy::from_json(policy.to_string().as_bytes()).unwrap();
    let told = policy.review_closely();
    let told: Vec<_> = told.iter().map(|it| (it.code(), it.is_note())).collect();
    assert_eq!(
        told,
        [("key_unused", false), ("name_elsewhere", true), ("names_exact", true), ("null_kept", true)]
    );
}
