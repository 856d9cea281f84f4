//! `edgeseal keys create` and `keys fetch`: keys in AWS KMS, and the files they are entered into.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use aws_sdk_kms::types::{KeySpec, KeyUsageType};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::Notify;

use crate::bench::new_region;
use crate::common::{edgeseal, root, run, text};
use crate::emulator::{Identity, administrator, create_key, url};
use crate::fault::{ACCESS_DENIED, Fault};
use crate::proxy::Proxy;

/// A folder with a policy and a keyring of one key, and a proxy before the emulator.
struct Desk {
    proxy: Proxy,
    region: String,
    folder: TempDir,
    identity: Identity,
}

const FILES: [&str; 4] = ["-p", "policy.json", "-k", "keyring.json"];

impl Desk {
    async fn new() -> Self {
        let (proxy, region, folder) =
            (Proxy::for_managing().await, new_region(), tempfile::tempdir().unwrap());
        let (arn, pem) = create_key(&region, KeySpec::Rsa2048).await;
        let desk = Self { proxy, region, folder, identity: Identity::root() };
        let fields = json!([{"name": "ssn", "path": "$..ssn", "key": "old"}]);
        let policy = json!({"version": 1, "keys": {"old": {"public_key": pem}}, "fields": fields});
        desk.write("policy.json", &format!("{policy:#}\r\n"));
        desk.write("keyring.json", &json!({"version": 1, "keys": {"old": {"kms_key_arn": arn}}}).to_string());
        desk
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name)).unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = edgeseal(self.folder.path());
        command.args(arguments).env("HOME", self.folder.path()).env("AWS_EC2_METADATA_DISABLED", "true");
        command.env("AWS_ENDPOINT_URL_KMS", url(self.proxy.address)).env("AWS_REGION", &self.region);
        command.env("AWS_ACCESS_KEY_ID", &self.identity.access_key_id);
        command.env("AWS_SECRET_ACCESS_KEY", &self.identity.secret_access_key);
        command
    }

    async fn run(&self, arguments: &[&str]) -> Output {
        ended(self.command(arguments)).await
    }

    async fn done(&self, arguments: &[&str]) -> Output {
        let output = self.run(arguments).await;
        assert!(output.status.success(), "{}", text(&output.stderr));
        output
    }

    /// Fails with this code and leaves the folder as it was. What was said on standard error.
    async fn refused(&self, code: &str, arguments: &[&str]) -> String {
        let before = [self.read("policy.json"), self.read("keyring.json")];
        let output = self.run(arguments).await;
        let said = text(&output.stderr);
        assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(1), ""), "{said}");
        assert!(said.contains(&format!("error[{code}]")), "{said}");
        assert_eq!([self.read("policy.json"), self.read("keyring.json")], before);
        let names = fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        let left: Vec<_> = names.filter(|name| name.to_string_lossy().starts_with(".edgeseal-")).collect();
        assert!(left.is_empty(), "{left:?}");
        said
    }

    fn calls(&self) -> Vec<String> {
        self.proxy.seen().iter().map(|seen| seen.call().to_owned()).collect()
    }
}

async fn ended(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || run(&mut command, b"")).await.unwrap()
}

fn with<'a>(arguments: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [arguments, more].concat()
}

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
