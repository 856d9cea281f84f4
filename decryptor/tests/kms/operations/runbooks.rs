//! The runbooks, from the first step to the last, with the people that they ask for.

use std::fs;

use aws_sdk_kms::types::{KeySpec, KeyState};
use edgeseal::{Encryptor, Policy};
use serde_json::{Value, json};

use super::office::Office;
use crate::common::text;
use crate::emulator::{administrator, create_key};
use crate::proxy::Proxy;

const CLEAR: &str = r#"{"name": "Ada", "ssn": "078-05-1120"}"#;

#[tokio::test]
async fn a_new_key_for_a_field_is_made_checked_and_used() {
    let office = Office::open().await;
    // Another field has a key already; the new one has none.
    edit(&office, "policy.json", |policy| {
        policy["fields"][0] = json!({ "name": "email", "path": "$..email", "key": "ssn-2026a" })
    });
    office.write("sample.json", r#"{"name": "Ada", "email": "ada@example.com", "ssn": "078-05-1120"}"#);
    let mut section = office.section("A new key for a field");
    section.run();
    let next = next_key(&office);
    assert!(office.read("policy.json").contains("ssn-2027a"));
    office.allow(&next);
    section.run();
    section.run();
    let stored = encrypted(&office);
    assert!(stored.contains("__es1.ssn-2027a.s."), "{stored}");
    assert_eq!(opened(&office, &stored), CLEAR);
}

#[tokio::test]
async fn a_key_that_is_to_be_deleted_is_kept_and_enabled() {
    let office = Office::open().await;
    let stored = encrypted(&office);
    let kms = administrator(&office.region);
    for pending in [true, false] {
        kms.disable_key().key_id(&office.old.0).send().await.unwrap();
        if pending {
            kms.schedule_key_deletion()
                .key_id(&office.old.0)
                .pending_window_in_days(30)
                .send()
                .await
                .unwrap();
        }
        office.section("A key was disabled or is to be deleted").run();
        // The emulator enables a key that is to be deleted, and deletes it all the same: AWS does not (KMS Developer Guide, "Key states of AWS KMS keys").
        let described = kms.describe_key().key_id(&office.old.0).send().await.unwrap().key_metadata.unwrap();
        assert_eq!((described.key_state, described.deletion_date), (Some(KeyState::Enabled), None));
    }
    assert_eq!(opened(&office, &stored), CLEAR);
}

#[tokio::test]
async fn in_an_emergency_a_role_is_locked_out_at_once() {
    let office = Office::open().await;
    let stored = encrypted(&office);
    assert_eq!(opened(&office, &stored), CLEAR);
    let mut section = office.section("Emergency rotation");
    section.run();
    assert_eq!(opened(&office, &stored), stored);
    // The way back.
    let back =
        "aws kms put-key-policy --key-id \"$KEY\" --policy-name default --policy file://was-ssn-2026a.json";
    let output =
        office.shell(&format!("export AWS_PROFILE=edgeseal-key-admin\nKEY={}\n{back}\n", office.old.0));
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(opened(&office, &stored), CLEAR);
}

#[tokio::test]
async fn what_the_edge_refuses_the_policy_explains_here() {
    let office = Office::open().await;
    office.write("refused.json", r#"{"ssn": "078-05-1120""#);
    let said = office.section("The edge refuses requests").run();
    assert!(said.contains("json_invalid"), "{said}");
}

#[tokio::test]
async fn it_is_told_which_keys_are_denied_and_who_may_use_them() {
    let office = Office::open().await;
    store(&office);
    let mut policy = office.emulated("key-policy.json");
    policy["Statement"]
        .as_array_mut()
        .unwrap()
        .retain(|statement| statement["Sid"] != "ReadersOfThisFieldDecrypt");
    let kms = administrator(&office.region);
    kms.put_key_policy().key_id(&office.old.0).policy(policy.to_string()).send().await.unwrap();
    let mut section = office.section("Decryption is denied");
    let said = section.run();
    assert!(said.contains(&office.user_arn("edgeseal-reader-ssn")), "{said}");
    assert!(said.contains(r#"{"ssn-2026a":{"access_denied":1}}"#), "{said}");
    let statements = section.run();
    assert!(
        statements.contains("BreakGlassDecryptsWithMfa") && !statements.contains("ReadersOfThisField"),
        "{statements}"
    );
}

#[tokio::test]
async fn the_key_of_an_unknown_key_id_is_fetched() {
    let office = Office::open().await;
    // An edge has a key that the keyring has not.
    let own = office.read("policy.json");
    edit(&office, "policy.json", |policy| {
        policy["keys"]["ssn-2027a"] = json!({ "public_key": office.new.1 });
        policy["fields"][0]["key"] = json!("ssn-2027a");
    });
    fs::create_dir(office.path("stored")).unwrap();
    office.write("stored/a.json", encrypted(&office));
    office.write("policy.json", own);
    let kms = administrator(&office.region);
    kms.create_alias().alias_name("alias/ssn-2027a").target_key_id(&office.new.0).send().await.unwrap();
    let mut section = office.section("Data under an unknown key id");
    let said = section.run();
    assert!(said.contains("ssn-2027a"), "{said}");
    assert_eq!(opened(&office, &office.read("stored/a.json")), office.read("stored/a.json"));
    section.run();
    assert_eq!(opened(&office, &office.read("stored/a.json")), CLEAR);
}

#[tokio::test]
async fn the_owner_of_a_wrong_public_key_is_found() {
    let office = Office::open().await;
    // The policy has the other key's.
    edit(&office, "policy.json", |policy| policy["keys"]["ssn-2026a"]["public_key"] = json!(office.new.1));
    let said = office.section("A public key that is not the key's").run();
    assert!(said.ends_with(&format!("\n{}\n", office.new.0)), "{said}");
    assert!(!said.contains(&format!("\n{}\n", office.old.0)), "{said}");
}

#[tokio::test]
async fn a_slow_run_still_decrypts_everything() {
    let office = Office::open().await;
    store(&office);
    let said = office.section("Throttling").run();
    assert!(said.contains("ssn-2026a"), "{said}");
    assert_eq!(office.read("clear/a.json"), CLEAR);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_rotated_and_retired_by_the_book() {
    let office = Office::open().await;
    // `ReEncrypt` is a stand-in of ours behind the proxy. It asks the emulator's IAM about the caller, and nobody about key policies.
    let proxy = Proxy::new().await;
    office.redirect("edgeseal-rewrap", proxy.address);
    office.write("sample.json", CLEAR);
    store(&office);
    let mut section = office.section("Scheduled rotation");
    section.wait();
    let next = next_key(&office);
    office.allow(&next);
    section.wait();
    section.wait();
    // Both edges write for a while.
    office.write("stored/new.json", encrypted(&office));
    let said = section.wait();
    assert!(said.contains("ssn-2026a") && said.contains("0.00"), "{said}");
    section.wait();
    for (key, action) in [(&office.old.0, "kms:ReEncryptFrom"), (&next, "kms:ReEncryptTo")] {
        assert!(key_policy(&office, key).await.contains(action), "{action}");
    }
    section.wait();
    assert!(office.path("stored/a.json.before").exists());
    section.wait();
    assert!(!office.path("stored/a.json.before").exists());
    for key in [&office.old.0, &next] {
        assert!(!key_policy(&office, key).await.contains("ReEncrypt"));
    }
    let asked: Vec<_> = proxy.seen().iter().map(|seen| seen.call().to_owned()).collect();
    assert_eq!(asked, ["ReEncrypt"]);

    let mut section = office.section("Retiring a key");
    section.wait();
    let evidence: Value = serde_json::from_str(&office.read("evidence-ssn-2026a.json")).unwrap();
    assert!(evidence.is_object());
    let said = section.wait();
    assert!(said.contains("Disabled"), "{said}");
    assert!(!office.read("policy.json").contains("ssn-2026a"));
    assert_eq!(state(&office, &office.old.0).await, KeyState::Disabled);
    assert!(section.wait().contains("\nPendingDeletion\t"));
    for name in ["stored/a.json", "stored/new.json"] {
        assert_eq!(opened(&office, &office.read(name)), CLEAR);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn classic_tags_are_left_behind() {
    let office = Office::open().await;
    let proxy = Proxy::new().await;
    let tags = |entry: &mut Value| {
        entry["prefix"] = json!("::AWS:");
        entry["suffix"] = json!(":AWS::");
    };
    edit(&office, "policy.json", |policy| {
        tags(&mut policy["keys"]["ssn-2026a"]);
        policy["keys"]["ssn-2027a"] = json!({ "public_key": office.new.1 });
    });
    edit(&office, "keyring.json", |keyring| {
        tags(&mut keyring["keys"]["ssn-2026a"]);
        keyring["keys"]["ssn-2027a"] = json!({ "kms_key_arn": office.new.0, "key_spec": "RSA_2048" });
    });
    store(&office);
    assert!(office.read("stored/a.json").contains("::AWS:"));
    office.redirect("edgeseal-rewrap", proxy.address);
    let mut section = office.section("From classic tags to tokens");
    section.wait();
    section.wait();
    let stored = office.read("stored/a.json");
    assert!(stored.contains("__es1.ssn-2027a.s."), "{stored}");
    assert_eq!(opened(&office, &stored), CLEAR);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rewrap_role_moves_tokens_to_the_next_key_and_nowhere_else() {
    let office = Office::open().await;
    let proxy = Proxy::new().await;
    office.redirect("edgeseal-rewrap", proxy.address);
    let (own, _) = create_key(&office.region, KeySpec::Rsa2048).await;
    edit(&office, "keyring.json", |keyring| {
        keyring["keys"]["ssn-2027a"] = json!({ "kms_key_arn": office.new.0 });
        keyring["keys"]["own"] = json!({ "kms_key_arn": own });
    });
    store(&office);
    // Even if it were allowed elsewhere to re-encrypt to every key: the denial is what counts.
    let mut policy = office.emulated("edgeseal-rewrap.json");
    let statements = policy["Statement"].as_array_mut().unwrap();
    statements
        .push(json!({ "Effect": "Allow", "Action": ["kms:ReEncryptTo", "kms:Decrypt"], "Resource": "*" }));
    office.employ("edgeseal-rewrap", policy);
    let attempt = |command: &str| {
        let script = format!("export AWS_PROFILE=edgeseal-rewrap\nedgeseal {command}\n");
        tokio::task::block_in_place(|| office.shell(&script))
    };
    let elsewhere = attempt("rewrap -k keyring.json --from ssn-2026a --to own stored -o moved");
    assert_eq!(elsewhere.status.code(), Some(1));
    assert!(text(&elsewhere.stderr).contains("kms:ReEncryptTo"), "{}", text(&elsewhere.stderr));
    let decrypted = attempt("decrypt -k keyring.json stored/a.json");
    assert_eq!((decrypted.status.code(), text(&decrypted.stdout)), (Some(3), office.read("stored/a.json")));
    let moved = attempt("rewrap -k keyring.json --from ssn-2026a --to ssn-2027a stored -o moved");
    assert_eq!(moved.status.code(), Some(0), "{}", text(&moved.stderr));
    assert!(office.read("moved/a.json").contains("__es1.ssn-2027a."));
}

/// A file under the policy of the office.
fn store(office: &Office) {
    fs::create_dir(office.path("stored")).unwrap();
    office.write("stored/a.json", encrypted(office));
}

async fn key_policy(office: &Office, arn: &str) -> String {
    let kms = administrator(&office.region);
    kms.get_key_policy().key_id(arn).policy_name("default").send().await.unwrap().policy.unwrap()
}

/// Under the policy of the office, as an edge would.
pub(super) fn encrypted(office: &Office) -> String {
    let policy = Policy::from_json(office.read("policy.json").as_bytes()).unwrap();
    let encryptor = Encryptor::new(policy);
    let encrypted = encryptor.encrypt(CLEAR.as_bytes(), "application/json", &mut getrandom::SysRng).unwrap();
    String::from_utf8(encrypted.body.into_owned()).unwrap()
}

/// As the reader gets it.
pub(super) fn opened(office: &Office, stored: &str) -> String {
    office.write("once.json", stored);
    let output = office.shell(
        "export AWS_PROFILE=edgeseal-reader-ssn\nedgeseal decrypt -k keyring.json once.json || test $? -eq 3\n",
    );
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

/// The ARN of the key that was made.
pub(super) fn next_key(office: &Office) -> String {
    let keyring: Value = serde_json::from_str(&office.read("keyring.json")).unwrap();
    keyring["keys"]["ssn-2027a"]["kms_key_arn"].as_str().unwrap().to_owned()
}

pub(super) async fn state(office: &Office, arn: &str) -> KeyState {
    let described = administrator(&office.region).describe_key().key_id(arn).send().await.unwrap();
    described.key_metadata.unwrap().key_state.unwrap()
}

fn edit(office: &Office, name: &str, change: impl FnOnce(&mut Value)) {
    let mut document: Value = serde_json::from_str(&office.read(name)).unwrap();
    change(&mut document);
    office.write(name, document.to_string());
}
