//! Rules that only report take nothing from the others.

#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod common;

use common::{Stream, policy};
use edgeseal::{Encryptor, Request};
use getrandom::SysRng;

const ENFORCED: &str = r#"{"name": "ssn", "path": "$..ssn", "key": "rsa2048-a"}"#;
const REPORTED: &str = r#"
    {"name": "all", "path": "$.person", "key": "rsa2048-b", "action": "report"},
    {"name": "early", "path": "$..ssn", "key": "rsa2048-b", "action": "report"},
    {"name": "email", "path": "$..email", "key": "rsa2048-b", "action": "report", "required": true},
    {"name": "long", "path": "$..long", "key": "rsa2048-b", "action": "report", "oversize": "reject"}"#;

/// The same bytes for everybody who asks in the same order.
fn stream() -> Stream {
    Stream::new(&(0..=u8::MAX).collect::<Vec<u8>>())
}

#[test]
fn the_output_is_the_same_with_and_without_them() {
    let body = br#"{"person": {"ssn": "078", "email": "ada@example.org"}, "ssn": 1, "email": null}"#;
    let without = Encryptor::new(policy(&format!("[{ENFORCED}]"), ""));
    let with = Encryptor::new(policy(&format!("[{REPORTED}, {ENFORCED}]"), ""));
    let [without, with] =
        [without, with].map(|it| it.encrypt(body, "application/json", &mut stream()).unwrap());
    assert!(without.body == with.body);
    assert_eq!(with.report.values(), 2);
    // `email` below `person` is inside of what is counted as a whole; the `null` is decided about and stays.
    let reported: Vec<_> =
        with.report.reported().iter().map(|(name, count)| (name.as_str(), *count)).collect();
    assert_eq!(reported, [("all", 1)]);
    assert!(with.report.would_refuse().is_empty());
}

#[test]
fn refusals_are_counted_and_the_request_passes() {
    let encryptor = Encryptor::new(policy(&format!("[{REPORTED}]"), ""));
    let body = format!("{{\"long\": \"{}\"}}", "x".repeat(191));
    let encrypted = encryptor.encrypt(body.as_bytes(), "application/json", &mut Stream::new(&[])).unwrap();
    assert_eq!(*encrypted.body, *body.as_bytes());
    assert_eq!(
        encrypted.report.to_json(),
        r#"{"values":0,"rules":{},"keys":{},"would_refuse":{"email":1,"long":1}}"#
    );
}

#[test]
fn a_value_left_elsewhere_is_refused_or_counted() {
    let fields = r#"[{"name": "ssn", "path": "$.ssn", "key": "rsa2048-a"}, {"name": "h", "header": "x-ssn", "key": "rsa2048-a"}]"#;
    let leftovers = |action: &str| format!(r#", "leftovers": {{"min_chars": 6, "action": "{action}"}}"#);
    let refuse = Encryptor::new(policy(fields, &leftovers("refuse")));
    let report = Encryptor::new(policy(fields, &leftovers("report")));
    for (body, found) in [
        (r#"{"ssn": "078-05", "note": "it is 078-05-1120"}"#, 1),
        (r#"{"ssn": "078-05", "note": "it is \u0030\u00378-05"}"#, 1),
        (r#"{"ssn": "078-05", "078-05": 1}"#, 1),
        (r#"{"ssn": "078-05", "\u003078-05": 1}"#, 1),
        (r#"{"ssn": 123456, "note": 91234567}"#, 1),
        (r#"{"ssn": "ñandú!", "note": "ñandú!"}"#, 1),
        (r#"{"ssn": "12345", "note": "12345"}"#, 0),
        (r#"{"ssn": "123456", "ssn": "123456"}"#, 0),
        (r#"{"ssn": "123456", "note": "12345 6"}"#, 0),
        (r#"{"ssn": "", "note": ""}"#, 0),
        (r#"{"note": "header"}"#, 1),
    ] {
        let headers = [("X-SSN", "header")];
        let request = Request {
            content_type: Some("application/json"),
            body: Some(body.as_bytes()),
            headers: &headers,
            ..Request::default()
        };
        let outcome = refuse.encrypt_request(&request, &mut SysRng);
        assert_eq!(outcome.err().map(|error| error.code()), (found > 0).then_some("value_left"), "{body}");
        let counted = report.encrypt_request(&request, &mut SysRng).unwrap();
        assert_eq!(counted.report.leftovers(), found, "{body}");
    }
}
