//! A security team's desk: policy, keyring, and the command.

use std::fs;
use std::process::{Command, Output};

use aws_sdk_kms::types::KeySpec;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::bench::new_region;
use crate::common::{edgeseal, on_full_disk, run, text};
use crate::emulator::{Identity, create_key, url};
use crate::proxy::Proxy;

/// A folder with a policy and a keyring of one key, and a proxy before the emulator.
pub(crate) struct Desk {
    pub(crate) proxy: Proxy,
    pub(crate) region: String,
    pub(crate) folder: TempDir,
    pub(crate) identity: Identity,
}

pub(crate) const FILES: [&str; 4] = ["-p", "policy.json", "-k", "keyring.json"];

impl Desk {
    pub(crate) async fn new() -> Self {
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

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    pub(crate) fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name)).unwrap()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.equipped(edgeseal(self.folder.path()), arguments)
    }

    /// The same, where no file may grow past a block or two.
    pub(crate) fn command_on_full_disk(&self, arguments: &[&str]) -> Command {
        self.equipped(on_full_disk(self.folder.path()), arguments)
    }

    fn equipped(&self, mut command: Command, arguments: &[&str]) -> Command {
        command.args(arguments).env("HOME", self.folder.path()).env("AWS_EC2_METADATA_DISABLED", "true");
        command.env("AWS_ENDPOINT_URL_KMS", url(self.proxy.address)).env("AWS_REGION", &self.region);
        command.env("AWS_ACCESS_KEY_ID", &self.identity.access_key_id);
        command.env("AWS_SECRET_ACCESS_KEY", &self.identity.secret_access_key);
        command
    }

    pub(crate) async fn run(&self, arguments: &[&str]) -> Output {
        ended(self.command(arguments)).await
    }

    pub(crate) async fn done(&self, arguments: &[&str]) -> Output {
        let output = self.run(arguments).await;
        assert!(output.status.success(), "{}", text(&output.stderr));
        output
    }

    /// Fails with this code and leaves the folder as it was. What was said on standard error.
    pub(crate) async fn refused(&self, code: &str, arguments: &[&str]) -> String {
        self.fails(code, self.command(arguments)).await
    }

    /// The same for a command as it is.
    pub(crate) async fn fails(&self, code: &str, command: Command) -> String {
        let before = [self.read("policy.json"), self.read("keyring.json")];
        let output = ended(command).await;
        let said = text(&output.stderr);
        assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(1), ""), "{said}");
        assert!(said.contains(&format!("error[{code}]")), "{said}");
        assert_eq!([self.read("policy.json"), self.read("keyring.json")], before);
        let names = fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        let left: Vec<_> = names.filter(|name| name.to_string_lossy().starts_with(".edgeseal-")).collect();
        assert!(left.is_empty(), "{left:?}");
        said
    }

    pub(crate) fn calls(&self) -> Vec<String> {
        self.proxy.seen().iter().map(|seen| seen.call().to_owned()).collect()
    }
}

pub(crate) async fn ended(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || run(&mut command, b"")).await.unwrap()
}

pub(crate) fn with<'a>(arguments: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [arguments, more].concat()
}
