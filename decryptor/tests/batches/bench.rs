//! A folder of files with tokens, and what they are to become.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use edgeseal::{Encryptor, Policy, Request};
use getrandom::SysRng;
use tempfile::TempDir;

use crate::common::{copy_private_key, edgeseal, folder, root};

/// A keyring with the key `a`, and files under `in/`.
pub(crate) struct Bench {
    pub(crate) top: TempDir,
    pub(crate) files: Vec<File>,
}

/// A file with tokens in it.
pub(crate) struct File {
    /// Beneath the folder.
    pub(crate) name: String,
    pub(crate) encrypted: Vec<u8>,
    /// Holds a token that was in the plaintext: decrypted once more, it would be something else.
    pub(crate) decrypted: Vec<u8>,
}

impl Bench {
    pub(crate) fn new(count: usize) -> Self {
        let top = tempfile::tempdir().unwrap();
        let keyring = r#"{"version": 1, "keys": {"a": {"private_key_file": "a.pem"}}}"#;
        fs::write(top.path().join("keyring.json"), keyring).unwrap();
        copy_private_key("rsa2048-a", &top.path().join("a.pem"));
        let inner = String::from_utf8(encrypt(r#"{"v": "inner"}"#)).unwrap();
        let inner = inner.split('"').find(|part| part.starts_with("__es1.")).unwrap();
        let files = (0..count)
            .map(|number| {
                let decrypted = format!(
                    "{{\"v\": \"{number}\", \"e\": \"{inner}\", \"list\": [{{\"v\": {number}}}, {{\"v\": \"{number}\"}}]}}\n"
                );
                let name = format!("{:02}/{number:03}.json", number / 10);
                File { name, encrypted: encrypt(&decrypted), decrypted: decrypted.into_bytes() }
            })
            .collect();
        let bench = Self { top, files };
        bench.write_inputs();
        bench
    }

    pub(crate) fn write_inputs(&self) {
        for file in &self.files {
            let path = self.path("in").join(&file.name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, &file.encrypted).unwrap();
        }
    }

    /// As it was before the first run.
    pub(crate) fn begin_again(&self) {
        for name in ["in", "out"] {
            let _ = fs::remove_dir_all(self.path(name));
        }
        let _ = fs::remove_file(self.path("journal"));
        self.write_inputs();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.top.path().join(name)
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = edgeseal(self.top.path());
        command.args(["decrypt", "-k", "keyring.json"]).args(arguments);
        command
    }

    /// Runs to the end; gives the exit status and what was said.
    pub(crate) fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = self.command(arguments).stdin(Stdio::null()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    }

    pub(crate) fn spawn(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// How many files of a folder are decrypted; each has to be whole, and is as before where it is not.
    pub(crate) fn count_decrypted(&self, beneath: &str, in_place: bool) -> usize {
        let is_decrypted = |file: &File| match fs::read(self.path(beneath).join(&file.name)) {
            Ok(bytes) if bytes == file.decrypted => true,
            Ok(bytes) if in_place && bytes == file.encrypted => false,
            Err(error) if !in_place && error.kind() == std::io::ErrorKind::NotFound => false,
            other => panic!("{}: {:?}", file.name, other.map(|bytes| String::from_utf8(bytes).unwrap())),
        };
        self.files.iter().filter(|file| is_decrypted(file)).count()
    }

    pub(crate) fn inputs_are_whole(&self) -> bool {
        self.files.iter().all(|file| fs::read(self.path("in").join(&file.name)).unwrap() == file.encrypted)
    }

    /// The files beneath a folder, temporary ones included.
    pub(crate) fn names(&self, beneath: &str) -> Vec<String> {
        let mut names = Vec::new();
        let mut folders = vec![self.path(beneath)];
        while let Some(next) = folders.pop() {
            for path in folder(&next) {
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(self.path(beneath)).unwrap();
                    names.push(name.to_str().unwrap().to_owned());
                }
            }
        }
        names.sort();
        names
    }

    pub(crate) fn expected_names(&self) -> Vec<String> {
        self.files.iter().map(|file| file.name.clone()).collect()
    }
}

/// Encrypts every member `v` and `e` under the key `a`; tokens that are there already are values like any other.
pub(crate) fn encrypt(json: &str) -> Vec<u8> {
    let pem = fs::read_to_string(root().join("test-vectors/keys/rsa2048-a.public.pem")).unwrap();
    let policy = serde_json::json!({
        "version": 1,
        "keys": { "a": { "public_key": pem } },
        "fields": [{ "name": "v", "path": "$..v", "key": "a" }, { "name": "e", "path": "$..e", "key": "a", "mode": "envelope" }],
        "foreign_tokens": "allow",
    });
    let encryptor = Encryptor::new(Policy::from_json(policy.to_string().as_bytes()).unwrap());
    let request =
        Request { content_type: Some("application/json"), body: Some(json.as_bytes()), ..Request::default() };
    encryptor.encrypt_body(&request, &mut SysRng).unwrap().body.into_owned()
}

/// Sends a signal to a process that the test has started.
pub(crate) fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status();
    assert!(sent.unwrap().success());
}

/// Waits until something holds, as long as the child runs; gives whether it came to hold.
pub(crate) fn wait_until(child: &mut Child, mut holds: impl FnMut() -> bool) -> bool {
    loop {
        if holds() {
            return true;
        }
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::yield_now();
    }
}

/// The temporary files in a folder.
pub(crate) fn temporary_files(path: &Path) -> Vec<PathBuf> {
    let is_temporary = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_str().is_some_and(|name| name.starts_with(".edgeseal-")))
    };
    folder(path).into_iter().filter(is_temporary).collect()
}
