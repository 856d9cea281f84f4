//! Policies of so many rules.

/// A policy under one of the public test keys: `$..ssn`, then rules for names that no body has.
pub fn policy(key: &str, rules: usize, mode: &str) -> String {
    let pem = match key {
        "rsa3072" => include_str!("../../../test-vectors/keys/rsa3072.public.pem"),
        "rsa4096" => include_str!("../../../test-vectors/keys/rsa4096.public.pem"),
        _ => include_str!("../../../test-vectors/keys/rsa2048-a.public.pem"),
    };
    let fields: Vec<String> = (0..rules)
        .map(|rule| {
            let name = if rule == 0 { "ssn".to_owned() } else { format!("secret{rule}") };
            format!(r#"{{"name": "{name}", "path": "$..{name}", "key": "pii", "mode": "{mode}"}}"#)
        })
        .collect();
    let content_types = r#"{
        "application/json": "json",
        "application/x-ndjson": "ndjson",
        "application/x-www-form-urlencoded": "form",
        "multipart/form-data": "multipart"
    }"#;
    format!(
        r#"{{"version": 1, "keys": {{"pii": {{"public_key": {pem:?}}}}}, "content_types": {content_types}, "fields": [{}]}}"#,
        fields.join(",")
    )
}
