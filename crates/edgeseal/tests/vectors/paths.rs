//! Vectors of field paths: each as the one rule of a policy.

use std::collections::BTreeSet;

use edgeseal::{Encryptor, FieldPath};
use serde_json::Value;

use crate::case::Case;
use crate::common::policy;

pub(crate) fn matches(case: &Case<'_>) {
    let text = case.test["path"].as_str().unwrap();
    let path = match FieldPath::new(text) {
        Ok(path) => path,
        Err(error) => {
            assert!(!case.is_valid(), "{}: {error}", case.name());
            assert_eq!(error.code(), case.code(), "{}", case.name());
            return;
        }
    };
    assert!(case.is_valid(), "{}: is accepted", case.name());
    let document = case.test["document"].as_str().unwrap();
    let ignore_case = case.test["match"] == "ignore-case";
    if !ignore_case {
        let found = path.find(document.as_bytes()).unwrap();
        assert_eq!(found.len(), case.test["values"].as_array().unwrap().len(), "{}", case.name());
    }
    // Where the values stand is shown by encrypting them: the same document with a token at each place.
    let fields = serde_json::json!([{
        "name": "x", "path": text, "key": "rsa2048-a", "encrypt_null": true,
        "match": if ignore_case { "ignore-case" } else { "exact" },
    }]);
    let encryptor = Encryptor::new(policy(&fields.to_string(), ""));
    let encrypted =
        encryptor.encrypt(document.as_bytes(), "application/json", &mut getrandom::SysRng).unwrap();
    let protected = case.test["protected"].as_array().unwrap();
    assert_eq!(encrypted.report.values(), protected.len(), "{}", case.name());
    let tokens = String::from_utf8(encrypted.body.to_vec()).unwrap().matches("\"__es1.").count();
    assert_eq!(tokens, protected.len(), "{}", case.name());
    let distinct: BTreeSet<&str> = protected.iter().map(|place| place.as_str().unwrap()).collect();
    let (Ok(mut output), Ok(original)) =
        (serde_json::from_slice::<Value>(&encrypted.body), serde_json::from_str::<Value>(document))
    else {
        return; // a lone surrogate, which `serde_json` does not read
    };
    if distinct.len() < protected.len()
        || case.test["flags"].as_array().unwrap().contains(&"DuplicateNames".into())
    {
        return; // of members with one name a pointer reaches only the last
    }
    for pointer in distinct {
        let place = output.pointer_mut(pointer).unwrap_or_else(|| panic!("{}: {pointer}", case.name()));
        assert!(place.as_str().is_some_and(|text| text.starts_with("__es1.")), "{}: {pointer}", case.name());
        *place = original.pointer(pointer).unwrap().clone();
    }
    assert_eq!(output, original, "{}", case.name());
}
