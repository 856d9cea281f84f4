//! `edgeseal rewrap` over files, within AWS KMS: whatever goes wrong and whenever it is killed, nothing is lost and nothing is there in half.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use regex::Regex;
use tempfile::TempDir;

use crate::bench::{Bench, records};
use crate::common::{edgeseal, folder, run, text};
use crate::emulator::{Identity, url};
use crate::fault::{ACCESS_DENIED, Fault, THROTTLED};
use crate::re_encrypt::may;

/// A folder with a keyring, and the command, as one who may move tokens from `a` to `b` and not decrypt.
pub(crate) struct Place {
    pub(crate) top: TempDir,
    mover: Identity,
    kms: String,
}

impl Place {
    pub(crate) fn new(bench: &Bench) -> Self {
        let top = tempfile::tempdir().unwrap();
        fs::write(top.path().join("keyring.json"), bench.keyring()).unwrap();
        let from: &[&str] = &[bench.arn("a")];
        let mover =
            Identity::allowed_to(&[("kms:ReEncryptFrom", from), ("kms:ReEncryptTo", &[bench.arn("b")])]);
        // What it takes to find out the first time is not the time of a call.
        for (action, id) in [("kms:ReEncryptFrom", "a"), ("kms:ReEncryptTo", "b")] {
            assert!(may(&mover.access_key_id, action, bench.arn(id)));
        }
        Self { top, mover, kms: url(bench.proxy.address) }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.top.path().join(name)
    }

    fn command(&self, who: &Identity, arguments: &[&str]) -> Command {
        let mut command = edgeseal(self.top.path());
        command.args(arguments).args(["-k", "keyring.json"]);
        // Time enough for a machine with other things to do.
        command.args(["--attempt-timeout", "60s", "--call-timeout", "120s"]);
        command.env("AWS_RETRY_MODE", "standard").env("AWS_MAX_ATTEMPTS", "2");
        command.env("HOME", self.top.path()).env("AWS_EC2_METADATA_DISABLED", "true");
        command.env("AWS_ENDPOINT_URL_KMS", &self.kms);
        command
            .env("AWS_ACCESS_KEY_ID", &who.access_key_id)
            .env("AWS_SECRET_ACCESS_KEY", &who.secret_access_key);
        command
    }

    pub(crate) fn rewrap(&self, arguments: &[&str]) -> Command {
        self.command(&self.mover, &[&["rewrap", "--from", "a", "--to", "b"], arguments].concat())
    }

    pub(crate) fn decrypt(&self, arguments: &[&str]) -> Command {
        self.command(&Identity::root(), &[&["decrypt"], arguments].concat())
    }
}

/// Lets the proxy work meanwhile.
async fn meanwhile<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

/// Files by name.
fn files(below: &Path) -> BTreeMap<String, Vec<u8>> {
    let read =
        |path: PathBuf| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap());
    folder(below).into_iter().map(read).collect()
}

/// A text without what may change of its tokens under `a` and `b`.
fn masked(bytes: &[u8]) -> String {
    let part = "[A-Za-z0-9_-]+";
    let direct = Regex::new(&format!(r"__es1\.[ab]\.([sv])\.{part}\.__")).unwrap();
    let envelope =
        Regex::new(&format!(r"__es1\.[ab]\.e\.({part})\.{part}\.({part}\.{part}\.{part})\.__")).unwrap();
    let text = direct.replace_all(std::str::from_utf8(bytes).unwrap(), "<$1>").into_owned();
    envelope.replace_all(&text, "<$1 $2>").into_owned()
}

const FILES: usize = 24;
const TOKENS: usize = 6;

/// Files with direct and envelope tokens of both keys, a damaged one, and text around them.
fn export(bench: &Bench) -> BTreeMap<String, Vec<u8>> {
    let file = |number: usize| {
        let mode = if number.is_multiple_of(3) { "envelope" } else { "direct" };
        let of_a = bench.encrypt(mode, &records("a", TOKENS));
        let of_b = bench.encrypt("direct", &records("b", 1));
        let text = format!("{{\"n\": {number},\n \"list\" : {of_a}, \"b\": {of_b}}}\n");
        (format!("{number:02}.json"), text.into_bytes())
    };
    (0..FILES).map(file).collect()
}

#[tokio::test]
async fn runs_that_are_killed_at_any_moment_come_to_the_same() {
    let bench = Bench::new(&["a", "b"]).await;
    let place = Place::new(&bench);
    let before = export(&bench);
    fs::create_dir(place.path("in")).unwrap();
    for (name, content) in &before {
        fs::write(place.path("in").join(name), content).unwrap();
    }
    let expected = {
        let mut texts = BTreeMap::new();
        for (name, content) in &before {
            texts.insert(
                name.clone(),
                bench.decrypt(std::str::from_utf8(content).unwrap()).await.unwrap().body,
            );
        }
        texts
    };
    bench.proxy.reset();

    let arguments = ["in", "--in-place=.bak", "--resume", "journal"];
    let originals = before.clone();
    let (place, kills) = meanwhile(move || {
        let journal = place.path("journal");
        let records =
            || fs::read(&journal).map_or(0, |text| text.iter().filter(|byte| **byte == b'\n').count());
        let mut kills = 0;
        for round in 0_usize..16 {
            let noted = records();
            let mut child = place.rewrap(&arguments);
            let mut child = child.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            while records() < noted + round % 3 && child.try_wait().unwrap().is_none() {
                std::thread::yield_now();
            }
            // A little later, another bit each time: also before the first call.
            (0..round * 37 % 400).for_each(|_| std::thread::yield_now());
            child.kill().unwrap();
            kills += usize::from(child.wait().unwrap().code().is_none());
            // Each file is as it was, or whole.
            for (name, content) in &originals {
                let now = fs::read(place.path("in").join(name)).unwrap();
                assert!(now == *content || !text(&now).contains("__es1.a."), "{name}");
                assert_eq!(masked(&now), masked(content), "{name}");
            }
        }
        let output = run(&mut place.rewrap(&arguments), b"");
        assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""));
        (place, kills)
    })
    .await;
    assert!(kills > 4, "{kills}");

    // What was noted is not asked again: one file at most is begun anew for each death.
    let distinct = FILES / 3 + (FILES - FILES / 3) * TOKENS;
    let calls = bench.proxy.calls();
    assert!((distinct..=distinct + kills * TOKENS).contains(&calls), "{calls} {distinct} {kills}");
    assert!(bench.proxy.seen().iter().all(|seen| seen.call() == "ReEncrypt"));

    let after = files(&place.path("in"));
    assert_eq!(after.len(), 2 * FILES);
    for (name, content) in &before {
        let now = &after[name];
        assert_eq!(after[&format!("{name}.bak")], *content, "{name}");
        assert!(!text(now).contains("__es1.a."), "{name}");
        assert_eq!(masked(now), masked(content), "{name}");
        let decrypted = bench.decrypt(std::str::from_utf8(now).unwrap()).await.unwrap();
        assert!(decrypted.body == expected[name], "{name}");
    }

    // Once more: nothing is asked, and nothing changes.
    bench.proxy.reset();
    let names: Vec<String> = before.keys().map(|name| format!("in/{name}")).collect();
    let output = meanwhile(move || {
        let names: Vec<&str> = names.iter().map(String::as_str).chain(["--in-place"]).collect();
        (run(&mut place.rewrap(&names), b""), place)
    })
    .await;
    assert_eq!((output.0.status.code(), bench.proxy.calls()), (Some(0), 0));
    assert_eq!(files(&output.1.path("in")), after);
}

#[tokio::test]
async fn whatever_goes_wrong_nothing_is_written() {
    let bench = Bench::new(&["a", "b"]).await;
    let stored = bench.encrypt("direct", &records("a", 5));
    let elsewhere = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    for (fault, of, said) in [
        (THROTTLED, "a", "error[key_unavailable]: the key `a` cannot be asked: too many requests"),
        (ACCESS_DENIED, "a", "error[access_denied]: the token at byte"),
        (ACCESS_DENIED, "b", "error[access_denied]: the token at byte"),
        (Fault::Error(400, "DisabledException"), "b", "error[key_unavailable]"),
        (Fault::Member("KeyId", Some(elsewhere)), "b", "the answer is not one to the question"),
        (Fault::Member("SourceEncryptionAlgorithm", Some("RSAES_OAEP_SHA_1")), "a", "the answer is not one"),
        (
            Fault::Member("CiphertextBlob", Some("AAAA")),
            "a",
            "the key `b` cannot be asked: the answer is not one",
        ),
        (Fault::CutInBody, "a", "error[key_unavailable]"),
    ] {
        bench.proxy.reset();
        let place = Place::new(&bench);
        fs::create_dir(place.path("data")).unwrap();
        fs::write(place.path("data/stored.json"), &stored).unwrap();
        // The last of the calls alone fails, with all its attempts.
        bench.proxy.fault(Some(bench.arn("a")), Some(4), Fault::Slow(std::time::Duration::ZERO));
        bench.proxy.fault(Some(bench.arn(of)), None, fault.clone());
        let (place, failed) = meanwhile(move || {
            let file = "data/stored.json";
            let ways: [&[&str]; 3] = [&[file, "-o", "data/out.json"], &[file, "--in-place=.bak"], &[file]];
            let failed = ways.map(|way| run(&mut place.rewrap(way), b""));
            (place, failed)
        })
        .await;
        for output in failed {
            assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(1), ""), "{fault:?}");
            assert!(text(&output.stderr).contains(said), "{fault:?} {}", text(&output.stderr));
        }
        assert_eq!(
            files(&place.path("data")),
            [("stored.json".to_owned(), stored.clone().into_bytes())].into()
        );
    }
}

#[tokio::test]
async fn what_was_written_is_compared_with_what_is_on_the_disk() {
    let bench = Bench::new(&["a", "b"]).await;
    let stored = bench.encrypt("direct", r#"{"a": "Ada", "n": 1}"#);
    // Another text by the time that it is read again; and another token in its place.
    let other_token = bench.encrypt("envelope", r#"{"a": "Ada", "n": 1}"#);
    for (changed, verify, code) in [
        (stored.replace(": 1}", ": 2}"), &[][..], Some(1)),
        (other_token, &[][..], Some(1)),
        (stored.replace(": 1}", ": 2}"), &["--no-verify"][..], Some(0)),
        (stored.clone(), &[][..], Some(0)),
    ] {
        bench.proxy.reset();
        bench.proxy.fault(None, None, Fault::Slow(std::time::Duration::from_secs(1)));
        let place = Place::new(&bench);
        fs::write(place.path("stored.json"), &stored).unwrap();
        let arguments = [&["stored.json", "-o", "out.json"], verify].concat();
        let mut command = place.rewrap(&arguments);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // All of the input has been read once the key is asked.
        while bench.proxy.calls() == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        fs::write(place.path("new.json"), &changed).unwrap();
        fs::rename(place.path("new.json"), place.path("stored.json")).unwrap();
        let output = meanwhile(move || child.wait_with_output().unwrap()).await;
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), code, "{said}");
        assert_eq!(said.contains("error[rewrap_mismatch]"), code == Some(1), "{said}");
        assert_eq!(place.path("out.json").exists(), code == Some(0));
    }
}

/// A process is not to have in its memory what only AWS KMS may know.
#[cfg(target_os = "linux")]
mod memory {
    use std::io::Read;
    use std::process::Child;
    use std::sync::atomic::{AtomicBool, Ordering};

    use aws_sdk_kms::primitives::Blob;
    use aws_sdk_kms::types::EncryptionAlgorithmSpec::RsaesOaepSha256;
    use aws_smithy_types::base64;
    use edgeseal::Token;

    use super::*;
    use crate::common::memory::found;
    use crate::emulator::administrator;

    const PLAINTEXT: &str = "SENTINEL-of-a-value-that-nobody-may-see-";
    /// It is in every text, outside the tokens.
    const CONTROL: &str = "a control that has to be found";

    /// As bytes, and in base64, wherever a group of three begins.
    fn needle(secret: &[u8]) -> String {
        let escaped = |bytes: &[u8]| bytes.iter().map(|byte| format!(r"\x{byte:02x}")).collect::<String>();
        let whole = secret.len() / 3 * 3;
        format!("{}|{}", escaped(secret), escaped(base64::encode(&secret[..whole]).as_bytes()))
    }

    /// Runs a command that holds its output back until it has all of it, and then cannot get rid of it: looks into its memory all the time.
    /// Gives what was found in the end, and what ever was.
    fn watched(mut command: Command, secrets: &regex::bytes::Regex) -> (Vec<Vec<u8>>, Vec<Vec<u8>>, usize) {
        let mut child: Child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let (pid, ends) = (child.id(), AtomicBool::new(false));
        let mut stdout = child.stdout.take().unwrap();
        let (ever, looks) = std::thread::scope(|scope| {
            let looking = scope.spawn(|| {
                let (mut ever, mut looks) = (Vec::new(), 0);
                while !ends.load(Ordering::SeqCst) {
                    ever.extend(found(pid, secrets));
                    looks += 1;
                }
                (ever, looks)
            });
            // Nothing comes before everything is there, and more than a pipe holds is behind it.
            let mut first = [0];
            stdout.read_exact(&mut first).unwrap();
            ends.store(true, Ordering::SeqCst);
            looking.join().unwrap()
        });
        let in_the_end = found(pid, secrets);
        assert!(child.try_wait().unwrap().is_none(), "it still holds its output");
        let mut rest = Vec::new();
        stdout.read_to_end(&mut rest).unwrap();
        assert!(child.wait().unwrap().success());
        (in_the_end, ever, looks)
    }

    #[tokio::test]
    async fn no_plaintext_and_no_data_key_is_ever_in_the_memory_of_who_moves_tokens() {
        let bench = Bench::new(&["a", "b"]).await;
        let place = Place::new(&bench);
        let value = |number: usize| format!("{PLAINTEXT}{number}");
        let values: Vec<String> = (0..8).map(|number| format!(r#"{{"a": "{}"}}"#, value(number))).collect();
        let body = format!("[{}]", values.join(","));
        let (direct, envelope) = (bench.encrypt("direct", &body), bench.encrypt("envelope", &body));
        let filler = "x".repeat(300_000);
        let stored = format!(r#"[{direct}, {envelope}, "{CONTROL}", "{filler}"]"#);
        fs::write(place.path("stored.json"), stored).unwrap();

        // The data key, by somebody who may have it.
        let token = envelope.split('"').find(|part| part.starts_with("__es1.")).unwrap();
        let wrapped = Token::parse(token).unwrap().ciphertext().to_vec();
        let kms = administrator(bench.arn("a").split(':').nth(3).unwrap());
        let call = kms.decrypt().key_id(bench.arn("a")).ciphertext_blob(Blob::new(wrapped));
        let data_key = call.encryption_algorithm(RsaesOaepSha256).send().await.unwrap().plaintext.unwrap();
        assert_eq!(data_key.as_ref().len(), 32);

        let regex =
            |parts: &[String]| regex::bytes::Regex::new(&format!("(?-u){}", parts.join("|"))).unwrap();
        let plaintexts = regex(&[needle(PLAINTEXT.as_bytes())]);
        let data_keys = regex(&[needle(data_key.as_ref())]);
        let all =
            regex(&[needle(PLAINTEXT.as_bytes()), needle(data_key.as_ref()), needle(CONTROL.as_bytes())]);

        bench.proxy.reset();
        let secrets = all.clone();
        let (place, (in_the_end, ever, looks)) = meanwhile(move || {
            let watched = watched(place.rewrap(&["stored.json"]), &secrets);
            (place, watched)
        })
        .await;
        assert_eq!(bench.proxy.calls(), 9);
        let is_control = |hit: &Vec<u8>| hit == CONTROL.as_bytes();
        assert!(in_the_end.iter().any(is_control), "the input is there");
        assert!(in_the_end.iter().chain(&ever).all(is_control), "and nothing that was in a token ever was");
        assert!(looks > 3, "{looks}");

        // The same looks find both in the memory of who decrypts.
        let (in_the_end, ever, _) = meanwhile(move || watched(place.decrypt(&["stored.json"]), &all)).await;
        assert!(in_the_end.iter().any(is_control) && in_the_end.iter().any(|hit| plaintexts.is_match(hit)));
        assert!(in_the_end.iter().chain(&ever).any(|hit| data_keys.is_match(hit)), "a data key");
    }
}
