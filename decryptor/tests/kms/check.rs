//! `edgeseal keys check` against the emulator.

use std::fs;
use std::net::TcpListener;

use aws_sdk_kms::types::{KeySpec, KeyUsageType};
use edgeseal::PublicKey;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::bench::{Bench, new_region};
use crate::common::{edgeseal, run, text};
use crate::emulator::{Identity, administrator, url};
use crate::fault::{ACCESS_DENIED, Fault};
use crate::proxy::Proxy;

const DESCRIBE: [&str; 2] = ["kms:DescribeKey", "kms:GetPublicKey"];

/// Keys, and a policy and a keyring that name them.
struct Check {
    bench: Bench,
    folder: TempDir,
    policy: Value,
    keyring: Value,
}

/// What the command said.
struct Checked {
    status: i32,
    report: Value,
}

impl Check {
    /// Keys of 2048 bits, of which policy and keyring say what is right: a rule under each.
    async fn new(ids: &[&'static str]) -> Self {
        let bench = Bench { proxy: Proxy::for_managing().await, keys: Vec::new() };
        let mut check = Self {
            bench,
            folder: tempfile::tempdir().unwrap(),
            policy: json!({"version": 1}),
            keyring: json!({"version": 1}),
        };
        let region = new_region();
        for id in ids {
            check.bench.add(id, &region, KeySpec::Rsa2048).await;
            let key = check.bench.keys.last().unwrap();
            check.policy["keys"][id] = json!({"public_key": key.pem});
            check.keyring["keys"][id] =
                json!({"kms_key_arn": key.arn, "spki_sha256": sha256(&key.pem), "key_spec": "RSA_2048"});
        }
        check.rules(ids);
        check
    }

    /// The rules are those of these keys.
    fn rules(&mut self, ids: &[&str]) {
        let rule = |id: &&str| json!({"name": format!("of-{id}"), "path": format!("$.{id}"), "key": id});
        self.policy["fields"] = ids.iter().map(rule).collect();
    }

    fn arn(&self, id: &str) -> &str {
        self.bench.arn(id)
    }

    fn pem(&self, id: &str) -> &str {
        &self.bench.keys.iter().find(|key| key.id == id).unwrap().pem
    }

    async fn by_root(&self, arguments: &[&str]) -> Checked {
        self.by(&Identity::root(), arguments).await
    }

    /// Runs the command, and looks that nothing of a canary is anywhere but in the service's own replies.
    async fn by(&self, who: &Identity, arguments: &[&str]) -> Checked {
        self.at(&url(self.bench.proxy.address), who, arguments).await
    }

    async fn at(&self, endpoint: &str, who: &Identity, arguments: &[&str]) -> Checked {
        let folder = self.folder.path();
        fs::write(folder.join("policy.json"), self.policy.to_string()).unwrap();
        fs::write(folder.join("keyring.json"), self.keyring.to_string()).unwrap();
        let mut command = edgeseal(folder);
        command.args(["keys", "check", "-k", "keyring.json", "--json"]).args(arguments);
        command.env("HOME", folder).env("AWS_EC2_METADATA_DISABLED", "true");
        command.env("AWS_ENDPOINT_URL_KMS", endpoint).env("AWS_MAX_ATTEMPTS", "1");
        command.env("AWS_ACCESS_KEY_ID", &who.access_key_id);
        command.env("AWS_SECRET_ACCESS_KEY", &who.secret_access_key);
        // Lets the proxy work meanwhile.
        let output = tokio::task::spawn_blocking(move || run(&mut command, b"")).await.unwrap();
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        let mut said = format!("{stdout}{stderr}");
        for seen in self.bench.proxy.seen() {
            said.push_str(&format!("{}{}", seen.head, seen.body));
        }
        for canary in self.bench.proxy.plaintexts() {
            // The value itself, or the data key that it is under.
            let plain = aws_smithy_types::base64::decode(&canary).unwrap();
            let hex: String = plain.iter().map(|byte| format!("{byte:02x}")).collect();
            let forms =
                [String::from_utf8_lossy(&plain).into_owned(), hex, canary.trim_end_matches('=').into()];
            assert!(forms.iter().all(|form| form.len() >= 32 && !said.contains(form)), "{said}");
        }
        // Whatever looks like the value of a canary is a fingerprint.
        let known: Vec<String> = self.bench.keys.iter().map(|key| sha256(&key.pem)).collect();
        let runs = stdout.split(|letter: char| !letter.is_ascii_hexdigit()).filter(|run| run.len() > 36);
        assert!(runs.into_iter().all(|run| known.iter().any(|known| known == run)), "{stdout}");
        assert_eq!(stderr, "");
        let report =
            serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}{stderr}"));
        Checked { status: output.status.code().unwrap(), report }
    }

    /// What was called, under a key.
    fn calls(&self, id: &str) -> Vec<String> {
        let seen = self.bench.proxy.seen();
        seen.iter().filter(|seen| seen.arn() == self.arn(id)).map(|seen| seen.call().to_owned()).collect()
    }
}

impl Checked {
    fn key(&self, id: &str) -> &Value {
        self.report["keys"].as_array().unwrap().iter().find(|key| key["key"] == id).expect(id)
    }

    fn canary(&self, id: &str) -> &str {
        self.key(id)["canary"].as_str().unwrap_or("-")
    }

    /// `error key_disabled`, and so on.
    fn found(&self, id: &str) -> Vec<String> {
        let word = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
        let findings = self.key(id)["findings"].as_array().unwrap();
        findings.iter().map(|finding| word(finding, "severity") + " " + &word(finding, "code")).collect()
    }

    fn message(&self, id: &str, code: &str) -> String {
        let findings = self.key(id)["findings"].as_array().unwrap();
        let finding = findings.iter().find(|finding| finding["code"] == code);
        finding.unwrap_or_else(|| panic!("{}", self.report)).to_string()
    }
}

fn sha256(pem: &str) -> String {
    let key = PublicKey::from_pem(pem).unwrap();
    key.spki_sha256().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn keys_that_are_in_order_bring_the_canary_back() {
    let mut check = Check::new(&["b", "a"]).await;
    check.keyring["keys"]["b"]["mode"] = "envelope".into();
    check.policy["fields"][0]["mode"] = "envelope".into();
    let checked = check.by_root(&["-p", "policy.json", "--strict", "--require-decrypt"]).await;
    let report = &checked.report;
    assert_eq!((checked.status, &report["errors"], &report["notes"]), (0, &0.into(), &0.into()), "{report}");
    let keys: Vec<&Value> = report["keys"].as_array().unwrap().iter().collect();
    for (key, id) in keys.iter().zip(["a", "b"]) {
        assert_eq!(
            (&key["key"], &key["state"], &key["spec"]),
            (&id.into(), &"Enabled".into(), &"RSA_2048".into())
        );
        assert_eq!(key["rules"], json!([{"policy": "policy.json", "rule": format!("of-{id}")}]));
        assert_eq!((checked.canary(id), check.calls(id).len()), ("opened", 3));
        assert_eq!(check.calls(id), ["DescribeKey", "GetPublicKey", "Decrypt"]);
        let fingerprint = sha256(check.pem(id));
        assert_eq!(
            (&key["spki_sha256"]["owner"], &key["spki_sha256"]["keyring"]),
            (&json!(fingerprint), &json!(fingerprint))
        );
    }
    assert_eq!(check.bench.proxy.plaintexts().len(), 2);
    // A draw of its own each time.
    assert_ne!(check.bench.proxy.plaintexts()[0], check.bench.proxy.plaintexts()[1]);

    // Without a policy, the canary is encrypted under the key that KMS gives.
    check.bench.proxy.reset();
    let checked = check.by_root(&["--key", "a"]).await;
    assert_eq!((checked.status, checked.canary("a")), (0, "opened"));
    assert_eq!((check.bench.proxy.calls(), checked.report["keys"].as_array().unwrap().len()), (3, 1));
}

#[tokio::test]
async fn two_keys_that_are_swapped_are_named_by_both_fingerprints() {
    let mut check = Check::new(&["a", "b", "c"]).await;
    // The fingerprints go with the ARNs: the keyring alone is in order.
    let (a, b) = (check.keyring["keys"]["a"].take(), check.keyring["keys"]["b"].take());
    (check.keyring["keys"]["a"], check.keyring["keys"]["b"]) = (b, a);
    let checked = check.by_root(&["-p", "policy.json"]).await;
    assert_eq!(checked.status, 1);
    let fingerprints = [sha256(check.pem("a")), sha256(check.pem("b"))];
    for id in ["a", "b"] {
        // What the policy calls by one name, the keyring calls by the other.
        let expected = [
            "error policy_keyring_mismatch",
            "error policy_key_mismatch",
            "error canary_failed",
            "warning key_same",
        ];
        assert_eq!(checked.found(id), expected);
        for code in ["policy_keyring_mismatch", "policy_key_mismatch"] {
            let message = checked.message(id, code);
            assert!(fingerprints.iter().all(|fingerprint| message.contains(fingerprint)), "{message}");
        }
        assert_eq!(checked.canary(id), "failed");
    }
    assert_eq!((checked.found("c").len(), checked.canary("c")), (0, "opened"));

    // Of the keyring's ARNs alone, without fingerprints: only the owner knows.
    for id in ["a", "b"] {
        check.keyring["keys"][id].as_object_mut().unwrap().remove("spki_sha256");
    }
    let checked = check.by_root(&["-p", "policy.json"]).await;
    assert_eq!(
        checked.found("a"),
        ["error policy_key_mismatch", "error canary_failed", "warning key_same", "note fingerprint_missing"]
    );
    // The value to put in is that of the key to which the ARN leads.
    assert!(checked.message("a", "fingerprint_missing").contains(&fingerprints[1]));
    let offline = check.by_root(&["-p", "policy.json", "--offline"]).await;
    assert_eq!((offline.status, offline.found("a")), (0, vec!["note fingerprint_missing".to_owned()]));
}

#[tokio::test]
async fn two_policies_are_each_held_against_the_key() {
    let mut check = Check::new(&["a", "b"]).await;
    let mut other = check.policy.clone();
    other["keys"]["a"]["public_key"] = check.pem("b").into();
    fs::write(check.folder.path().join("other.json"), other.to_string()).unwrap();
    check.rules(&["b"]);
    let checked = check.by_root(&["-p", "policy.json", "-p", "other.json"]).await;
    assert_eq!(
        checked.found("a"),
        [
            "error policies_differ",
            "error policy_keyring_mismatch",
            "error policy_key_mismatch",
            "error canary_failed",
            "warning key_same",
            "note key_unused"
        ]
    );
    // A canary under each of the two public keys; one of them opens.
    assert_eq!(check.calls("a"), ["DescribeKey", "GetPublicKey", "Decrypt", "Decrypt"]);
    assert!(checked.message("a", "canary_failed").contains("`other.json`"));
    assert_eq!((checked.status, checked.found("b").len()), (1, 1));
}

#[tokio::test]
async fn a_key_that_is_not_enabled_is_an_error_under_a_rule_and_else_a_warning() {
    let mut check = Check::new(&["disabled", "deleted", "good"]).await;
    let kms = administrator(check.arn("good").split(':').nth(3).unwrap());
    kms.disable_key().key_id(check.arn("disabled")).send().await.unwrap();
    let deletion = kms.schedule_key_deletion().key_id(check.arn("deleted")).pending_window_in_days(7);
    let date = deletion.send().await.unwrap().deletion_date.unwrap();
    let date = date.fmt(aws_smithy_types::date_time::Format::DateTime).unwrap();
    let day = date.get(..10).unwrap();

    let checked = check.by_root(&["-p", "policy.json"]).await;
    assert_eq!(checked.found("disabled"), ["error key_disabled"]);
    assert_eq!(checked.found("deleted"), ["error deletion_pending"]);
    assert_eq!((checked.canary("disabled"), checked.canary("deleted")), ("-", "-"));
    assert!(checked.message("deleted", "deletion_pending").contains(day), "{date}");
    assert!(checked.key("deleted")["deletion_date"].as_str().unwrap().starts_with(day));
    assert_eq!((checked.status, checked.found("good").len()), (1, 0));

    check.rules(&["good"]);
    let checked = check.by_root(&["-p", "policy.json"]).await;
    assert_eq!(checked.found("disabled"), ["warning key_disabled", "note key_unused"]);
    assert_eq!(checked.found("deleted"), ["warning deletion_pending", "note key_unused"]);
    assert!(checked.message("deleted", "deletion_pending").contains("edgeseal inspect"));
    assert_eq!(checked.status, 3);
    assert_eq!(check.by_root(&["-p", "policy.json", "--strict"]).await.status, 1);
    // What is required has to be shown, whatever else is only a warning.
    let required = check.by_root(&["-p", "policy.json", "--require-decrypt=disabled"]).await;
    assert_eq!((required.status, required.found("disabled")[0].as_str()), (1, "error decrypt_not_shown"));
}

#[tokio::test]
async fn a_key_for_something_else_is_an_error() {
    let mut check = Check::new(&["good"]).await;
    let region = check.arn("good").split(':').nth(3).unwrap().to_owned();
    let kms = administrator(&region);
    for (id, spec, usage) in [
        ("signs", KeySpec::Rsa2048, KeyUsageType::SignVerify),
        ("curve", KeySpec::EccNistP256, KeyUsageType::SignVerify),
        ("symmetric", KeySpec::SymmetricDefault, KeyUsageType::EncryptDecrypt),
    ] {
        let made = kms.create_key().key_spec(spec).key_usage(usage).send().await.unwrap();
        check.keyring["keys"][id] = json!({"kms_key_arn": made.key_metadata.unwrap().arn.unwrap()});
    }
    let checked = check.by_root(&["-p", "policy.json"]).await;
    let note = "note fingerprint_missing";
    assert_eq!(checked.found("signs"), ["error usage_wrong", note]);
    assert_eq!(checked.found("curve"), ["error usage_wrong", "error spec_wrong", note]);
    assert_eq!(checked.found("symmetric"), ["error spec_wrong", note]);
    assert_eq!((checked.status, checked.found("good").len()), (1, 0));
    // Nobody asks such a key for more than what it is.
    assert_eq!(check.bench.proxy.calls(), 3 + 3);
}

#[tokio::test]
async fn a_key_that_is_not_there_is_an_error() {
    let mut check = Check::new(&["elsewhere", "missing", "good"]).await;
    let region = check.arn("good").split(':').nth(3).unwrap().to_owned();
    let elsewhere = check.arn("elsewhere").replace(&region, &new_region());
    let mut missing = check.arn("missing").to_owned();
    missing.truncate(missing.len() - 12);
    check.keyring["keys"]["elsewhere"]["kms_key_arn"] = elsewhere.into();
    check.keyring["keys"]["missing"]["kms_key_arn"] = (missing + "000000000000").into();
    let checked = check.by_root(&["-p", "policy.json"]).await;
    assert_eq!(checked.found("elsewhere"), ["error key_not_found"]);
    assert_eq!(checked.found("missing"), ["error key_not_found"]);
    assert_eq!((checked.status, checked.canary("good")), (1, "opened"));
    assert_eq!(check.bench.proxy.calls(), 1 + 1 + 3);
}

#[tokio::test]
async fn a_key_that_the_keyring_lacks_is_an_error() {
    let mut check = Check::new(&["a", "b"]).await;
    check.keyring["keys"].as_object_mut().unwrap().remove("b");
    let checked = check.by_root(&["-p", "policy.json"]).await;
    assert_eq!((checked.status, checked.found("b")), (1, vec!["error key_not_in_keyring".to_owned()]));
    assert_eq!((&checked.key("b")["in_keyring"], checked.canary("a")), (&false.into(), "opened"));
    assert_eq!(check.bench.proxy.calls(), 3);
}

#[tokio::test]
async fn a_caller_that_may_not_decrypt_is_no_fault_of_the_key() {
    let check = Check::new(&["a", "b"]).await;
    let deployer = Identity::allowed(&DESCRIBE, &[check.arn("a"), check.arn("b")]);
    let checked = check.by(&deployer, &["-p", "policy.json", "--strict"]).await;
    assert_eq!(checked.status, 0);
    for id in ["a", "b"] {
        assert_eq!(
            (checked.canary(id), checked.found(id)),
            ("denied", vec!["note decrypt_denied".to_owned()])
        );
    }
    // A service that reads one of them needs that one.
    let checked = check.by(&deployer, &["-p", "policy.json", "--require-decrypt=b"]).await;
    assert_eq!((checked.status, checked.found("a")), (1, vec!["note decrypt_denied".to_owned()]));
    assert_eq!(checked.found("b"), ["error decrypt_denied"]);
    let checked = check.by(&deployer, &["--require-decrypt"]).await;
    assert_eq!((checked.status, checked.found("a")), (1, vec!["error decrypt_denied".to_owned()]));
}

#[tokio::test]
async fn a_caller_that_may_do_nothing_is_told_which_permissions_it_takes() {
    let check = Check::new(&["a"]).await;
    let other = Check::new(&["x"]).await;
    let nobody = Identity::reader_of(&[other.arn("x")]);
    let checked = check.by(&nobody, &["-p", "policy.json"]).await;
    assert_eq!(
        (checked.status, checked.found("a")),
        (
            3,
            ["warning not_checked", "warning not_checked", "note decrypt_denied"].map(str::to_owned).to_vec()
        )
    );
    let findings = checked.key("a")["findings"].to_string();
    assert!(findings.contains("kms:DescribeKey") && findings.contains("kms:GetPublicKey"), "{findings}");
    assert_eq!(check.by(&nobody, &["-p", "policy.json", "--strict"]).await.status, 1);

    // Without a public key from anywhere, no canary: nothing shows that the caller could read.
    let checked = check.by(&nobody, &["--require-decrypt"]).await;
    assert_eq!((checked.status, checked.canary("a")), (1, "-"));
    assert_eq!(checked.found("a")[0], "error decrypt_not_shown");

    // A reader: the policy's public key is enough for the canary.
    let reader = Identity::reader_of(&[check.arn("a")]);
    let checked = check.by(&reader, &["-p", "policy.json", "--require-decrypt"]).await;
    assert_eq!((checked.status, checked.canary("a")), (3, "opened"));
}

#[tokio::test]
async fn one_key_out_of_reach_leaves_the_others_to_be_checked() {
    let check = Check::new(&["a", "b", "c", "d"]).await;
    let proxy = &check.bench.proxy;
    proxy.fault(Some(check.arn("a")), None, Fault::CutBefore);
    proxy.fault(Some(check.arn("c")), None, Fault::Error(400, "ThrottlingException"));
    proxy.fault(Some(check.arn("d")), None, Fault::Status(500));
    let checked = check.by_root(&["-p", "policy.json"]).await;
    assert_eq!(checked.status, 1);
    for id in ["a", "c", "d"] {
        assert_eq!(checked.found(id), ["error key_unavailable"], "{id}");
        // The other calls would say the same.
        assert_eq!(check.calls(id), ["DescribeKey"]);
    }
    assert_eq!((checked.found("b").len(), checked.canary("b")), (0, "opened"));

    // Only the last call fails: what the others said is there all the same.
    proxy.reset();
    proxy.fault_in("Decrypt", Some(1), Fault::Status(500));
    let checked = check.by_root(&["--key", "b"]).await;
    assert_eq!((checked.status, checked.canary("b")), (1, "unavailable"));
    assert_eq!(
        (checked.found("b")[0].as_str(), &checked.key("b")["state"]),
        ("error key_unavailable", &"Enabled".into())
    );
}

#[tokio::test]
async fn without_a_service_every_key_says_so() {
    let check = Check::new(&["a", "b"]).await;
    let closed = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let checked = check.at(&url(closed), &Identity::root(), &["-p", "policy.json"]).await;
    assert_eq!(checked.status, 1);
    for id in ["a", "b"] {
        assert_eq!(checked.found(id), ["error key_unavailable"]);
        assert!(checked.message(id, "key_unavailable").contains("cannot be reached"));
    }
    // What the files say is checked all the same.
    let fingerprint = sha256(check.pem("a"));
    assert_eq!(checked.key("a")["spki_sha256"]["keyring"], json!(fingerprint));
    assert_eq!(check.bench.proxy.calls(), 0);
}

#[tokio::test]
async fn an_answer_about_another_key_is_none() {
    let check = Check::new(&["a", "b"]).await;
    let proxy = &check.bench.proxy;
    let other = Box::leak(check.arn("b").to_owned().into_boxed_str());
    for call in ["GetPublicKey", "Decrypt"] {
        proxy.reset();
        proxy.fault_in(call, None, Fault::Member("KeyId", Some(other)));
        let checked = check.by_root(&["-p", "policy.json", "--key", "a"]).await;
        assert_eq!(
            (checked.status, checked.found("a")),
            (1, vec!["error key_unavailable".to_owned()]),
            "{call}"
        );
    }
    // A plaintext that is not the canary.
    proxy.reset();
    proxy.fault_in("Decrypt", None, Fault::Member("Plaintext", Some("YW5vdGhlcg==")));
    let checked = check.by_root(&["-p", "policy.json", "--key", "a"]).await;
    assert_eq!((checked.status, checked.found("a")), (1, vec!["error canary_failed".to_owned()]));
}

#[tokio::test]
async fn imported_material_that_expires_is_a_warning() {
    let check = Check::new(&["a"]).await;
    let described = |algorithm: &str| {
        let reply = json!({"KeyMetadata": {
            "KeyId": "a", "Arn": check.arn("a"), "KeyState": "Enabled", "KeyUsage": "ENCRYPT_DECRYPT",
            "KeySpec": "RSA_2048", "EncryptionAlgorithms": [algorithm], "Origin": "EXTERNAL",
            "ExpirationModel": "KEY_MATERIAL_EXPIRES", "ValidTo": 1_893_456_000
        }});
        Fault::Body(Box::leak(reply.to_string().into_boxed_str()))
    };
    check.bench.proxy.fault_in("DescribeKey", None, described("RSAES_OAEP_SHA_256"));
    let checked = check.by_root(&["-p", "policy.json"]).await;
    assert_eq!((checked.status, checked.found("a")), (3, vec!["warning material_expires".to_owned()]));
    assert!(checked.message("a", "material_expires").contains("2030-01-01T00:00:00Z"));
    check.bench.proxy.reset();
    check.bench.proxy.fault_in("DescribeKey", None, described("RSAES_OAEP_SHA_1"));
    let checked = check.by_root(&["-p", "policy.json"]).await;
    assert_eq!((checked.status, checked.found("a")[0].as_str()), (1, "error algorithm_missing"));
}

#[tokio::test]
async fn a_dry_run_asks_without_having_anything_decrypted() {
    let mut check = Check::new(&["a", "b"]).await;
    let arguments = ["-p", "policy.json", "--no-decrypt", "--require-decrypt"];
    // As AWS documents it (AWS KMS API Reference, `Decrypt`, Errors).
    check.bench.proxy.fault_in("Decrypt", None, Fault::Error(400, "DryRunOperationException"));
    let checked = check.by_root(&arguments).await;
    assert_eq!((checked.status, checked.canary("a"), checked.canary("b")), (0, "allowed", "allowed"));
    let seen = check.bench.proxy.seen();
    let mut decrypts = seen.iter().filter(|seen| seen.call() == "Decrypt");
    assert!(decrypts.all(|seen| seen.body["DryRun"] == true));
    assert_eq!(check.bench.proxy.calls(), 6);

    // The emulator does not know DryRun, and answers: that, too, says that the caller may.
    check.bench.proxy.reset();
    let checked = check.by_root(&arguments).await;
    assert_eq!((checked.status, checked.canary("a")), (0, "allowed"));
    let deployer = Identity::allowed(&DESCRIBE, &[check.arn("a"), check.arn("b")]);
    let checked = check.by(&deployer, &arguments).await;
    assert_eq!((checked.status, checked.canary("a")), (1, "denied"));
    check.bench.proxy.fault_in("Decrypt", None, ACCESS_DENIED);
    let checked = check.by_root(&["-p", "policy.json", "--no-decrypt"]).await;
    assert_eq!((checked.status, checked.canary("a")), (0, "denied"));
    check.bench.proxy.reset();
    check.bench.proxy.fault_in("Decrypt", None, Fault::Status(500));
    assert_eq!(check.by_root(&arguments).await.canary("a"), "unavailable");

    // A ciphertext that does not open says so in a dry run, if it is looked at.
    check.bench.proxy.reset();
    check.policy["keys"]["a"]["public_key"] = check.pem("b").into();
    assert_eq!(check.by_root(&arguments).await.canary("a"), "failed");
}

#[tokio::test]
async fn offline_nobody_is_called() {
    let mut check = Check::new(&["a", "b"]).await;
    let checked = check.by_root(&["-p", "policy.json", "--offline"]).await;
    assert_eq!((checked.status, &checked.report["offline"]), (0, &true.into()));
    check.policy["keys"]["a"]["public_key"] = check.pem("b").into();
    let checked = check.by_root(&["-p", "policy.json", "--offline"]).await;
    let expected = ["error policy_keyring_mismatch", "warning key_same"].map(str::to_owned).to_vec();
    assert_eq!((checked.status, checked.found("a")), (1, expected));
    assert_eq!(check.bench.proxy.calls(), 0);
    // The same without --offline does call.
    check.by_root(&["-p", "policy.json"]).await;
    assert!(check.bench.proxy.calls() > 0);
}

#[tokio::test]
async fn the_order_is_that_of_the_key_ids_however_many_there_are() {
    let mut check = Check::new(&["a"]).await;
    let entry = check.keyring["keys"]["a"].clone();
    for number in (0..40).rev() {
        check.keyring["keys"][format!("k{number:02}")] = entry.clone();
    }
    check.bench.proxy.fault(None, Some(1), Fault::Slow(std::time::Duration::from_millis(300)));
    let checked = check.by_root(&[]).await;
    let keys = checked.report["keys"].as_array().unwrap();
    let ids: Vec<&str> = keys.iter().map(|key| key["key"].as_str().unwrap()).collect();
    assert!(ids.len() == 41 && ids.is_sorted(), "{ids:?}");
    assert!(keys.iter().all(|key| key["canary"] == "opened"));
    // All of them are one key, which is a warning.
    assert_eq!((checked.status, check.bench.proxy.calls()), (3, 3 * 41));
}
