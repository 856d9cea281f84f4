//! The rotation drill: a key is rotated, its data moved and the key disabled, while edges encrypt and a reader decrypts. No request fails, and no byte is lost.
//!
//! The old edge and the new one run side by side, each with the policy that was deployed to it. All else is done by the commands that an operator has, in the roles of
//! `docs/OPERATIONS.md`.

#[path = "drill/traffic.rs"]
mod traffic;

use std::fs;

use aws_sdk_kms::types::KeyState;
use serde_json::{Value, json};

use crate::common::text;
use crate::emulator::administrator;
use crate::operations::office::Office;
use crate::proxy::Proxy;
use traffic::Traffic;

/// Requests of each edge between one step and the next.
const A_WHILE: usize = 25;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_rotated_and_retired_while_requests_go_on() {
    let office = Office::open().await;
    // `ReEncrypt` is a stand-in of ours behind the proxy, and allows what the emulator's IAM says of the caller.
    let proxy = Proxy::new().await;
    office.redirect("edgeseal-rewrap", proxy.address);
    let mut policy: Value = serde_json::from_str(&office.read("policy.json")).unwrap();
    let address = json!({ "name": "address", "path": "$.address", "key": "ssn-2026a", "mode": "envelope" });
    policy["fields"].as_array_mut().unwrap().push(address);
    office.write("policy.json", policy.to_string());
    office.write("sample.json", r#"{"id": 0, "ssn": "078-05-1120", "address": {"street": "Elm"}}"#);
    for folder in ["stored", "old-edge", "new-edge"] {
        fs::create_dir(office.path(folder)).unwrap();
    }
    let traffic = Traffic::start(&office, &["old-edge", "new-edge"]);
    let admin = As(&office, "edgeseal-key-admin");
    let publisher = As(&office, "edgeseal-publisher");
    let reader = As(&office, "edgeseal-reader-ssn");
    traffic.flows(A_WHILE);

    // The next key: made, allowed, checked; readers get the keyring.
    admin.done(
        0,
        "edgeseal keys create ssn-2027a -p policy.json -k keyring.json --key-policy key-policy.json --alias ssn-2027a --tag edgeseal=key",
    );
    let keyring: Value = serde_json::from_str(&office.read("keyring.json")).unwrap();
    let next = keyring["keys"]["ssn-2027a"]["kms_key_arn"].as_str().unwrap();
    office.allow(next);
    publisher.done(0, "edgeseal keys check -p policy.json -k keyring.json --no-decrypt");
    reader.done(3, "edgeseal keys check -p policy.json -k keyring.json --require-decrypt");
    traffic.flows(A_WHILE);

    // The rules point at it; nothing else changes. One edge gets the policy, later the other.
    fs::copy(office.path("policy.json"), office.path("before.json")).unwrap();
    publisher.done(0, "edgeseal rotate -p policy.json -k keyring.json --from ssn-2026a --to ssn-2027a");
    let difference = publisher.done(0, "edgeseal policy diff before.json policy.json");
    assert!(difference.contains("ssn-2027a"), "{difference}");
    let checked = publisher.done(3, "edgeseal policy check policy.json --sample sample.json");
    assert!(checked.contains("warning[key_unused]: `/keys/ssn-2026a`"), "{checked}");
    traffic.deploy("new-edge");
    traffic.flows(A_WHILE);
    assert_eq!(traffic.keys("old-edge"), ["ssn-2026a"]);
    assert_eq!(traffic.keys("new-edge"), ["ssn-2026a", "ssn-2027a"]);
    traffic.deploy("old-edge");
    traffic.flows(A_WHILE);

    // What is stored moves, while more comes.
    let found = publisher.done(3, "edgeseal inspect --json -k keyring.json --key ssn-2026a stored");
    assert!(found.contains("ssn-2026a"), "{found}");
    let rewrap = "edgeseal rewrap -k keyring.json --from ssn-2026a --to ssn-2027a stored";
    publisher.done(0, &format!("{rewrap} --plan"));
    As(&office, "edgeseal-rewrap").done(0, &format!("{rewrap} --in-place"));
    publisher.done(0, "edgeseal inspect -k keyring.json --key ssn-2026a stored");
    traffic.flows(A_WHILE);

    let asked = proxy.seen();
    assert!(!asked.is_empty() && asked.iter().all(|seen| seen.call() == "ReEncrypt"));

    // The old key is disabled; nobody notices.
    admin.done(0, &format!("aws kms disable-key --key-id {}", office.old.0));
    let described = administrator(&office.region).describe_key().key_id(&office.old.0).send().await.unwrap();
    assert_eq!(described.key_metadata.unwrap().key_state, Some(KeyState::Disabled));
    traffic.flows(A_WHILE);
    // A warning, as long as no rule needs it.
    let retired = publisher.done(3, "edgeseal keys check -p policy.json -k keyring.json --no-decrypt");
    assert!(retired.contains("ssn-2026a") && retired.contains("Disabled"), "{retired}");
    publisher.done(1, "edgeseal keys check -p before.json -k keyring.json --no-decrypt");

    let stored = traffic.stop();
    assert_eq!(stored.failures, Vec::<String>::new());
    assert!(stored.read > 0, "the reader has read files all the while");
    publisher.done(0, "edgeseal inspect -k keyring.json --key ssn-2026a stored");
    reader.done(0, "edgeseal decrypt -k keyring.json stored -o clear --compression none");
    for (name, clear) in &stored.files {
        assert!(office.read(&format!("clear/{name}")) == *clear, "{name} is not what came");
    }
    assert!(stored.files.keys().any(|name| name.ends_with(".gz")));
    assert!(stored.requests() >= 2 * 6 * A_WHILE, "{}", stored.requests());
}

/// Somebody at a command line.
struct As<'office>(&'office Office, &'static str);

impl As<'_> {
    /// Runs a command; it must end with this status. Gives what it says.
    fn done(&self, status: i32, command: &str) -> String {
        let script = format!("export AWS_PROFILE={}\n{command}\n", self.1);
        let output = tokio::task::block_in_place(|| self.0.shell(&script));
        let said = text(&output.stdout) + &text(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{}: {command}: {said}", self.1);
        said
    }
}
