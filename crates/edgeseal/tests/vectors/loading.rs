//! Vectors that load a policy or a keyring.

use edgeseal::{Keyring, Policy};

use crate::case::Case;

pub(crate) fn loads_policy(case: &Case<'_>) {
    let error = Policy::from_json(&document(case)).map(drop).err();
    check_loaded(case, error);
}

pub(crate) fn loads_keyring(case: &Case<'_>) {
    let error = Keyring::from_json(&document(case)).map(drop).err();
    check_loaded(case, error);
}

/// The text of a policy or keyring; spaces behind it make it long.
fn document(case: &Case<'_>) -> Vec<u8> {
    let mut text = case.bytes("document");
    if let Some(bytes) = case.test["padToBytes"].as_u64() {
        text.resize(usize::try_from(bytes).unwrap(), b' ');
    }
    text
}

fn check_loaded(case: &Case<'_>, error: Option<edgeseal::ConfigError>) {
    match error {
        None => assert!(case.is_valid(), "{}: is accepted", case.name()),
        Some(error) => {
            assert!(!case.is_valid(), "{}: {error}", case.name());
            let expected = (case.code(), case.test["pointer"].as_str().unwrap());
            assert_eq!((error.code(), error.pointer()), expected, "{}: {error}", case.name());
        }
    }
}
