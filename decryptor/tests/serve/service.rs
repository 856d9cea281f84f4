//! A service under test.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::common::{copy_private_key, edgeseal, root, run, text};
use crate::http::{Client, PATIENCE, Request, Response};

/// What must not be seen anywhere but in decrypted texts. The quotation mark tells places apart.
pub const SENTINEL: &str = "Sent\"inel 078-05-1120";

/// A folder with a keyring, its keys and a policy.
pub struct Lab(pub TempDir);

impl Lab {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        copy_private_key("rsa2048-a", &path.join("a.pem"));
        copy_private_key("rsa3072", &path.join("b.pem"));
        fs::write(
            path.join("keyring.json"),
            r#"{"version": 1, "keys": {"a": {"private_key_file": "a.pem"}, "b": {"private_key_file": "b.pem"}}}"#,
        )
        .unwrap();
        fs::copy(root().join("decryptor/tests/cmd/files/policy.json"), path.join("policy.json")).unwrap();
        Self(folder)
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Tokens of a text: a direct one under `a`, and an envelope under `b`, bound to `api=test` and `field=email`.
    pub fn tokens(&self, plaintext: &str) -> [String; 2] {
        let body = serde_json::json!({"ssn": plaintext, "email": plaintext}).to_string();
        let output = run(edgeseal(self.path()).args(["encrypt", "-p", "policy.json"]), body.as_bytes());
        assert!(output.status.success(), "{}", text(&output.stderr));
        let encrypted: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        ["ssn", "email"].map(|name| encrypted[name].as_str().unwrap().to_owned())
    }

    /// The service on a free port, with further arguments.
    pub fn serve(&self, arguments: &[&str]) -> Service {
        self.serve_at("127.0.0.1:0", arguments)
    }

    pub fn serve_at(&self, listen: &str, arguments: &[&str]) -> Service {
        Self::start(self.command(listen, arguments))
    }

    pub fn start(mut command: Command) -> Service {
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let said = Arc::new((Mutex::new(String::new()), Condvar::new()));
        let lines = BufReader::new(child.stderr.take().unwrap());
        let heard = said.clone();
        let listener = std::thread::spawn(move || {
            for line in lines.lines() {
                let mut text = heard.0.lock().unwrap();
                *text += &line.unwrap();
                text.push('\n');
                heard.1.notify_all();
            }
        });
        let mut service = Service { child, said, listener: Some(listener), address: String::new() };
        let line = service.hears("listening on ");
        service.address = line.split_once("listening on ").unwrap().1.to_owned();
        service
    }

    pub fn command(&self, listen: &str, arguments: &[&str]) -> Command {
        let mut command = edgeseal(self.path());
        command.args(["serve", "-k", "keyring.json", "--listen", listen]).args(arguments);
        command
    }

    /// What the service says if it does not start.
    pub fn refuses(&self, listen: &str, arguments: &[&str]) -> (i32, String) {
        let output = run(&mut self.command(listen, arguments), b"");
        assert!(output.stdout.is_empty());
        (output.status.code().unwrap(), text(&output.stderr))
    }
}

pub struct Service {
    child: Child,
    said: Arc<(Mutex<String>, Condvar)>,
    listener: Option<JoinHandle<()>>,
    /// As it was said.
    pub address: String,
}

impl Service {
    pub fn tcp(&self) -> String {
        self.address.split_once("://").unwrap().1.to_owned()
    }

    pub fn connect(&self) -> Client<TcpStream> {
        Client::tcp(&self.tcp())
    }

    /// On a connection of its own.
    pub fn request(&self, request: &Request) -> Response {
        self.connect().request(request)
    }

    /// Waits for a line that has this in it.
    pub fn hears(&self, what: &str) -> String {
        self.hears_so_often(what, 1)
    }

    /// Waits until so many lines have this in them; gives the last.
    pub fn hears_so_often(&self, what: &str, count: usize) -> String {
        let started = Instant::now();
        let mut text = self.said.0.lock().unwrap();
        loop {
            if let Some(line) = text.lines().filter(|line| line.contains(what)).nth(count - 1) {
                return line.to_owned();
            }
            assert!(started.elapsed() < PATIENCE, "no {what:?} in {text}");
            text = self.said.1.wait_timeout(text, Duration::from_millis(100)).unwrap().0;
        }
    }

    pub fn said(&self) -> String {
        self.said.0.lock().unwrap().clone()
    }

    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }

    /// Waits for the end; everything that was said on standard error, too.
    pub fn ended(&mut self) -> (ExitStatus, String) {
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(started.elapsed() < PATIENCE, "it does not end: {}", self.said());
            std::thread::sleep(Duration::from_millis(5));
        };
        self.listener.take().unwrap().join().unwrap();
        (status, self.said())
    }

    /// A sample of the metrics.
    pub fn metric(&self, name: &str) -> Option<f64> {
        let metrics = self.request(&Request::get("/metrics")).text();
        let line = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
        Some(line.parse().unwrap())
    }

    /// Waits until a sample of the metrics has a value.
    pub fn reaches(&self, name: &str, value: f64) {
        let started = Instant::now();
        while self.metric(name) != Some(value) {
            assert!(started.elapsed() < PATIENCE, "{name} is {:?}", self.metric(name));
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
