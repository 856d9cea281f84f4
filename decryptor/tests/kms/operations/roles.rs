//! What each role's policy allows, and what it does not: as the emulator decides, by the page's statements.

use std::collections::BTreeSet;

use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::EncryptionAlgorithmSpec;
use aws_sdk_kms::{Client, config::Region};
use serde_json::Value;

use super::office::{Office, ROLES};
use super::page::Page;
use crate::emulator::{Identity, administrator, config, emulator};

#[test]
fn every_role_of_the_table_has_a_policy_and_no_other_has() {
    let page = Page::read();
    let policies = page.documents().into_iter().filter(|document| document.1.get("Statement").is_some());
    // Who may assume a role is another matter.
    let policies = policies.filter(|document| !document.0.ends_with("-trust.json"));
    let names: BTreeSet<&str> = policies.map(|document| document.0.trim_end_matches(".json")).collect();
    assert_eq!(names, ROLES.into_iter().chain(["key-policy"]).collect());
}

#[test]
fn whatever_uses_a_key_is_held_to_the_one_algorithm_and_no_statement_allows_everything() {
    let using = ["kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo"];
    let mut held = 0;
    for (name, document) in Page::read().documents() {
        for statement in document["Statement"].as_array().into_iter().flatten() {
            let actions = strings(&statement["Action"]);
            assert!(!actions.iter().any(|action| action.contains('*')), "{name}: {statement}");
            let uses = statement["Effect"] == "Allow" && actions.iter().any(|action| using.contains(action));
            if uses {
                let algorithm = &statement["Condition"]["StringEquals"]["kms:EncryptionAlgorithm"];
                assert_eq!(algorithm, "RSAES_OAEP_SHA_256", "{name}: {statement}");
                held += 1;
            }
        }
    }
    assert_eq!(held, 6);
}

#[test]
fn a_key_is_deleted_by_administrators_alone_with_mfa_and_after_thirty_days() {
    const DELETE: &str = "kms:ScheduleKeyDeletion";
    let page = Page::read();
    let denials = |name: &str| -> Vec<Value> {
        let statements = page.document(name)["Statement"].as_array().unwrap().clone();
        let denies = |it: &Value| it["Effect"] == "Deny" && strings(&it["Action"]).contains(&DELETE);
        statements.into_iter().filter(denies).map(|it| it["Condition"].clone()).collect()
    };
    let others = serde_json::json!({ "ArnNotEquals": { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/edgeseal-key-admin" } });
    let no_mfa = serde_json::json!({ "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" } });
    assert_eq!(denials("key-policy.json"), [others, no_mfa]);
    let sooner =
        serde_json::json!({ "NumericLessThan": { "kms:ScheduleKeyDeletionPendingWindowInDays": "30" } });
    assert_eq!(denials("edgeseal-key-admin.json"), [sooner]);
    for (name, document) in page.documents() {
        for statement in document["Statement"].as_array().into_iter().flatten() {
            let allows = statement["Effect"] == "Allow" && strings(&statement["Action"]).contains(&DELETE);
            assert!(!allows || ["key-policy.json", "edgeseal-key-admin.json"].contains(&name), "{name}");
        }
    }
}

#[test]
fn administrators_and_break_glass_need_mfa_and_reach_tagged_keys_alone() {
    let page = Page::read();
    for (name, without_mfa) in
        [("edgeseal-key-admin.json", vec!["List"]), ("edgeseal-break-glass.json", vec!["SeeWhatIsWrong"])]
    {
        for statement in page.document(name)["Statement"].as_array().unwrap() {
            if statement["Effect"] == "Deny" {
                continue;
            }
            let (sid, condition) = (statement["Sid"].as_str().unwrap(), &statement["Condition"]);
            let has_mfa = condition["Bool"]["aws:MultiFactorAuthPresent"] == "true";
            assert_eq!(has_mfa, !without_mfa.contains(&sid), "{name}: {sid}");
            if statement["Resource"].to_string().contains(":key/") {
                let tags = &condition["StringEquals"];
                let is_tagged = ["aws:ResourceTag/edgeseal", "aws:RequestTag/edgeseal"];
                assert!(is_tagged.iter().any(|key| tags[key] == "key"), "{name}: {sid}");
            }
        }
    }
    let trust = page.document("edgeseal-break-glass-trust.json");
    for statement in trust["Statement"].as_array().unwrap() {
        assert_eq!(statement["Condition"]["Bool"]["aws:MultiFactorAuthPresent"], "true");
        assert!(strings(&statement["Principal"]["AWS"]).iter().all(|person| person.contains(":user/")));
    }
    // A key that is made on the page has the tag.
    let commands = page.blocks.iter().filter(|block| block.language == "sh");
    let made = commands.flat_map(|block| block.text.lines().filter(|line| line.contains("keys create")));
    assert!(made.clone().count() >= 3);
    assert!(made.clone().all(|line| line.contains("--tag edgeseal=key")));
}

#[tokio::test]
async fn each_role_may_do_what_the_page_says_and_nothing_else() {
    let office = Office::open().await;
    // Whether each may: describe, get the public key, decrypt under the key of the field, disable it, read its policy.
    for (role, expected) in [
        ("edgeseal-key-admin", [true, true, false, true, true]),
        ("edgeseal-publisher", [true, true, false, false, false]),
        ("edgeseal-reader-ssn", [false, false, true, false, false]),
        ("edgeseal-rewrap", [false, false, false, false, false]),
        ("edgeseal-auditor", [true, true, false, false, true]),
        ("edgeseal-break-glass", [true, true, true, false, true]),
    ] {
        let kms = client(&office, &office.people[role]);
        assert_eq!(may(&office, &kms, &office.old.0).await, expected, "{role}");
    }
}

#[tokio::test]
async fn a_reader_of_one_field_does_not_decrypt_another() {
    let office = Office::open().await;
    // A key of the same account with KMS's default policy, which leaves all to IAM policies: the reader's has only the ARNs of its field.
    let (other, _) = crate::emulator::create_key(&office.region, aws_sdk_kms::types::KeySpec::Rsa2048).await;
    for role in ["edgeseal-reader-ssn", "edgeseal-rewrap", "edgeseal-publisher"] {
        let kms = client(&office, &office.people[role]);
        assert_eq!(may(&office, &kms, &other).await, [false; 5], "{role}");
    }
}

#[tokio::test]
async fn an_iam_policy_alone_lets_nobody_decrypt() {
    let office = Office::open().await;
    let everything = serde_json::json!({ "Version": "2012-10-17", "Statement": [ { "Effect": "Allow", "Action": "kms:*", "Resource": "*" } ] });
    let name = format!("somebody-{}", office.region);
    let url = crate::emulator::url(emulator());
    let keys = super::office::python("people.py", &[&url], &serde_json::json!({ &name: everything }));
    let key = |index: usize| keys[&name][index].as_str().unwrap().to_owned();
    let somebody = Identity { access_key_id: key(0), secret_access_key: key(1), session_token: None };
    let kms = client(&office, &somebody);
    assert_eq!(may(&office, &kms, &office.old.0).await, [true, true, false, false, true]);
}

#[tokio::test]
async fn without_mfa_not_even_an_administrator_disables_a_key_or_changes_its_policy() {
    let office = Office::open().await;
    let mut policy = office.relocated(&office.page.document("key-policy.json"));
    // Only the conditions that the emulator cannot know at all go.
    let statements = policy["Statement"].as_array_mut().unwrap();
    statements.retain(|statement| !statement["Condition"].to_string().contains("kms:"));
    assert_eq!(statements.len(), 3);
    let kms = client(&office, &office.people["edgeseal-key-admin"]);
    let put = |kms: &Client| kms.put_key_policy().key_id(&office.old.0).policy(policy.to_string()).send();
    // As long as nothing denies it, the administrator may.
    put(&kms).await.unwrap();
    put(&kms).await.unwrap_err();
    assert_eq!(may(&office, &kms, &office.old.0).await, [true, true, false, false, true]);
}

async fn may(office: &Office, kms: &Client, arn: &str) -> [bool; 5] {
    let root = administrator(&office.region);
    let algorithm = EncryptionAlgorithmSpec::RsaesOaepSha256;
    let encrypt =
        root.encrypt().key_id(arn).encryption_algorithm(algorithm.clone()).plaintext(Blob::new("Ada"));
    let ciphertext = encrypt.send().await.unwrap().ciphertext_blob.unwrap();
    let describe = kms.describe_key().key_id(arn).send().await.is_ok();
    let public = kms.get_public_key().key_id(arn).send().await.is_ok();
    let decrypt = kms.decrypt().key_id(arn).encryption_algorithm(algorithm).ciphertext_blob(ciphertext);
    let decrypted = decrypt.send().await;
    if let Ok(decrypted) = &decrypted {
        assert_eq!(decrypted.plaintext.as_ref().unwrap().as_ref(), b"Ada");
    }
    let policy = kms.get_key_policy().key_id(arn).policy_name("default").send().await.is_ok();
    let disable = kms.disable_key().key_id(arn).send().await.is_ok();
    if disable {
        root.enable_key().key_id(arn).send().await.unwrap();
    }
    [describe, public, decrypted.is_ok(), disable, policy]
}

fn client(office: &Office, identity: &Identity) -> Client {
    let config = aws_sdk_kms::config::Builder::from(&config(emulator(), identity));
    Client::from_conf(config.region(Region::new(office.region.clone())).build())
}

fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(elements) => elements.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}
