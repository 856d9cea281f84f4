//! What the service tells of itself: metrics, the audit, its description; and what it never tells.

use std::collections::BTreeSet;

use regex::Regex;

use crate::http::Request;
use crate::service::{Lab, SENTINEL};

#[test]
fn metrics_are_prometheus_text_and_count_right() {
    let lab = Lab::new();
    let service = lab.serve(&[]);
    let [token, envelope] = lab.tokens(SENTINEL);
    let unknown = token.replace("__es1.a.", "__es1.elsewhere.");
    let text = format!("{token} {token} {envelope} __es1.a.s.AAAA.__ {unknown}");
    let answer = service.request(&Request::post("", "text/plain", &text));
    assert_eq!(answer.status, 200);
    service.request(&Request::post("", "application/json", "{"));
    service.request(&Request::get("/nowhere"));

    let response = service.request(&Request::get("/metrics"));
    assert_eq!(response.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    let metrics = response.text();
    let sample = Regex::new(
        r#"^([a-z_]+?)(?:_bucket|_sum|_count)?(\{[a-z]+="[^"\\]*"(?:,[a-z]+="[^"\\]*")*\})? [0-9.e+-]+$"#,
    )
    .unwrap();
    let mut families = BTreeSet::new();
    for line in metrics.lines() {
        if let Some(family) = line.strip_prefix("# TYPE ") {
            let (name, kind) = family.split_once(' ').unwrap();
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
            assert!(families.insert(name), "{line}");
        } else if !line.starts_with("# HELP ") {
            let name = &sample.captures(line).unwrap_or_else(|| panic!("{line}"))[1];
            assert!(families.contains(name), "{line}");
        }
    }
    assert!(metrics.ends_with('\n'));

    let sum = |name: &str| -> f64 {
        let lines = metrics.lines().filter(|line| line.starts_with(name) && !line.starts_with('#'));
        lines.map(|line| line.rsplit_once(' ').unwrap().1.parse::<f64>().unwrap()).sum()
    };
    for (name, value) in [
        (r#"edgeseal_http_requests_total{status="200",code="ok"}"#, 1.0),
        (r#"edgeseal_http_requests_total{status="400",code="json_invalid"}"#, 1.0),
        (r#"edgeseal_http_requests_total{status="404",code="not_found"}"#, 1.0),
        ("edgeseal_http_request_duration_seconds_count", 3.0),
        (r#"edgeseal_http_request_duration_seconds_bucket{le="+Inf"}"#, 3.0),
        ("edgeseal_http_request_body_bytes_total", text.len() as f64),
        ("edgeseal_http_response_body_bytes_total", answer.body.len() as f64),
        ("edgeseal_tokens_found_total", 5.0),
        ("edgeseal_tokens_decrypted_total", 3.0),
        (r#"edgeseal_tokens_decrypted_total{key="a"}"#, 2.0),
        (r#"edgeseal_tokens_decrypted_total{key="b"}"#, 1.0),
        ("edgeseal_tokens_kept_total", 2.0),
        (r#"edgeseal_tokens_kept_total{key="",reason="token_key_unknown"}"#, 1.0),
        ("edgeseal_tokens_skipped_total", 0.0),
        ("edgeseal_build_info", 1.0),
    ] {
        assert!((sum(name) - value).abs() < f64::EPSILON, "{name} {value}\n{metrics}");
    }
    assert!(sum("process_start_time_seconds") > 1.7e9);
    // Key ids that only a text knows are none of ours.
    assert!(!metrics.contains("elsewhere"), "{metrics}");
}

#[test]
fn each_request_leaves_a_line_for_the_audit_under_the_id_that_its_answer_has() {
    let lab = Lab::new();
    let mut service = lab.serve(&[]);
    let [token, _] = lab.tokens(SENTINEL);
    let named = service.request(&Request::post("", "text/plain", token).header("X-Request-Id", "order-7_b"));
    assert_eq!(named.header("edgeseal-request-id"), Some("order-7_b"));
    let invented =
        service.request(&Request::post("", "application/json", "{").header("X-Request-Id", "not this"));
    let invented = invented.header("edgeseal-request-id").unwrap().to_owned();
    assert_ne!(invented, "not this");
    let refused = service.request(&Request::post("", "text/plain", "x").header("Origin", "null"));
    let refused = refused.header("edgeseal-request-id").unwrap().to_owned();
    // A client that goes away in the middle.
    let mut gone = service.connect();
    gone.send(
        Request::post("", "text/plain", "x")
            .header("Content-Length", "2")
            .header("X-Request-Id", "gone")
            .bytes(),
    );
    service.reaches("edgeseal_http_requests_in_flight", 1.0);
    drop(gone);
    service.hears("http gone");
    service.signal("TERM");
    let (_, said) = service.ended();
    let lines: Vec<serde_json::Value> = said
        .lines()
        .filter(|line| line.starts_with('{') && line.contains("\"outcome\""))
        .map(|line| serde_json::from_str(line).unwrap())
        .map(|line: serde_json::Value| line.get("fields").unwrap_or(&line).clone())
        .collect();
    assert_eq!(lines.len(), 4, "{said}");
    let line = |id: &str| {
        let label = format!("http {id}");
        lines.iter().find(|line| line["label"] == label).unwrap_or_else(|| panic!("{id}: {said}"))
    };
    assert_eq!(line("order-7_b")["outcome"], "decrypted");
    assert_eq!(line(&invented)["code"], "json_invalid");
    assert_eq!(line(&refused)["code"], "origin_refused");
    let code = line("gone")["code"].as_str().unwrap();
    assert!(["client_gone", "body_incomplete"].contains(&code), "{code}");
}

#[test]
fn nothing_of_a_text_is_anywhere_but_in_its_answer() {
    let lab = Lab::new();
    let mut service = lab.serve(&[]);
    let [token, envelope] = lab.tokens(SENTINEL);
    let half = token.len() / 2;
    let other = if &token[half..=half] == "A" { "B" } else { "A" };
    let changed = format!("{}{other}{}", &token[..half], &token[half + 1..]);
    let mut told = Vec::new();
    for (query, content_type, text) in [
        ("", "text/plain", format!("{token} {envelope}")),
        ("", "application/json", format!("{{{token}")),
        ("", "text/plain", format!("{envelope} {changed} Sentinel")),
        ("?report=only", "text/plain", format!("{token} __es1.a.s.Sentinel.__ __es1.Sentinel.s.AAAA.__")),
        ("?Sentinel=1", "text/plain", token.clone()),
        ("?format=Sentinel", "text/plain", token.clone()),
        ("?path=Sentinel", "text/plain", token.clone()),
        ("?context.api=Sentinel", "text/plain", envelope.clone()),
        ("", "text/Sentinel; charset=Sentinel", token.clone()),
    ] {
        let response = service.request(&Request::post(query, content_type, text));
        let is_text = response.status == 200 && query.is_empty();
        assert_eq!(
            is_text,
            content_type == "text/plain"
                && response.header("content-type") == Some(content_type)
                && query.is_empty()
        );
        if !is_text {
            told.push(response.text());
        }
    }
    told.push(service.request(&Request::get("/metrics")).text());
    service.signal("TERM");
    told.push(service.ended().1);
    for told in &told {
        let parts = [&token[20..60], &envelope[20..60], &changed[20..60], "Sent", "inel", "078-05", "__es1"];
        for part in parts {
            // A report of what was found in a text names the keys that it names.
            let is_report = told.contains("positions_omitted");
            assert!(
                !told.contains(part) || (is_report && ["Sent", "inel"].contains(&part)),
                "{part}: {told}"
            );
        }
    }
}

#[test]
fn the_description_is_served_with_the_version() {
    let lab = Lab::new();
    let service = lab.serve(&[]);
    let response = service.request(&Request::get("/openapi.json"));
    assert_eq!(response.header("content-type"), Some("application/json"));
    assert_eq!(response.json()["info"]["version"], env!("CARGO_PKG_VERSION"));
    // Every route is there, and has no other method than it says.
    for (path, item) in response.json()["paths"].as_object().unwrap() {
        let method = item.as_object().unwrap().keys().next().unwrap().to_uppercase();
        for other in ["GET", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"] {
            let response = service.request(&Request::new(other, path).header("Content-Length", "0"));
            assert_eq!(response.status == 405, other != method, "{other} {path}");
            if other != method {
                assert_eq!(response.code(), "method_not_allowed");
                assert!(response.header("allow").unwrap().starts_with(&method), "{other} {path}");
            }
        }
    }
}

#[test]
fn a_connection_serves_many_requests_and_head_has_no_body() {
    let lab = Lab::new();
    let service = lab.serve(&[]);
    let mut client = service.connect();
    for number in 0..50 {
        assert_eq!(
            client.request(&Request::post("", "text/plain", format!("{number}"))).text(),
            format!("{number}")
        );
        let missing = client.request(&Request::get("/v1/nothing"));
        assert_eq!((missing.status, missing.code()), (404, "not_found".to_owned()));
    }
    client.send(Request::new("HEAD", "/healthz").bytes());
    let head = client.response_to("HEAD");
    assert_eq!((head.status, head.header("content-length")), (200, Some("3")));
    client.send(Request::new("HEAD", "/v1/decrypt").bytes());
    assert_eq!(client.response_to("HEAD").status, 405);
    // Two at once are answered in turn.
    let two =
        [Request::post("", "text/plain", "one").bytes(), Request::post("", "text/plain", "two").bytes()];
    client.send(two.concat());
    assert_eq!((client.response().text(), client.response().text()), ("one".to_owned(), "two".to_owned()));
    assert_eq!(
        client.request(&Request::get("/metrics")).text().matches("edgeseal_http_connections 1\n").count(),
        1
    );
}
