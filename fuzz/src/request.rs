//! Encrypting a request: what the wasm module's `Encryptor.encrypt` is given by the edge function.
//!
//! Input: lines with a policy, the method, path, query string and content type, headers up to an empty line, then the body. A line that is empty is not there.
//! **Oracle:** the request is refused; or the query string and the body are as the targets `form` and `encrypt_body` demand, the values of headers that a rule is
//! for are one token each, and the others are as they were. Limits of rules to methods and paths are read here once more, from CONFIGURATION.md.

use edgeseal::Request;

use crate::encrypt_body::{self, Case, Source, check_token};
use crate::form;
use crate::input::Input;
use crate::naive;
use crate::path::Path;
use crate::tree::{Tree, is_shallow};
use crate::vectors::Vectors;

/// Rules for the body, whose limits are `LIMITS`, and for the rest of a request.
const BODY: [Source; 3] = [
    ("ssn", "$..ssn", "k1", r#","methods":["POST","PUT"],"paths":["/people/*","/p?n"]"#),
    ("email", "$.email", "k2", r#","mode":"envelope","paths":["/people"]"#),
    ("pan", "$..pan", "k3", ""),
];
type Limits = (&'static [&'static str], &'static [&'static str]);
const LIMITS: [Limits; 3] = [(&["POST", "PUT"], &["/people/*", "/p?n"]), (&[], &["/people"]), (&[], &[])];
const QUERY: [Source; 2] = [
    ("q-ssn", "$.ssn", "k1", ""),
    ("q-email", "$.email", "k2", r#","mode":"envelope","match":"ignore-case""#),
];
const HEADERS: [(&str, &str, &str); 2] = [("h-ssn", "x-ssn", "k1"), ("h-key", "authorization-note", "k2")];

struct Cases {
    body: Case,
    query: Case,
}

thread_local! {
    static CASES: Cases = {
        let rule = |(name, path, key, more): &Source| format!(r#"{{"name":"{name}","path":"{path}","key":"{key}"{more}}}"#);
        let query = |(name, path, key, more): &Source| {
            format!(r#"{{"name":"{name}","query":"{}","key":"{key}"{more}}}"#, &path[2..])
        };
        let header = |(name, header, key): &(&str, &str, &str)| format!(r#"{{"name":"{name}","header":"{header}","key":"{key}"}}"#);
        let rules: Vec<String> =
            BODY.iter().map(rule).chain(QUERY.iter().map(query)).chain(HEADERS.iter().map(header)).collect();
        Cases {
            body: Case::with_fields(&BODY, &rules.join(","), ""),
            query: Case::with_fields(&QUERY, &rules.join(","), ""),
        }
    };
}

/// Gives an input to the product.
///
/// # Panics
/// If the oracle is not content.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let mut lines = Vec::new();
    for _ in 0..4 {
        let Ok(line) = core::str::from_utf8(input.until(b'\n')) else { return };
        lines.push((!line.is_empty()).then_some(line));
    }
    let mut headers = Vec::new();
    loop {
        let Ok(line) = core::str::from_utf8(input.until(b'\n')) else { return };
        if line.is_empty() {
            break;
        }
        headers.push(line.split_once(':').unwrap_or((line, "")));
    }
    let body = input.rest();
    let [method, path, query, content_type] = lines[..] else { return };
    let request = Request {
        method,
        path,
        query,
        headers: &headers,
        content_type,
        body: (!body.is_empty()).then_some(body),
    };
    CASES.with(|cases| {
        // The second has the same policy, and RSA of its own.
        for (rule, limits) in cases.body.rules.iter().zip(LIMITS) {
            rule.applies.set(applies(&request, limits));
        }
        match cases.body.bench.encrypt(&request) {
            Ok(encrypted) => {
                let mut count = 0;
                if let Some(before) = query {
                    let after = encrypted.query.expect("there was a query string");
                    count += form::compare_with(
                        &cases.query,
                        &cases.body.bench,
                        before.as_bytes(),
                        after.as_bytes(),
                    );
                }
                assert_eq!(encrypted.headers.len(), headers.len(), "as many headers");
                for ((name, before), after) in headers.iter().zip(&encrypted.headers) {
                    count += check_header(&cases.body, name, before, after);
                }
                if let Some(after) = encrypted.body {
                    if !is_shallow(body, 100) {
                        return;
                    }
                    if content_type.is_some_and(|it| it == "application/json") {
                        let before = Tree::read(body).expect("what is encrypted is JSON");
                        let after = Tree::read(&after).expect("what comes out is JSON");
                        encrypt_body::compare(&cases.body, &before, &after, &mut Vec::new(), &mut count);
                    } else {
                        return;
                    }
                }
                assert_eq!(encrypted.report.values(), count, "what is reported");
            }
            Err(error) => match error.code() {
                "query_invalid" => {
                    form::check_refusal(
                        &cases.body.bench,
                        query.unwrap_or_default().as_bytes(),
                        "query_invalid",
                        "query_invalid",
                    );
                }
                code => assert!((400..500).contains(&error.http_status()), "refused: {code}"),
            },
        }
    });
}

fn check_header(case: &Case, name: &str, before: &str, after: &str) -> usize {
    let Some((rule, _, key)) = HEADERS.iter().find(|(_, header, _)| name.eq_ignore_ascii_case(header)) else {
        assert_eq!(before, after, "what no rule is for stays");
        return 0;
    };
    assert!(naive::find(before.as_bytes(), &case.bench.classic).is_empty(), "a foreign token passes");
    let json = serde_json::to_vec(before).expect("a string");
    let rule = encrypt_body::Rule::new(rule, Path::new("$", false), key);
    check_token(&case.bench, &rule, after, &json);
    1
}

/// Whether a rule is for a request, as CONFIGURATION.md has it.
fn applies(request: &Request<'_>, (methods, paths): Limits) -> bool {
    let of_method = methods.is_empty()
        || request.method.is_none_or(|method| methods.iter().any(|it| it.eq_ignore_ascii_case(method)));
    let of_path = paths.is_empty()
        || request.path.is_none_or(|path| !is_plain(path) || paths.iter().any(|pattern| fits(pattern, path)));
    of_method && of_path
}

fn is_plain(path: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,=:@/".contains(&byte);
    let Some(inside) = path.strip_prefix('/') else { return false };
    let inside = inside.strip_suffix('/').unwrap_or(inside);
    path.bytes().all(allowed)
        && (path == "/" || inside.split('/').all(|segment| !["", ".", ".."].contains(&segment)))
}

fn fits(pattern: &str, path: &str) -> bool {
    let [pattern, path] = [pattern, path].map(|text| {
        let text = text.to_ascii_lowercase();
        if text.len() > 1 { text.strip_suffix('/').unwrap_or(&text).to_owned() } else { text }
    });
    let including =
        pattern.strip_suffix("/*").is_some_and(|folder| wildcard(folder.as_bytes(), path.as_bytes()));
    including || wildcard(pattern.as_bytes(), path.as_bytes())
}

fn wildcard(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern, text) {
        ([], _) => text.is_empty(),
        ([b'*', others @ ..], _) => (0..=text.len()).any(|at| wildcard(others, &text[at..])),
        ([b'?', others @ ..], [_, behind @ ..]) => wildcard(others, behind),
        ([one, others @ ..], [two, behind @ ..]) => one == two && wildcard(others, behind),
        _ => false,
    }
}

/// The requests of the vectors.
#[must_use]
pub fn seeds(vectors: &Vectors) -> Vec<Vec<u8>> {
    let mut seeds = vec![
        b"POST\n/people/1\nssn=1&Email=a%40b\napplication/json\nX-SSN:123\nAuthorization-Note:x\nother:1\n\n{\"ssn\":1,\"email\":\"a\",\"pan\":[]}".to_vec(),
        b"get\n/p%65n\n\napplication/json\n\n{\"ssn\":1}".to_vec(),
    ];
    for vector in vectors.of("request") {
        let text = |name| vector.text(name).unwrap_or_default();
        let mut seed =
            format!("{}\n{}\n{}\n{}\n", text("method"), text("path"), text("query"), text("contentType"));
        for header in vector.test["headers"].as_array().into_iter().flatten() {
            let part = |index: usize| header[index].as_str().unwrap_or_default();
            seed += &format!("{}:{}\n", part(0), part(1));
        }
        let body = vector.bytes("body").unwrap_or_default();
        seeds.push([seed.as_bytes(), b"\n", &body].concat());
    }
    seeds.sort();
    seeds.dedup();
    seeds
}
