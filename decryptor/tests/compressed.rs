//! gzip and Zstandard, in and out.

#![cfg(unix)]
#![allow(
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
use std::io::{Read, Write};

use bench::Bench;
use common::{run, text};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packing {
    None,
    Gzip,
    Zstd,
}

use Packing::{Gzip, None as Plain, Zstd};

fn pack(packing: Packing, bytes: &[u8]) -> Vec<u8> {
    match packing {
        Plain => bytes.to_vec(),
        Gzip => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
        Zstd => zstd::encode_all(bytes, 1).unwrap(),
    }
}

/// What was packed, and how.
fn unpack(bytes: &[u8]) -> (Packing, Vec<u8>) {
    let mut unpacked = Vec::new();
    let packing = match bytes {
        [0x1f, 0x8b, ..] => {
            flate2::read::GzDecoder::new(bytes).read_to_end(&mut unpacked).unwrap();
            Gzip
        }
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            unpacked = zstd::decode_all(bytes).unwrap();
            Zstd
        }
        bytes => {
            unpacked = bytes.to_vec();
            Plain
        }
    };
    (packing, unpacked)
}

#[test]
fn the_output_is_packed_as_it_is_said_else_as_it_is_named_else_as_the_input_is() {
    let bench = Bench::new(1);
    let file = &bench.files[0];
    for input in [Plain, Gzip, Zstd] {
        let packed = pack(input, &file.encrypted);
        for (name, of_name) in [("out.json", None), ("out.gz", Some(Gzip)), ("out.ZST", Some(Zstd))] {
            for (option, said) in
                [("auto", None), ("none", Some(Plain)), ("gzip", Some(Gzip)), ("zstd", Some(Zstd))]
            {
                let output = run(&mut bench.command(&["-o", name, "--compression", option]), &packed);
                assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
                let expected = said.or(of_name).unwrap_or(input);
                let got = unpack(&fs::read(bench.path(name)).unwrap());
                assert!(got == (expected, file.decrypted.clone()), "{input:?} {name} {option}: {:?}", got.0);
            }
        }
        let output = run(&mut bench.command(&[]), &packed);
        assert!(unpack(&output.stdout) == (input, file.decrypted.clone()), "{input:?}");
    }
}

#[test]
fn files_in_place_stay_as_they_are_packed() {
    let bench = Bench::new(1);
    let file = &bench.files[0];
    for (name, packing) in [("a.json.gz", Gzip), ("a.json.zst", Zstd), ("plain", Gzip)] {
        fs::write(bench.path(name), pack(packing, &file.encrypted)).unwrap();
        assert_eq!(bench.run(&[name, "--in-place"]), (Some(0), String::new()));
        assert!(unpack(&fs::read(bench.path(name)).unwrap()) == (packing, file.decrypted.clone()), "{name}");
    }
}

#[test]
fn every_member_and_frame_is_read() {
    let bench = Bench::new(2);
    let [one, other] = [&bench.files[0], &bench.files[1]];
    let expected = [&one.decrypted[..], &other.decrypted].concat();
    for packing in [Gzip, Zstd] {
        let packed =
            [pack(packing, &one.encrypted), pack(packing, b""), pack(packing, &other.encrypted)].concat();
        let output = run(&mut bench.command(&["--format", "ndjson"]), &packed);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert!(unpack(&output.stdout) == (packing, expected.clone()), "{packing:?}");
    }
}

#[test]
fn wherever_packed_data_is_cut_off_nothing_is_written() {
    let bench = Bench::new(1);
    for packing in [Gzip, Zstd] {
        let packed = pack(packing, &bench.files[0].encrypted);
        let steps = (4..packed.len()).step_by(packed.len() / 40).chain(packed.len() - 9..packed.len());
        for length in steps {
            let arguments = ["--format", "json", "-o", "out.json"];
            let output = run(&mut bench.command(&arguments), &packed[..length]);
            let expected = "edgeseal: error[compression_invalid]: the compressed data of standard input is damaged or incomplete\n";
            assert_eq!(
                (output.status.code(), text(&output.stderr).as_str()),
                (Some(1), expected),
                "{length}"
            );
            assert!(!bench.path("out.json").exists(), "{packing:?} {length}");
        }
    }
}

#[test]
fn an_input_may_unpack_to_as_many_bytes_as_is_said_and_not_one_more() {
    let bench = Bench::new(1);
    let encrypted = &bench.files[0].encrypted;
    // One that is longer than what is looked at to guess the format, too.
    let long = [&b"[\""[..], &b"x".repeat(9 << 20), b"\", ", encrypted, b"]"].concat();
    for text in [encrypted.clone(), long] {
        let half = text.len() / 2;
        for packing in [Plain, Gzip, Zstd] {
            // In two members, or frames: they count together.
            fs::write(
                bench.path("input"),
                [pack(packing, &text[..half]), pack(packing, &text[half..])].concat(),
            )
            .unwrap();
            for (bytes, fits) in
                [(text.len() - 1, packing == Plain), (text.len(), true), (text.len() + 1, true)]
            {
                let most = ["--max-unpacked", &bytes.to_string()].map(str::to_owned);
                let decrypt = ["decrypt", "-k", "keyring.json", "input"].as_slice();
                for arguments in [
                    &[decrypt, &["-o", "output"]].concat()[..],
                    &[decrypt, &["-o", "output", "--format", "json"]].concat(),
                    &[decrypt, &["--plan"]].concat(),
                    &["inspect", "input"],
                ] {
                    let _ = fs::remove_file(bench.path("output"));
                    let output = run(common::edgeseal(bench.top.path()).args(arguments).args(&most), b"");
                    let said = common::text(&output.stderr);
                    assert_eq!(
                        output.status.code(),
                        Some(i32::from(!fits)),
                        "{arguments:?} {packing:?} {bytes}: {said}"
                    );
                    let expected = format!(
                        "edgeseal: error[unpacked_too_long]: `input` unpacks to more than {bytes} bytes\n  help: --max-unpacked allows more\n"
                    );
                    assert_eq!(said, if fits { "" } else { &expected }, "{arguments:?} {packing:?}");
                    assert_eq!(bench.path("output").exists(), fits && arguments.contains(&"-o"));
                }
            }
        }
    }
}
