//! Keys that are not entered, and what is said and left then.

use std::fs;
use std::sync::Arc;

use aws_sdk_kms::types::{KeySpec, KeyUsageType};
use serde_json::json;
use tokio::sync::Notify;

use crate::common::text;
use crate::desk::{Desk, FILES, ended, with};
use crate::emulator::{Identity, administrator, create_key};
use crate::fault::{ACCESS_DENIED, Fault};

#[tokio::test]
async fn a_key_that_cannot_be_used_is_not_entered() {
    let desk = Desk::new().await;
    let kms = administrator(&desk.region);
    let signing = kms.create_key().key_spec(KeySpec::Rsa2048).key_usage(KeyUsageType::SignVerify);
    let signing = signing.send().await.unwrap().key_metadata.unwrap().arn.unwrap();
    let symmetric = kms.create_key().send().await.unwrap().key_metadata.unwrap().arn.unwrap();
    let (disabled, _) = create_key(&desk.region, KeySpec::Rsa2048).await;
    kms.disable_key().key_id(&disabled).send().await.unwrap();
    for (arn, why) in [(&signing, "SIGN_VERIFY"), (&symmetric, "SYMMETRIC_DEFAULT"), (&disabled, "Disabled")]
    {
        let said = desk.refused("key_unfit", &with(&["keys", "fetch", "new", arn], &FILES)).await;
        assert!(said.contains(why) && said.contains(arn.as_str()), "{said}");
    }
    let said = desk.refused("key_unavailable", &with(&["keys", "fetch", "new", "alias/none"], &FILES)).await;
    assert!(said.contains("there is no such key"), "{said}");
    // One answer of the service against the other.
    let (good, _) = create_key(&desk.region, KeySpec::Rsa2048).await;
    for (name, value, code) in [
        ("KeyUsage", "SIGN_VERIFY", "key_unavailable"),
        ("KeySpec", "RSA_3072", "public_key_size"),
        ("PublicKey", "AAAA", "public_key_not_spki"),
    ] {
        desk.proxy.reset();
        desk.proxy.fault_in("GetPublicKey", None, Fault::Member(name, Some(value)));
        desk.refused(code, &with(&["keys", "fetch", "new", &good], &FILES)).await;
    }
}

#[tokio::test]
async fn whoever_may_not_is_told_which_permission_it_takes() {
    let mut desk = Desk::new().await;
    let (arn, _) = create_key(&desk.region, KeySpec::Rsa2048).await;
    desk.identity = Identity::reader_of(&[&arn]);
    let said = desk.refused("access_denied", &with(&["keys", "fetch", "new", &arn], &FILES)).await;
    assert!(said.contains("`kms:DescribeKey`") && said.contains("docs/KEYS.md"), "{said}");
    let said = desk.refused("access_denied", &with(&["keys", "create", "new", "--alias", "x"], &FILES)).await;
    assert!(said.contains("`kms:CreateKey`") && !said.contains("SdkError"), "{said}");
}

#[tokio::test]
async fn what_can_be_refused_is_refused_before_the_key_is_made() {
    let desk = Desk::new().await;
    let (arn, _) = create_key(&desk.region, KeySpec::Rsa2048).await;
    let alias = administrator(&desk.region).create_alias().alias_name("alias/taken").target_key_id(&arn);
    alias.send().await.unwrap();
    desk.write("bad.json", "[]");
    desk.write("long.json", &format!("{{{}}}", " ".repeat(40_000)));
    let create = ["keys", "create", "new"];
    for (code, arguments) in [
        ("key_exists", with(&["keys", "create", "old"], &FILES[..2])),
        ("key_exists", with(&["keys", "create", "old"], &FILES[2..])),
        ("alias_exists", with(&create, &["--alias", "taken"])),
        ("key_policy_refused", with(&create, &["--key-policy", "bad.json"])),
        ("key_policy_refused", with(&create, &["--key-policy", "long.json"])),
        ("io_failed", with(&create, &["--key-policy", "none.json"])),
        ("io_failed", with(&create, &["-p", "none.json"])),
        ("io_failed", with(&create, &["-k", "none/keyring.json"])),
        ("config_value_invalid", with(&create, &["-k", "empty.json"])),
    ] {
        desk.write("empty.json", r#"{"version": 1, "keys": {}}"#);
        desk.refused(code, &arguments).await;
    }
    let mut command = desk.command(&create);
    command.env_remove("AWS_REGION");
    let output = ended(command).await;
    assert!(text(&output.stderr).contains("error[kms_region_missing]"), "{}", text(&output.stderr));

    let plan = desk.done(&with(&with(&create, &FILES), &["--alias", "free", "--dry-run"])).await;
    assert!(text(&plan.stdout).starts_with("would make an RSA_2048 key in "), "{}", text(&plan.stdout));
    assert!(desk.calls().iter().all(|call| call == "DescribeKey"), "{:?}", desk.calls());
}

#[tokio::test]
async fn a_key_that_was_made_is_named_whatever_fails_after() {
    let desk = Desk::new().await;
    let create = with(&["keys", "create", "new", "--alias", "pii"], &FILES);
    for call in ["CreateAlias", "GetPublicKey"] {
        desk.proxy.reset();
        desk.proxy.fault_in(call, None, ACCESS_DENIED);
        let said = desk.refused("access_denied", &create).await;
        let made = desk.proxy.seen().iter().filter(|seen| seen.call() == "CreateKey").count();
        assert_eq!(made, 1);
        // The command that is said enters the key.
        desk.proxy.reset();
        let (_, completion) = said.split_once("this enters it: edgeseal ").unwrap();
        let completion: Vec<&str> = completion.lines().next().unwrap().split(' ').collect();
        assert!(said.contains(&format!("made the key `{}`", completion[3])), "{said}");
        let before = [desk.read("policy.json"), desk.read("keyring.json")];
        desk.done(&completion).await;
        assert_eq!(desk.json("keyring.json")["keys"]["new"]["kms_key_arn"], json!(completion[3]));
        desk.write("policy.json", &before[0]);
        desk.write("keyring.json", &before[1]);
    }
    // Nobody knows whether there is a key: it is not asked for again.
    desk.proxy.reset();
    desk.proxy.fault_in("CreateKey", None, Fault::CutBefore);
    let said = desk.refused("key_unavailable", &with(&["keys", "create", "new"], &FILES)).await;
    assert!(said.contains("may have been made all the same"), "{said}");
    assert_eq!(desk.calls(), ["CreateKey"]);
}

#[tokio::test]
async fn a_disk_that_fills_up_leaves_the_files_as_they_were() {
    let desk = Desk::new().await;
    let (arn, _) = create_key(&desk.region, KeySpec::Rsa2048).await;
    let fetch = with(&["keys", "fetch", "new", &arn], &FILES);
    let said = desk.fails("io_failed", desk.command_on_full_disk(&fetch)).await;
    assert!(said.contains("cannot write `policy.json`"), "{said}");
    // The one that still fits is not written without the other.
    let long = desk.read("keyring.json").replacen('{', &format!("{{{}", " ".repeat(2_000)), 1);
    desk.write("keyring.json", &long);
    let said = desk.fails("io_failed", desk.command_on_full_disk(&fetch[..6])).await;
    assert!(said.contains("cannot write `policy.json`"), "{said}");
    let said = desk.fails("io_failed", desk.command_on_full_disk(&with(&fetch[..4], &FILES[2..]))).await;
    assert!(said.contains("cannot write `keyring.json`"), "{said}");
    desk.done(&fetch).await;
    assert_eq!(desk.json("keyring.json")["keys"]["new"]["kms_key_arn"], json!(arn));
}

#[tokio::test]
async fn a_file_that_was_changed_meanwhile_is_left_alone() {
    let desk = Desk::new().await;
    let before = [desk.read("policy.json"), desk.read("keyring.json")];
    for name in ["policy.json", "keyring.json"] {
        let said = Arc::new(Notify::new());
        desk.proxy.reset();
        desk.proxy.fault_in("GetPublicKey", None, Fault::Until(said.clone()));
        let command = desk.command(&with(&["keys", "create", "new"], &FILES));
        let running = tokio::spawn(ended(command));
        while !desk.calls().contains(&"GetPublicKey".to_owned()) {
            tokio::task::yield_now().await;
        }
        let changed = format!("{}\n", desk.read(name));
        desk.write(name, &changed);
        said.notify_one();
        let output = running.await.unwrap();
        let said = text(&output.stderr);
        assert!(said.contains("error[input_changed]") && said.contains("keys fetch new arn:"), "{said}");
        assert!(said.contains(&format!("`{name}`")), "{said}");
        assert_eq!(desk.read(name), changed);
        desk.write(name, changed.trim_end_matches('\n'));
        if name == "policy.json" {
            desk.write(name, &before[0]);
        }
        assert_eq!([desk.read("policy.json"), desk.read("keyring.json")], before);
    }
}

#[tokio::test]
async fn a_policy_takes_its_place_only_after_its_keyring_has() {
    let desk = Desk::new().await;
    let before = desk.read("policy.json");
    fs::create_dir(desk.folder.path().join("keys")).unwrap();
    let said = Arc::new(Notify::new());
    desk.proxy.fault_in("GetPublicKey", None, Fault::Until(said.clone()));
    let arguments = ["keys", "create", "new", "-p", "policy.json", "-k", "keys/keyring.json"];
    let running = tokio::spawn(ended(desk.command(&arguments)));
    while !desk.calls().contains(&"GetPublicKey".to_owned()) {
        tokio::task::yield_now().await;
    }
    // With what is to become the keyring.
    fs::remove_dir_all(desk.folder.path().join("keys")).unwrap();
    said.notify_one();
    let output = running.await.unwrap();
    assert!(text(&output.stderr).contains("error[io_failed]"), "{}", text(&output.stderr));
    assert_eq!((output.status.code(), desk.read("policy.json")), (Some(1), before));
}
