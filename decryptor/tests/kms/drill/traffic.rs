//! Edges that encrypt requests and store them, and a reader that decrypts what is stored, until told to stop.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use edgeseal::{Encryptor, Policy};
use flate2::{Compression, write::GzEncoder};

use crate::common::text;
use crate::operations::office::Office;

/// Requests to a file.
const FILE: usize = 10;

/// Between requests that nobody waits for: they have to be decrypted in the end, all of them.
const PAUSE: Duration = Duration::from_millis(250);

pub(crate) struct Traffic {
    shared: Arc<Shared>,
    edges: Vec<Arc<Edge>>,
    threads: Vec<JoinHandle<()>>,
}

struct Edge {
    name: String,
    /// How many requests it has made, and how many somebody waits for.
    made: AtomicUsize,
    goal: AtomicUsize,
}

#[derive(Default)]
struct Shared {
    folder: PathBuf,
    stopped: AtomicBool,
    /// Of each file that is stored, what it is in clear.
    files: Mutex<BTreeMap<String, String>>,
    failures: Mutex<Vec<String>>,
    read: AtomicUsize,
}

/// What was stored.
pub(crate) struct Stored {
    pub(crate) files: BTreeMap<String, String>,
    pub(crate) failures: Vec<String>,
    /// How many files the reader has read, right to the last byte.
    pub(crate) read: usize,
}

impl Stored {
    pub(crate) fn requests(&self) -> usize {
        self.files.values().map(|clear| clear.lines().count()).sum()
    }
}

impl Traffic {
    pub(crate) fn start(office: &Office, names: &[&str]) -> Self {
        let shared = Arc::new(Shared { folder: office.path(""), ..Shared::default() });
        let (mut edges, mut threads) = (Vec::new(), Vec::new());
        for name in names {
            let edge =
                Edge { name: (*name).to_owned(), made: AtomicUsize::new(0), goal: AtomicUsize::new(0) };
            let (edge, shared) = (Arc::new(edge), shared.clone());
            edges.push(edge.clone());
            deploy(&shared.folder, name);
            threads.push(std::thread::spawn(move || serve(&shared, &edge)));
        }
        let (reader, shared_with_reader) = (office.command("edgeseal-reader-ssn"), shared.clone());
        threads.push(std::thread::spawn(move || read(&shared_with_reader, reader)));
        Self { shared, edges, threads }
    }

    /// Lets every edge make so many requests more.
    pub(crate) fn flows(&self, requests: usize) {
        let start = Instant::now();
        for edge in &self.edges {
            edge.goal.store(edge.made.load(Ordering::SeqCst) + requests, Ordering::SeqCst);
        }
        for edge in &self.edges {
            while edge.made.load(Ordering::SeqCst) < edge.goal.load(Ordering::SeqCst) {
                assert!(start.elapsed() < Duration::from_secs(300), "{} makes no requests", edge.name);
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    }

    /// The edge gets the policy as it is now; returns when it serves with it, and has stored what it made before.
    pub(crate) fn deploy(&self, name: &str) {
        deploy(&self.shared.folder, name);
        // The request that is under way may still be the old policy's.
        self.flows(2);
    }

    /// The key ids in what an edge has stored.
    pub(crate) fn keys(&self, name: &str) -> Vec<String> {
        let mut keys = BTreeSet::new();
        for file in self.shared.files.lock().unwrap().keys() {
            if file.starts_with(name) && !file.ends_with(".gz") {
                let stored = fs::read_to_string(self.shared.folder.join("stored").join(file)).unwrap();
                keys.extend(
                    stored.split("__es1.").skip(1).map(|rest| rest.split('.').next().unwrap().to_owned()),
                );
            }
        }
        keys.into_iter().collect()
    }

    pub(crate) fn stop(self) -> Stored {
        self.shared.stopped.store(true, Ordering::SeqCst);
        for thread in self.threads {
            thread.join().unwrap();
        }
        Stored {
            files: std::mem::take(&mut self.shared.files.lock().unwrap()),
            failures: std::mem::take(&mut self.shared.failures.lock().unwrap()),
            read: self.shared.read.load(Ordering::SeqCst),
        }
    }
}

/// As a deployment does it: whole, under a new name, renamed.
fn deploy(folder: &Path, edge: &str) {
    let edge = folder.join(edge);
    fs::copy(folder.join("policy.json"), edge.join("next.json")).unwrap();
    fs::rename(edge.join("next.json"), edge.join("policy.json")).unwrap();
}

/// An edge, and the origin behind it that stores what comes.
fn serve(shared: &Shared, edge: &Edge) {
    let name = edge.name.as_str();
    let path = shared.folder.join(name).join("policy.json");
    let (mut deployed, mut encryptor) = (Vec::new(), None);
    let (mut stored, mut clear, mut number) = (Vec::new(), String::new(), 0);
    while !shared.stopped.load(Ordering::SeqCst) {
        let policy = fs::read(&path).unwrap();
        if policy != deployed {
            store(shared, name, number, &mut stored, &mut clear);
            encryptor = Some(Encryptor::new(Policy::from_json(&policy).unwrap()));
            deployed = policy;
        }
        let body = format!(
            r#"{{"id": {number}, "ssn": "{name}-{number:06}", "address": {{"street": "Elm {number}", "city":"Ulm"}}}}"#
        );
        let encrypted =
            encryptor.as_ref().unwrap().encrypt(body.as_bytes(), "application/json", &mut getrandom::SysRng);
        match encrypted {
            Ok(encrypted) => {
                stored.extend_from_slice(&encrypted.body);
                stored.push(b'\n');
                clear = clear + &body + "\n";
            }
            Err(error) => shared.failures.lock().unwrap().push(format!("{name}: {}", error.code())),
        }
        number += 1;
        if clear.lines().count() == FILE {
            store(shared, name, number, &mut stored, &mut clear);
        }
        edge.made.store(number, Ordering::SeqCst);
        if number >= edge.goal.load(Ordering::SeqCst) {
            std::thread::sleep(PAUSE);
        }
    }
    store(shared, name, number, &mut stored, &mut clear);
}

/// Every third file is compressed.
fn store(shared: &Shared, name: &str, number: usize, stored: &mut Vec<u8>, clear: &mut String) {
    if clear.is_empty() {
        return;
    }
    let mut file = format!("{name}-{number:06}.ndjson");
    if (number / FILE).is_multiple_of(3) {
        file += ".gz";
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(stored).unwrap();
        *stored = encoder.finish().unwrap();
    }
    let beside = shared.folder.join(name).join(&file);
    fs::write(&beside, &stored).unwrap();
    fs::rename(&beside, shared.folder.join("stored").join(&file)).unwrap();
    shared.files.lock().unwrap().insert(file, std::mem::take(clear));
    stored.clear();
}

/// Reads one file after the other as they are at the moment, the latest and those from before, with the keyring as it is at the moment.
fn read(shared: &Shared, mut command: Command) {
    command.arg("decrypt").args(["-k", "keyring.json", "-o", "-", "--compression", "none"]);
    let mut turn = 0_usize;
    while !shared.stopped.load(Ordering::SeqCst) {
        let files: Vec<(String, String)> =
            shared.files.lock().unwrap().iter().map(|(name, clear)| (name.clone(), clear.clone())).collect();
        let Some((name, clear)) = files.get(turn * 7 % files.len().max(1)) else {
            std::thread::sleep(PAUSE);
            continue;
        };
        let mut once = Command::new(command.get_program());
        once.args(command.get_args()).arg(format!("stored/{name}")).env_clear();
        once.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let output = once.current_dir(command.get_current_dir().unwrap()).output().unwrap();
        if output.status.success() && output.stdout == clear.as_bytes() {
            shared.read.fetch_add(1, Ordering::SeqCst);
        } else {
            shared.failures.lock().unwrap().push(format!("{name}: {}", text(&output.stderr)));
        }
        turn += 1;
    }
}
