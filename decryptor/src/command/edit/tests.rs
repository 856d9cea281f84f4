#![allow(clippy::arithmetic_side_effects, clippy::string_slice, reason = "a test fails by panicking")]

use edgeseal::{KeyId, KeyLocation, Keyring, Policy};
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const KEY_A: &str = include_str!("../../../../test-vectors/keys/rsa2048-a.public.pem");
const KEY_B: &str = include_str!("../../../../test-vectors/keys/rsa3072.public.pem");
const ARN: &str = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

fn keys<'a>() -> Vec<Step<'a>> {
    vec![Step::Member("keys")]
}

fn entry<'a>(name: &'a str) -> Edit<'a> {
    let members = vec![("kms_key_arn", ARN), ("key_spec", "RSA_2048")];
    Edit { place: keys(), change: Change::Add(vec![(name, New::Object(members))]) }
}

fn added(text: &str) -> String {
    edit(text, &[entry("new")]).unwrap()
}

#[test]
fn new_members_look_like_their_neighbours() {
    let pretty = "{\n  \"version\": 1,\n  \"keys\": {\n    \"a\": {\n      \"private_key_file\": \"a.pem\"\n    }\n  }\n}\n";
    let expected = "{\n  \"version\": 1,\n  \"keys\": {\n    \"a\": {\n      \"private_key_file\": \"a.pem\"\n    },\n    \"new\": {\n      \"kms_key_arn\": \"ARN\",\n      \"key_spec\": \"RSA_2048\"\n    }\n  }\n}\n";
    let shown = |text: &str| added(text).replace(ARN, "ARN");
    assert_eq!(shown(pretty), expected);
    let windows = |text: &str| text.replace('\n', "\r\n").replace("  ", "\t");
    assert_eq!(shown(&windows(pretty)), windows(expected));
    assert_eq!(shown(pretty.trim_end()), expected.trim_end());
    assert_eq!(
        shown(r#"{"version":1,"keys":{"a":{"private_key_file":"a.pem"}}}"#),
        r#"{"version":1,"keys":{"a":{"private_key_file":"a.pem"},"new":{"kms_key_arn":"ARN","key_spec":"RSA_2048"}}}"#
    );
    assert_eq!(
        shown(r#"{"keys": {"a": {"private_key_file": "a.pem"}}, "version": 1}"#),
        r#"{"keys": {"a": {"private_key_file": "a.pem"}, "new": {"kms_key_arn": "ARN", "key_spec": "RSA_2048"}}, "version": 1}"#
    );
    // Values in a column, which the new one does not join.
    let column = r#"{ "version": 1,
  "keys": { "pii-2026a": { "kms_key_arn": "arn", "spki_sha256": "0" },
            "a":         { "private_key_file": "a.pem" } } }"#;
    let line = r#""a":         { "private_key_file": "a.pem" }"#;
    let new = r#",
            "new": { "kms_key_arn": "ARN", "key_spec": "RSA_2048" }"#;
    assert_eq!(shown(column), column.replace(line, &format!("{line}{new}")));
}

#[test]
fn a_member_that_goes_takes_one_comma_with_it() {
    let remove = |names: &[&'static str]| {
        let text = "{\"keys\": {\n  \"a\": 1,\n  \"b\": 2 ,\n  \"c\": 3,\n  \"d\": 4\n}}\n";
        edit(text, &[Edit { place: keys(), change: Change::Remove(names.to_vec()) }])
    };
    let kept = |members: &str| Some(format!("{{\"keys\": {{\n  {members}\n}}}}\n"));
    assert_eq!(remove(&["a"]), kept("\"b\": 2 ,\n  \"c\": 3,\n  \"d\": 4"));
    assert_eq!(remove(&["b"]), kept("\"a\": 1 ,\n  \"c\": 3,\n  \"d\": 4"));
    assert_eq!(remove(&["d"]), kept("\"a\": 1,\n  \"b\": 2 ,\n  \"c\": 3"));
    assert_eq!(remove(&["c", "a", "b"]), kept("\"d\": 4"));
    assert_eq!(remove(&["a", "c", "d"]), kept("\"b\": 2"));
    // None is left, one is not there.
    assert_eq!(remove(&["a", "b", "c", "d"]), None);
    assert_eq!(remove(&["a", "e"]), None);
}

#[test]
fn a_text_that_is_not_as_it_is_taken_to_be_is_not_edited() {
    let place = vec![Step::Member("keys")];
    for text in [
        "",
        "{}",
        "[]",
        r#"{"keys": 1}"#,
        r#"{"keys": {}}"#,
        r#"{"keys": {"new": {}}}"#,
        r#"{"keys": {"a": 1,}}"#,
        r#"{"keys": {"a": 1}} // note"#,
        r#"{"keys": {"a": 1}"#,
        r#"{"keys": {'a': 1}}"#,
        r#"{keys: {"a": 1}}"#,
        r#"{"keys": {"a": 1}, "keys": {"b": 1}}"#,
    ] {
        assert_eq!(edit(text, &[entry("new")]), None, "{text}");
    }
    let text = r#"{"keys": {"a": 1}}"#;
    assert_eq!(edit(text, &[Edit { place, change: Change::Text("x") }]), None);
    let twice = [entry("new"), entry("new")];
    assert_eq!(edit(text, &twice), None);
}

#[test]
fn names_are_found_however_they_are_written() {
    let text = r#"{"version": 1, "k\u0065ys": {"a\ud83d\ude00é": {"private_key_file": "\ud83d\ude00é"}}}"#;
    let expected =
        text.replace("é\"}}}", "é\"}, \"new\": {\"kms_key_arn\": \"ARN\", \"key_spec\": \"RSA_2048\"}}}");
    assert_eq!(added(text).replace(ARN, "ARN"), expected);
}

#[test]
fn the_longest_file_is_edited() {
    let mut text = String::from("{\"version\": 1, \"keys\": {\n");
    for number in 0..1_000 {
        let file = "x".repeat(900);
        text.push_str(&format!("  \"key-{number}\": {{ \"private_key_file\": \"{file}\" }},\n"));
    }
    text.push_str("  \"last\": { \"private_key_file\": \"x\" }\n}}");
    assert_eq!(Keyring::from_json(added(&text).as_bytes()).unwrap().iter().count(), 1_002);
}

/// Writes a JSON text with white space of its own in every place where there may be some.
struct Writer<'g> {
    text: String,
    gaps: std::iter::Cycle<std::slice::Iter<'g, usize>>,
}

impl<'g> Writer<'g> {
    fn new(gaps: &'g [usize]) -> Self {
        Self { text: String::new(), gaps: gaps.iter().cycle() }
    }

    fn gap(&mut self) {
        const GAPS: [&str; 8] = ["", " ", "\n", "\r\n\t", "  ", "\n\n    ", "", " \t"];
        self.text += GAPS[*self.gaps.next().unwrap()];
    }

    fn put(&mut self, token: &str) {
        self.gap();
        self.text += token;
        self.gap();
    }

    fn object(&mut self, members: &[(String, String)]) {
        self.put("{");
        for (index, (name, value)) in members.iter().enumerate() {
            if index > 0 {
                self.put(",");
            }
            self.put(&quoted(name));
            self.put(":");
            self.put(value);
        }
        self.put("}");
    }
}

/// The value of a member, with its own white space.
fn object(gaps: &[usize], members: &[(&str, String)]) -> String {
    let mut writer = Writer::new(gaps);
    let members: Vec<_> = members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    writer.object(&members);
    writer.text.trim_matches([' ', '\t', '\r', '\n']).to_owned()
}

fn gaps() -> impl Strategy<Value = Vec<usize>> {
    vec(0_usize..8, 1..40)
}

/// A keyring, and where its last entry ends.
fn keyring(gaps: &[usize], names: usize, version_first: bool) -> (String, usize) {
    let mut entries = Vec::new();
    for number in 0..names {
        let mut members = vec![("private_key_file", quoted(&format!("{number}/é.pem")))];
        if number % 2 == 0 {
            members.push(("mode", "\"direct\"".to_owned()));
        }
        entries.push((format!("key-{number}"), object(gaps, &members)));
    }
    let mut writer = Writer::new(gaps);
    writer.object(&entries);
    let keys = writer.text;
    let last = keys[..keys.rfind('}').unwrap()].rfind('}').unwrap() + 1;
    let mut members = vec![("keys".to_owned(), keys.clone()), ("version".to_owned(), "1".to_owned())];
    if version_first {
        members.reverse();
    }
    let mut writer = Writer::new(gaps);
    writer.object(&members);
    let at = writer.text.find(&keys).unwrap() + last;
    (writer.text, at)
}

/// A policy with these rules' keys.
fn policy(gaps: &[usize], keys: &[&str], rules: &[&str]) -> String {
    let pems = [KEY_A, KEY_B];
    let mut number = 0;
    let keys: Vec<_> = keys
        .iter()
        .map(|id| {
            number += 1;
            ((*id).to_owned(), object(gaps, &[("public_key", quoted(pems[number % 2]))]))
        })
        .collect();
    let mut writer = Writer::new(gaps);
    writer.object(&keys);
    let keys = writer.text;
    let rules: Vec<String> = rules
        .iter()
        .enumerate()
        .map(|(number, key)| {
            let name = quoted(&format!("field-{number}"));
            object(gaps, &[("key", quoted(key)), ("name", name), ("path", "\"$..key\"".into())])
        })
        .collect();
    let members =
        [("version", "1".to_owned()), ("fields", format!("[ {}]", rules.join("\n,"))), ("keys", keys)];
    object(gaps, &members)
}

proptest! {
    #[test]
    fn what_is_added_is_all_that_is_new(gaps in gaps(), names in 1_usize..6, version_first: bool) {
        let (text, at) = keyring(&gaps, names, version_first);
        Keyring::from_json(text.as_bytes()).unwrap();
        let edited = added(&text);
        prop_assert_eq!(&edited[..at], &text[..at]);
        prop_assert!(edited.ends_with(&text[at..]));
        let keyring = Keyring::from_json(edited.as_bytes()).unwrap();
        prop_assert_eq!(keyring.iter().count(), names + 1);
        let new = keyring.get(&KeyId::new("new").unwrap()).unwrap();
        prop_assert_eq!(new.location(), &KeyLocation::Kms(ARN.into()));
        // An edit of an edited text is one like any other.
        let again = edit(&edited, &[entry("newer")]).unwrap();
        prop_assert!(Keyring::from_json(again.as_bytes()).is_ok() && again.ends_with(&text[at..]));
    }

    #[test]
    fn rules_change_their_keys_and_nothing_else(gaps in gaps(), rules in vec(0_usize..3, 1..8)) {
        let ids = ["a", "new", "b"];
        let before: Vec<&str> = rules.iter().map(|key| ids[*key]).collect();
        let after: Vec<&str> = before.iter().map(|key| if *key == "a" { "new" } else { key }).collect();
        let edits: Vec<Edit<'_>> = before
            .iter()
            .enumerate()
            .filter(|(_, key)| **key == "a")
            .map(|(index, _)| Edit {
                place: vec![Step::Member("fields"), Step::Element(index), Step::Member("key")],
                change: Change::Text("new"),
            })
            .collect();
        let text = policy(&gaps, &ids, &before);
        let edited = edit(&text, &edits).unwrap();
        prop_assert_eq!(&edited, &policy(&gaps, &ids, &after));
        let edited = Policy::from_json(edited.as_bytes()).unwrap();
        prop_assert!(edited.fields().map(|field| field.key.as_str()).eq(after));
    }

    #[test]
    fn keys_go_and_the_others_stay(gaps in gaps(), gone in vec(any::<bool>(), 5)) {
        let ids = ["a", "b", "c", "d", "stays"];
        let removed: Vec<&str> = ids.iter().zip(&gone).filter(|it| *it.1 && *it.0 != "stays").map(|it| *it.0).collect();
        let kept: Vec<&str> = ids.iter().copied().filter(|id| !removed.contains(id)).collect();
        let text = policy(&gaps, &ids, &["stays"]);
        let edited = edit(&text, &[Edit { place: keys(), change: Change::Remove(removed) }]).unwrap();
        let policy = Policy::from_json(edited.as_bytes()).unwrap();
        prop_assert!(policy.keys().map(|(id, _)| id.as_str()).eq(kept.iter().copied()));
        // The rest of the file, and each key that stays, are as they were.
        let start = text.find("\"keys\"").unwrap();
        prop_assert_eq!(&edited[..start], &text[..start]);
        let mut at = 0;
        let mut old = 0;
        for id in kept {
            let entry = |text: &str, from: usize| {
                let start = text[from..].find(&format!("\"{id}\"")).unwrap() + from;
                (start, text[start..].find('}').unwrap() + start + 1)
            };
            let (from, to) = (entry(&text, old), entry(&edited, at));
            prop_assert_eq!(&edited[to.0..to.1], &text[from.0..from.1]);
            (old, at) = (from.1, to.1);
        }
    }
}
