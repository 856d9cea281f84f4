//! What becomes of texts.

use crate::http::Request;
use crate::service::{Lab, SENTINEL};

#[test]
fn each_content_type_is_decrypted_for_its_format() {
    let lab = Lab::new();
    let service = lab.serve(&[]);
    let [token, _] = lab.tokens(SENTINEL);
    let json = serde_json::to_string(SENTINEL).unwrap();
    let quoted = format!(r#"{{"a": "{token}"}}"#);
    let as_json = format!(r#"{{"a": {json}}}"#);
    for (content_type, text, expected) in [
        ("application/json", quoted.clone(), as_json.clone()),
        ("application/vnd.x+json; charset=utf-8", quoted.clone(), as_json.clone()),
        ("application/x-ndjson", format!("{quoted}\n{quoted}\n"), format!("{as_json}\n{as_json}\n")),
        ("application/jsonl", quoted.clone(), as_json.clone()),
        (
            "application/x-www-form-urlencoded",
            format!("a={token}&b=1"),
            "a=Sent%22inel+078-05-1120&b=1".to_owned(),
        ),
        ("text/plain", format!("<{token}>"), format!("<{SENTINEL}>")),
        // A quotation mark makes a field of CSV a quoted one.
        ("text/csv", format!("x,{token}\n"), "x,\"Sent\"\"inel 078-05-1120\"\n".to_owned()),
        (
            "text/tab-separated-values",
            format!("x\t{token}\n"),
            "x\t\"Sent\"\"inel 078-05-1120\"\n".to_owned(),
        ),
        ("application/octet-stream", format!("<{token}>"), format!("<{SENTINEL}>")),
    ] {
        let response = service.request(&Request::post("", content_type, text));
        assert_eq!((response.status, response.text()), (200, expected), "{content_type}");
        assert_eq!(response.header("content-type"), Some(content_type));
        assert_eq!(response.header("cache-control"), Some("no-store"));
        assert_eq!(response.header("x-content-type-options"), Some("nosniff"));
        let found = if content_type.ends_with("ndjson") { "2" } else { "1" };
        for (name, count) in [("found", found), ("decrypted", found), ("kept", "0"), ("skipped", "0")] {
            assert_eq!(
                response.header(&format!("edgeseal-tokens-{name}")),
                Some(count),
                "{content_type} {name}"
            );
        }
    }
    for (content_type, code) in [
        ("", "content_type_unsupported"),
        ("image/png", "content_type_unsupported"),
        ("text/plain; charset=iso-8859-1", "content_type_unsupported"),
    ] {
        let response = service.request(&Request::post("", content_type, "x"));
        assert_eq!((response.status, response.code()), (415, code.to_owned()), "{content_type}");
    }
    let zipped = Request::post("", "text/plain", "x").header("Content-Encoding", "gzip");
    let response = service.request(&zipped);
    assert_eq!((response.status, response.code()), (415, "content_encoding_unsupported".to_owned()));
}

#[test]
fn what_the_request_says_of_the_format_counts_more_than_its_content_type() {
    let lab = Lab::new();
    let service = lab.serve(&[]);
    let [token, _] = lab.tokens(SENTINEL);
    let text = format!(r#""{token}""#);
    let response = service.request(&Request::post("?format=json", "text/plain", &text));
    assert_eq!(response.text(), serde_json::to_string(SENTINEL).unwrap());
    let response = service.request(&Request::post("?format=text", "", &text));
    assert_eq!(response.text(), format!("\"{SENTINEL}\""));
    assert_eq!(response.header("content-type"), Some("application/octet-stream"));
    let response = service.request(&Request::post("?format=form", "text/plain; charset=x", &text));
    assert_eq!(response.status, 415);
}

#[test]
fn malformed_texts_and_parameters_are_refused() {
    let lab = Lab::new();
    let service = lab.serve(&[]);
    for (query, content_type, text, code) in [
        ("", "application/json", "{", "json_invalid"),
        ("", "application/json", "\u{feff}{}", "body_not_utf8"),
        ("", "application/json", &"[".repeat(1_025), "json_too_deep"),
        ("", "text/csv", "a,\"b", "csv_invalid"),
        ("?format=xml", "text/plain", "", "parameter_invalid"),
        ("?unknown=1", "text/plain", "", "parameter_unknown"),
        ("?context.a=1&context.a=2", "text/plain", "", "parameter_invalid"),
    ] {
        let response = service.request(&Request::post(query, content_type, text));
        assert_eq!((response.status, response.code()), (400, code.to_owned()), "{query} {text}");
    }
}

#[test]
fn a_token_that_does_not_open_fails_the_whole_and_one_that_is_damaged_stays() {
    let lab = Lab::new();
    let service = lab.serve(&[]);
    let [token, envelope] = lab.tokens(SENTINEL);
    let damaged = "__es1.a.s.AAAA.__";
    let response = service.request(&Request::post("", "text/plain", format!("{damaged} {token}")));
    assert_eq!((response.status, response.text()), (200, format!("{damaged} {SENTINEL}")));
    assert_eq!(response.header("edgeseal-tokens-kept"), Some("1"));

    let foreign = token.replace("__es1.a.", "__es1.b.");
    let response = service.request(&Request::post("", "text/plain", format!("{token} {foreign}")));
    // Of another length than the key's: it is damaged, or does not open; either way the text has no byte of it.
    assert!(response.status == 422 || response.header("edgeseal-tokens-kept") == Some("1"), "{response:?}");
    let half = token.len() / 2;
    let other = if &token[half..=half] == "A" { "B" } else { "A" };
    let changed = format!("{}{other}{}", &token[..half], &token[half + 1..]);
    let response = service.request(&Request::post("", "text/plain", format!("{envelope} {changed}")));
    assert_eq!((response.status, response.code()), (422, "decryption_failed".to_owned()));
    assert!(!response.text().contains("Sent"), "{response:?}");
}

#[test]
fn a_context_is_required_by_the_request_and_by_the_service() {
    let lab = Lab::new();
    let service = lab.serve(&[]);
    let [_, envelope] = lab.tokens(SENTINEL);
    let ask = |service: &crate::service::Service, query: &str| {
        service.request(&Request::post(query, "text/plain", &envelope)).status
    };
    assert_eq!(ask(&service, ""), 200);
    assert_eq!(ask(&service, "?context.api=test&context.field=email"), 200);
    assert_eq!(ask(&service, "?context.api=live"), 422);
    let strict = lab.serve(&["--require-context", "api=test"]);
    assert_eq!(ask(&strict, ""), 200);
    assert_eq!(ask(&strict, "?context.field=email"), 200);
    // A request cannot take back what the service requires.
    let other = lab.serve(&["--require-context", "api=live"]);
    assert_eq!(ask(&other, ""), 422);
    assert_eq!(ask(&other, "?context.api=test"), 403);
    assert_eq!(ask(&other, "?context.api=live"), 422);
}

#[test]
fn a_request_cannot_ask_for_more_than_the_service_gives() {
    let lab = Lab::new();
    let service = lab.serve(&["--key", "a", "--field", "ssn"]);
    for query in ["?key=b", "?key=a&key=b", "?field=email"] {
        let response = service.request(&Request::post(query, "text/plain", "x"));
        assert_eq!((response.status, response.code()), (403, "selection_refused".to_owned()), "{query}");
    }
    assert_eq!(service.request(&Request::post("?key=a&field=ssn", "text/plain", "x")).status, 200);
}

#[test]
fn what_is_outside_the_selection_stays_and_is_counted() {
    let lab = Lab::new();
    let [token, envelope] = lab.tokens(SENTINEL);
    let text = format!(r#"{{"ssn": "{token}", "email": "{envelope}", "other": "{envelope}"}}"#);
    let plain = serde_json::to_string(SENTINEL).unwrap();
    let only_ssn = text.replacen(&format!("\"{token}\""), &plain, 1);
    let only_email = text.replacen(&format!("\"{envelope}\""), &plain, 1);
    let both_emails = text.replace(&format!("\"{envelope}\""), &plain);
    let free = lab.serve(&[]);
    let keyed = lab.serve(&["--key", "a"]);
    let fielded = lab.serve(&["--field", "email"]);
    for (service, query, expected, skipped) in [
        (&free, "?key=a", &only_ssn, "2"),
        (&free, "?key=b", &both_emails, "1"),
        (&free, "?field=email", &both_emails, "1"),
        (&free, "?path=%24.email", &only_email, "2"),
        (&free, "?key=b&path=%24.email&field=email", &only_email, "2"),
        (&keyed, "", &only_ssn, "2"),
        (&keyed, "?path=%24.email", &text, "3"),
        (&fielded, "", &both_emails, "1"),
        (&fielded, "?path=%24.email", &only_email, "2"),
    ] {
        let response = service.request(&Request::post(query, "application/json", &text));
        assert_eq!(response.text(), *expected, "{query}");
        assert_eq!(response.header("edgeseal-tokens-skipped"), Some(skipped), "{query}");
    }
    // The policy's rules say where tokens may stand: `other` is no place for one.
    let strict = lab.serve(&["--policy", "policy.json"]);
    let response = strict.request(&Request::post("?on_failed=keep", "application/json", &text));
    let in_place = only_email.replacen(&format!("\"{token}\""), &plain, 1);
    assert_eq!((response.status, response.text()), (200, in_place));
    assert_eq!(strict.request(&Request::post("", "application/json", &text)).status, 422);
}

#[test]
fn a_request_says_what_becomes_of_what_is_not_decrypted() {
    let lab = Lab::new();
    let service = lab.serve(&[]);
    let [_, envelope] = lab.tokens(SENTINEL);
    let text = format!(r#"["{envelope}", 1]"#);
    for (query, expected) in [
        ("?context.api=live&on_failed=keep", text.as_str()),
        ("?context.api=live&on_failed=mask", r#"["***", 1]"#),
        ("?context.api=live&on_failed=null", "[null, 1]"),
    ] {
        let response = service.request(&Request::post(query, "application/json", &text));
        assert_eq!((response.status, response.text()), (200, expected.to_owned()), "{query}");
        assert_eq!(response.header("edgeseal-tokens-kept"), Some("1"), "{query}");
    }
    let query = "?context.api=live&on_failed=fail";
    assert_eq!(service.request(&Request::post(query, "application/json", &text)).status, 422);
}

#[test]
fn a_report_can_be_had_in_place_of_the_text() {
    let lab = Lab::new();
    let service = lab.serve(&[]);
    let [token, _] = lab.tokens(SENTINEL);
    let text = format!("{token}\n__es1.a.s.AAAA.__");
    let response = service.request(&Request::post("?report=only", "text/plain", text));
    assert_eq!(response.header("content-type"), Some("application/json"));
    let report = response.json();
    assert_eq!(
        (report["found"].as_u64(), report["decrypted"].as_u64(), report["kept"].as_u64()),
        (Some(2), Some(1), Some(1))
    );
    assert_eq!(report["positions"][0]["code"], "token_damaged");
    assert!(!response.text().contains("Sent"));
    // It is what the description says.
    let document = service.request(&Request::get("/openapi.json")).json();
    let schema =
        serde_json::json!({"$ref": "#/components/schemas/Report", "components": document["components"]});
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&report), "{report}");
}

#[test]
fn two_hundred_requests_at_once_each_have_their_own_answer() {
    let lab = Lab::new();
    let service = lab.serve(&["--max-requests", "200"]);
    let values: Vec<String> = (0..8).map(|number| format!("value {number}")).collect();
    let tokens: Vec<[String; 2]> = values.iter().map(|value| lab.tokens(value)).collect();
    std::thread::scope(|scope| {
        for number in 0..200 {
            let (service, value, token) =
                (&service, &values[number % 8], &tokens[number % 8][number / 8 % 2]);
            scope.spawn(move || {
                let text = format!("{number} {token} {number}");
                let response = service.request(&Request::post("", "text/plain", text));
                assert_eq!(response.text(), format!("{number} {value} {number}"));
            });
        }
    });
    assert_eq!(service.metric(r#"edgeseal_http_requests_total{status="200",code="ok"}"#), Some(200.0));
}

/// Whoever may send texts and sees the answers learns no more than that one does not open: not the padding, not the tag, not the encoding.
#[test]
fn whatever_does_not_open_has_one_answer() {
    let lab = Lab::new();
    let service = lab.serve(&["--require-context", "api=test"]);
    let [_, envelope] = lab.tokens(SENTINEL);
    let [_, another] = lab.tokens(SENTINEL);
    let parts = |token: &str| token.split('.').map(str::to_owned).collect::<Vec<_>>();
    let (one, other) = (parts(&envelope), parts(&another));
    let with = |part: usize, text: &str| {
        let mut changed = one.clone();
        text.clone_into(&mut changed[part]);
        changed.join(".")
    };
    // Another's wrapped key, IV, ciphertext and tag, a wrapped key that is none, and a header of another context.
    let header = "eyJhbGciOiJSU0EtT0FFUC0yNTYiLCJjdHkiOiJqc29uIiwiY3R4Ijp7ImZpZWxkIjoiZW1haWwifSwiZW5jIjoiQTI1NkdDTSJ9";
    let mut texts: Vec<String> = (4..8).map(|part| with(part, &other[part])).collect();
    texts.push(with(4, &format!("{}A", "B".repeat(511))));
    texts.push(with(3, header));
    assert!(texts.iter().all(|text| *text != envelope));
    let mut answers = std::collections::BTreeSet::new();
    for text in texts {
        let response = service.request(&Request::post("", "text/plain", text));
        assert_eq!((response.status, response.code()), (422, "decryption_failed".to_owned()));
        let mut problem = response.json();
        // Each request has an id of its own.
        problem.as_object_mut().unwrap().remove("request_id");
        let headers = ["content-type", "content-length", "cache-control", "edgeseal-tokens-kept"];
        answers.insert((problem.to_string(), headers.map(|name| response.header(name).map(str::to_owned))));
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
}
