//! `edgeseal keys create` and `keys fetch`: keys in AWS KMS, and the files they are entered into.

use std::fs;
use std::path::Path;
use std::process::Command;

use aws_sdk_kms::types::{KeySpec, KeyUsageType};
use serde_json::{Value, json};

use crate::bench::new_region;
use crate::common::{root, run, text};
use crate::desk::{Desk, FILES, with};
use crate::emulator::{Identity, administrator, create_key};

#[tokio::test]
async fn a_key_is_made_entered_rotated_to_and_used() {
    let desk = Desk::new().await;
    desk.write("key-policy.json", &key_policy());
    let before = [desk.read("policy.json"), desk.read("keyring.json")];
    let create =
        ["keys", "create", "ssn-2027a", "--alias", "ssn", "--tag", "owner=security", "--tag", "a=", "--spec"];
    let rest = ["RSA_3072", "--key-policy", "key-policy.json", "--description", "for ssn", "--multi-region"];
    let output = desk.done(&with(&with(&create, &rest), &FILES)).await;
    let arn = desk.json("keyring.json")["keys"]["ssn-2027a"]["kms_key_arn"].as_str().unwrap().to_owned();
    assert!(text(&output.stderr).contains(&format!("made the key `{arn}`")), "{}", text(&output.stderr));
    assert_eq!(
        text(&output.stdout),
        "added to keyring.json: key `ssn-2027a`\nadded to policy.json: key `ssn-2027a`\n"
    );

    // What is in AWS KMS is what was asked for.
    let kms = administrator(&desk.region);
    let key = kms.describe_key().key_id("alias/ssn").send().await.unwrap().key_metadata.unwrap();
    assert_eq!(
        (key.arn(), key.description(), key.multi_region()),
        (Some(&*arn), Some("for ssn"), Some(true))
    );
    assert_eq!(
        (key.key_spec(), key.key_usage()),
        (Some(&KeySpec::Rsa3072), Some(&KeyUsageType::EncryptDecrypt))
    );
    let tags = kms.list_resource_tags().key_id(&arn).send().await.unwrap().tags.unwrap();
    let tags: Vec<_> = tags.iter().map(|tag| (tag.tag_key(), tag.tag_value())).collect();
    assert_eq!(tags, [("owner", "security"), ("a", "")]);
    let policy = kms.get_key_policy().key_id(&arn).policy_name("default").send().await.unwrap();
    assert_eq!(policy.policy.unwrap(), key_policy());

    // Everything that was in the files is still in them, in the same bytes.
    for (name, before) in ["policy.json", "keyring.json"].into_iter().zip(before) {
        let after = desk.read(name);
        let at = before.bytes().zip(after.bytes()).take_while(|(one, other)| one == other).count();
        assert!(after.ends_with(&before[at..]) && after.len() > before.len(), "{name}");
    }

    desk.done(&with(&["rotate", "--field", "ssn", "--to", "ssn-2027a"], &FILES)).await;
    desk.write("order.json", r#"{"ssn": "078-05-1120"}"#);
    desk.done(&["encrypt", "-p", "policy.json", "order.json", "-o", "stored.json"]).await;
    assert!(desk.read("stored.json").contains("__es1.ssn-2027a.s."));
    let decrypted = desk.done(&["decrypt", "-k", "keyring.json", "stored.json"]).await;
    assert_eq!(text(&decrypted.stdout), r#"{"ssn": "078-05-1120"}"#);
}

#[tokio::test]
async fn a_replica_of_a_multi_region_key_is_a_key_like_any_other() {
    let (desk, elsewhere) = (Desk::new().await, new_region());
    let primary = administrator(&desk.region).create_key().key_spec(KeySpec::Rsa2048).multi_region(true);
    let primary = primary.send().await.unwrap().key_metadata.unwrap().arn.unwrap();
    let replica = administrator(&desk.region).replicate_key().key_id(&primary).replica_region(&elsewhere);
    let replica = replica.send().await.unwrap().replica_key_metadata.unwrap().arn.unwrap();
    assert_ne!(primary, replica);
    desk.done(&with(&["keys", "fetch", "new", &replica], &FILES)).await;
    assert_eq!(desk.json("keyring.json")["keys"]["new"]["kms_key_arn"], json!(replica));
    // The same key at another place is another entry.
    desk.refused("key_exists", &with(&["keys", "fetch", "new", &primary], &FILES)).await;
}

/// With the permissions that the page says, and no others as far as the emulator can tell.
#[tokio::test]
async fn the_commands_and_policies_of_the_documentation_can_be_copied() {
    let page = fs::read_to_string(root().join("docs/KEYS.md")).unwrap();
    let block = |from: &str, fence: &str| {
        let (_, rest) = page.split_once(from).unwrap();
        let (_, rest) = rest.split_once(fence).unwrap();
        rest.split_once("```").unwrap().0.to_owned()
    };
    let mut desk = Desk::new().await;
    let iam = block("## Permissions", "```json\n").replace("eu-central-1", &desk.region);
    let mut iam: Value = serde_json::from_str(&iam.replace("111122223333", "000000000000")).unwrap();
    // The emulator does not know `kms:KeyUsage` and `kms:KeySpec` in the policies of users, and does not see which key and alias `CreateAlias` is for.
    assert!(iam["Statement"][0].as_object_mut().unwrap().remove("Condition").is_some());
    assert_eq!(iam["Statement"][1]["Action"], json!(["kms:TagResource", "kms:CreateAlias"]));
    iam["Statement"][1]["Resource"] = "*".into();
    desk.identity = Identity::with_policy(&iam.to_string());
    let key_policy: Value =
        serde_json::from_str(&block("With a key policy of your own", "```json\n")).unwrap();
    assert_eq!(key_policy["Statement"][1]["Action"], "kms:Decrypt");

    let script = block("# Keys over time", "```sh\n");
    let mut shell = Command::new("sh");
    let as_command = desk.command(&[]);
    shell.arg("-e").current_dir(desk.folder.path());
    shell.envs(as_command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let command = Path::new(as_command.get_program()).parent().unwrap().display().to_string();
    shell.env("PATH", format!("{command}:{}", std::env::var("PATH").unwrap()));
    let output = tokio::task::spawn_blocking(move || run(&mut shell, script.as_bytes())).await.unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(desk.json("policy.json")["fields"][0]["key"], "ssn-2027a");
    let kms = administrator(&desk.region);
    let key = kms.describe_key().key_id("alias/edgeseal/ssn-2027a").send().await.unwrap();
    assert_eq!(
        json!(key.key_metadata.unwrap().arn),
        desk.json("keyring.json")["keys"]["ssn-2027a"]["kms_key_arn"]
    );
}

fn key_policy() -> String {
    let statement = json!({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"},
        "Action": "kms:*", "Resource": "*"});
    json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
}

#[tokio::test]
async fn a_key_is_fetched_by_its_alias_once() {
    let desk = Desk::new().await;
    let (arn, pem) = create_key(&desk.region, KeySpec::Rsa4096).await;
    let kms = administrator(&desk.region);
    kms.create_alias().alias_name("alias/pii").target_key_id(&arn).send().await.unwrap();
    let fetch = with(&["keys", "fetch", "new", "alias/pii"], &FILES);
    desk.done(&with(&fetch, &["--dry-run"])).await;
    assert!(!desk.read("policy.json").contains("new") && !desk.read("keyring.json").contains("new"));
    desk.done(&fetch).await;
    let entered = &desk.json("keyring.json")["keys"]["new"];
    assert_eq!((&entered["kms_key_arn"], &entered["key_spec"]), (&json!(arn), &json!("RSA_4096")));
    assert_eq!(desk.json("policy.json")["keys"]["new"]["public_key"], json!(pem));

    let before = [desk.read("policy.json"), desk.read("keyring.json")];
    let again = desk.done(&fetch).await;
    assert!(text(&again.stderr).contains("already there"), "{}", text(&again.stderr));
    assert_eq!([desk.read("policy.json"), desk.read("keyring.json")], before);

    // Another key is never taken for a newer version of the same.
    let (other, _) = create_key(&desk.region, KeySpec::Rsa4096).await;
    for files in [&FILES[..2], &FILES[2..], &FILES] {
        desk.refused("key_exists", &with(&["keys", "fetch", "new", &other], files)).await;
    }
    // What is missing in one of the two is added to that one, and what an entry lacks to the entry.
    desk.write("keyring.json", &json!({"version": 1, "keys": {"new": {"kms_key_arn": arn}}}).to_string());
    desk.done(&with(&["keys", "fetch", "new", &arn], &FILES)).await;
    assert_eq!(desk.read("policy.json"), before[0]);
    assert_eq!(desk.json("keyring.json")["keys"]["new"]["key_spec"], json!("RSA_4096"));
    assert_eq!(desk.json("keyring.json")["keys"]["new"]["spki_sha256"].as_str().unwrap().len(), 64);

    // A keyring is begun, and without files both are printed.
    desk.done(&["keys", "fetch", "new", &arn, "-k", "begun.json"]).await;
    let printed = desk.done(&["keys", "fetch", "new", &arn]).await;
    let printed: Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert_eq!(printed["keyring"], desk.json("begun.json"));
    assert_eq!(printed["policy_keys"]["new"]["public_key"], json!(pem));
    assert!(!desk.calls().iter().any(|call| call.starts_with("Create")));
}
