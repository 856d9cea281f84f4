//! The runbooks, from the first step to the last, with the people that they ask for.

use std::fs;
use std::path::Path;

use aws_sdk_kms::types::{KeySpec, KeyState};
use edgeseal::{Encryptor, Policy};
use serde_json::{Value, json};

use super::office::{Office, Section};
use crate::bench::new_region;
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
    // A key of another Region than the profile's is locked like the others.
    let (elsewhere, _) = create_key(&new_region(), KeySpec::Rsa2048).await;
    let policy = office.emulated("key-policy.json").to_string();
    let region = elsewhere.split(':').nth(3).unwrap().to_owned();
    administrator(&region).put_key_policy().key_id(&elsewhere).policy(&policy).send().await.unwrap();
    edit(&office, "keyring.json", |keyring| {
        keyring["keys"]["elsewhere"] = json!({ "kms_key_arn": elsewhere })
    });
    let mut section = office.section("Emergency rotation");
    let said = section.run();
    assert!(said.contains("locked: elsewhere ssn-2026a; not locked: none"), "{said}");
    assert_eq!(opened(&office, &stored), stored);
    let kms = administrator(&region);
    let locked = kms.get_key_policy().key_id(&elsewhere).policy_name("default").send().await.unwrap();
    assert!(locked.policy.unwrap().contains("Emergency"));
    // What others put meanwhile stays when the lock is taken off.
    add_statement(&office, &office.old.0, "EmergencyOfSomebodyElse").await;
    section.run();
    let policy = key_policy(&office, &office.old.0).await;
    assert!(policy.contains("EmergencyOfSomebodyElse"), "{policy}");
    assert_eq!(policy.matches("Emergency").count(), 1, "{policy}");
    assert_eq!(opened(&office, &stored), CLEAR);
}

#[tokio::test]
async fn a_key_that_cannot_be_locked_is_named_and_keeps_no_other_from_it() {
    let office = Office::open().await;
    let stored = encrypted(&office);
    edit(&office, "keyring.json", |keyring| {
        let nowhere = office.old.0.rsplit_once('/').unwrap().0.to_owned();
        keyring["keys"]["gone"] =
            json!({ "kms_key_arn": format!("{nowhere}/00000000-0000-0000-0000-000000000000") });
    });
    let mut section = office.section("Emergency rotation");
    let said = section.fail();
    assert!(said.contains("NOT LOCKED: gone\n"), "{said}");
    assert!(said.contains("locked: ssn-2026a; not locked: gone"), "{said}");
    assert_eq!(opened(&office, &stored), stored);
    let said = section.fail();
    assert!(said.contains("still locked: gone"), "{said}");
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
    // Somebody locks somebody out while the rotation goes on.
    for key in [&office.old.0, &next] {
        add_statement(&office, key, "EmergencyOfSomebodyElse").await;
    }
    section.wait();
    let original = office.path("stored/a.json.before-ssn-2027a");
    assert!(original.exists());
    nothing_is_removed_without_evidence(&office, &mut section, &original);
    section.wait();
    assert!(!original.exists());
    section.wait();
    for key in [&office.old.0, &next] {
        let policy = key_policy(&office, key).await;
        assert!(!policy.contains("\"Rotation") && policy.contains("EmergencyOfSomebodyElse"), "{policy}");
    }
    let asked: Vec<_> = proxy.seen().iter().map(|seen| seen.call().to_owned()).collect();
    assert_eq!(asked, ["ReEncrypt"]);

    let mut section = office.section("Retiring a key");
    // Another field still uses the key: nothing moves, and the policy stays as it is.
    let rotated = office.read("policy.json");
    edit(&office, "policy.json", |policy| {
        let pan = json!({ "name": "pan", "path": "$..pan", "key": "ssn-2026a" });
        policy["fields"].as_array_mut().unwrap().push(pan);
    });
    let with_pan = office.read("policy.json");
    let said = section.wait_for_failure();
    assert!(said.contains("rotation_refused") && said.contains("`pan`"), "{said}");
    assert_eq!(office.read("policy.json"), with_pan);
    office.write("policy.json", rotated);
    section.wait();
    assert!(!office.read("policy.json").contains("ssn-2026a"));
    // An edge still has the policy of before; then none has logged anything; then all have the new one.
    let line = |name: &str| {
        let policy = Policy::from_json(office.read(name).as_bytes()).unwrap();
        json!({ "outcome": "encrypted", "policy": policy.digest() }).to_string() + "\n"
    };
    for log in [line("policy.json") + &line("before.json"), String::new()] {
        office.write("edge.log", log);
        section.wait_for_failure();
    }
    office.write("edge.log", line("policy.json"));
    section.wait();
    section.wait();
    let evidence: Value = serde_json::from_str(&office.read("evidence-ssn-2026a.json")).unwrap();
    assert_eq!(evidence["verdicts"][0]["verdict"], "not_found");
    let said = section.wait();
    assert!(said.contains("Disabled"), "{said}");
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

/// The block that removes the originals fails, and leaves them, where something is not as it should be.
fn nothing_is_removed_without_evidence(office: &Office, section: &mut Section<'_>, original: &Path) {
    let moved = office.read("stored/a.json");
    let old = fs::read_to_string(original).unwrap();
    let cut = moved.replacen("__es1.ssn-2027a.s.", "__es1.ssn-2027a.s.A", 1);
    for (what, text) in [("under the old key", &old), ("does not open", &cut), ("not there", &String::new())]
    {
        if text.is_empty() {
            fs::remove_file(office.path("stored/a.json")).unwrap();
        } else {
            office.write("stored/a.json", text);
        }
        section.wait_for_failure();
        assert!(original.exists(), "{what}");
    }
    office.write("stored/a.json", &moved);
    assert_ne!(moved, cut);
    // A folder without files, and none at all.
    let stored = office.path("stored");
    let aside = office.path("aside");
    fs::rename(&stored, &aside).unwrap();
    section.wait_for_failure();
    fs::create_dir(&stored).unwrap();
    section.wait_for_failure();
    fs::remove_dir(&stored).unwrap();
    fs::rename(&aside, &stored).unwrap();
}

/// Puts a denial into a key policy that concerns nobody here.
async fn add_statement(office: &Office, arn: &str, sid: &str) {
    let mut policy: Value = serde_json::from_str(&key_policy(office, arn).await).unwrap();
    let denial = json!({ "Sid": sid, "Effect": "Deny", "Principal": { "AWS": office.user_arn("edgeseal-auditor") }, "Action": "kms:Decrypt", "Resource": "*" });
    policy["Statement"].as_array_mut().unwrap().push(denial);
    let kms = administrator(&office.region);
    kms.put_key_policy().key_id(arn).policy(policy.to_string()).send().await.unwrap();
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
