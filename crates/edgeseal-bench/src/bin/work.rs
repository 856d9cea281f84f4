//! Does one kind of work so many times, the same work in every run, for tools that count instructions:
//!
//! `valgrind --tool=callgrind target/release/work encrypt-20-values 10`
//!
//! Nothing is drawn from the operating system: the generator is a counter, and what is encrypted is thrown away.

#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::print_stderr,
    clippy::panic,
    reason = "a benchmark fails by panicking, and talks to a person"
)]

use std::convert::Infallible;
use std::hint::black_box;
use std::process::ExitCode;

use edgeseal::{Encryptor, Keyring, Policy, Scan, TextFormat};
use edgeseal_bench::bodies::{self, KINDS};
use edgeseal_bench::policies::policy;
use rand_core::{TryCryptoRng, TryRng};

const MEGABYTE: usize = 1_000_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (workload, times) = match arguments.as_slice() {
        [workload, times] => (workload.as_str(), times.parse().ok()),
        _ => ("", None),
    };
    match (work(workload), times) {
        (Some(mut work), Some(times)) => {
            (0..times).for_each(|_: usize| work());
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("expected a workload and how often it is done; the workloads are");
            eprintln!("  parse-1mb, encrypt-20-values, scan-1mb, load-policy, load-1000-rules,");
            eprintln!(
                "  tiny-1-rule, tiny-1000-rules, parse-1000-rules, rsa-2048, rsa-3072, rsa-4096, envelope-60-values,"
            );
            eprintln!("  and for each kind of body `read-KIND` and `seal-KIND`; the kinds are");
            eprintln!("  {}", KINDS.map(|kind| kind.name).join(", "));
            ExitCode::FAILURE
        }
    }
}

/// What is done each time. What it takes is made before.
fn work(workload: &str) -> Option<Box<dyn FnMut()>> {
    Some(match workload {
        // 1 MB of records in which nothing is protected.
        "parse-1mb" => encrypt("records", MEGABYTE, 0, policy("rsa2048-a", 1, "direct")),
        "parse-1000-rules" => encrypt("records", MEGABYTE, 0, policy("rsa2048-a", 1_000, "direct")),
        // 20 values in 1 MB.
        "encrypt-20-values" => encrypt("records", MEGABYTE, 20, policy("rsa2048-a", 1, "direct")),
        "envelope-60-values" => encrypt("records", 60 * 200, 60, policy("rsa2048-a", 1, "envelope")),
        "scan-1mb" => scan(),
        "load-policy" => load(policy("rsa2048-a", 6, "direct")),
        "load-1000-rules" => load(policy("rsa2048-a", 1_000, "direct")),
        // A body in which nothing is protected, so small that everything else is what it costs.
        "tiny-1-rule" => encrypt("small-objects", 1, 0, policy("rsa2048-a", 1, "direct")),
        "tiny-1000-rules" => encrypt("small-objects", 1, 0, policy("rsa2048-a", 1_000, "direct")),
        // One value and next to nothing else.
        "rsa-2048" => encrypt("small-objects", 1, 1, policy("rsa2048-a", 1, "direct")),
        "rsa-3072" => encrypt("small-objects", 1, 1, policy("rsa3072", 1, "direct")),
        "rsa-4096" => encrypt("small-objects", 1, 1, policy("rsa4096", 1, "direct")),
        _ => {
            let (work, kind) = workload.split_once('-')?;
            let values = match work {
                "read" => 0,
                "seal" => 20,
                _ => return None,
            };
            let kind = bodies::kind(kind)?;
            encrypt(kind.name, MEGABYTE, values, policy("rsa2048-a", 1, "envelope"))
        }
    })
}

fn encrypt(kind: &str, bytes: usize, values: usize, policy: String) -> Box<dyn FnMut()> {
    let encryptor = Encryptor::new(Policy::from_json(policy.as_bytes()).unwrap());
    let kind = bodies::kind(kind).unwrap();
    let body = kind.body(bytes, values);
    let mut generator = Counter(0);
    Box::new(move || {
        let encrypted = encryptor.encrypt(black_box(&body), kind.content_type, &mut generator).unwrap();
        assert_eq!(encrypted.report.values(), values);
        black_box(encrypted.body);
    })
}

fn load(policy: String) -> Box<dyn FnMut()> {
    Box::new(move || {
        drop(black_box(Encryptor::new(Policy::from_json(black_box(policy.as_bytes())).unwrap())))
    })
}

/// Looks for tokens where there are none.
fn scan() -> Box<dyn FnMut()> {
    let keyring =
        Keyring::from_json(br#"{"version":1,"keys":{"pii":{"private_key_file":"pii.pem"}}}"#).unwrap();
    let text = bodies::kind("records").unwrap().body(MEGABYTE, 0);
    Box::new(move || {
        let scan = Scan::new(black_box(&text[..]), TextFormat::Json, &keyring).unwrap();
        assert_eq!(scan.ciphertexts().len(), 0);
    })
}

/// Never the same bytes twice in a run, and the same in every run: fit for counting instructions and for nothing else.
struct Counter(u64);

impl TryRng for Counter {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|number| u32::try_from(number >> 32).unwrap())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 += 1;
        Ok(self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            let number = self.try_next_u64()?.to_le_bytes();
            chunk.copy_from_slice(number.get(..chunk.len()).unwrap());
        }
        Ok(())
    }
}

impl TryCryptoRng for Counter {}
