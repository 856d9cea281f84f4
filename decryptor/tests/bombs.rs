//! Small inputs that unpack to very much. The address space of the command does not hold what they unpack to.

#![cfg(target_os = "linux")]
#![allow(
    clippy::arithmetic_side_effects,
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
use std::io::Write;
use std::process::{Command, Output};

use bench::Bench;
use common::{run, text};

const MEBIBYTE: usize = 1 << 20;
/// What a bomb unpacks to.
const UNPACKED: usize = 512 * MEBIBYTE;
/// Each member and frame of it.
const MEMBER: usize = 16 * MEBIBYTE;
/// The program, its threads and a few pieces of a text, in KiB.
const LITTLE: usize = 150_000;
/// And standard output, which is held back up to 64 MiB.
const WITH_OUTPUT: usize = 400_000;

/// Something before the beginning, and the same over and over, packed.
fn bombs(begin: &str, piece: &str) -> [(&'static str, Vec<u8>); 2] {
    let gzip = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let zstd = |bytes: &[u8]| zstd::encode_all(bytes, 1).unwrap();
    let member = piece.repeat(MEMBER / piece.len());
    let of = |pack: &dyn Fn(&[u8]) -> Vec<u8>| {
        [pack(begin.as_bytes()), pack(member.as_bytes()).repeat(UNPACKED / MEMBER)].concat()
    };
    let bombs = [("gzip", of(&gzip)), ("zstd", of(&zstd))];
    for (name, bomb) in &bombs {
        assert!(bomb.len() < 4 * MEBIBYTE, "{name}: {} bytes", bomb.len());
    }
    bombs
}

/// Runs the command in an address space of so many KiB.
fn within(bench: &Bench, kib: usize, arguments: &[&str], stdin: &[u8]) -> Output {
    let mut command = Command::new("/bin/sh");
    let script = format!("ulimit -v {kib} && exec \"$0\" \"$@\"");
    command.current_dir(bench.top.path()).env_clear().args(["-c", &script, env!("CARGO_BIN_EXE_edgeseal")]);
    run(command.args(arguments), stdin)
}

fn status(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), text(&output.stderr))
}

#[test]
fn a_bomb_from_a_file_or_a_pipe_takes_no_more_memory_than_another_input() {
    let bench = Bench::new(1);
    for (name, bomb) in bombs("", "{\"n\": 1234567890, \"text\": \"x\"}\n") {
        fs::write(bench.path(name), &bomb).unwrap();
        let decrypt = |more: &[&str], stdin: &[u8]| {
            let arguments = ["decrypt", "-k", "keyring.json", "--format", "ndjson"];
            within(&bench, LITTLE, &[&arguments[..], more].concat(), stdin)
        };
        for output in [decrypt(&["--plan", name], b""), decrypt(&["--plan"], &bomb)] {
            assert_eq!(status(&output), (Some(0), String::new()), "{name}");
        }
        // Packed as it came, it takes no more room than before.
        assert_eq!(status(&decrypt(&[name, "-o", "out"], b"")), (Some(0), String::new()), "{name}");
        let length = fs::metadata(bench.path("out")).unwrap().len();
        assert!(length < 2 * u64::try_from(MEBIBYTE).unwrap(), "{length}");
        for (more, stdin) in [(&[name][..], &[][..]), (&[], &bomb)] {
            let output = within(&bench, LITTLE, &[&["inspect", "--format", "ndjson"], more].concat(), stdin);
            assert_eq!(status(&output), (Some(0), String::new()), "{name}");
        }
    }
}

#[test]
fn a_bomb_is_not_held_back_beyond_the_limit_of_standard_output() {
    let bench = Bench::new(1);
    for (name, bomb) in bombs("", "nothing to see in here\n") {
        fs::write(bench.path(name), &bomb).unwrap();
        // Packed it would fit.
        let arguments = ["decrypt", "-k", "keyring.json", "--format", "text", "--compression", "none"];
        for (more, stdin) in [(&[name][..], &[][..]), (&[], &bomb)] {
            let output = within(&bench, WITH_OUTPUT, &[&arguments[..], more].concat(), stdin);
            let (code, said) = status(&output);
            assert_eq!(code, Some(1), "{name}: {said}");
            assert!(said.starts_with("edgeseal: error[output_held_back]"), "{name}: {said}");
            assert!(output.stdout.is_empty());
        }
    }
}

#[test]
fn a_bomb_that_is_one_string_line_or_record_is_refused_at_the_limit_of_a_piece() {
    let bench = Bench::new(1);
    for (format, begin) in [("json", "[\""), ("ndjson", "[\""), ("csv", "a,b\r\n1,\"")] {
        for (name, bomb) in bombs(begin, "never an end ") {
            fs::write(bench.path(name), &bomb).unwrap();
            for (more, stdin) in [(&[name][..], &[][..]), (&[], &bomb)] {
                let arguments =
                    ["decrypt", "-k", "keyring.json", "-o", "out", "--max-piece", "4M", "--format", format];
                let output = within(&bench, LITTLE, &[&arguments[..], more].concat(), stdin);
                let (code, said) = status(&output);
                assert_eq!(code, Some(1), "{name} {format}: {said}");
                assert!(said.starts_with("edgeseal: error[piece_too_long]"), "{name} {format}: {said}");
                assert!(!bench.path("out").exists());
            }
        }
    }
}

#[test]
fn a_zstandard_window_may_have_128_mib_and_not_twice_as_much() {
    let bench = Bench::new(1);
    for (window_log, fits) in [(26, true), (27, true), (28, false), (31, false)] {
        // A frame of one empty block, with a window descriptor (RFC 8878, section 3.1.1).
        let frame = [0x28, 0xb5, 0x2f, 0xfd, 0, (window_log - 10) << 3, 1, 0, 0];
        let arguments = ["decrypt", "-k", "keyring.json", "--format", "text"];
        let (code, said) = status(&within(&bench, WITH_OUTPUT, &arguments, &frame));
        assert_eq!(code, Some(if fits { 0 } else { 1 }), "{window_log}: {said}");
        assert_eq!(said.starts_with("edgeseal: error[compression_invalid]"), !fits, "{window_log}: {said}");
    }
}
