//! Spans, as a collector gets them from the command. `cargo test -p edgeseal-decryptor --features otel --test otel`

#![cfg(unix)]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;
#[path = "common/tokens.rs"]
mod tokens;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;

use common::{copy_private_key, edgeseal, run};
use serde_json::json;
use tokens::{assert_silent, relabelled, token};

const A: &str = "rsa2048-a";

/// A collector that takes one request; gives its first line and its body. The protobuf has texts as they are.
fn collector() -> (String, std::thread::JoinHandle<(String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let thread = std::thread::spawn(move || {
        let (connection, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(&connection);
        let (mut first, mut line, mut length) = (String::new(), String::new(), 0);
        reader.read_line(&mut first).unwrap();
        while reader.read_line(&mut line).unwrap() > 2 {
            let header = core::mem::take(&mut line).to_ascii_lowercase();
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        (&connection).write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap();
        (first, String::from_utf8_lossy(&body).into_owned())
    });
    (address, thread)
}

#[test]
fn a_collector_gets_spans_and_nothing_of_a_text() {
    let folder = tempfile::tempdir().unwrap();
    copy_private_key(A, &folder.path().join("a.pem"));
    let keyring = json!({ "version": 1, "keys": { A: { "private_key_file": "a.pem" } } }).to_string();
    std::fs::write(folder.path().join("keyring.json"), keyring).unwrap();
    let tokens = [token(A, &json!("SENTINEL")), relabelled("rsa2048-b", A, &json!("SENTINEL"))];
    for (body, exit, outcome) in [
        (json!([tokens[0]]).to_string(), 0, "decrypted"),
        (json!([tokens[0], tokens[1]]).to_string(), 1, "decryption_failed"),
    ] {
        let (address, thread) = collector();
        let mut command = edgeseal(folder.path());
        command.args(["decrypt", "-k", "keyring.json"]).env("OTEL_EXPORTER_OTLP_ENDPOINT", address);
        let output = run(&mut command, body.as_bytes());
        assert_eq!(output.status.code(), Some(exit));
        let (first, spans) = thread.join().unwrap();
        assert_eq!(first.trim_end(), "POST /v1/traces HTTP/1.1");
        for expected in ["edgeseal-decryptor", "edgeseal.run", "edgeseal.ask", A, "found", outcome] {
            assert!(spans.contains(expected), "{expected}: {spans}");
        }
        assert_silent(&spans, &tokens);
        for place in ["src/", ".rs", "thread"] {
            assert!(!spans.contains(place), "{place}: {spans}");
        }
    }
}
