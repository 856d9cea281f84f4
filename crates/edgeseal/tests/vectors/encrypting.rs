//! Vectors that encrypt a body, or a whole request.

use edgeseal::{Encryptor, Policy, Request};
use serde_json::Value;

use crate::case::{Case, hex};
use crate::common::Stream;

pub(crate) fn encrypts_body(case: &Case<'_>) {
    let mut random = random(case);
    let body = case.bytes("body");
    let encrypted = encryptor(case).encrypt(&body, case.text("contentType").unwrap_or(""), &mut random);
    if !case.is_valid() {
        assert_eq!(encrypted.expect_err(&case.name()).code(), case.code(), "{}", case.name());
        return;
    }
    let encrypted = encrypted.unwrap_or_else(|error| panic!("{}: {error}", case.name()));
    assert!(*encrypted.body == case.bytes("output"), "{}: another output", case.name());
    check_report(case, &encrypted.report.to_json(), &random);
}

pub(crate) fn encrypts_request(case: &Case<'_>) {
    let mut random = random(case);
    let body = case.bytes_if_any("body");
    let headers: Vec<(&str, &str)> =
        case.test["headers"].as_array().into_iter().flatten().map(pair).collect();
    let request = Request {
        method: case.text("method"),
        path: case.text("path"),
        query: case.text("query"),
        headers: &headers,
        content_type: case.text("contentType"),
        body: body.as_deref(),
    };
    let encrypted = encryptor(case).encrypt_request(&request, &mut random);
    if !case.is_valid() {
        assert_eq!(encrypted.expect_err(&case.name()).code(), case.code(), "{}", case.name());
        return;
    }
    let encrypted = encrypted.unwrap_or_else(|error| panic!("{}: {error}", case.name()));
    assert!(
        encrypted.body.as_deref() == case.bytes_if_any("output").as_deref(),
        "{}: another output",
        case.name()
    );
    assert!(encrypted.query.as_deref() == case.text("queryOutput"), "{}: another query string", case.name());
    let values: Vec<&str> = case.test["headersOutput"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|value| value.as_str().unwrap())
        .collect();
    assert!(encrypted.headers == values, "{}: other headers", case.name());
    check_report(case, &encrypted.report.to_json(), &random);
}

fn encryptor(case: &Case<'_>) -> Encryptor {
    let encryptor = Encryptor::new(Policy::from_json(case.group["policy"].to_string().as_bytes()).unwrap());
    match case.group["maxOutputBytes"].as_u64() {
        Some(bytes) => encryptor.with_max_output_bytes(usize::try_from(bytes).unwrap()),
        None => encryptor,
    }
}

fn random(case: &Case<'_>) -> Stream {
    Stream::new(&hex(case.text("random").unwrap()))
}

fn pair(header: &Value) -> (&str, &str) {
    (header[0].as_str().unwrap(), header[1].as_str().unwrap())
}

fn check_report(case: &Case<'_>, report: &str, random: &Stream) {
    let report: Value = serde_json::from_str(report).unwrap();
    assert_eq!(report, case.test["report"], "{}", case.name());
    assert_eq!(random.left(), 0, "{}: random bytes are left", case.name());
}
