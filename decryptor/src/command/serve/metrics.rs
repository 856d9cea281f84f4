//! What the service counts, in the text format of Prometheus (version 0.0.4). Labels are codes, statuses and key ids of the keyring: nothing from a body.

mod text;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use edgeseal::{KeyId, Keyring};
use edgeseal_decryptor::Report;

use text::Text;

/// Upper bounds of the histogram's buckets, in seconds.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

pub(super) struct Metrics {
    counts: Mutex<Counts>,
    started: f64,
}

#[derive(Default)]
struct Counts {
    /// By status and code.
    requests: BTreeMap<(u16, &'static str), u64>,
    /// Answers up to each bound, and all of them.
    buckets: [u64; BUCKETS.len()],
    answers: u64,
    seconds: f64,
    bytes_in: u64,
    bytes_out: u64,
    found: u64,
    /// By key; tokens whose key is not known are under none.
    decrypted: BTreeMap<String, u64>,
    skipped: BTreeMap<String, u64>,
    kept: BTreeMap<(String, &'static str), u64>,
    calls: BTreeMap<String, u64>,
}

/// What is true at the moment.
pub(super) struct Gauges {
    pub(super) working: usize,
    pub(super) waiting: usize,
    pub(super) connections: usize,
}

impl Metrics {
    pub(super) fn new() -> Self {
        let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        Self { counts: Mutex::default(), started }
    }

    /// A request was answered; status 0 if nobody was left to take the answer.
    pub(super) fn request(&self, status: u16, code: &'static str, elapsed: Duration) {
        self.change(|counts| {
            add(counts.requests.entry((status, code)).or_default(), 1);
            let seconds = elapsed.as_secs_f64();
            for (bucket, bound) in counts.buckets.iter_mut().zip(BUCKETS) {
                if seconds <= bound {
                    add(bucket, 1);
                }
            }
            add(&mut counts.answers, 1);
            counts.seconds += seconds;
        });
    }

    pub(super) fn bytes(&self, bytes_in: usize, bytes_out: usize) {
        self.change(|counts| {
            add(&mut counts.bytes_in, bytes_in.try_into().unwrap_or(u64::MAX));
            add(&mut counts.bytes_out, bytes_out.try_into().unwrap_or(u64::MAX));
        });
    }

    /// What became of the tokens of a text.
    pub(super) fn tokens(&self, report: &Report, keyring: &Keyring) {
        let known = |key_id: &KeyId| keyring.get(key_id).map_or_else(String::new, |_| key_id.to_string());
        self.change(|counts| {
            add(&mut counts.found, report.found());
            let (mut decrypted, mut skipped, mut kept) =
                (report.decrypted(), report.skipped(), report.reasons().clone());
            for (key_id, key) in report.keys() {
                let name = known(key_id);
                add(counts.decrypted.entry(name.clone()).or_default(), key.decrypted);
                add(counts.skipped.entry(name.clone()).or_default(), key.skipped);
                decrypted = decrypted.saturating_sub(key.decrypted);
                skipped = skipped.saturating_sub(key.skipped);
                for (code, count) in &key.kept {
                    add(counts.kept.entry((name.clone(), code)).or_default(), *count);
                    let rest = kept.entry(code).or_default();
                    *rest = rest.saturating_sub(*count);
                }
            }
            // What belongs to no key that is known.
            add(counts.decrypted.entry(String::new()).or_default(), decrypted);
            add(counts.skipped.entry(String::new()).or_default(), skipped);
            for (code, count) in kept.into_iter().filter(|rest| rest.1 > 0) {
                add(counts.kept.entry((String::new(), code)).or_default(), count);
            }
        });
    }

    /// The calls of a run, whatever came of it.
    pub(super) fn calls(&self, report: &Report) {
        self.change(|counts| {
            for (key_id, key) in report.keys().iter().filter(|(_, key)| key.calls > 0) {
                add(counts.calls.entry(key_id.to_string()).or_default(), key.calls);
            }
        });
    }

    pub(super) fn text(&self, now: &Gauges) -> String {
        self.change(|counts| {
            let mut text = Text::default();
            let version = env!("CARGO_PKG_VERSION");
            text.family("edgeseal_build_info", "gauge", "The version that runs.");
            text.sample("edgeseal_build_info", &[("version", version)], 1);
            text.family(
                "process_start_time_seconds",
                "gauge",
                "When the service was started, in seconds since 1970.",
            );
            text.sample("process_start_time_seconds", &[], self.started);
            for (name, help, value) in [
                ("edgeseal_http_requests_in_flight", "Requests that are worked on.", now.working),
                ("edgeseal_http_requests_waiting", "Requests that wait for others to end.", now.waiting),
                ("edgeseal_http_connections", "Connections that are open.", now.connections),
            ] {
                text.family(name, "gauge", help);
                text.sample(name, &[], value);
            }
            text.family(
                "edgeseal_http_requests_total",
                "counter",
                "Requests, by status and stable code; status 0: the client was gone.",
            );
            for ((status, code), count) in &counts.requests {
                text.sample(
                    "edgeseal_http_requests_total",
                    &[("status", &status.to_string()), ("code", code)],
                    count,
                );
            }
            text.family(
                "edgeseal_http_request_duration_seconds",
                "histogram",
                "Time from the head of a request to its answer.",
            );
            for (bound, count) in BUCKETS.iter().zip(counts.buckets) {
                text.sample(
                    "edgeseal_http_request_duration_seconds_bucket",
                    &[("le", &bound.to_string())],
                    count,
                );
            }
            text.sample("edgeseal_http_request_duration_seconds_bucket", &[("le", "+Inf")], counts.answers);
            text.sample("edgeseal_http_request_duration_seconds_sum", &[], counts.seconds);
            text.sample("edgeseal_http_request_duration_seconds_count", &[], counts.answers);
            for (name, help, count) in [
                ("edgeseal_http_request_body_bytes_total", "Bytes of texts to decrypt.", counts.bytes_in),
                (
                    "edgeseal_http_response_body_bytes_total",
                    "Bytes of decrypted texts and reports.",
                    counts.bytes_out,
                ),
                ("edgeseal_tokens_found_total", "Tokens in texts.", counts.found),
            ] {
                text.family(name, "counter", help);
                text.sample(name, &[], count);
            }
            for (name, help, keys) in [
                (
                    "edgeseal_tokens_decrypted_total",
                    "Tokens that became plaintext, by key.",
                    &counts.decrypted,
                ),
                ("edgeseal_tokens_skipped_total", "Tokens outside the selection, by key.", &counts.skipped),
                (
                    "edgeseal_key_calls_total",
                    "Calls to a KMS, attempts that were repeated included, by key.",
                    &counts.calls,
                ),
            ] {
                text.family(name, "counter", help);
                for (key, count) in keys {
                    text.sample(name, &[("key", key)], count);
                }
            }
            text.family(
                "edgeseal_tokens_kept_total",
                "counter",
                "Tokens that did not become plaintext, by key and reason.",
            );
            for ((key, reason), count) in &counts.kept {
                text.sample("edgeseal_tokens_kept_total", &[("key", key), ("reason", reason)], count);
            }
            text.finish()
        })
    }

    fn change<T>(&self, change: impl FnOnce(&mut Counts) -> T) -> T {
        change(&mut self.counts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn add(count: &mut u64, more: u64) {
    *count = count.saturating_add(more);
}
