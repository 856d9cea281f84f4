//! Signals that ask for an end.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::bench::{Bench, signal, temporary_files, wait_until};

#[test]
fn an_interrupted_run_removes_what_it_began() {
    let bench = Bench::new(1);
    for (name, number) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        // A command that is started with a signal ignored, as under `nohup`, leaves it so: see below.
        if is_ignored(number) {
            println!("SIG{name} is ignored by whoever runs this test, and so it was not sent");
            continue;
        }
        let mut child = bench.spawn(&["-o", "out.json", "--report=report.json"]);
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(&bench.files[0].encrypted).unwrap();
        // One for the output, one for the report.
        assert!(wait_until(&mut child, || temporary_files(bench.top.path()).len() == 2));
        signal(&child, name);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(128 + number), "{name}");
        assert!(temporary_files(bench.top.path()).is_empty(), "{name}");
        assert!(!bench.path("out.json").exists() && !bench.path("report.json").exists(), "{name}");
        assert!(output.stdout.is_empty() && output.stderr.is_empty(), "{name}");
    }
}

#[test]
fn an_interrupted_batch_leaves_whole_files_and_can_be_resumed() {
    let bench = Bench::new(40);
    let arguments = ["in", "--in-place", "--resume", "journal"];
    for (round, name) in ["INT", "TERM", "HUP", "TERM", "INT"].into_iter().enumerate() {
        let mut child = bench.spawn(&arguments);
        assert!(wait_until(&mut child, || bench.count_decrypted("in", true) > 5 * round));
        signal(&child, name);
        // Without a code: the signal came before the run had begun anything that it would have had to remove.
        let code = child.wait().unwrap().code();
        assert!(code.is_none_or(|code| code > 128 || code == 0), "{name} {code:?}");
        bench.count_decrypted("in", true);
        assert_eq!(bench.names("in"), bench.expected_names(), "{name}");
    }
    assert_eq!(bench.run(&arguments), (Some(0), String::new()));
    assert_eq!(bench.count_decrypted("in", true), bench.files.len());
}

/// Whether this process, and so whatever it starts, ignores a signal (proc_pid_status(5), `SigIgn`).
fn is_ignored(number: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask >> (number - 1) & 1 == 1
}

#[test]
fn a_signal_that_was_ignored_stays_ignored() {
    let bench = Bench::new(1);
    let mut child = Command::new("/bin/sh")
        .args(["-c", r#"trap '' HUP; exec "$0" "$@""#, env!("CARGO_BIN_EXE_edgeseal")])
        .args(["decrypt", "-k", "keyring.json", "-o", "out.json"])
        .current_dir(bench.top.path())
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    assert!(wait_until(&mut child, || temporary_files(bench.top.path()).len() == 1));
    signal(&child, "HUP");
    stdin.write_all(&bench.files[0].encrypted).unwrap();
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(std::fs::read(bench.path("out.json")).unwrap(), bench.files[0].decrypted);
}
