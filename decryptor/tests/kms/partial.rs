//! Some tokens of a text cannot be decrypted: what becomes of the others, and of the output.

use std::fs;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::bench::{Bench, records};
use crate::common::{edgeseal, folder, text};
use crate::desk::ended;
use crate::emulator::{Identity, url};
use crate::fault::{ACCESS_DENIED, Fault, THROTTLED};

/// A hundred tokens, three of them under `b`; and what they hold.
struct Export {
    folder: TempDir,
    body: String,
    sealed: String,
}

impl Export {
    fn new(bench: &Bench) -> Self {
        let more = records("a", 47).replace("value", "another");
        let body = format!("[{}, {}, {more}]", records("a", 50), records("b", 3));
        let sealed = bench.encrypt("direct", &body);
        assert_eq!(sealed.matches("__es1.").count(), 100);
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("keyring.json"), bench.keyring()).unwrap();
        fs::write(folder.path().join("in.json"), &sealed).unwrap();
        fs::write(folder.path().join("out.json"), "what was there before").unwrap();
        Self { folder, body, sealed }
    }

    fn command(&self, bench: &Bench, identity: &Identity, more: &[&str]) -> Command {
        let mut command = edgeseal(self.folder.path());
        command
            .args(["decrypt", "-k", "keyring.json", "in.json", "-o", "out.json", "--report=report.json"])
            .args(more);
        command.env("HOME", self.folder.path()).env("AWS_EC2_METADATA_DISABLED", "true");
        command.env("AWS_ENDPOINT_URL_KMS", url(bench.proxy.address)).env("AWS_MAX_ATTEMPTS", "2");
        command.env("AWS_ACCESS_KEY_ID", &identity.access_key_id);
        command.env("AWS_SECRET_ACCESS_KEY", &identity.secret_access_key);
        command
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    /// Its plaintext, but for the three.
    fn but_three(&self) -> String {
        let token = regex::Regex::new(r#""__es1\.b\.s\.[A-Za-z0-9_-]{342}\.__""#).unwrap();
        let mut tokens = token.find_iter(&self.sealed).map(|found| found.as_str());
        let value = regex::Regex::new(r#"(\{"b":)"[^"]*""#).unwrap();
        value
            .replace_all(&self.body, |found: &regex::Captures<'_>| {
                format!("{}{}", &found[1], tokens.next().unwrap())
            })
            .into_owned()
    }

    /// The run gave the rest out, and says so by status and report.
    fn assert_kept(&self, status: Option<i32>, code: &str, what: &str) {
        assert_eq!((status, self.read("out.json")), (Some(3), self.but_three()), "{what}");
        let report: Value = serde_json::from_str(&self.read("report.json")).unwrap();
        assert_eq!(
            (&report["found"], &report["decrypted"], &report["kept"]),
            (&100.into(), &97.into(), &3.into())
        );
        assert_eq!(report["reasons"], serde_json::json!({ code: 3 }), "{what}");
        assert_eq!(report["positions"].as_array().unwrap().len(), 3);
        assert!(
            report["positions"].as_array().unwrap().iter().all(|it| it["key"] == "b" && it["code"] == code)
        );
    }
}

#[tokio::test]
async fn three_denied_tokens_of_a_hundred_stay_and_have_an_exit_status_of_their_own() {
    let bench = Bench::new(&["a", "b"]).await;
    let export = Export::new(&bench);
    // By the emulator's own IAM, and as AWS says it.
    for emulated in [true, false] {
        bench.proxy.reset();
        let identity = if emulated { Identity::reader_of(&[bench.arn("a")]) } else { Identity::root() };
        if !emulated {
            bench.proxy.fault(Some(bench.arn("b")), None, ACCESS_DENIED);
        }
        let output = ended(export.command(&bench, &identity, &[])).await;
        export.assert_kept(output.status.code(), "access_denied", &text(&output.stderr));
    }
}

#[tokio::test]
async fn any_other_failure_of_three_tokens_gives_nothing_out_unless_the_rest_is_asked_for() {
    let bench = Bench::new(&["a", "b"]).await;
    let export = Export::new(&bench);
    for (fault, code, option) in [
        (Fault::Error(400, "DisabledException"), "key_unavailable", "--on-unavailable"),
        (Fault::Error(400, "NotFoundException"), "key_unavailable", "--on-unavailable"),
        (Fault::Error(500, "KMSInternalException"), "key_unavailable", "--on-unavailable"),
        (THROTTLED, "key_unavailable", "--on-unavailable"),
        (Fault::CutInBody, "key_unavailable", "--on-unavailable"),
        (Fault::Body("{}"), "key_unavailable", "--on-unavailable"),
        (Fault::Error(400, "InvalidCiphertextException"), "decryption_failed", "--on-failed"),
        (Fault::Error(400, "IncorrectKeyException"), "decryption_failed", "--on-failed"),
    ] {
        bench.proxy.reset();
        bench.proxy.fault(Some(bench.arn("b")), None, fault.clone());
        fs::write(export.folder.path().join("out.json"), "what was there before").unwrap();
        let output = ended(export.command(&bench, &Identity::root(), &[])).await;
        let said = text(&output.stderr);
        assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(1), ""), "{fault:?}: {said}");
        assert!(said.contains(&format!("error[{code}]")), "{fault:?}: {said}");
        assert_eq!(export.read("out.json"), "what was there before", "{fault:?}");
        let left = folder(export.folder.path());
        assert!(!left.iter().any(|path| path.to_string_lossy().contains(".edgeseal-")), "{left:?}");

        let output = ended(export.command(&bench, &Identity::root(), &[option, "keep"])).await;
        export.assert_kept(output.status.code(), code, &format!("{fault:?}"));
    }
}
