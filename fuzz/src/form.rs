//! Encrypting a form (`application/x-www-form-urlencoded`).
//!
//! Input: a policy, then the body. **Oracle:** the body is refused, and is not one that no parser could read otherwise; or the crate `form_urlencoded` reads,
//! of every field that a rule is for, one token that holds the decoded value, and every other byte is as it was; and decrypting gives fields that it
//! reads as those of the body.

use edgeseal::{Request, TextFormat};

use crate::bench::Bench;
use crate::encrypt_body::{Case, Source, check_token};
use crate::field;
use crate::input::Input;
use crate::naive;
use crate::vectors::Vectors;

const CONTENT_TYPE: &str = "application/x-www-form-urlencoded";
const TYPES: &str = r#","content_types":{"application/x-www-form-urlencoded":"form"}"#;

const POLICIES: [(&[Source], &str, &[&str]); 3] = [
    (
        &[
            ("ssn", "$..ssn", "k1", ""),
            ("email", "$.email", "k2", r#","mode":"envelope""#),
            ("second", "$.items[1]", "k3", ""),
            ("below", "$.person.name", "k2", ""),
        ],
        "",
        &[],
    ),
    (
        &[("any", "$.*", "k1", r#","match":"ignore-case""#)],
        r#","duplicate_names":"refuse""#,
        &["duplicate_name"],
    ),
    (
        &[
            ("ssn", "$.SSN", "k1", r#","match":"ignore-case","required":true"#),
            ("list", "$.list[*]", "k2", ""),
            ("first", "$.first[0]", "k3", ""),
        ],
        r#","leftovers":{"min_chars":4,"action":"refuse"}"#,
        &["field_missing", "value_left"],
    ),
];

thread_local! {
    static CASES: Vec<Case> = POLICIES.iter().map(|(rules, members, refusals)| {
        Case::new(rules, &format!("{members}{TYPES}"), refusals, 128)
    }).collect();
}

/// Gives an input to the product.
///
/// # Panics
/// If the oracle is not content.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let choice = usize::from(input.byte());
    let body = input.rest();
    CASES.with(|cases| {
        let case = &cases[choice % cases.len()];
        let request = Request { content_type: Some(CONTENT_TYPE), body: Some(body), ..Request::default() };
        match case.bench.encrypt(&request) {
            Ok(encrypted) => {
                let after = encrypted.body.expect("there was a body");
                let count = compare(case, body, &after);
                assert_eq!(encrypted.report.values(), count, "what is reported");
                let back = case.bench.decrypt(&after, TextFormat::Form);
                assert!(read(&back) == read(body), "it comes back as it was");
            }
            Err(error) if case.may_refuse(body, error.code()) => {}
            Err(error) => check_refusal(&case.bench, body, error.code(), "form_invalid"),
        }
    });
}

/// A form or a query string before and after; how many values were replaced.
pub(crate) fn compare(case: &Case, before: &[u8], after: &[u8]) -> usize {
    compare_with(case, &case.bench, before, after)
}

/// The same with rules of one case, and what it takes to look into tokens of another.
pub(crate) fn compare_with(case: &Case, bench: &Bench, before: &[u8], after: &[u8]) -> usize {
    assert!(naive::find(before, &bench.classic).is_empty(), "a foreign token passes");
    let fields =
        |text: &[u8]| -> Vec<Vec<u8>> { text.split(|byte| *byte == b'&').map(<[u8]>::to_vec).collect() };
    let (before, after) = (fields(before), fields(after));
    assert_eq!(before.len(), after.len(), "as many fields");
    let mut count = 0;
    for (before, after) in before.iter().zip(&after) {
        let Some((name, value)) = read(before).pop() else {
            assert_eq!(before, after);
            continue;
        };
        let rules = field::rules(case, &name);
        let equals = before.iter().position(|byte| *byte == b'=');
        let (Some(equals), false) = (equals, rules.is_empty()) else {
            assert!(before == after, "what no rule is for stays");
            assert!(naive::find(value.as_bytes(), &bench.classic).is_empty(), "a foreign token passes");
            continue;
        };
        count += 1;
        assert_eq!(before[..=equals], after[..=equals], "names stay");
        let token = core::str::from_utf8(&after[equals + 1..]).expect("a token is text");
        assert_eq!(read(after), [(name, token.to_owned())], "a token needs no escapes");
        let opened = bench.open(token.as_bytes()).expect("it is one token");
        let rule = rules.iter().find(|rule| rule.key == opened.key_id).expect("under a rule's key");
        let json = serde_json::to_vec(&value).expect("a string");
        if rules.len() == 1 {
            check_token(bench, rule, token, &json);
        }
        assert!(opened.json == json, "another value");
    }
    count
}

/// A form that every parser reads alike is not refused.
pub(crate) fn check_refusal(bench: &Bench, text: &[u8], code: &str, invalid: &str) {
    match code {
        "body_not_utf8" => assert!(core::str::from_utf8(text).is_err() || text.starts_with(b"\xef\xbb\xbf")),
        "foreign_token" => {
            let decoded: Vec<u8> = read(text)
                .into_iter()
                .flat_map(|(name, value)| [name, value].join("\0").into_bytes())
                .collect();
            let has = |text: &[u8]| !naive::find(text, &bench.classic).is_empty();
            // Escapes may hide it twice, and in JSON.
            assert!(
                has(text) || has(&decoded) || decoded.contains(&b'\\') || text.contains(&b'%'),
                "there is no token"
            );
        }
        code => {
            assert_eq!(code, invalid);
            let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"&=_-".contains(byte);
            let has_charset = text.to_ascii_lowercase().windows(9).any(|part| part == b"_charset_");
            assert!(!text.iter().all(is_plain) || has_charset, "what every parser reads alike is refused");
        }
    }
}

pub(crate) fn read(text: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(text).into_owned().collect()
}

/// The forms of the vectors, and query strings.
#[must_use]
pub fn seeds(vectors: &Vectors) -> Vec<Vec<u8>> {
    let mut seeds = vec![
        b"\0ssn=078-05-1120&email=a%40b&items[1]=x&person[name]=%C3%A9&person.name=1&list[]=2&a".to_vec(),
        b"\x01a=1&A=2&b=%20+&=".to_vec(),
        b"\x02SsN=abc&list.0=1234&list[][x]=%".to_vec(),
        b"\x02SsN=abc&list[]=1234&list[][x]=5678&list[7]=9&first[]=abcde".to_vec(),
    ];
    for vector in vectors.of("request") {
        if vector.text("contentType").is_some_and(|it| it.starts_with(CONTENT_TYPE)) {
            seeds.extend(vector.bytes("body").map(|body| [&[0][..], &body].concat()));
        }
        seeds.extend(vector.bytes("query").map(|query| [&[0][..], &query].concat()));
    }
    seeds.sort();
    seeds.dedup();
    seeds
}
