//! Pipes and long texts: what is held back, what goes out at once, and how much memory it takes.

#![cfg(target_os = "linux")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "batches/bench.rs"]
#[allow(dead_code, reason = "each test binary uses a part of it")]
mod bench;
mod common;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Stdio};

use bench::{Bench, encrypt};
use common::memory::found;
use common::{run, text};

const MEBIBYTE: usize = 1 << 20;
/// What is held back of standard output.
const MOST_HELD: usize = 64 * MEBIBYTE;

/// The most memory that a running process has had, in bytes.
fn peak_bytes(child: &Child) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the peak");
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1_024
}

/// One line of NDJSON that is encrypted, and what it becomes.
fn line(value: &str) -> (Vec<u8>, Vec<u8>) {
    let json = format!("{{\"v\": \"{value}\", \"filler\": \"{}\"}}\n", "x".repeat(1_000));
    (encrypt(&json), json.into_bytes())
}

#[test]
fn a_stream_gives_out_what_is_done_before_its_input_ends() {
    let bench = Bench::new(1);
    for compression in [None, Some("gzip"), Some("zstd")] {
        let mut arguments = vec!["--stream", "--format", "ndjson"];
        arguments.extend(compression.iter().flat_map(|method| ["--compression", method]));
        let mut child = bench.spawn(&arguments);
        let mut stdin = child.stdin.take().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let (mut packed, mut buffer, mut expected) = (Vec::new(), vec![0; 1 << 16], Vec::new());
        for number in 0..20 {
            let (encrypted, decrypted) = line(&number.to_string());
            stdin.write_all(&encrypted).unwrap();
            expected.extend(decrypted);
            // Hangs if the line is held back until another comes.
            while unpack_so_far(compression, &packed) != expected {
                let length = stdout.read(&mut buffer).unwrap();
                assert!(length > 0, "it has ended");
                packed.extend_from_slice(&buffer[..length]);
            }
        }
        drop(stdin);
        stdout.read_to_end(&mut packed).unwrap();
        assert!(unpack_so_far(compression, &packed) == expected);
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
}

/// What a reader has of a text that goes on.
fn unpack_so_far(compression: Option<&str>, packed: &[u8]) -> Vec<u8> {
    let mut source: Box<dyn Read + '_> = match compression {
        None => return packed.to_vec(),
        Some("gzip") => Box::new(flate2::read::GzDecoder::new(packed)),
        Some(_) => Box::new(zstd::Decoder::new(packed).unwrap()),
    };
    let mut unpacked = Vec::new();
    // That it ends too early is an error, which comes after all that is there.
    let mut byte = [0];
    while source.read(&mut byte).is_ok_and(|length| length > 0) {
        unpacked.push(byte[0]);
    }
    unpacked
}

#[test]
fn a_stream_guesses_its_format_by_the_first_line() {
    let bench = Bench::new(1);
    let (encrypted, expected) = line("\\\"quoted\\\"");
    let mut child = bench.spawn(&["--stream"]);
    let mut stdin = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    for _ in 0..2 {
        stdin.write_all(&encrypted).unwrap();
        let mut got = String::new();
        lines.read_line(&mut got).unwrap();
        assert_eq!(got.into_bytes(), expected);
    }
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_stream_that_fails_ends_at_a_whole_piece() {
    let bench = Bench::new(1);
    let (encrypted, expected) = line("a");
    let broken = [encrypted.clone(), encrypted, b"{\"v\": \n".to_vec()].concat();
    let output = run(&mut bench.command(&["--stream", "--format", "ndjson"]), &broken);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).starts_with("edgeseal: error[json_invalid]"), "{}", text(&output.stderr));
    let whole = [expected.clone(), expected].concat();
    assert!(whole.starts_with(&output.stdout), "{}", text(&output.stdout));
    // And without --stream, nothing.
    let output = run(&mut bench.command(&["--format", "ndjson"]), &broken);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
}

#[test]
fn a_stream_whose_reader_has_gone_ends_quietly() {
    let bench = Bench::new(1);
    let mut child = bench.spawn(&["--stream", "--format", "ndjson"]);
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let (encrypted, _) = line("a");
    stdin.write_all(&encrypted).unwrap();
    stdout.read_exact(&mut [0]).unwrap();
    drop(stdout);
    // It may be gone before all of this is written.
    while stdin.write_all(&encrypted).is_ok() {}
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(1), String::new()));
}

#[test]
fn an_input_that_ends_early_leaves_nothing() {
    let bench = Bench::new(1);
    let whole = &bench.files[0].encrypted;
    for length in [1, 10, whole.len() / 2, whole.len() - 3] {
        for arguments in
            [&["--format", "json"][..], &["--format", "json", "-o", "out.json", "--report=report.json"]]
        {
            let output = run(&mut bench.command(arguments), &whole[..length]);
            assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{length}");
            assert!(!bench.path("out.json").exists() && !bench.path("report.json").exists());
        }
    }
}

#[test]
fn more_than_is_held_back_is_refused_before_anything_is_written() {
    let bench = Bench::new(1);
    let expected = "edgeseal: error[output_held_back]: standard output is held back until all of it is there, and it is longer than 64 MiB\n  help: `-o FILE` writes a file, `--stream` writes each piece as soon as it is done\n";
    let most = vec![b'x'; MOST_HELD];
    let more = [&most[..], b"x"].concat();
    fs::write(bench.path("most"), &most).unwrap();
    fs::write(bench.path("more"), &more).unwrap();
    let text_format = ["--format", "text"];
    let from_file = |name: &str, arguments: &[&str]| {
        let mut command = bench.command(&text_format);
        let stdin = fs::File::open(bench.path(name)).unwrap();
        command.args(arguments).stdin(Stdio::from(stdin)).output().unwrap()
    };
    for output in [
        run(bench.command(&text_format).arg("more"), b""),
        run(&mut bench.command(&text_format), &more),
        from_file("more", &[]),
    ] {
        assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(1), expected));
        assert!(output.stdout.is_empty());
    }
    for output in [run(&mut bench.command(&text_format), &most), from_file("most", &[])] {
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert!(output.stdout == most);
    }
    assert!(from_file("more", &["--stream"]).stdout == more);
    assert_eq!(from_file("more", &["-o", "out"]).status.code(), Some(0));
    assert!(fs::read(bench.path("out")).unwrap() == more);
}

#[test]
fn memory_does_not_grow_with_the_text() {
    const BYTES: usize = 300 * MEBIBYTE;
    /// Pieces, tables and threads; far less than the text.
    const MOST: usize = 120 * MEBIBYTE;
    let bench = Bench::new(1);
    let (encrypted, expected) = line("a");
    let block = encrypted.repeat(256);
    for arguments in
        [&["--stream", "--format", "ndjson"][..], &["--format", "ndjson", "-o", "out"], &["--plan"]]
    {
        let mut child = bench.spawn(arguments);
        let mut stdin = child.stdin.take().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let reader = std::thread::spawn(move || {
            let (mut buffer, mut bytes) = (vec![0; MEBIBYTE], 0);
            loop {
                match stdout.read(&mut buffer).unwrap() {
                    0 => return bytes,
                    more => bytes += more,
                }
            }
        });
        let blocks = BYTES / block.len();
        for _ in 0..blocks {
            stdin.write_all(&block).unwrap();
        }
        // All but what the pipe holds has been read, and the process still waits for more.
        let peak = peak_bytes(&child);
        drop(stdin);
        let given = reader.join().unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert!(peak < MOST, "{arguments:?}: {} MiB", peak / MEBIBYTE);
        let length = match arguments {
            ["--stream", ..] => given,
            [.., "out"] => usize::try_from(fs::metadata(bench.path("out")).unwrap().len()).unwrap(),
            _ => continue,
        };
        assert_eq!(length, blocks * 256 * expected.len(), "{arguments:?}");
    }
}

/// What a stream has given out, it has forgotten: but for the answers that a run remembers, which it is told not to.
#[test]
fn a_stream_that_waits_has_nothing_in_its_memory_of_what_it_gave_out() {
    const CONTROL: &str = "a control that has to be found";
    let bench = Bench::new(1);
    // What ends with a line goes another way through a buffer than what does not.
    for (format, end, filler) in [
        ("ndjson", "\n", 0),
        ("ndjson", "\n", 2_000),
        ("ndjson", "\n", 200_000),
        ("text", "", 0),
        ("text", "", 2_000),
    ] {
        let mut child = bench.spawn(&["--stream", "--format", format, "--remember", "1"]);
        let mut stdin = child.stdin.take().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let mut send = |value: &str| {
            let plain = format!(
                "{{\"v\": \"{value}\", \"e\": \"{value}\", \"filler\": \"{}\"}}{end}",
                "x".repeat(filler)
            );
            stdin.write_all(&encrypt(&plain)).unwrap();
            let mut got = vec![0; plain.len()];
            stdout.read_exact(&mut got).unwrap();
            assert_eq!(got, plain.as_bytes());
        };
        for number in 0..4 {
            send(&format!("SENTINEL-that-was-given-out-{number}"));
        }
        // What comes after has replaced what was under way, and is shorter.
        send("other");
        stdin.write_all(format!("{{\"n\": \"{CONTROL}").as_bytes()).unwrap();
        let secrets =
            regex::bytes::Regex::new(&format!("SENTINEL-that-was-given-out-[0-9]|{CONTROL}")).unwrap();
        let now = loop {
            let now = found(child.id(), &secrets);
            // It takes a moment to be read.
            if now.iter().any(|hit| hit == CONTROL.as_bytes()) {
                break now;
            }
            assert!(child.try_wait().unwrap().is_none());
        };
        let shown: Vec<String> = now.iter().map(|hit| text(hit)).collect();
        assert_eq!(shown, [CONTROL], "{format} {filler}");
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
