//! What the SDK says of its work at its most talkative, and that nothing of it is said once its targets are capped.

use std::collections::BTreeSet;
use std::fmt::{Debug, Write};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use edgeseal_decryptor::{AwsKms, KmsTimeouts};
use tracing::field::{Field, Visit};
use tracing::{Level, Subscriber, span};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

use crate::bench::{Bench, JSON, keeping};
use crate::emulator::{Identity, config};
use crate::fault::{ACCESS_DENIED, Fault, THROTTLED};

const PLAINTEXT: &str = "PLAINTEXT-that-nobody-may-read-in-a-log";
const SECRET: &str = "SECRET/access/key/that/nobody/may/read/in/a/log";
const SESSION: &str = "SESSION-token-that-nobody-may-read-in-a-log";
/// Set in the process that does the work: a subscriber and the environment are of a whole process.
const CHILD: &str = "EDGESEAL_TEST_LOG_CHILD";

#[test]
fn nothing_secret_is_in_a_log_that_is_capped() {
    if std::env::var_os(CHILD).is_some() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        return runtime.block_on(work());
    }
    for bodies in ["true", "false"] {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "secrets::nothing_secret_is_in_a_log_that_is_capped"]);
        let output = child.env(CHILD, bodies).env("LOG_SENSITIVE_BODIES", bodies).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("1 passed"), "{said}");
    }
}

/// Runs what works and what does not, and looks at the log of it.
async fn work() {
    let (all, capped) = (Log::default(), Log::default());
    let cap = filter_fn(|metadata| {
        let of = |target: &&str| metadata.target().starts_with(target);
        *metadata.level() < Level::TRACE || !AwsKms::SDK_TARGETS_CAPPED.iter().any(of)
    });
    let subscriber = tracing_subscriber::registry().with(all.clone()).with(capped.clone().with_filter(cap));
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let mut secrets = vec![Secret::new("plaintext", PLAINTEXT.as_bytes())];
    // Keys are made, and the emulator started, by an administrator whose log is not ours.
    let bench = Bench::new(&["a"]).await;
    let texts = ["direct", "envelope"].map(|mode| bench.encrypt(mode, &format!(r#"{{"a":"{PLAINTEXT}"}}"#)));
    all.0.lock().unwrap().clear();
    capped.0.lock().unwrap().clear();

    let root = Identity::root();
    // Nobody checks the signature of a call that gets a fault: its secrets may be what we like.
    let ours =
        Identity { secret_access_key: SECRET.into(), session_token: Some(SESSION.into()), ..root.clone() };
    for (fault, identity) in
        [(None, &root)].into_iter().chain(faults().into_iter().map(|fault| (Some(fault), &ours)))
    {
        bench.proxy.reset();
        let works = fault.is_none();
        if let Some(fault) = fault {
            bench.proxy.fault(None, None, fault);
        }
        let timeouts = KmsTimeouts { attempt: Duration::from_secs(20), call: Duration::from_secs(40) };
        let decryptor = bench.decryptor(config(bench.proxy.address, identity), timeouts);
        for text in &texts {
            let run = decryptor.run(keeping(|_| ()));
            let decrypted = run.decrypt(text.as_bytes(), JSON).await.unwrap();
            assert_eq!(decrypted.report.decrypted() == 1, works);
            run.finish(None);
        }
        for seen in bench.proxy.seen() {
            let blob = seen.body["CiphertextBlob"].as_str().unwrap().to_owned();
            secrets.push(Secret::text("ciphertext", &blob));
        }
        for plaintext in bench.proxy.plaintexts() {
            secrets.push(Secret::text("answer", &plaintext));
        }
    }
    secrets.push(Secret::new("secret access key", SECRET.as_bytes()));
    secrets.push(Secret::new("session token", SESSION.as_bytes()));
    secrets.extend(texts.iter().map(|text| Secret::text("token", text.split('"').nth(3).unwrap())));

    // And the names of members that hold them, should they be written in some other form.
    secrets.push(Secret::text("request", "CiphertextBlob"));
    secrets.push(Secret::text("answer", &base64(b"PLAINTEXT-that-nobody")));

    // If the SDK leaks no more, the cap can go; if it leaks more, `SDK_TARGETS_CAPPED` and its description have to be looked at.
    let leaks = all.leaks(&secrets);
    let orchestrator = "aws_smithy_runtime::client::orchestrator::http".to_owned();
    let known = if std::env::var(CHILD).unwrap() == "true" {
        BTreeSet::from([(orchestrator.clone(), "answer"), (orchestrator, "plaintext")])
    } else {
        BTreeSet::new()
    };
    assert_eq!(leaks, known);
    assert_eq!(capped.leaks(&secrets), BTreeSet::new());
    // The cap lets through what is of use.
    let audited = |line: &Line| line.target == "edgeseal::audit";
    assert!(capped.0.lock().unwrap().iter().any(audited));
}

fn faults() -> Vec<Fault> {
    vec![
        THROTTLED,
        ACCESS_DENIED,
        Fault::Error(400, "DisabledException"),
        Fault::Error(400, "InvalidKeyUsageException"),
        Fault::Error(400, "ExpiredTokenException"),
        Fault::Status(500),
        Fault::Body("not JSON"),
        Fault::Body("{}"),
        // Of the plaintext, and not JSON.
        Fault::Body(r#"{"Plaintext": "UExBSU5URVhULXRoYXQtbm9ib2R5", "KeyId": 7"#),
        Fault::CutBefore,
        Fault::CutInHead,
        Fault::Oversized { announced: true },
    ]
}

/// What may not be said, in the forms in which it might be.
struct Secret {
    name: &'static str,
    forms: Vec<String>,
}

impl Secret {
    fn text(name: &'static str, text: &str) -> Self {
        Self { name, forms: vec![text.trim_end_matches('=').to_owned(), as_numbers(text.as_bytes())] }
    }

    fn new(name: &'static str, bytes: &[u8]) -> Self {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let mut secret = Self::text(name, &text);
        secret.forms.push(base64(bytes));
        secret
    }
}

/// As `Debug` writes bytes.
fn as_numbers(bytes: &[u8]) -> String {
    format!("{bytes:?}").trim_matches(['[', ']']).to_owned()
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks_exact(3) {
        let bits = u32::from_be_bytes([0, group[0], group[1], group[2]]);
        for shift in [18, 12, 6, 0] {
            text.push(char::from(DIGITS[usize::try_from(bits >> shift & 63).unwrap()]));
        }
    }
    text
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<Line>>>);

struct Line {
    target: String,
    text: String,
}

impl Log {
    fn add(&self, target: &str, record: impl FnOnce(&mut Text)) {
        let mut text = Text::default();
        record(&mut text);
        self.0.lock().unwrap().push(Line { target: target.to_owned(), text: text.0 });
    }

    /// Which target says which secret.
    fn leaks<'s>(&self, secrets: &'s [Secret]) -> BTreeSet<(String, &'s str)> {
        let mut leaks = BTreeSet::new();
        for Line { target, text } in self.0.lock().unwrap().iter() {
            for secret in secrets.iter().filter(|secret| secret.forms.iter().any(|form| text.contains(form)))
            {
                leaks.insert((target.clone(), secret.name));
            }
        }
        leaks
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Log {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        self.add(event.metadata().target(), |text| event.record(text));
    }

    fn on_new_span(&self, attributes: &span::Attributes<'_>, _: &span::Id, _: Context<'_, S>) {
        self.add(attributes.metadata().target(), |text| attributes.record(text));
    }

    fn on_record(&self, id: &span::Id, values: &span::Record<'_>, context: Context<'_, S>) {
        let target = context.span(id).map_or("", |span| span.metadata().target());
        self.add(target, |text| values.record(text));
    }
}

#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, "{}={value:?} ", field.name()).unwrap();
    }
}
