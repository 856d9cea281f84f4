//! Encrypting the parts of a form (`multipart/form-data`).
//!
//! Input: a policy, the content type up to a line feed, then the body. **Oracle:** the body is refused; or a reader that cuts it at every boundary and looks at
//! no more than a name and a type finds the same parts before and after: of those that a rule is for one token with the content, of JSON what the target
//! `encrypt_body` demands, of all others the same bytes, and lengths that are right.

use edgeseal::Request;

use crate::encrypt_body::{self, Case, Source, check_token};
use crate::field;
use crate::input::Input;
use crate::naive;
use crate::path::Step;
use crate::tree::{Tree, is_shallow};
use crate::vectors::Vectors;

const TYPES: &str =
    r#","content_types":{"multipart/form-data":"multipart","application/json":"json","image/png":"pass"}"#;

const POLICIES: [&[Source]; 2] = [
    &[
        ("ssn", "$..ssn", "k1", ""),
        ("email", "$.email", "k2", r#","mode":"envelope""#),
        ("below", "$.person.name", "k3", ""),
        ("items", "$.items[*]", "k2", ""),
    ],
    &[("ssn", "$.SSN", "c1", r#","match":"ignore-case""#), ("whole", "$.doc", "k1", r#","mode":"envelope""#)],
];

thread_local! {
    static CASES: Vec<Case> = POLICIES.iter().map(|rules| Case::new(rules, TYPES, &[], 128)).collect();
}

/// A part, as far as it matters here.
struct Part<'b> {
    head: &'b str,
    name: String,
    is_file: bool,
    content_type: String,
    content: &'b [u8],
}

/// Gives an input to the product.
///
/// # Panics
/// If the oracle is not content.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let choice = usize::from(input.byte());
    let Ok(content_type) = core::str::from_utf8(input.until(b'\n')) else { return };
    let body = input.rest();
    CASES.with(|cases| {
        let case = &cases[choice % cases.len()];
        let request = Request { content_type: Some(content_type), body: Some(body), ..Request::default() };
        match case.bench.encrypt(&request) {
            Ok(encrypted) => {
                let after = encrypted.body.expect("there was a body");
                let is_parts = content_type.trim().to_ascii_lowercase().starts_with("multipart/");
                if is_parts {
                    let count = compare(case, content_type, body, &after);
                    assert_eq!(encrypted.report.values(), count, "what is reported");
                }
            }
            Err(error) => assert!((400..500).contains(&error.http_status()), "refused: {}", error.code()),
        }
    });
}

fn compare(case: &Case, content_type: &str, before: &[u8], after: &[u8]) -> usize {
    assert!(naive::find(before, &case.bench.classic).is_empty(), "a foreign token passes");
    let boundary = boundary(content_type);
    let (before, after) = (parts(before, &boundary), parts(after, &boundary));
    assert_eq!(before.len(), after.len(), "as many parts");
    let mut count = 0;
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before.name, after.name);
        let length = |part: &Part<'_>| header(part.head, "content-length");
        for part in [before, after] {
            assert!(length(part).is_none_or(|it| it == part.content.len().to_string()), "a length is wrong");
        }
        let others = |part: &Part<'_>| -> Vec<String> {
            let lines = part.head.split("\r\n").map(str::to_owned);
            lines.filter(|line| !line.to_ascii_lowercase().starts_with("content-length")).collect()
        };
        assert_eq!(others(before), others(after), "headers stay");
        let rules = field::rules(case, &before.name);
        if before.content_type == "application/json" {
            // Of a name with several readings another rule may decide about each value.
            let is_one = !before.name.contains(['[', '.']);
            if is_one && is_shallow(before.content, 100) {
                let [before, after] = [(before, "before"), (after, "after")].map(|(part, when)| {
                    (&part.name, Tree::read(part.content).unwrap_or_else(|| panic!("{when} it is JSON")))
                });
                let mut steps = vec![Step::Name(Some(before.0.clone()))];
                encrypt_body::compare(case, &before.1, &after.1, &mut steps, &mut count);
                continue;
            }
            count += naive::find(after.content, &case.bench.classic).len();
            continue;
        }
        if rules.is_empty() || before.is_file {
            assert!(rules.is_empty(), "a file that a rule is for passes");
            assert!(before.content == after.content, "what no rule is for stays");
            continue;
        }
        count += 1;
        let text = core::str::from_utf8(before.content).expect("what is encrypted is text");
        let token = core::str::from_utf8(after.content).expect("a token is text");
        let json = serde_json::to_vec(text).expect("a string");
        let opened = case.bench.open(token.as_bytes()).expect("it is one token");
        let rule = rules.iter().find(|rule| rule.key == opened.key_id).expect("under a rule's key");
        assert!(opened.json == json, "another value");
        if rules.len() == 1 {
            check_token(&case.bench, rule, token, &json);
        }
    }
    count
}

/// What stands between boundaries.
fn parts<'b>(body: &'b [u8], boundary: &str) -> Vec<Part<'b>> {
    let delimiter = format!("--{boundary}").into_bytes();
    let (mut cuts, mut at) = (Vec::new(), 0);
    while at < body.len() {
        // A token may hold a short boundary by chance, but not at the beginning of a line.
        let is_here = body[at..].starts_with(&delimiter) && (at == 0 || body[..at].ends_with(b"\r\n"));
        cuts.extend(is_here.then_some(at));
        at += if is_here { delimiter.len() } else { 1 };
    }
    let last = cuts.pop().expect("there is a boundary");
    assert!(body[last + delimiter.len()..].starts_with(b"--"), "the last boundary is the end");
    assert_eq!(cuts.first().copied().unwrap_or(last), 0, "nothing is before the first boundary");
    let ends = cuts.iter().skip(1).copied().chain([last]);
    cuts.iter().zip(ends).map(|(start, end)| part(&body[start + delimiter.len()..end])).collect()
}

fn part(text: &[u8]) -> Part<'_> {
    let inside =
        text.strip_prefix(b"\r\n").and_then(|text| text.strip_suffix(b"\r\n")).expect("CRLF at both ends");
    let end = inside.windows(4).position(|part| part == b"\r\n\r\n").expect("headers end");
    let head = core::str::from_utf8(&inside[..end]).expect("headers are text");
    let disposition = header(head, "content-disposition").expect("there is a disposition");
    let lower = disposition.to_ascii_lowercase();
    let value = |name: &str| {
        let at =
            lower.match_indices(name).map(|(at, _)| at).find(|at| lower[..*at].trim_end().ends_with(';'))?;
        let rest = disposition[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
        Some(match rest.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next().unwrap_or_default().to_owned(),
            None => rest.split([';', ' ', '\t']).next().unwrap_or_default().to_owned(),
        })
    };
    let content_type = header(head, "content-type").unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    Part {
        head,
        name: value("name").expect("there is a name"),
        is_file: value("filename").is_some() || essence == "image/png",
        content_type: essence,
        content: &inside[end + 4..],
    }
}

fn header(head: &str, name: &str) -> Option<String> {
    let fields = head.split("\r\n").filter_map(|line| line.split_once(':'));
    let mut values = fields
        .filter(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim().to_owned());
    values.next()
}

fn boundary(content_type: &str) -> String {
    let at = content_type.to_ascii_lowercase().find("boundary").expect("there is a boundary");
    let rest = content_type[at + "boundary".len()..].trim_start().strip_prefix('=').expect("it has a value");
    let rest = rest.trim_start();
    let value = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => rest.split([';', ' ', '\t']).next(),
    };
    value.unwrap_or_default().to_owned()
}

/// The bodies of the vectors.
#[must_use]
pub fn seeds(vectors: &Vectors) -> Vec<Vec<u8>> {
    let own = "multipart/form-data; boundary=b\n--b\r\nContent-Disposition: form-data; name=\"ssn\"\r\nContent-Length: 3\r\n\r\n123\r\n--b\r\n\
        Content-Disposition: form-data; name=\"doc\"\r\nContent-Type: application/json\r\n\r\n{\"ssn\":[1], \"x\":\"y\"}\r\n--b\r\n\
        Content-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\nContent-Type: image/png\r\n\r\n\x01\x02\r\n--b--\r\n";
    let mut seeds = vec![[&[0][..], own.as_bytes()].concat(), [&[1][..], own.as_bytes()].concat()];
    for vector in vectors.of("request") {
        if let (Some(content_type), Some(body)) = (vector.text("contentType"), vector.bytes("body"))
            && content_type.starts_with("multipart/")
            && !content_type.contains('\n')
        {
            seeds.push([&[0][..], content_type.as_bytes(), b"\n", &body].concat());
        }
    }
    seeds.sort();
    seeds.dedup();
    seeds
}
