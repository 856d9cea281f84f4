#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use edgeseal::{KeyId, Keyring, PublicKey, PublicKeyError};
use edgeseal_decryptor::Unavailability;
use serde_json::{Value, json};

use super::super::facts::{Canary, CanaryFacts, Description, KeyFacts, OwnerFacts, Trouble};
use super::super::facts_of;
use super::super::policies::PolicyFile;
use super::{Demands, Finding, Severity, findings};
use crate::command::hex::hex;

const A: &str = include_str!("../../../../../../test-vectors/keys/rsa2048-a.public.pem");
const B: &str = include_str!("../../../../../../test-vectors/keys/rsa2048-b.public.pem");
const BIG: &str = include_str!("../../../../../../test-vectors/keys/rsa3072.public.pem");
const ARN: &str = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// What is said of the key `k`.
struct Case {
    policies: Vec<Value>,
    entry: Option<Value>,
    owner: Option<OwnerFacts>,
    demands: Demands,
}

fn key(pem: &str) -> PublicKey {
    PublicKey::from_pem(pem).unwrap()
}

fn sha256(pem: &str) -> String {
    hex(key(pem).spki_sha256())
}

/// A policy with one rule under `k`, or none.
fn policy(pem: &str, rule: Option<Value>) -> Value {
    let mut fields = vec![json!({"name": "other", "path": "$.other", "key": "other"})];
    if let Some(members) = rule {
        let mut rule = json!({"name": "ssn", "path": "$.ssn", "key": "k"});
        rule.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        fields.push(rule);
    }
    json!({"version": 1, "fields": fields, "keys": {"k": {"public_key": pem}, "other": {"public_key": BIG}}})
}

/// A key in AWS KMS about which there is nothing to find.
fn good() -> Case {
    Case {
        policies: vec![policy(A, Some(json!({})))],
        entry: Some(json!({"kms_key_arn": ARN, "spki_sha256": sha256(A), "key_spec": "RSA_2048"})),
        owner: Some(OwnerFacts {
            description: Some(Ok(description())),
            public_key: Some(Ok(Ok(key(A)))),
            canaries: vec![CanaryFacts { policy: Some("p0.json".into()), outcome: Canary::Opened }],
            readable_by_others: false,
        }),
        demands: Demands { decrypt: true },
    }
}

fn description() -> Description {
    Description {
        state: "Enabled".into(),
        usage: "ENCRYPT_DECRYPT".into(),
        spec: "RSA_2048".into(),
        algorithms: vec!["RSAES_OAEP_SHA_1".into(), "RSAES_OAEP_SHA_256".into()],
        deletion_date: None,
        valid_to: None,
    }
}

/// The same, with a change.
fn with(change: impl FnOnce(&mut Case)) -> Vec<Finding> {
    let mut case = good();
    change(&mut case);
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for (index, policy) in case.policies.iter().enumerate() {
        let path = folder.path().join(format!("p{index}.json"));
        std::fs::write(&path, policy.to_string()).unwrap();
        let mut file = PolicyFile::read(&path).unwrap_or_else(|_| panic!("{policy}"));
        file.name = format!("p{index}.json");
        files.push(file);
    }
    let mut keyring = json!({"version": 1, "keys": {"other": {"private_key_file": "other.pem"}}});
    if let Some(entry) = case.entry {
        keyring["keys"]["k"] = entry;
    }
    let keyring = Keyring::from_json(keyring.to_string().as_bytes()).unwrap();
    let k = KeyId::new("k").unwrap();
    let mut all: Vec<KeyFacts<'_>> = facts_of(&files, &keyring);
    let place = all.iter().position(|facts| *facts.key_id == k).unwrap();
    all[place].owner = case.owner;
    findings(&all[place], &all, case.demands)
}

/// The codes with their weights: `error key_disabled`.
fn codes(change: impl FnOnce(&mut Case)) -> Vec<String> {
    let found = with(change);
    for finding in &found {
        assert!(!finding.message.is_empty() && !finding.next.is_empty(), "{finding:?}");
    }
    found.iter().map(|finding| format!("{} {}", finding.severity.word(), finding.code)).collect()
}

fn owner(case: &mut Case) -> &mut OwnerFacts {
    case.owner.as_mut().unwrap()
}

fn describe(change: impl FnOnce(&mut Description)) -> impl FnOnce(&mut Case) {
    |case| {
        let mut description = description();
        change(&mut description);
        owner(case).description = Some(Ok(description));
    }
}

fn unused(case: &mut Case) {
    case.policies = vec![policy(A, None)];
}

#[test]
fn of_a_key_that_is_in_order_nothing_is_found() {
    assert_eq!(codes(|_| ()), [""; 0]);
}

#[test]
fn a_key_that_rules_use_and_the_keyring_does_not_have_is_an_error() {
    let nowhere = |case: &mut Case| (case.entry, case.owner) = (None, None);
    assert_eq!(codes(nowhere), ["error key_not_in_keyring"]);
    let no_rule = |case: &mut Case| {
        nowhere(case);
        unused(case);
        case.demands = Demands::default();
    };
    assert_eq!(codes(no_rule), ["note key_unused", "note key_not_in_keyring"]);
    assert_eq!(codes(unused), ["note key_unused"]);
    // A key that only the keyring has is nothing to speak of: old tokens need it.
    assert_eq!(codes(|case| case.policies.clear()), [""; 0]);
}

#[test]
fn two_keys_are_named_by_both_fingerprints() {
    let both = |found: Vec<Finding>, code: &str| {
        let finding = found.iter().find(|finding| finding.code == code).unwrap();
        assert_eq!(finding.severity, Severity::Error);
        assert!(finding.message.contains(&sha256(A)) && finding.message.contains(&sha256(B)), "{finding:?}");
    };
    let policies = |case: &mut Case| case.policies.push(policy(B, None));
    both(with(policies), "policies_differ");
    assert_eq!(
        codes(policies),
        [
            "error policies_differ",
            "error policy_keyring_mismatch",
            "error policy_key_mismatch",
            "note key_unused"
        ]
    );
    let in_keyring = |case: &mut Case| case.entry.as_mut().unwrap()["spki_sha256"] = sha256(B).into();
    both(with(in_keyring), "policy_keyring_mismatch");
    both(with(in_keyring), "keyring_key_mismatch");
    assert_eq!(codes(in_keyring), ["error policy_keyring_mismatch", "error keyring_key_mismatch"]);
    let at_owner = |case: &mut Case| owner(case).public_key = Some(Ok(Ok(key(B))));
    both(with(at_owner), "policy_key_mismatch");
    assert_eq!(codes(at_owner), ["error policy_key_mismatch", "error keyring_key_mismatch"]);
    // Offline, what the files say is enough.
    let offline = |case: &mut Case| {
        in_keyring(case);
        case.owner = None;
    };
    assert_eq!(codes(offline), ["error policy_keyring_mismatch"]);
}

#[test]
fn a_keyring_without_a_fingerprint_is_told_the_owners_one() {
    let forget =
        |case: &mut Case| drop(case.entry.as_mut().unwrap().as_object_mut().unwrap().remove("spki_sha256"));
    let told = |change: &dyn Fn(&mut Case)| {
        let found = with(|case| {
            forget(case);
            change(case);
        });
        let finding = found.into_iter().find(|finding| finding.code == "fingerprint_missing").unwrap();
        assert_eq!(finding.severity, Severity::Note);
        [A, B].map(|pem| finding.next.contains(&sha256(pem)))
    };
    assert_eq!(told(&|_| ()), [true, false]);
    assert_eq!(told(&|case| owner(case).public_key = Some(Ok(Ok(key(B))))), [false, true]);
    assert_eq!(told(&|case| case.owner = None), [true, false]);
    // Nobody is told a value that may be the wrong one.
    let differ = |case: &mut Case| {
        case.owner = None;
        case.policies.push(policy(B, None));
    };
    assert_eq!(told(&differ), [false, false]);
}

#[test]
fn sizes_differ() {
    let keyrings = |case: &mut Case| case.entry.as_mut().unwrap()["key_spec"] = "RSA_4096".into();
    // Of the keyring with KMS, and of the keyring with the policy.
    assert_eq!(codes(keyrings), ["error spec_mismatch", "error spec_mismatch"]);
    let owners = describe(|key| key.spec = "RSA_3072".into());
    assert_eq!(codes(owners), ["error spec_mismatch", "error spec_mismatch"]);
    let offline = |case: &mut Case| {
        keyrings(case);
        (case.owner, case.demands) = (None, Demands::default());
    };
    assert_eq!(codes(offline), ["error spec_mismatch"]);
}

#[test]
fn tokens_that_the_keyrings_mode_keeps_shut_are_an_error() {
    let of = |mode: &'static str, rule: Value| {
        codes(move |case| {
            case.policies = vec![policy(A, Some(rule))];
            case.entry.as_mut().unwrap()["mode"] = mode.into();
        })
    };
    let (shut, open) = (["error mode_mismatch"], [""; 0]);
    assert_eq!(of("direct", json!({})), shut);
    assert_eq!(of("envelope", json!({})), shut);
    assert_eq!(of("direct", json!({"oversize": "envelope"})), shut);
    assert_eq!(of("direct", json!({"oversize": "reject"})), open);
    assert_eq!(of("envelope", json!({"oversize": "reject"})), shut);
    assert_eq!(of("envelope", json!({"mode": "envelope"})), open);
    assert_eq!(of("direct", json!({"mode": "envelope"})), shut);
}

#[test]
fn classic_tags_differ() {
    let of = |policys: Value, keyrings: Value, used: bool| {
        codes(move |case| {
            let rule = used.then(|| json!({}));
            case.policies = vec![policy(A, rule)];
            let extend = |object: &mut Value, members: Value| {
                object.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
            };
            extend(&mut case.policies[0]["keys"]["k"], policys);
            extend(case.entry.as_mut().unwrap(), keyrings);
        })
    };
    let tags = |prefix: &str| json!({"prefix": prefix, "suffix": ":}}"});
    assert_eq!(of(tags("{{k:"), tags("{{k:"), true), [""; 0]);
    assert_eq!(of(tags("{{k:"), tags("{{l:"), true), ["error tags_mismatch"]);
    assert_eq!(of(tags("{{k:"), json!({}), true), ["error tags_mismatch"]);
    assert_eq!(of(json!({}), tags("{{k:"), true), ["warning tags_mismatch"]);
    assert_eq!(of(tags("{{k:"), json!({}), false), ["warning tags_mismatch", "note key_unused"]);
}

#[test]
fn a_state_is_an_error_under_a_rule_and_else_a_warning() {
    for (state, code) in [
        ("Disabled", "key_disabled"),
        ("PendingDeletion", "deletion_pending"),
        ("PendingReplicaDeletion", "deletion_pending"),
        ("PendingImport", "import_pending"),
        ("Unavailable", "state_wrong"),
        ("SomethingNew", "state_wrong"),
    ] {
        let change = |case: &mut Case| {
            describe(|key| key.state = state.into())(case);
            owner(case).canaries.clear();
            case.demands = Demands::default();
        };
        assert_eq!(codes(change), [format!("error {code}")]);
        let retired = |case: &mut Case| {
            change(case);
            case.policies.clear();
        };
        assert_eq!(codes(retired), [format!("warning {code}")]);
    }
}

#[test]
fn deletion_and_expiry_have_their_dates() {
    let found = with(describe(|key| {
        key.state = "PendingDeletion".into();
        key.deletion_date = Some("2027-01-02T03:04:05Z".into());
        key.valid_to = Some("2028-06-07T08:09:10Z".into());
    }));
    let [deletion, expiry] = found.as_slice() else { panic!("{found:?}") };
    assert!(deletion.message.contains("2027-01-02T03:04:05Z"), "{deletion:?}");
    assert_eq!((expiry.code, expiry.severity), ("material_expires", Severity::Warning));
    assert!(expiry.message.contains("2028-06-07T08:09:10Z"), "{expiry:?}");
}

#[test]
fn a_retired_key_is_told_of_inspect() {
    for state in ["Disabled", "PendingDeletion"] {
        let found = with(|case| {
            describe(|key| key.state = state.into())(case);
            case.policies.clear();
        });
        assert!(found[0].next.contains("edgeseal inspect"), "{found:?}");
    }
}

#[test]
fn a_key_that_is_for_something_else_is_refused() {
    let of = |usage: &'static str, spec: &'static str, algorithms: &'static [&'static str]| {
        codes(move |case| {
            describe(|key| {
                (key.usage, key.spec) = (usage.into(), spec.into());
                key.algorithms = algorithms.iter().map(|&algorithm| algorithm.to_owned()).collect();
            })(case);
            (owner(case).public_key, owner(case).canaries) = (None, Vec::new());
            // The keyring has no opinion of its own here.
            case.entry.as_mut().unwrap().as_object_mut().unwrap().remove("key_spec");
        })
    };
    assert_eq!(of("SIGN_VERIFY", "RSA_2048", &[]), ["error usage_wrong"]);
    assert_eq!(
        of("SIGN_VERIFY", "ECC_NIST_P256", &[]),
        ["error spec_mismatch", "error usage_wrong", "error spec_wrong"]
    );
    assert_eq!(
        of("ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", &["SYMMETRIC_DEFAULT"]),
        ["error spec_mismatch", "error spec_wrong"]
    );
    assert_eq!(of("ENCRYPT_DECRYPT", "RSA_2048", &["RSAES_OAEP_SHA_1"]), ["error algorithm_missing"]);
}

#[test]
fn a_public_key_that_is_none_of_ours_is_refused() {
    let change = |case: &mut Case| {
        owner(case).public_key = Some(Ok(Err(PublicKeyError::Exponent)));
        owner(case).canaries.clear();
    };
    assert_eq!(codes(change), ["error public_key_refused"]);
}

#[test]
fn what_may_not_be_asked_is_not_checked_and_says_which_permission_it_takes() {
    let found = with(|case| {
        owner(case).description = Some(Err(Trouble::Denied));
        owner(case).public_key = Some(Err(Trouble::Denied));
    });
    let [describe, public] = found.as_slice() else { panic!("{found:?}") };
    for (finding, permission) in [(describe, "kms:DescribeKey"), (public, "kms:GetPublicKey")] {
        assert_eq!((finding.code, finding.severity), ("not_checked", Severity::Warning));
        assert!(finding.next.contains(permission), "{finding:?}");
    }
}

#[test]
fn a_service_out_of_reach_is_an_error_that_is_told_once() {
    for (reason, code) in [
        (Unavailability::Unreachable, "key_unavailable"),
        (Unavailability::Credentials, "key_unavailable"),
        (Unavailability::Throttled, "key_unavailable"),
        (Unavailability::NotFound, "key_not_found"),
        (Unavailability::WrongUsage, "usage_wrong"),
        (Unavailability::Disabled, "key_disabled"),
        (Unavailability::WrongState, "state_wrong"),
    ] {
        let change = |case: &mut Case| {
            let owner = owner(case);
            owner.description = Some(Err(Trouble::Unavailable(reason)));
            owner.public_key = Some(Err(Trouble::Unavailable(reason)));
            owner.canaries = vec![CanaryFacts { policy: None, outcome: Canary::Unavailable(reason) }];
        };
        assert_eq!(codes(change), [format!("error {code}")]);
    }
    // What DescribeKey has said about the state, the other calls need not say again.
    for (state, reason, code) in [
        ("Disabled", Unavailability::Disabled, "key_disabled"),
        ("PendingDeletion", Unavailability::WrongState, "deletion_pending"),
    ] {
        let change = |case: &mut Case| {
            describe(|key| key.state = state.into())(case);
            owner(case).public_key = Some(Err(Trouble::Unavailable(reason)));
            owner(case).canaries.clear();
        };
        assert_eq!(codes(change), [format!("error {code}")]);
    }
}

#[test]
fn a_canary_that_does_not_come_back_is_an_error() {
    let of = |outcome: Canary, decrypt: bool| {
        codes(move |case| {
            owner(case).canaries.push(CanaryFacts { policy: None, outcome });
            case.demands = Demands { decrypt };
        })
    };
    assert_eq!(of(Canary::Failed, false), ["error canary_failed"]);
    assert_eq!(of(Canary::NotMade, false), ["error randomness_failed"]);
    assert_eq!(of(Canary::Allowed, true), [""; 0]);
    assert_eq!(of(Canary::Denied, false), ["note decrypt_denied"]);
    assert_eq!(of(Canary::Denied, true), ["error decrypt_denied"]);
}

#[test]
fn what_is_required_has_to_be_shown() {
    let nobody = |case: &mut Case| owner(case).canaries.clear();
    assert_eq!(codes(nobody), ["error decrypt_not_shown"]);
    let retired = |case: &mut Case| {
        nobody(case);
        case.policies.clear();
        describe(|key| key.state = "Disabled".into())(case);
    };
    assert_eq!(codes(retired), ["error decrypt_not_shown", "warning key_disabled"]);
    let not_required = |case: &mut Case| {
        nobody(case);
        case.demands = Demands::default();
    };
    assert_eq!(codes(not_required), [""; 0]);
}

#[test]
fn a_private_key_file_has_its_own_faults() {
    let file = |case: &mut Case| {
        case.entry = Some(json!({"private_key_file": "k.pem", "spki_sha256": sha256(A)}));
        owner(case).description = None;
    };
    let unreadable = |case: &mut Case| {
        file(case);
        owner(case).public_key = Some(Err(Trouble::FileUnreadable("cannot read it".into())));
        owner(case).canaries.clear();
    };
    let refused = |case: &mut Case| {
        unreadable(case);
        owner(case).public_key = Some(Err(Trouble::FileRefused("it holds no key".into())));
    };
    assert_eq!(codes(file), [""; 0]);
    assert_eq!(codes(unreadable), ["error key_file_unreadable"]);
    assert_eq!(codes(refused), ["error key_file_refused"]);
    let readable = |case: &mut Case| {
        file(case);
        owner(case).readable_by_others = true;
    };
    assert_eq!(codes(readable), ["warning key_file_readable"]);
    let other = with(|case| {
        file(case);
        owner(case).public_key = Some(Ok(Ok(key(B))));
    });
    assert!(other.iter().all(|finding| finding.message.contains("the private key file")), "{other:?}");
}

#[test]
fn two_key_ids_for_one_key_are_a_warning() {
    let same = |change: fn(&mut Case)| {
        let found = with(change);
        let of_same = found.into_iter().filter(|finding| finding.code == "key_same");
        of_same.map(|finding| (finding.severity, finding.message)).collect::<Vec<_>>()
    };
    let public_key = "`other` is the same key: their public keys are the same".to_owned();
    let in_one_policy = same(|case| case.policies[0]["keys"]["other"]["public_key"] = json!(A));
    assert_eq!(in_one_policy, [(Severity::Warning, public_key.clone())]);
    // What the owner and the keyring say of a key counts as well.
    for member in ["kms_key_arn", "private_key_file"] {
        let place = if member == "kms_key_arn" { ARN } else { "other.pem" };
        let mut keyring =
            json!({"version": 1, "keys": {"k": {}, "other": {"private_key_file": "other.pem"}}});
        keyring["keys"]["k"][member] = json!(place);
        if member == "kms_key_arn" {
            keyring["keys"]["other"] = json!({"kms_key_arn": ARN});
        }
        let keyring = Keyring::from_json(keyring.to_string().as_bytes()).unwrap();
        let all = facts_of(&[], &keyring);
        for facts in &all {
            let found = findings(facts, &all, Demands::default());
            let found = found.iter().filter(|finding| finding.code == "key_same");
            let found: Vec<&str> = found.map(|finding| finding.message.as_str()).collect();
            let where_ = if member == "kms_key_arn" { "under one ARN" } else { "in one file" };
            let other = if facts.key_id.as_str() == "k" { "other" } else { "k" };
            assert_eq!(found, [format!("`{other}` is the same key: the keyring has them {where_}")]);
        }
    }
    let owners = same(|case| owner(case).public_key = Some(Ok(Ok(key(BIG)))));
    assert_eq!(owners, [(Severity::Warning, public_key.clone())]);
    let keyrings = same(|case| case.entry.as_mut().unwrap()["spki_sha256"] = json!(sha256(BIG)));
    assert_eq!(keyrings, [(Severity::Warning, public_key)]);
    assert_eq!(same(|_| ()), []);
}

/// The table of docs/KEYS.md has every code, and no other.
#[test]
fn every_code_is_in_the_documentation() {
    let mut said = std::collections::BTreeSet::new();
    for source in [
        include_str!("../compare.rs"),
        include_str!("fingerprints.rs"),
        include_str!("owner.rs"),
        include_str!("same.rs"),
        include_str!("tokens.rs"),
    ] {
        let is_code = |word: &&str| {
            word.contains('_') && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        };
        said.extend(source.split('"').skip(1).step_by(2).filter(is_code));
    }
    let page = include_str!("../../../../../../docs/KEYS.md");
    let (_, section) = page.split_once("### What is found").unwrap();
    let section = section.split("\n## ").next().unwrap().split("\n### ").next().unwrap();
    let documented: std::collections::BTreeSet<&str> =
        section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert_eq!(documented, said);
}
