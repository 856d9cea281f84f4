//! The command, configured by the environment as every AWS tool is.

use std::fs;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::bench::{Bench, records};
use crate::common::{edgeseal, run, text};
use crate::emulator::url;
use crate::fault::THROTTLED;

const BODY: &str = r#"{"a": "Ada"}"#;

/// A folder with a keyring and a text, and the command that decrypts it.
fn decrypt(bench: &Bench, encrypted: &str) -> (TempDir, Command) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("keyring.json"), bench.keyring()).unwrap();
    fs::write(folder.path().join("stored.json"), encrypted).unwrap();
    let mut command = edgeseal(folder.path());
    command.args(["decrypt", "--keyring", "keyring.json", "stored.json"]);
    command.env("HOME", folder.path()).env("AWS_EC2_METADATA_DISABLED", "true");
    command.env("AWS_ENDPOINT_URL_KMS", url(bench.proxy.address));
    (folder, command)
}

/// Lets the proxy work meanwhile.
async fn ended(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || run(&mut command, b"")).await.unwrap()
}

#[tokio::test]
async fn credentials_and_endpoint_may_be_in_the_environment() {
    let bench = Bench::new(&["a"]).await;
    let (_folder, mut command) = decrypt(&bench, &bench.encrypt("direct", BODY));
    command.envs([("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")]);
    let output = ended(command).await;
    assert_eq!((text(&output.stdout).as_str(), text(&output.stderr).as_str()), (BODY, ""));
    assert_eq!((output.status.code(), bench.proxy.calls()), (Some(0), 1));
}

#[tokio::test]
async fn credentials_and_endpoint_may_be_in_a_profile() {
    let bench = Bench::new(&["a"]).await;
    let (folder, mut command) = decrypt(&bench, &bench.encrypt("envelope", BODY));
    let profile = format!(
        "[profile reader]\naws_access_key_id = test\naws_secret_access_key = test\nregion = us-west-2\nendpoint_url = {}\n",
        url(bench.proxy.address)
    );
    fs::write(folder.path().join("config"), profile).unwrap();
    command.env_remove("AWS_ENDPOINT_URL_KMS");
    command.env("AWS_CONFIG_FILE", folder.path().join("config")).env("AWS_PROFILE", "reader");
    let output = ended(command).await;
    assert_eq!((text(&output.stdout).as_str(), text(&output.stderr).as_str()), (BODY, ""));
    // The key's region, not the profile's.
    assert_eq!(bench.proxy.seen()[0].scope()[2], bench.arn("a").split(':').nth(3).unwrap());
}

#[tokio::test]
async fn without_credentials_it_says_so_and_asks_nobody() {
    let bench = Bench::new(&["a"]).await;
    let (_folder, command) = decrypt(&bench, &bench.encrypt("direct", &records("a", 20)));
    let output = ended(command).await;
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(1), ""));
    let said = text(&output.stderr);
    assert!(said.contains("error[key_unavailable]"), "{said}");
    assert!(said.contains("no credentials that the service takes"), "{said}");
    assert_eq!(bench.proxy.calls(), 0);
}

#[tokio::test]
async fn a_profile_that_is_not_there_is_no_credentials() {
    let bench = Bench::new(&["a"]).await;
    let (_folder, mut command) = decrypt(&bench, &bench.encrypt("direct", BODY));
    command.env("AWS_PROFILE", "nobody");
    let output = ended(command).await;
    assert_eq!((output.status.code(), bench.proxy.calls()), (Some(1), 0));
    assert!(
        text(&output.stderr).contains("no credentials that the service takes"),
        "{}",
        text(&output.stderr)
    );
}

#[tokio::test]
async fn the_number_of_attempts_is_that_of_the_environment() {
    let bench = Bench::new(&["a"]).await;
    for (attempts, calls) in [("1", 1), ("2", 2)] {
        bench.proxy.reset();
        bench.proxy.fault(None, None, THROTTLED);
        let (_folder, mut command) = decrypt(&bench, &bench.encrypt("direct", BODY));
        command.envs([("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")]);
        let output = ended({
            command.env("AWS_MAX_ATTEMPTS", attempts);
            command
        })
        .await;
        assert_eq!((output.status.code(), bench.proxy.calls()), (Some(1), calls));
        assert!(text(&output.stderr).contains("too many requests"), "{}", text(&output.stderr));
    }
}
