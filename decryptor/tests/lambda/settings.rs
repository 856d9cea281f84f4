//! A function that is configured wrongly does not start, and tells Lambda why.

use serde_json::json;

use crate::runtime_api::{Function, audits};
use crate::task_root;
use crate::tokens::{assert_silent, token};

#[test]
fn a_setting_that_is_not_understood_keeps_the_function_from_starting() {
    let folder = task_root();
    for (name, value, code) in [
        ("EDGESEAL_ON_DENY", "keep", "setting_invalid"),
        ("EDGESEAL_MAX_CALLS", "SENTINEL", "setting_invalid"),
        ("EDGESEAL_KEYRING", "none.json", "io_failed"),
        ("EDGESEAL_KEYRING_JSON", "{\"version\": 1}", "config_member_missing"),
        ("EDGESEAL_POLICY", "keyring.json", "config_member_unknown"),
    ] {
        let (exit, posted, log) = Function::start(folder.path(), &[(name, value)]).ended();
        assert_eq!(exit, Some(1), "{name}");
        assert_eq!(posted.path, "/2018-06-01/runtime/init/error");
        assert_eq!(posted.body["errorType"], code, "{name}: {}", posted.body);
        assert!(posted.body["errorMessage"].as_str().unwrap().contains(name), "{}", posted.body);
        assert!(log.contains(name) && log.contains(code), "{log}");
        assert_silent(&format!("{log}{}", posted.body), &[]);
    }
}

#[test]
fn the_keyring_may_be_inline() {
    let folder = task_root();
    let keyring = std::fs::read_to_string(folder.path().join("keyring.json")).unwrap();
    std::fs::remove_file(folder.path().join("keyring.json")).unwrap();
    let function = Function::start(folder.path(), &[("EDGESEAL_KEYRING_JSON", &keyring)]);
    let answer = function.answer(&json!({ "body": token("rsa2048-a", &json!("SENTINEL")) }));
    assert_eq!(answer["body"], "SENTINEL");
    function.stop();
}

#[test]
fn audit_lines_are_written_at_every_level() {
    let folder = task_root();
    for level in ["off", "error", "warn", "info", "debug", "trace"] {
        let function = Function::start(folder.path(), &[("EDGESEAL_LOG_LEVEL", level)]);
        let token = token("rsa2048-a", &json!("SENTINEL"));
        assert_eq!(function.answer(&json!({ "body": token }))["statusCode"], 200);
        let log = function.stop();
        assert_eq!(audits(&log).len(), 1, "{level}");
        assert_silent(&log, &[token]);
    }
}
