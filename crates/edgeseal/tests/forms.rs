//! Forms, query strings and parts, read by parsers that are not ours before and after.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::borrow::Cow;

use common::{PrivateKey, Stream, decrypt, keyring, policy, public_pem};
use edgeseal::{EncryptError, Encryptor, Policy, Request, TextFormat};
use getrandom::SysRng;
use proptest::prelude::*;

const FORM: &str = "application/x-www-form-urlencoded";
const FIELDS: &str = r#"[
    {"name": "ssn", "path": "$..ssn", "key": "rsa2048-a"},
    {"name": "email", "path": "$.email", "key": "rsa3072", "mode": "envelope"},
    {"name": "query", "query": "ssn", "key": "rsa2048-b"}
]"#;
const TYPES: &str = r#", "content_types": {"application/x-www-form-urlencoded": "form", "multipart/form-data": "multipart", "application/json": "json"}"#;

/// A form: mostly well formed, always odd.
fn form() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        Just("ssn".to_owned()),
        Just("%73s%6e".to_owned()),
        Just("SSN".to_owned()),
        Just("email".to_owned()),
        Just("+email".to_owned()),
        Just("person[ssn]".to_owned()),
        Just("person.ssn".to_owned()),
        Just("ssn%5B%5D".to_owned()),
        Just("a[email]".to_owned()),
        Just("[ssn]".to_owned()),
        text(),
    ];
    let field = (name, prop_oneof![Just(None), text().prop_map(Some)])
        .prop_map(|(name, value)| value.map_or(name.clone(), |value| format!("{name}={value}")));
    prop::collection::vec(field, 0..6).prop_map(|fields| fields.join("&"))
}

/// Text as a form may have it, rarely malformed.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        10 => "[a-zA-Z0-9+*._~=!'(),/?:@ -]{1,8}",
        5 => "%[2-7][0-9a-fA-F]",
        3 => "[é😀]{1,2}",
        2 => Just("%C3%a9".to_owned()),
        1 => Just("%e9".to_owned()),
        1 => Just("%".to_owned()),
        1 => Just(";".to_owned()),
        1 => Just("%00".to_owned()),
    ];
    prop::collection::vec(piece, 0..3).prop_map(|pieces| pieces.concat())
}

/// What the `form_urlencoded` crate reads, bytes that are no text included.
fn reference(text: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(text).into_owned().collect()
}

/// What the rules for bodies protect: names as they are, or read as paths.
fn is_protected(name: &str) -> bool {
    let text = |step: &'_ str| step.strip_suffix(']').unwrap_or(step).trim_matches('\'').to_owned();
    let mut steps = name.split(['[', '.']).map(text);
    let is_email = steps.clone().next().as_deref() == Some("email");
    is_email || steps.any(|step| step == "ssn")
}

fn is_token(text: &str) -> bool {
    text.starts_with("__es1.") && text.ends_with(".__")
}

fn private_key(name: &str) -> PrivateKey {
    PrivateKey::load(name)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn another_parser_finds_tokens_where_values_were_and_nothing_else_changed(body in form()) {
        let encryptor = Encryptor::new(policy(FIELDS, TYPES));
        let encrypted = match encryptor.encrypt(body.as_bytes(), FORM, &mut SysRng) {
            Ok(encrypted) => encrypted,
            Err(EncryptError::FormInvalid { .. }) => return Ok(()),
            Err(error) => panic!("{error}"),
        };
        let after = std::str::from_utf8(&encrypted.body).unwrap();
        prop_assert_eq!(body.split('&').count(), after.split('&').count());
        let mut replaced = 0;
        for (before, after) in body.split('&').zip(after.split('&')) {
            let Some((name, value)) = reference(before.as_bytes()).pop() else {
                prop_assert_eq!(before, after);
                continue;
            };
            let has_value = before.contains('=');
            if has_value && is_protected(&name) {
                let (name_after, token) = after.split_once('=').unwrap();
                prop_assert_eq!(before.split_once('=').unwrap().0, name_after);
                prop_assert!(is_token(token));
                prop_assert_eq!(reference(after.as_bytes()), [(name, token.to_owned())]);
                prop_assert!(value.len() < 9 || !after.contains(&value));
                replaced += 1;
            } else {
                prop_assert_eq!(before, after);
            }
        }
        prop_assert_eq!(encrypted.report.values(), replaced);

        let opened = decrypt(after.as_bytes(), TextFormat::Form, &keyring(), private_key).unwrap();
        prop_assert_eq!(opened.report.decrypted(), replaced);
        prop_assert_eq!(reference(&opened.body), reference(body.as_bytes()));
    }

    #[test]
    fn a_query_string_is_read_as_a_form_is(query in form()) {
        let encryptor = Encryptor::new(policy(FIELDS, TYPES));
        let request = Request { query: Some(&query), ..Request::default() };
        match encryptor.encrypt_request(&request, &mut SysRng) {
            Ok(encrypted) => {
                let pairs = reference(encrypted.query.unwrap().as_bytes());
                for ((name, before), (_, after)) in reference(query.as_bytes()).into_iter().zip(pairs) {
                    // `ssn` alone has no value, which the reference cannot tell from an empty one.
                    let is_ssn = name == "ssn" || name.starts_with("ssn[") || name.starts_with("ssn.");
                    prop_assert!(is_token(&after) || !is_ssn || before.is_empty());
                    prop_assert!(is_ssn || before == after);
                }
            }
            Err(error) => {
                prop_assert_eq!(error.code(), "query_invalid");
                let form = encryptor.encrypt(query.as_bytes(), FORM, &mut SysRng);
                prop_assert_eq!(form.unwrap_err().code(), "form_invalid");
            }
        }
    }

    #[test]
    fn parts_come_back_as_they_were(
        parts in prop::collection::vec(("ssn|email|other|[a-z]{1,5}", "([ -~é]|\r\n){0,200}", any::<bool>()), 0..5),
        boundary in "[0-9A-Za-z'()+_,./:?-]{1,34}[0-9A-Za-z'()+_,./:=-]{1,36}",
    ) {
        let mut body = String::new();
        let mut expected = 0;
        for (name, content, is_file) in &parts {
            let is_file = *is_file && name != "ssn" && name != "email";
            let file = if is_file { "; filename=\"a.bin\"\r\nContent-Type: image/png" } else { "" };
            body += &format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{content}\r\n");
            expected += usize::from(name == "ssn" || name == "email");
        }
        body += &format!("--{boundary}--\r\n");
        let content_type = format!("multipart/form-data; boundary=\"{boundary}\"");
        let encryptor = Encryptor::new(policy(FIELDS, TYPES));
        let encrypted = match encryptor.encrypt(body.as_bytes(), &content_type, &mut SysRng) {
            Ok(encrypted) => encrypted,
            // A short boundary also stands in a content, or in a header.
            Err(EncryptError::MultipartInvalid { .. }) => {
                let found = body.matches(&format!("--{boundary}")).count();
                prop_assert!(found > parts.len() + 1);
                return Ok(());
            }
            Err(error) => panic!("{error}"),
        };
        prop_assert_eq!(encrypted.report.values(), expected);
        let opened = decrypt(&encrypted.body, TextFormat::Text, &keyring(), private_key).unwrap();
        prop_assert_eq!(opened.body.as_slice(), body.as_bytes());
    }
}

#[test]
fn names_with_brackets_and_dots_are_also_read_as_paths() {
    let fields = r#"[
        {"name": "any", "path": "$..ssn", "key": "rsa2048-a"},
        {"name": "below", "path": "$.person.name", "key": "rsa2048-a"},
        {"name": "elements", "path": "$.list[*]", "key": "rsa2048-a"},
        {"name": "second", "path": "$.items[1]", "key": "rsa2048-a"},
        {"name": "seventh", "path": "$.map['7']", "key": "rsa2048-a"},
        {"name": "mixed", "path": "$.mixed['123'][0]", "key": "rsa2048-a"},
        {"name": "other", "path": "$.other[4]['5'][6]", "key": "rsa2048-a"},
        {"name": "key", "path": "$.person.x['u.v']", "key": "rsa2048-a"},
        {"name": "literal", "path": "$['a[b]']", "key": "rsa2048-a"},
        {"name": "dotted", "path": "$..['u.v']", "key": "rsa2048-a"}
    ]"#;
    let encryptor = Encryptor::new(policy(fields, TYPES));
    for (field, is_protected) in [
        ("ssn[]", true),
        ("ssn[17]", true),
        ("ssn[x][y]", true),
        ("x[ssn]", true),
        ("x[][ssn][]", true),
        ("x.ssn", true),
        ("person[name]", true),
        ("person.name", true),
        ("person[name][first]", true),
        ("name", false),
        ("x[person][name]", false),
        ("list[]", true),
        ("list[3]", true),
        ("list", false),
        ("items[1]", true),
        ("items[2]", false),
        // To some parsers a number is the name of a member.
        ("map[7]", true),
        // And of several numbers, one that and one the other.
        ("mixed[123][0]", true),
        ("mixed.123.0[x]", true),
        ("mixed[123][1]", false),
        ("mixed[0][123]", false),
        ("other[4][5][6]", true),
        ("person.x[u.v]", true),
        ("map.7[x]", true),
        ("map[07]", false),
        ("map[]", false),
        ("x[map][7]", false),
        ("a[b]", true),
        ("person['name']", true),
        ("u.v", true),
        ("x[u.v]", true),
        ("u.v[]", true),
        ("u[v]", false),
        ("xssn", false),
        ("ssnx[y]", false),
    ] {
        let form = format!("{field}=078");
        let encrypted = encryptor.encrypt(form.as_bytes(), FORM, &mut SysRng).unwrap();
        assert_eq!(encrypted.report.values(), usize::from(is_protected), "{field}");
        let part = format!("--b\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n078\r\n--b--\r\n");
        let encrypted =
            encryptor.encrypt(part.as_bytes(), "multipart/form-data; boundary=b", &mut SysRng).unwrap();
        assert_eq!(encrypted.report.values(), usize::from(is_protected), "{field}");
    }
}

/// A step of a path, or what a path says of one.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    Name(String),
    Index(u64),
    Any,
}

/// A path of a policy: whether each segment is one below at any depth, and which steps it means.
type Segments = Vec<(bool, Step)>;

fn segments() -> impl Strategy<Value = Segments> {
    let step = prop_oneof![
        prop::sample::select(vec!["a", "1", "0", "", "1.a", "a.0"])
            .prop_map(|name| Step::Name(name.to_owned())),
        (0_u64..2).prop_map(Step::Index),
        Just(Step::Any),
    ];
    let first = (any::<bool>(), prop::sample::select(vec!["a", "1"]))
        .prop_map(|(descendant, name)| (descendant, Step::Name(name.to_owned())));
    (first, prop::collection::vec((prop::bool::weighted(0.2), step), 0..5))
        .prop_map(|(first, rest)| [vec![first], rest].concat())
}

fn path_of(segments: &Segments) -> String {
    let text = segments.iter().map(|(descendant, step)| {
        let selector = match step {
            Step::Name(name) => format!("['{name}']"),
            Step::Index(index) => format!("[{index}]"),
            Step::Any => "[*]".to_owned(),
        };
        format!("{}{selector}", if *descendant { ".." } else { "" })
    });
    format!("${}", text.collect::<String>())
}

/// Whether a path means exactly what these steps lead to.
fn means(segments: &[(bool, Step)], steps: &[Step]) -> bool {
    let Some(((descendant, selector), later)) = segments.split_first() else { return steps.is_empty() };
    let Some((step, below)) = steps.split_first() else { return false };
    let fits = *selector == Step::Any || selector == step;
    (fits && means(later, below)) || (*descendant && means(segments, below))
}

/// A name of a field: what it begins with, and then what is in brackets, or behind a dot.
fn field() -> impl Strategy<Value = (String, Vec<(bool, String)>)> {
    let inside = prop::sample::select(vec!["a", "1", "0", "", "1.a", "a.0"]);
    let outside = prop::sample::select(vec!["a", "1", "0"]);
    let part = prop_oneof![
        3 => inside.prop_map(|text| (true, text.to_owned())),
        1 => outside.prop_map(|text| (false, text.to_owned())),
    ];
    (prop::sample::select(vec!["a", "1"]).prop_map(str::to_owned), prop::collection::vec(part, 0..6))
}

/// The steps of a name to a parser to which a dot in brackets separates, or not, and one outside.
fn steps_of(first: &str, parts: &[(bool, String)], inside: bool, outside: bool) -> Vec<String> {
    let mut steps = vec![first.to_owned()];
    let mut was_bracket = false;
    for (is_bracket, text) in parts {
        if *is_bracket && inside {
            steps.extend(text.split('.').map(str::to_owned));
        } else if *is_bracket || outside {
            steps.push(text.clone());
        } else {
            let last = steps.last_mut().unwrap();
            last.push_str(if was_bracket { "]." } else { "." });
            last.push_str(text);
        }
        was_bracket = *is_bracket;
    }
    steps
}

/// Each way to read steps: a number as an index and as a name, whatever the others are.
fn readings(steps: &[String]) -> Vec<Vec<Step>> {
    let mut all = vec![vec![Step::Name(steps[0].clone())]];
    for step in &steps[1..] {
        let index = if step.is_empty() { Some(0) } else { step.parse().ok() };
        let index = index.map(Step::Index);
        let name = (!step.is_empty()).then(|| Step::Name(step.clone()));
        let ways = || index.iter().chain(&name);
        all = all
            .iter()
            .flat_map(|before| ways().map(|way| [before.as_slice(), std::slice::from_ref(way)].concat()))
            .collect();
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Against all readings, one by one.
    #[test]
    fn a_name_is_protected_if_any_reading_of_it_or_what_is_around_it_is_meant(
        paths in prop::collection::vec(segments(), 1..4),
        (first, parts) in field(),
    ) {
        let name = parts.iter().fold(first.clone(), |name, (is_bracket, text)| {
            if *is_bracket { format!("{name}[{text}]") } else { format!("{name}.{text}") }
        });
        let dots = [(true, true), (false, true), (false, false)];
        let mut all: Vec<_> =
            dots.iter().flat_map(|(inside, outside)| readings(&steps_of(&first, &parts, *inside, *outside))).collect();
        all.push(vec![Step::Name(name.clone())]);
        let is_meant = all.iter().any(|steps| {
            (1..=steps.len()).any(|depth| paths.iter().any(|path| means(path, &steps[..depth])))
        });
        let rules: Vec<_> = paths
            .iter()
            .enumerate()
            .map(|(n, path)| serde_json::json!({"name": format!("r{n}"), "path": path_of(path), "key": "rsa2048-a"}))
            .collect();
        let encryptor = Encryptor::new(policy(&serde_json::to_string(&rules).unwrap(), TYPES));
        // A field that is protected wants randomness, of which there is none.
        let form = format!("{name}=078");
        let encrypted = encryptor.encrypt(form.as_bytes(), FORM, &mut Stream::new(&[]));
        prop_assert_eq!(encrypted.err(), is_meant.then_some(EncryptError::RandomnessFailed), "{} {:?}", name, rules);
    }
}

#[test]
fn a_name_of_many_numbers_is_read_in_all_ways_without_taking_longer_for_it() {
    // 2^100 readings.
    let last = "['1'][1]".repeat(50);
    let fields = serde_json::json!([{"name": "deep", "path": format!("$.a{last}"), "key": "rsa2048-a"}]);
    let encryptor = Encryptor::new(policy(&fields.to_string(), TYPES));
    for (steps, is_protected) in [(99, false), (100, true), (101, true)] {
        let form = format!("a{}=078", "[1]".repeat(steps));
        let encrypted = encryptor.encrypt(form.as_bytes(), FORM, &mut Stream::new(&[]));
        assert_eq!(encrypted.err(), is_protected.then_some(EncryptError::RandomnessFailed), "{steps}");
    }
}

#[test]
fn what_some_parser_reads_as_another_name_is_refused() {
    let encryptor = Encryptor::new(policy(FIELDS, TYPES));
    for form in [
        "?ssn=1",
        "[ssn]=1",
        "x=[ssn]=1",
        "x=[ssn%5d=1",
        "+ssn=1",
        "ssn+=1",
        "%C2%A0ssn=1",
        "%EF%BB%BFssn=1",
        "ssn%00x=1",
    ] {
        let error = encryptor.encrypt(form.as_bytes(), FORM, &mut SysRng).unwrap_err();
        assert_eq!(error.code(), "form_invalid", "{form}");
    }
    let part = "--b\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--b--\r\n";
    for content_type in [
        "multipart/form-data",
        "multipart/form-data; boundary=b; boundary=b",
        "multipart/form-data; boundary=b; xboundary=c",
        "multipart/form-data; x=\";boundary=c;\"; boundary=b",
        "multipart/form-data; boundary=\"\\b\"",
        "multipart/form-data; boundary=b; boundary*0=c",
        "multipart/form-data; boundary=b; x=y",
        "multipart/form-data; boundary=\"=?utf-8?q?b?=\"",
    ] {
        let error = encryptor.encrypt(part.as_bytes(), content_type, &mut SysRng).unwrap_err();
        assert_eq!(error.code(), "content_type_unsupported", "{content_type}");
    }
}

#[test]
fn the_length_that_a_part_says_is_that_of_its_content() {
    let encryptor = Encryptor::new(policy(FIELDS, TYPES));
    let part = |name: &str, length: &str| {
        format!(
            "--b\r\nContent-Length: \t{length} \r\nContent-Disposition: form-data; name={name}\r\n\r\n0123456789\r\n--b--\r\n"
        )
    };
    let seal = |form: &str| {
        let sealed = encryptor.encrypt(form.as_bytes(), "multipart/form-data; boundary=b", &mut SysRng)?;
        Ok::<_, EncryptError>(String::from_utf8(sealed.body.into_owned()).unwrap())
    };
    let other = part("other", "10");
    let sealed = encryptor.encrypt(other.as_bytes(), "multipart/form-data; boundary=b", &mut SysRng).unwrap();
    assert!(matches!(sealed.body, Cow::Borrowed(body) if body == other.as_bytes()));
    let sealed = seal(&part("ssn", "10")).unwrap();
    let (head, content) = sealed.split_once("\r\n\r\n").unwrap();
    let content = content.strip_suffix("\r\n--b--\r\n").unwrap();
    assert!(is_token(content));
    assert!(head.starts_with(&format!("--b\r\nContent-Length: \t{} \r\nContent-D", content.len())), "{head}");
    for wrong in ["9", "11", "010", "+10", "", "x", "10, 10"] {
        assert_eq!(seal(&part("other", wrong)).unwrap_err().code(), "multipart_invalid", "{wrong}");
    }
}

#[test]
fn a_token_that_holds_a_boundary_and_its_hyphens_ends_no_part() {
    // By its key id, so that each does.
    let policy = serde_json::json!({
        "version": 1,
        "keys": {"a--b": {"public_key": public_pem("rsa2048-a")}},
        "fields": [{"name": "ssn", "path": "$..ssn", "key": "a--b"}],
        "content_types": {"multipart/form-data": "multipart"},
    });
    let encryptor = Encryptor::new(Policy::from_json(policy.to_string().as_bytes()).unwrap());
    let part = |name: &str, text: &str| {
        format!("\r\n--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}")
    };
    let body =
        [part("ssn", "078-05-1120"), part("x", "y"), part("ssn", "078"), "\r\n--b--".to_owned()].concat();
    let body = body.strip_prefix("\r\n").unwrap();
    let encrypted =
        encryptor.encrypt(body.as_bytes(), "multipart/form-data; boundary=b", &mut SysRng).unwrap();
    let text = format!("\r\n{}", core::str::from_utf8(&encrypted.body).unwrap());
    assert!(text.matches("--b").count() >= 4 + 2, "{text}");
    // RFC 2046: CRLF, two hyphens, the boundary.
    let parts: Vec<&str> = text.split("\r\n--b").collect();
    assert_eq!(parts.len(), 1 + 4);
    assert!(
        parts[1].ends_with(".__") && parts[2].ends_with("\r\n\r\ny") && parts[3].ends_with(".__"),
        "{text}"
    );
}

#[test]
fn a_part_of_parts_is_refused() {
    let encryptor = Encryptor::new(policy(FIELDS, TYPES));
    let part = |kind: &str| {
        format!(
            "--b\r\nContent-Disposition: form-data; name=x; filename=f\r\nContent-Type: {kind}\r\n\r\n1\r\n--b--\r\n"
        )
    };
    for (kind, code) in [
        ("image/png", None),
        ("multipart/mixed; boundary=c", Some("content_type_unsupported")),
        ("Message/rfc822", Some("content_type_unsupported")),
        ("multipart/form-data; boundary=c", Some("content_type_unsupported")),
    ] {
        let form = part(kind);
        let outcome = encryptor.encrypt(form.as_bytes(), "multipart/form-data; boundary=b", &mut SysRng);
        assert_eq!(outcome.err().map(|error| error.code()), code, "{kind}");
    }
}

#[test]
fn a_part_in_json_is_read_under_its_name() {
    let encryptor = Encryptor::new(policy(FIELDS, TYPES));
    let body = "--b\r\nContent-Disposition: form-data; name=person; filename=blob\r\nContent-Type: application/json\r\n\r\n\
                {\"n\": 1.50, \"ssn\": \"078\"}\r\n--b--\r\n";
    let encrypted =
        encryptor.encrypt(body.as_bytes(), "multipart/form-data; boundary=b", &mut SysRng).unwrap();
    let text = std::str::from_utf8(&encrypted.body).unwrap();
    assert!(text.contains("{\"n\": 1.50, \"ssn\": \"__es1.rsa2048-a.s."), "{text}");
    assert!(text.ends_with(".__\"}\r\n--b--\r\n"));
}
