//! Encrypting JSON and NDJSON.
//!
//! Input: a policy, then the body. **Oracle:** the body is refused, for a reason that it has; or serde_json finds, in the place of every value
//! that a path matches (matched here without an automaton), one token under the rule's key, which holds that value's text when it is opened by other
//! code, and everything else as it was; and decrypting gives the body, byte for byte. A body with anything that begins like a token is refused.

use std::cell::Cell;

use edgeseal::{EncryptError, Request, TextFormat};

use crate::bench::Bench;
use crate::input::Input;
use crate::naive;
use crate::path::{Path, Step};
use crate::tree::{Tree, is_shallow, string};
use crate::vectors::Vectors;

/// A rule, as the oracle knows it.
pub(crate) struct Rule {
    pub(crate) name: &'static str,
    pub(crate) path: Path,
    pub(crate) key: &'static str,
    pub(crate) is_envelope: bool,
    pub(crate) encrypts_null: bool,
    /// Whether it is for the request.
    pub(crate) applies: Cell<bool>,
}

impl Rule {
    /// In direct mode.
    pub(crate) fn new(name: &'static str, path: Path, key: &'static str) -> Self {
        Self { name, path, key, is_envelope: false, encrypts_null: false, applies: Cell::new(true) }
    }
}

/// A policy, and what bodies it may refuse.
pub(crate) struct Case {
    pub(crate) bench: Bench,
    pub(crate) rules: Vec<Rule>,
    /// Codes of refusals that depend on the policy.
    pub(crate) refusals: &'static [&'static str],
    max_depth: usize,
}

/// A policy's own limit on values, if it names none.
const MOST_VALUES: usize = 1_000;

pub(crate) type Source = (&'static str, &'static str, &'static str, &'static str);

/// Rules (name, path, key, further members), further members of the policy, and what it may refuse.
const POLICIES: [(&[Source], &str, &[&str]); 6] = [
    (
        &[
            ("ssn", "$..ssn", "k1", ""),
            ("email", "$.a.email", "k2", r#","mode":"envelope""#),
            ("pan", "$.list[*].pan", "k2", r#","mode":"envelope""#),
            ("second", "$.list[1]", "k3", ""),
        ],
        "",
        &[],
    ),
    (
        &[
            ("ssn", "$..ssn", "k1", r#","match":"ignore-case""#),
            ("key", "$.Key.id", "k2", r#","match":"ignore-case""#),
        ],
        "",
        &[],
    ),
    (
        &[
            ("null", "$..a", "k1", r#","encrypt_null":true"#),
            ("any", "$..b[*].c", "k2", r#","mode":"envelope""#),
            ("deep", "$..[1]..d", "k3", ""),
        ],
        r#","limits":{"max_depth":12,"max_fields":20}"#,
        &["too_many_values"],
    ),
    (&[("whole", "$", "k1", "")], "", &[]),
    (
        &[("classic", "$..ssn", "c1", ""), ("short", "$.pin", "k1", r#","oversize":"reject""#)],
        r#","duplicate_names":"refuse""#,
        &["value_not_string", "value_too_long", "duplicate_name"],
    ),
    (
        &[("ssn", "$..ssn", "k1", r#","required":true"#), ("all", "$.all[*]", "k2", r#","mode":"envelope""#)],
        r#","leftovers":{"min_chars":4,"action":"refuse"},"context":{"tenant":"t-\"1\""}"#,
        &["field_missing", "value_left"],
    ),
];

thread_local! {
    static CASES: Vec<Case> = POLICIES.iter().map(|(rules, members, refusals)| {
        let max_depth = if members.contains("max_depth") { 12 } else { 128 };
        Case::new(rules, members, refusals, max_depth)
    }).collect();
}

impl Case {
    pub(crate) fn new(
        rules: &[Source],
        members: &str,
        refusals: &'static [&'static str],
        max_depth: usize,
    ) -> Self {
        let json = |(name, path, key, more): &Source| {
            format!(r#"{{"name":"{name}","path":"{path}","key":"{key}"{more}}}"#)
        };
        let fields: Vec<String> = rules.iter().map(json).collect();
        Self { refusals, max_depth, ..Self::with_fields(rules, &fields.join(","), members) }
    }

    /// With rules that a policy writes in these words.
    pub(crate) fn with_fields(rules: &[Source], fields: &str, members: &str) -> Self {
        let rule = |(name, path, key, more): &Source| Rule {
            is_envelope: more.contains("envelope"),
            encrypts_null: more.contains("encrypt_null"),
            ..Rule::new(name, Path::new(path, more.contains("ignore-case")), key)
        };
        Self {
            bench: Bench::new(&format!(r#""fields":[{fields}]{members}"#)),
            rules: rules.iter().map(rule).collect(),
            refusals: &[],
            max_depth: 128,
        }
    }

    /// The first rule that is for a value.
    pub(crate) fn rule(&self, steps: &[Step]) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.applies.get() && rule.path.matches(steps))
    }

    /// Whether the policy has reasons for this refusal.
    pub(crate) fn may_refuse(&self, body: &[u8], code: &str) -> bool {
        // A value takes a byte, and one between it and the next.
        let may_be_many = body.len() >= 2 * MOST_VALUES;
        self.refusals.contains(&code) || (code == "too_many_values" && may_be_many)
    }
}

/// Gives an input to the product.
///
/// # Panics
/// If the oracle is not content.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let choice = usize::from(input.byte());
    let body = input.rest();
    CASES.with(|cases| check(&cases[choice % cases.len()], body, choice / cases.len() % 2 == 1));
}

fn check(case: &Case, body: &[u8], is_lines: bool) {
    let content_type = Some(if is_lines { "application/x-ndjson" } else { "application/json" });
    let format = if is_lines { TextFormat::NdJson } else { TextFormat::Json };
    let request = Request { content_type, body: Some(body), ..Request::default() };
    let texts = |body: &[u8]| -> Vec<Vec<u8>> {
        if !is_lines {
            return vec![body.to_vec()];
        }
        let lines = body.split(|byte| *byte == b'\n').map(<[u8]>::to_vec);
        lines.filter(|line| !line.iter().all(|byte| b" \t\r".contains(byte))).collect()
    };
    let is_shallow = is_shallow(body, 100);
    match case.bench.encrypt(&request) {
        Ok(encrypted) => {
            let after = encrypted.body.expect("there was a body");
            assert!(naive::find(body, &case.bench.classic).is_empty(), "a foreign token passes");
            if !is_shallow {
                return;
            }
            let (before, after_texts) = (texts(body), texts(&after));
            assert_eq!(before.len(), after_texts.len(), "as many texts");
            let mut count = 0;
            for (before, after) in before.iter().zip(&after_texts) {
                let before = Tree::read(before).expect("what is encrypted is JSON");
                let after = Tree::read(after).expect("what comes out is JSON");
                compare(case, &before, &after, &mut Vec::new(), &mut count);
            }
            assert_eq!(encrypted.report.values(), count, "what is reported");
            let back = case.bench.decrypt(&after, format);
            let alike =
                |back: &[u8]| texts(back).iter().zip(&before).all(|(one, two)| Tree::is_alike(one, two));
            let has_classic = case.rules.iter().any(|rule| rule.key == "c1");
            // In NDJSON a CR within a value, which is white space, comes back as a space.
            let blank = |text: &[u8]| -> Vec<u8> {
                text.iter().map(|byte| if *byte == b'\r' { b' ' } else { *byte }).collect()
            };
            let is_back = if is_lines { blank(&back) == blank(body) } else { back == body };
            assert!(is_back || (has_classic && alike(&back)), "it comes back as it was");
        }
        Err(error) => check_refusal(case, body, &error, &texts(body)),
    }
}

/// A value before and after.
pub(crate) fn compare(case: &Case, before: &Tree, after: &Tree, steps: &mut Vec<Step>, count: &mut usize) {
    if let Some(rule) = case.rule(steps) {
        if before.text() == "null" && !rule.encrypts_null {
            assert_eq!(after.text(), "null");
            return;
        }
        *count += 1;
        let token = string(after.text()).expect("a token is a string");
        check_token(&case.bench, rule, &token, before.text().as_bytes());
        return;
    }
    match (before, after) {
        (Tree::Leaf(before), Tree::Leaf(after)) => {
            assert_eq!(before, after, "what no rule is for stays");
            let texts = string(before).into_iter();
            for text in texts {
                assert!(
                    naive::find(text.as_bytes(), &case.bench.classic).is_empty(),
                    "a foreign token passes"
                );
            }
        }
        (Tree::Array { elements: before, .. }, Tree::Array { elements: after, .. }) => {
            assert_eq!(before.len(), after.len());
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                steps.push(Step::Index(index));
                compare(case, before, after, steps, count);
                steps.pop();
            }
        }
        (Tree::Object { members: before, .. }, Tree::Object { members: after, .. }) => {
            assert_eq!(before.len(), after.len());
            for ((name, before), (name_after, after)) in before.iter().zip(after) {
                assert_eq!(name, name_after, "names stay");
                steps.push(Step::Name(string(name)));
                compare(case, before, after, steps, count);
                steps.pop();
            }
        }
        _ => panic!("a value has become one of another type"),
    }
}

/// A token of a rule that holds this JSON text.
pub(crate) fn check_token(bench: &Bench, rule: &Rule, token: &str, json: &[u8]) {
    let opened = bench.open(token.as_bytes()).expect("it is one token");
    assert_eq!(opened.key_id, rule.key, "under the rule's key");
    let before = core::str::from_utf8(json).ok().and_then(string);
    // Classic tags keep the text of a string, and not how it was written.
    let is_alike =
        opened.kind == 'c' && before.is_some() && before == serde_json::from_slice(&opened.json).ok();
    assert!(opened.json == json || is_alike, "another value");
    assert!(!rule.is_envelope || opened.kind == 'e', "in the rule's mode");
    assert!(opened.field.is_none_or(|field| field == rule.name), "bound to the rule's field");
    assert_eq!(opened.kind == 'c', rule.key == "c1");
}

fn check_refusal(case: &Case, body: &[u8], error: &EncryptError, texts: &[Vec<u8>]) {
    let is_utf8 = core::str::from_utf8(body).is_ok() && !body.starts_with("\u{feff}".as_bytes());
    match error.code() {
        "body_not_utf8" => assert!(!is_utf8),
        "json_invalid" => {
            if is_shallow(body, 100) {
                let is_json =
                    |text: &Vec<u8>| serde_json::from_slice::<&serde_json::value::RawValue>(text).is_ok();
                assert!(!texts.iter().all(is_json), "serde_json reads it");
            }
        }
        "json_too_deep" => assert!(!is_shallow(body, case.max_depth)),
        // Escapes may hide it, and JSON in strings.
        "foreign_token" => {
            let has = |part: &[u8]| body.windows(part.len()).any(|window| window == part);
            assert!(has(b"__es") || has(b"[enc:") || body.contains(&b'\\'), "there is no token");
        }
        code => assert!(case.may_refuse(body, code), "refused: {code}"),
    }
    assert!((400..500).contains(&error.http_status()));
}

/// The bodies of the vectors, for every policy.
#[must_use]
pub fn seeds(vectors: &Vectors) -> Vec<Vec<u8>> {
    let bodies =
        vectors.of("encrypt").filter_map(|vector| Some((vector.text("contentType")?, vector.bytes("body")?)));
    let own = [
        r#"{"ssn":"078-05-1120","a":{"email":"a@example.org","ssn":{"x":[1,2]}},"list":[{"pan":4111},{"pan":null},{"pan":"1"}]}"#,
        r#"{"SSN":"1","ſſn":true,"KEY":{"\u0049D":"\ud800"},"Key":{"id":[]}}"#,
        r#"{"a":null,"b":[{"c":1.50},{"c":"é"}],"x":[0,{"d":"\u00e9\n"}]}"#,
        "\"whole\"",
        r#"{"ssn":"1234","pin":"0000","ssn":"5678"}"#,
        r#"{"ssn":"12345","note":"no","all":["abcd",{"x":1}]}"#,
    ];
    let own = own
        .iter()
        .enumerate()
        .map(|(index, body)| [&[u8::try_from(index).unwrap_or(0)][..], body.as_bytes()].concat());
    let of_vectors = bodies.enumerate().map(|(index, (content_type, body))| {
        let count = POLICIES.len();
        let choice = index % count + if content_type.contains("nd") { count } else { 0 };
        [&[u8::try_from(choice).unwrap_or(0)][..], &body].concat()
    });
    own.chain(of_vectors).collect()
}
