//! Every case of `cmd/*.toml` against the command: arguments and files in, output, exit status and files out.
//!
//! A case runs in a folder of its own. Afterwards that holds what it held before, but for what the case says in `after`: so a file that is
//! written on failure, or a temporary one that is left, fails the case.

#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{copy_private_key, folder, hex, mode, root, run, set_mode, text};
use regex::{Captures, Regex};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// Why the case is there.
    comment: String,
    /// Whether it is about a command that was built without bundles.
    #[serde(default)]
    without_bundle: bool,
    /// Files of `cmd/files`.
    #[serde(default)]
    copy: Vec<String>,
    /// Key pairs of `test-vectors/keys`: the private key of `rsa2048-a` becomes `rsa2048-a.pem`.
    #[serde(default)]
    keys: Vec<String>,
    /// Further files.
    #[serde(default)]
    files: BTreeMap<String, File>,
    run: Vec<Run>,
    /// What is there afterwards and was not before, or is not as it was.
    #[serde(default)]
    after: BTreeMap<String, File>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Run {
    args: Vec<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    #[serde(default)]
    stdin: String,
    /// Standard input from a file.
    stdin_file: Option<String>,
    #[serde(default)]
    exit: i32,
    #[serde(default)]
    stdout: String,
    #[serde(default)]
    stderr: String,
}

#[derive(Clone, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
#[serde(default)]
#[derive(Default, Debug)]
struct File {
    text: Option<String>,
    hex: Option<String>,
    /// Another file of the case, or of the repository, that has the same content.
    same_as: Option<String>,
    /// As octal digits.
    mode: Option<String>,
    link: Option<String>,
    folder: bool,
}

impl File {
    fn bytes(&self, folder: &Path) -> Vec<u8> {
        match (&self.text, &self.hex, &self.same_as) {
            (Some(text), None, None) => text.clone().into_bytes(),
            (None, Some(digits), None) => hex(digits),
            (None, None, Some(other)) => {
                let path = folder.join(other);
                fs::read(if path.exists() { path } else { root().join(other) }).expect(other)
            }
            _ => panic!("one of text, hex and same_as"),
        }
    }

    fn make(&self, folder: &Path, name: &str) {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        if let Some(target) = &self.link {
            return std::os::unix::fs::symlink(target, &path).unwrap();
        }
        if self.folder {
            fs::create_dir(&path).unwrap();
        } else {
            fs::write(&path, self.bytes(folder)).unwrap();
        }
        if let Some(digits) = &self.mode {
            set_mode(&path, u32::from_str_radix(digits, 8).unwrap());
        }
    }
}

/// What a folder holds: of each file its mode and its content, of each link where it leads.
fn state(top: &Path, below: &Path, found: &mut BTreeMap<String, (u32, String)>) {
    for path in folder(below) {
        let name = path.strip_prefix(top).unwrap().to_string_lossy().into_owned();
        let content = if path.is_symlink() {
            format!("-> {}", fs::read_link(&path).unwrap().display())
        } else if path.is_dir() {
            state(top, &path, found);
            "folder".to_owned()
        } else {
            text(&fs::read(&path).unwrap())
        };
        found.insert(name, (mode(&path), content));
    }
}

/// What is random becomes its length.
fn mask(text: &str) -> String {
    // A part of a JWE may begin with `__`: the parts are counted, as a decoder does it.
    let part = "[A-Za-z0-9_-]+";
    let direct = Regex::new(&format!(r"(__es1\.{part}\.[sv])\.({part})\.__")).unwrap();
    let jwe = format!(r"(__es1\.{part}\.e)\.({part}\.{part}\.{part}\.{part}\.{part})\.__");
    let envelope = Regex::new(&jwe).unwrap();
    let classic = Regex::new(r"(\{\{[a-z]+:)([A-Za-z0-9+/=]+)(:\}\})").unwrap();
    let pem = Regex::new(r"(?s)(-----BEGIN [A-Z ]+-----).*?(-----END [A-Z ]+-----)").unwrap();
    let digest = Regex::new(r"\b[0-9a-f]{64}\b").unwrap();
    let time = Regex::new(r"\b2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z").unwrap();
    let length = |found: &Captures<'_>| found[2].len();
    let token = |found: &Captures<'_>| format!("{}.({}).__", &found[1], length(found));
    let text = direct.replace_all(text, token);
    let text = envelope.replace_all(&text, token);
    let text = classic
        .replace_all(&text, |found: &Captures<'_>| format!("{}({}){}", &found[1], length(found), &found[3]));
    let text = pem.replace_all(&text, "$1(key)$2");
    let text = digest.replace_all(&text, "(sha256)");
    time.replace_all(&text, "(time)").into_owned()
}

/// The command, where new files have mode 0644 whatever the umask of whoever runs the tests.
fn edgeseal_under_umask(folder: &Path) -> Command {
    let mut command = Command::new("/bin/sh");
    let script = r#"umask 022 && exec "$0" "$@""#;
    command.current_dir(folder).env_clear().args(["-c", script, env!("CARGO_BIN_EXE_edgeseal")]);
    command
}

fn check(path: &Path) {
    let case: Case =
        toml::from_str(&fs::read_to_string(path).unwrap()).unwrap_or_else(|error| panic!("{error}"));
    assert!(!case.comment.is_empty() && !case.run.is_empty());
    if case.without_bundle && cfg!(feature = "bundle") {
        return;
    }
    let sandbox = tempfile::tempdir().unwrap();
    let top = sandbox.path();
    for name in &case.copy {
        fs::copy(root().join("decryptor/tests/cmd/files").join(name), top.join(name)).expect(name);
    }
    for name in &case.keys {
        copy_private_key(name, &top.join(format!("{name}.pem")));
    }
    for (name, file) in &case.files {
        file.make(top, name);
    }
    let mut expected = BTreeMap::new();
    state(top, top, &mut expected);

    for (number, step) in case.run.iter().enumerate() {
        let stdin = match &step.stdin_file {
            Some(name) => fs::read(top.join(name)).expect(name),
            None => step.stdin.clone().into_bytes(),
        };
        let output = run(edgeseal_under_umask(top).args(&step.args).envs(&step.env), &stdin);
        let got = (output.status.code(), mask(&text(&output.stdout)), mask(&text(&output.stderr)));
        if got != (Some(step.exit), step.stdout.clone(), step.stderr.clone()) {
            panic!("run {number}: exit {:?}\n--- stdout\n{}--- stderr\n{}---", got.0, got.1, got.2);
        }
    }

    let mut found = BTreeMap::new();
    state(top, top, &mut found);
    for (name, file) in &case.after {
        let (mode, content) = found.get_mut(name).unwrap_or_else(|| panic!("{name} is not there"));
        if let Some(digits) = &file.mode {
            assert_eq!(format!("{mode:o}"), *digits, "mode of {name}");
        }
        if file.text.is_some() {
            *content = mask(content);
        }
        let expected_content = match &file.link {
            Some(target) => format!("-> {target}"),
            None if file.folder => "folder".to_owned(),
            None => text(&file.bytes(top)),
        };
        assert_eq!(*content, expected_content, "{name}");
        expected.insert(name.clone(), (*mode, content.clone()));
    }
    assert_eq!(found, expected, "the folder is not as it was");
}

#[test]
fn every_case_does_what_it_says() {
    let cases: Vec<PathBuf> = folder(&root().join("decryptor/tests/cmd"))
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    assert!(cases.len() > 60, "{}", cases.len());
    let mut failed = Vec::new();
    for path in &cases {
        // The panic has been printed; the other cases may say more.
        if std::panic::catch_unwind(|| check(path)).is_err() {
            failed.push(path.file_name().unwrap());
        }
    }
    assert!(failed.is_empty(), "{} of {} cases failed: {failed:?}", failed.len(), cases.len());
    println!("{} cases", cases.len());
}
