//! Vectors that encrypt a body, alone or as a part of a request.

use regex::bytes::{Captures, Regex};
use serde_json::Value;

use crate::back::check_back;
use crate::case::{Applies, Bench, Case};
use crate::common::text;

/// Vectors about what the command cannot be given: a generator that fails, and a limit to the output; of a request a query string, headers,
/// no body, and a path that no argument can hold.
pub(crate) fn is_out_of_reach(case: &Case<'_>) -> bool {
    if matches!(case.test["code"].as_str(), Some("randomness_failed" | "output_too_large")) {
        return true;
    }
    let says = |member: &str| case.test.get(member).is_some();
    let mut rules = case.group["policy"]["fields"].as_array().into_iter().flatten();
    case.file == "request_test.json"
        && (rules.any(|rule| rule.get("path").is_none())
            || says("query")
            || says("headers")
            || !(says("body") || says("bodyHex"))
            || case.test["path"].as_str().is_some_and(|path| path.contains('\0')))
}

pub(crate) fn encrypts(case: &Case<'_>, bench: &Bench) -> Applies {
    if is_out_of_reach(case) {
        return Applies::No;
    }
    let policy = bench.file(case, "policy.json", case.group["policy"].to_string().as_bytes());
    let report = format!("{}-report.json", case.test["tcId"]);
    let body = case.bytes("body");
    // A request without a content type is one whose content type is not named either.
    let content_type = format!("--content-type={}", case.test["contentType"].as_str().unwrap_or(""));
    let mut arguments = vec!["encrypt", "--policy", &policy, &content_type, "--report", &report];
    let limits: Vec<String> = ["method", "path"]
        .iter()
        .filter_map(|name| Some(format!("--{name}={}", case.test[name].as_str()?)))
        .collect();
    arguments.extend(limits.iter().map(String::as_str));
    let output = bench.run(&arguments, &body);
    if !case.is_valid() {
        case.check_refused(&output, case.code());
        assert!(!bench.path(&report).exists(), "{}: a report", case.name());
        return Applies::Yes;
    }

    let stderr = text(&output.stderr);
    assert_eq!((output.status.code(), stderr.as_str()), (Some(0), ""), "{}", case.name());
    let report: Value = serde_json::from_slice(&std::fs::read(bench.path(&report)).unwrap()).unwrap();
    assert_eq!(report, case.test["report"], "{}", case.name());
    let expected = case.bytes("output");
    assert_eq!(output.stdout.len(), expected.len(), "{}: another length", case.name());
    let tokens = token_pattern(&case.group["policy"]);
    let masked = mask(&tokens, &output.stdout);
    assert!(masked == mask(&tokens, &expected), "{}: another output", case.name());
    if report["values"] == 0 {
        assert!(output.stdout == body && expected == body, "{}: another body", case.name());
        return Applies::Yes;
    }
    assert!(output.stdout != expected, "{}: the same randomness", case.name());
    check_back(case, bench, &output.stdout, &body);
    Applies::Yes
}

/// Tokens under the keys of a policy: what is not random of them, then what is.
fn token_pattern(policy: &Value) -> Regex {
    // A part of a JWE may begin with `__`: the parts are counted, as a decoder does it.
    let part = "[A-Za-z0-9_-]+";
    let mut forms = vec![
        format!(r"(__es1\.{part}\.[sv]\.)({part})(\.__)"),
        format!(r"(__es1\.{part}\.e\.{part}\.)({part}\.{part}\.{part}\.{part})(\.__)"),
    ];
    for key in policy["keys"].as_object().unwrap().values() {
        if let (Some(prefix), Some(suffix)) = (key["prefix"].as_str(), key["suffix"].as_str()) {
            forms.push(format!("({})([A-Za-z0-9+/=]+)({})", regex::escape(prefix), regex::escape(suffix)));
        }
    }
    Regex::new(&forms.join("|")).unwrap()
}

fn mask(tokens: &Regex, text: &[u8]) -> Vec<u8> {
    let masked = tokens.replace_all(text, |found: &Captures<'_>| {
        let parts: Vec<&[u8]> = found.iter().skip(1).flatten().map(|part| part.as_bytes()).collect();
        let dots = b"*".repeat(parts[1].len());
        [parts[0], &dots, parts[2]].concat()
    });
    masked.into_owned()
}
