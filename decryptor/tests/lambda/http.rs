//! Requests over HTTP, and the event of nothing but a body.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::runtime_api::{Function, REQUEST_ID, audits};
use crate::task_root;
use crate::tokens::{assert_silent, bound, relabelled, token};

const A: &str = "rsa2048-a";

/// A request in payload format 2.0.
fn request(content_type: &str, body: &str) -> Value {
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "headers": { "content-type": content_type, "host": "example.org" },
        "requestContext": { "http": { "method": "POST", "path": "/" } },
        "body": body,
        "isBase64Encoded": false,
    })
}

#[test]
fn a_body_alone_is_answered_as_in_the_post() {
    let folder = task_root();
    let function = Function::start(folder.path(), &[]);
    let tokens = [token(A, &json!("SENTINEL-1")), token(A, &json!("SENTINEL \"2\""))];
    let body = json!({ "name": tokens[0], "rest": [1, tokens[1]] }).to_string();
    let answer = function.answer(&json!({ "body": body, "more": { "requestContext": 1 } }));
    assert_eq!(answer["statusCode"], 200);
    let expected = json!({ "name": "SENTINEL-1", "rest": [1, "SENTINEL \"2\""] }).to_string();
    assert_eq!(answer["body"], expected);

    let answer = function.answer(&json!({ "body": format!("{}, {}", tokens[0], tokens[1]) }));
    assert_eq!(answer["body"], "SENTINEL-1, SENTINEL \"2\"");
    let log = function.stop();
    assert_silent(&log, &tokens);
    let audits = audits(&log);
    assert_eq!(audits.len(), 2, "one for each event: {log}");
    assert_eq!(audits[0]["label"], REQUEST_ID);
    assert_eq!(audits[0]["keys"][A]["decrypted"], 2);
    assert_eq!((&audits[0]["found"], &audits[0]["outcome"]), (&json!(2), &json!("decrypted")));
}

#[test]
fn each_content_type_is_read_as_what_it_is() {
    let folder = task_root();
    let function = Function::start(folder.path(), &[]);
    let token = token(A, &json!("SENTINEL \"&,\n"));
    for (content_type, before, after) in [
        ("application/json; charset=utf-8", "{\"a\":\"*\"}", "{\"a\":\"SENTINEL \\\"&,\\n\"}"),
        ("application/hal+json", "[\"x*\"]", "[\"xSENTINEL \\\"&,\\n\"]"),
        ("application/x-ndjson", "\"*\"\n1\n", "\"SENTINEL \\\"&,\\n\"\n1\n"),
        ("application/x-www-form-urlencoded", "a=*&b=1", "a=SENTINEL+%22%26%2C%0A&b=1"),
        ("text/csv", "n,v\n1,*\n", "n,v\n1,\"SENTINEL \"\"&,\n\"\n"),
        ("text/plain", "{\"a\":\"*\"}", "{\"a\":\"SENTINEL \"&,\n\"}"),
        // Not told: guessed.
        ("application/octet-stream", "{\"a\":\"*\"}", "{\"a\":\"SENTINEL \\\"&,\\n\"}"),
    ] {
        let answer = function.answer(&request(content_type, &before.replace('*', &token)));
        assert_eq!(answer["body"], after, "{content_type}");
        assert_eq!(answer["isBase64Encoded"], false);
        let headers = &answer["headers"];
        assert_eq!(
            (&headers["content-type"], &headers["cache-control"]),
            (&json!(content_type), &json!("no-store"))
        );
        assert_eq!(
            (&headers["edgeseal-tokens-found"], &headers["edgeseal-tokens-decrypted"]),
            (&json!("1"), &json!("1"))
        );
    }
    assert_silent(&function.stop(), &[token]);
}

#[test]
fn bodies_come_and_go_as_base64_where_they_have_to() {
    let folder = task_root();
    let function = Function::start(folder.path(), &[]);
    let token = token(A, &json!("SENTINEL"));
    // Format 1.0, with headers in another case.
    let event = |body: &[u8]| {
        json!({
            "resource": "/",
            "headers": { "Content-Type": "text/plain" },
            "requestContext": { "resourcePath": "/" },
            "body": STANDARD.encode(body),
            "isBase64Encoded": true,
        })
    };
    let answer = function.answer(&event(format!("é {token}").as_bytes()));
    assert_eq!((&answer["body"], &answer["isBase64Encoded"]), (&json!("é SENTINEL"), &json!(false)));
    let answer = function.answer(&event(&[b"\xff ", token.as_bytes()].concat()));
    assert_eq!(answer["isBase64Encoded"], true);
    assert_eq!(STANDARD.decode(answer["body"].as_str().unwrap()).unwrap(), b"\xff SENTINEL");
    assert_silent(&function.stop(), &[token]);
}

#[test]
fn a_load_balancer_gets_headers_as_it_sends_them() {
    let folder = task_root();
    let function = Function::start(folder.path(), &[]);
    let mut event = json!({
        "requestContext": { "elb": { "targetGroupArn": "arn" } },
        "multiValueHeaders": { "content-type": ["application/json"] },
        "body": format!("\"{}\"", token(A, &json!("SENTINEL"))),
        "isBase64Encoded": false,
    });
    let answer = function.answer(&event);
    assert_eq!(answer["multiValueHeaders"]["content-type"], json!(["application/json"]));
    assert_eq!((&answer["statusDescription"], answer.get("headers")), (&json!("200 OK"), None));
    assert_eq!(answer["body"], "\"SENTINEL\"");
    event.as_object_mut().unwrap().remove("multiValueHeaders");
    event["headers"] = json!({ "content-type": "application/json" });
    event["body"] = json!("{");
    let answer = function.answer(&event);
    assert_eq!(answer["statusDescription"], "400 Bad Request");
    assert_eq!(answer["headers"]["content-type"], "application/problem+json");
    function.stop();
}

#[test]
fn what_fails_has_its_status_and_its_code() {
    let folder = task_root();
    let function = Function::start(folder.path(), &[]);
    let (good, bad) = (token(A, &json!("SENTINEL")), relabelled("rsa2048-b", A, &json!("SENTINEL")));
    let gone = token("rsa3072", &json!("SENTINEL"));
    let with = |name: &str, value: Value| {
        let mut event = request("application/json", &format!("[\"{good}\"]"));
        *event.pointer_mut(name).unwrap() = value;
        event
    };
    let mut encoded = with("/body", json!(""));
    encoded["headers"]["content-encoding"] = json!("gzip");
    let mut not_base64 = with("/isBase64Encoded", json!(true));
    not_base64["body"] = json!(format!("{good}!"));
    let events = [
        (with("/body", json!(format!("[\"{good}\""))), 400, "json_invalid"),
        (with("/body", json!({ "a": good })), 400, "event_invalid"),
        (not_base64, 400, "body_not_base64"),
        (
            with("/headers/content-type", json!("application/json; charset=latin1")),
            415,
            "content_type_unsupported",
        ),
        (
            with("/headers/content-type", json!("multipart/form-data; boundary=b")),
            415,
            "content_type_unsupported",
        ),
        (encoded, 415, "content_encoding_unsupported"),
        (with("/body", json!(format!("[\"{good}\", \"{bad}\"]"))), 422, "decryption_failed"),
        (with("/body", json!(format!("[\"{good}\", \"{gone}\"]"))), 503, "key_unavailable"),
    ];
    for (event, status, code) in &events {
        let answer = function.answer(event);
        assert_eq!((&answer["statusCode"], *code), (&json!(status), *code), "{answer}");
        assert_eq!(answer["headers"]["content-type"], "application/problem+json");
        let text = answer.to_string();
        assert_silent(&text, &[good.clone(), bad.clone(), gone.clone()]);
        assert!(
            !text.contains("gone") && !text.contains("rsa3072"),
            "the caller learns nothing of keys: {text}"
        );
        let problem: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
        assert_eq!((&problem["status"], &problem["code"]), (&json!(status), &json!(code)), "{problem}");
    }
    let log = function.stop();
    assert_silent(&log, &[good, bad, gone]);
    let audits = audits(&log);
    assert_eq!(audits.len(), events.len());
    for (audit, (_, _, code)) in audits.iter().zip(&events) {
        // The operator is told what it was: a file that is not there.
        let code = if *code == "key_unavailable" { "io_failed" } else { code };
        assert_eq!((&audit["outcome"], &audit["code"]), (&json!("failed"), &json!(code)));
    }
}

#[test]
fn tokens_that_stay_are_counted() {
    let folder = task_root();
    let function = Function::start(folder.path(), &[("EDGESEAL_KEYS", A), ("EDGESEAL_ON_FAILED", "mask")]);
    let unknown = relabelled(A, "other", &json!("SENTINEL"));
    let good = token(A, &json!("SENTINEL"));
    let bad = relabelled("rsa2048-b", A, &json!("SENTINEL"));
    let outside = token("rsa2048-b", &json!("SENTINEL"));
    let body = format!("[\"{good}\",\"{bad}\",\"{outside}\",\"__es1.x\"]");
    let answer = function.answer(&request("application/json", &body));
    assert_eq!(answer["body"], format!("[\"SENTINEL\",\"***\",\"{outside}\",\"__es1.x\"]"));
    let counts = ["found", "decrypted", "kept", "skipped"]
        .map(|name| answer["headers"][format!("edgeseal-tokens-{name}")].clone());
    assert_eq!(counts, ["4", "1", "2", "1"].map(Value::from));
    assert_silent(&function.stop(), &[unknown, good, bad, outside]);
}

#[test]
fn a_required_context_is_proved_by_each_token_and_stands_in_the_audit_line() {
    let folder = task_root();
    let variables = [("EDGESEAL_REQUIRE_CONTEXT", "tenant=north"), ("EDGESEAL_ON_FAILED", "null")];
    let function = Function::start(folder.path(), &variables);
    let tokens = [
        bound(A, &json!("SENTINEL"), "north"),
        bound(A, &json!("SENTINEL"), "south"),
        token(A, &json!("SENTINEL")),
    ];
    let answer = function.answer(&json!({ "body": json!(tokens).to_string() }));
    assert_eq!(answer["body"], "[\"SENTINEL\",null,null]");
    let log = function.stop();
    assert_silent(&log, &tokens);
    let audit = &audits(&log)[0];
    assert_eq!(audit["context"], json!(["tenant"]));
    assert_eq!((&audit["outcome"], &audit["reasons"]), (&json!("kept"), &json!({ "decryption_failed": 2 })));
    assert_eq!(audit["keys"][A]["kept"], json!({ "decryption_failed": 2 }));
}

#[test]
fn an_event_that_has_no_time_left_is_answered_all_the_same() {
    let folder = task_root();
    let function = Function::start(folder.path(), &[]);
    let token = token(A, &json!("SENTINEL"));
    let event = request("application/json", &format!("\"{token}\""));
    let posted = function.post(&event, Duration::ZERO);
    assert_eq!(posted.body["statusCode"], 504);
    assert!(posted.body["body"].as_str().unwrap().contains("deadline_passed"));
    // The next has time again.
    assert_eq!(function.answer(&event)["body"], "\"SENTINEL\"");
    assert_silent(&function.stop(), &[token]);
}

#[test]
fn an_answer_that_lambda_would_not_take_is_not_given() {
    let folder = task_root();
    let function = Function::start(folder.path(), &[]);
    let answer = function.answer(&request("text/plain", &"x".repeat(6_000_000)));
    assert_eq!(answer["statusCode"], 413);
    assert!(answer["body"].as_str().unwrap().contains("output_too_large"));
    function.stop();
}
