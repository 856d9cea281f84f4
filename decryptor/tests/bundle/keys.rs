//! A bundle whose policy goes with a keyring, or is not made.

use super::*;

const FINGERPRINT_OF_A: &str = "f9be15e910afc811dfa341fd920e33ad9f494ba6e8cb52b9a4849ac1b4d66504";

/// Attempts a bundle under a keyring: exit status, standard error, and whether there is a bundle.
fn attempt(keyring: &str) -> (Option<i32>, String, bool) {
    let bench = bench();
    fs::write(bench.path().join("keyring.json"), keyring).unwrap();
    let arguments = ["bundle", "-p", "policy.json", "-t", "workers", "-o", "edge.zip", "-k", "keyring.json"];
    let output = run(edgeseal(bench.path()).args(arguments), b"");
    (output.status.code(), text(&output.stderr), bench.path().join("edge.zip").exists())
}

#[test]
fn a_bundle_is_made_if_the_keyring_opens_what_its_policy_encrypts() {
    let keyring = format!(
        r#"{{"version": 1, "keys": {{
            "a": {{"private_key_file": "not-read.pem", "spki_sha256": "{FINGERPRINT_OF_A}"}},
            "b": {{"private_key_file": "not-read.pem", "key_spec": "RSA_3072"}},
            "c": {{"private_key_file": "not-read.pem", "prefix": "{{{{c:", "suffix": ":}}}}"}},
            "old": {{"private_key_file": "not-read.pem"}}
        }}}}"#
    );
    let (status, said, made) = attempt(&keyring);
    assert_eq!((status, made), (Some(0), true), "{said}");
    assert!(!said.contains("error[") && !said.contains("fingerprint_missing"), "{said}");
}

#[test]
fn a_bundle_is_not_made_if_the_keyring_does_not() {
    let keyring = format!(
        r#"{{"version": 1, "keys": {{
            "b": {{"private_key_file": "b.pem", "spki_sha256": "{FINGERPRINT_OF_A}"}},
            "c": {{"private_key_file": "c.pem"}}
        }}}}"#
    );
    let (status, said, made) = attempt(&keyring);
    assert_eq!((status, made), (Some(1), false), "{said}");
    for told in [
        "error[key_not_in_keyring]: `a`: ",
        "error[policy_keyring_mismatch]: `b`: ",
        FINGERPRINT_OF_A,
        "error[tags_mismatch]: `c`: ",
        "error[keyring_mismatch]: the policy does not go with the keyring `keyring.json`",
    ] {
        assert!(said.contains(told), "{told}: {said}");
    }
    let (status, said, made) = attempt("{}");
    assert_eq!((status, made), (Some(1), false));
    assert!(said.contains("error[config_member_missing]"), "{said}");
}
