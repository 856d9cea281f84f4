//! Where the page's commands are run: a folder, two keys, a person for each role, and the settings of the page.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_kms::types::KeySpec;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::SECTIONS;
use super::page::Page;
use super::trail::{NEW, OLD};
use crate::bench::new_region;
use crate::common::{root, run, text};
use crate::emulator::{Identity, administrator, create_key, emulator, ministack, url};

/// The account of the emulator.
const ACCOUNT: &str = "000000000000";

pub(crate) const ROLES: [&str; 6] = [
    "edgeseal-key-admin",
    "edgeseal-publisher",
    "edgeseal-reader-ssn",
    "edgeseal-rewrap",
    "edgeseal-auditor",
    "edgeseal-break-glass",
];

pub(crate) struct Office {
    pub(crate) page: Page,
    folder: TempDir,
    pub(crate) region: String,
    /// The key in use, `ssn-2026a`, and the next one, `ssn-2027a`: ARN and public key.
    pub(crate) old: (String, String),
    pub(crate) new: (String, String),
    /// By role: the user who stands for it.
    pub(crate) people: BTreeMap<&'static str, Identity>,
    number: usize,
}

/// The commands of one section, one block after the other; what one sets the next one has.
pub(crate) struct Section<'office> {
    office: &'office Office,
    title: &'static str,
    blocks: std::vec::IntoIter<String>,
}

impl Office {
    pub(crate) async fn open() -> Self {
        static OFFICES: AtomicUsize = AtomicUsize::new(1);
        let region = new_region();
        let old = create_key(&region, KeySpec::Rsa2048).await;
        let new = create_key(&region, KeySpec::Rsa2048).await;
        let number = OFFICES.fetch_add(1, Ordering::SeqCst);
        let folder = tempfile::tempdir().unwrap();
        let mut office =
            Self { page: Page::read(), folder, region, old, new, people: BTreeMap::new(), number };
        office.hire();
        let policy = office.emulated("key-policy.json").to_string();
        let kms = administrator(&office.region);
        for arn in [&office.old.0, &office.new.0] {
            kms.put_key_policy().key_id(arn).policy(&policy).send().await.unwrap();
        }
        office.furnish();
        office
    }

    pub(crate) fn section(&self, title: &'static str) -> Section<'_> {
        assert!(SECTIONS.contains(&title), "SECTIONS lists {title}");
        let blocks: Vec<String> = self.page.commands(title).into_iter().map(str::to_owned).collect();
        assert!(!blocks.is_empty(), "{title}");
        let _ = fs::remove_file(self.path(".settings"));
        Section { office: self, title, blocks: blocks.into_iter() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        text(&fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}")))
    }

    /// A policy of the page as the emulator can use it: with its account and keys, with users for roles, and without conditions on keys that it has not.
    pub(crate) fn emulated(&self, name: &str) -> Value {
        emulated(&self.relocated(&self.page.document(name)))
    }

    /// The same with its conditions.
    pub(crate) fn relocated(&self, document: &Value) -> Value {
        self.with_next(document, &self.new.0)
    }

    /// What an administrator of IAM does when there is a next key: the roles' policies name it.
    pub(crate) fn allow(&self, next: &str) {
        let policy = |role: &&'static str| {
            emulated(&self.with_next(&self.page.document(&format!("{role}.json")), next))
        };
        let policies: BTreeMap<String, Value> =
            ROLES.iter().map(|role| (self.user(role), policy(role))).collect();
        python("people.py", &[&url(emulator())], &json!(policies));
    }

    /// Gives the one who stands for a role another policy.
    pub(crate) fn employ(&self, role: &str, policy: Value) {
        python("people.py", &[&url(emulator())], &json!({ self.user(role): policy }));
    }

    /// From now on the role speaks to this address instead of the emulator.
    pub(crate) fn redirect(&self, role: &str, address: SocketAddr) {
        self.write("config", self.config(Some((role, address))));
    }

    fn with_next(&self, document: &Value, next: &str) -> Value {
        let mut text = document.to_string().replace(OLD, &self.old.0).replace(NEW, next);
        for role in ROLES {
            text = text.replace(&format!(":role/{role}\""), &format!(":user/{}\"", self.user(role)));
        }
        serde_json::from_str(&text.replace("111122223333", ACCOUNT)).unwrap()
    }

    /// Runs commands, with everything on the path that the page needs.
    pub(crate) fn shell(&self, script: &str) -> Output {
        let mut command = Command::new("sh");
        command.arg("-e");
        self.equip(&mut command);
        run(&mut command, script.as_bytes())
    }

    /// The `edgeseal` command, for somebody in this role.
    pub(crate) fn command(&self, role: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_edgeseal"));
        self.equip(&mut command);
        command.env("AWS_PROFILE", role);
        command
    }

    fn equip(&self, command: &mut Command) {
        let programs = [
            self.folder.path().join("bin"),
            Path::new(env!("CARGO_BIN_EXE_edgeseal")).parent().unwrap().to_owned(),
            Path::new(&ministack()).parent().unwrap().to_owned(),
        ];
        let path =
            std::env::join_paths(programs.into_iter().chain(["/usr/bin".into(), "/bin".into()])).unwrap();
        command.current_dir(self.folder.path()).env_clear().env("PATH", path).env("HOME", self.folder.path());
        command.env("AWS_CONFIG_FILE", self.path("config")).env("AWS_EC2_METADATA_DISABLED", "true");
        command.env("TZ", "UTC").env("LC_ALL", "C");
    }

    /// A user, with an access key and a profile, for each role; and the emulator's root as the default profile.
    fn hire(&mut self) {
        let policies: BTreeMap<String, Value> =
            ROLES.iter().map(|role| (self.user(role), self.emulated(&format!("{role}.json")))).collect();
        let keys = python("people.py", &[&url(emulator())], &json!(policies));
        for role in ROLES {
            let key = |index: usize| keys[self.user(role)][index].as_str().unwrap().to_owned();
            let identity = Identity { access_key_id: key(0), secret_access_key: key(1), session_token: None };
            self.people.insert(role, identity);
        }
        self.write("config", self.config(None));
    }

    fn config(&self, redirected: Option<(&str, SocketAddr)>) -> String {
        let root = ("default", &Identity::root());
        let people = self.people.iter().map(|(role, identity)| (*role, identity));
        let profile = |(role, identity): (&str, &Identity)| {
            let address =
                redirected.filter(|redirected| redirected.0 == role).map_or_else(emulator, |to| to.1);
            format!(
                "[{}{role}]\nregion = {}\nendpoint_url = {}\naws_access_key_id = {}\naws_secret_access_key = {}\n",
                if role == "default" { "" } else { "profile " },
                self.region,
                url(address),
                identity.access_key_id,
                identity.secret_access_key
            )
        };
        std::iter::once(root).chain(people).map(profile).collect()
    }

    /// The page's JSON, a policy, a keyring, and jq.
    fn furnish(&self) {
        for (name, document) in self.page.documents() {
            let is_policy = document.get("Statement").is_some();
            let document = if is_policy { emulated(&self.relocated(&document)) } else { document };
            self.write(name, document.to_string());
        }
        let field = json!({ "name": "ssn", "path": "$..ssn", "key": "ssn-2026a" });
        let policy =
            json!({ "version": 1, "keys": { "ssn-2026a": { "public_key": self.old.1 } }, "fields": [field] });
        self.write("policy.json", serde_json::to_string_pretty(&policy).unwrap() + "\n");
        let keyring = json!({ "version": 1, "keys": { "ssn-2026a": { "kms_key_arn": self.old.0, "key_spec": "RSA_2048" } } });
        self.write("keyring.json", serde_json::to_string_pretty(&keyring).unwrap() + "\n");
        fs::create_dir(self.path("bin")).unwrap();
        let python = Path::new(&ministack()).with_file_name("python");
        let jq = root().join("decryptor/tests/kms/jq_command.py").canonicalize().unwrap();
        self.write("bin/jq", format!("#!/bin/sh\nexec '{}' '{}' \"$@\"\n", python.display(), jq.display()));
        crate::common::set_mode(&self.path("bin/jq"), 0o755);
    }

    pub(crate) fn user_arn(&self, role: &str) -> String {
        format!("arn:aws:iam::{ACCOUNT}:user/{}", self.user(role))
    }

    fn user(&self, role: &str) -> String {
        format!("{role}-{}", self.number)
    }
}

impl Section<'_> {
    /// The same for a test whose stand-in works meanwhile.
    pub(crate) fn wait(&mut self) -> String {
        tokio::task::block_in_place(|| self.run())
    }

    /// Runs the next block; it must succeed. Gives what it prints.
    pub(crate) fn run(&mut self) -> String {
        let (block, output) = self.attempt();
        let (said, complaint) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{}: {block}\n{said}\n{complaint}", self.title);
        said
    }

    /// Runs the next block; it must fail. Gives what it prints.
    pub(crate) fn fail(&mut self) -> String {
        let (block, output) = self.attempt();
        let said = text(&output.stdout) + &text(&output.stderr);
        assert!(!output.status.success(), "{}: {block}\n{said}", self.title);
        said
    }

    /// The same for a test whose stand-in works meanwhile. The block is the next one again.
    pub(crate) fn wait_for_failure(&mut self) -> String {
        let blocks = self.blocks.clone();
        let said = tokio::task::block_in_place(|| self.fail());
        self.blocks = blocks;
        said
    }

    fn attempt(&mut self) -> (String, Output) {
        let block = self.blocks.next().unwrap_or_else(|| panic!("no more blocks in {}", self.title));
        let settings = self.office.page.commands("Settings").concat();
        let region = &self.office.region;
        // The settings are the page's, but for where keys are and who people are.
        let [rewrap, suspect] =
            ["edgeseal-rewrap", "edgeseal-reader-ssn"].map(|role| self.office.user_arn(role));
        let before = format!(
            "set -a\n{settings}\nREGION={region} REWRAP_ROLE={rewrap} SUSPECT={suspect}\n[ ! -f .settings ] || . ./.settings\n"
        );
        let output = self.office.shell(&format!("{before}{block}\nexport -p > .settings\n"));
        (block, output)
    }
}

impl Drop for Section<'_> {
    fn drop(&mut self) {
        let left = self.blocks.len();
        assert!(left == 0 || std::thread::panicking(), "{left} blocks of {} were not run", self.title);
    }
}

/// Leaves out conditions on what the emulator does not know: it would never allow what it should, and always deny. And lets aliases be made for every
/// key: where AWS asks for the alias and the key, the emulator asks for neither.
pub(crate) fn emulated(policy: &Value) -> Value {
    let mut policy = policy.clone();
    let statements = policy["Statement"].as_array_mut().unwrap();
    if statements.iter().any(|statement| {
        statement["Action"].to_string().contains("\"kms:CreateAlias\"")
            && statement.get("Principal").is_none()
    }) {
        statements.push(json!({ "Effect": "Allow", "Action": "kms:CreateAlias", "Resource": "*" }));
    }
    statements.retain_mut(|statement| {
        let Some(Value::Object(conditions)) = statement.get_mut("Condition") else { return true };
        let mut unknown = false;
        for keys in conditions.values_mut() {
            keys.as_object_mut().unwrap().retain(|key, _| {
                let is_of_tags = ["aws:ResourceTag/", "aws:RequestTag/", "aws:TagKeys"];
                let is_unknown = key.starts_with("kms:")
                    || key.starts_with("aws:MultiFactorAuth")
                    || is_of_tags.iter().any(|start| key.starts_with(start));
                let known = !is_unknown;
                unknown |= !known;
                known
            });
        }
        conditions.retain(|_, keys| keys.as_object().is_some_and(|keys| !keys.is_empty()));
        !(unknown && statement["Effect"] == "Deny")
    });
    policy
}

/// Runs a script of this folder with JSON as its input and its output.
pub(crate) fn python(script: &str, arguments: &[&str], input: &Value) -> Value {
    let python = Path::new(&ministack()).with_file_name("python");
    let mut command = Command::new(python);
    command.arg(root().join("decryptor/tests/kms").join(script)).args(arguments);
    let output = run(&mut command, input.to_string().as_bytes());
    assert!(output.status.success(), "{script}: {}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}
