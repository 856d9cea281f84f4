//! Outputs that break, fill up or cannot be written; and that nothing of an input is ever said.

#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use common::{copy_private_key, edgeseal, folder, on_full_disk, root, run, set_mode, text};
use tempfile::TempDir;

/// A folder with the files of the command cases, and their private keys.
fn bench() -> TempDir {
    let bench = tempfile::tempdir().unwrap();
    for path in folder(&root().join("decryptor/tests/cmd/files")) {
        fs::copy(&path, bench.path().join(path.file_name().unwrap())).unwrap();
    }
    for key in ["rsa2048-a", "rsa2048-b", "rsa3072"] {
        copy_private_key(key, &bench.path().join(format!("{key}.pem")));
    }
    bench
}

/// Reads one byte of standard output and closes it.
fn run_and_hang_up(command: &mut Command) -> Output {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut pipe = child.stdout.take().unwrap();
    let mut byte = [0];
    pipe.read_exact(&mut byte).unwrap();
    drop(pipe);
    child.wait_with_output().unwrap()
}

#[test]
fn a_broken_pipe_ends_the_command_quietly() {
    let bench = bench();
    // More than a pipe holds.
    fs::write(bench.path().join("long.json"), format!("[{}0]", "0,".repeat(1 << 20))).unwrap();
    for arguments in [
        &["encrypt", "--policy", "policy.json", "long.json"][..],
        &["decrypt", "--keyring", "keyring.json", "long.json"],
        &["decrypt", "--keyring", "keyring.json", "--stream", "long.json"],
        &["rewrap", "--keyring", "keyring.json", "--from", "a", "--to", "b", "--local", "long.json"],
    ] {
        let output = run_and_hang_up(edgeseal(bench.path()).args(arguments));
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(1), String::new()), "{arguments:?}");
    }
}

#[test]
fn a_reader_that_was_never_there_is_no_panic() {
    let bench = bench();
    for arguments in [
        &["--help"][..],
        &["--version"],
        &["completions", "zsh"],
        &["keygen", "k"],
        &["encrypt", "--policy", "policy.json", "person.json"],
        &["decrypt", "--keyring", "keyring.json", "stored.json"],
        &["decrypt", "--keyring", "keyring.json", "--stream", "stored.json"],
        &["decrypt", "--keyring", "keyring.json", "--plan", "stored.json"],
        &["rewrap", "--keyring", "keyring.json", "--from", "a", "--to", "b", "--local", "stored.json"],
        &["keys", "check", "--keyring", "keyring.json", "--policy", "policy.json", "--offline"],
        &["policy", "check", "policy.json"],
        &["inspect", "stored.json"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = edgeseal(bench.path())
            .args(arguments)
            .stdout(writer)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
            .wait_with_output()
            .unwrap();
        let stderr = text(&output.stderr)
            .replace("edgeseal: note: a key pair for development; keys of production belong in a KMS\n", "");
        assert_eq!((output.status.code(), stderr.as_str()), (Some(1), ""), "{arguments:?}");
    }
    // A key pair that somebody may have heard of stays.
    assert!(bench.path().join("k.private.pem").exists() && bench.path().join("k.public.pem").exists());
}

#[test]
fn a_full_device_is_an_error() {
    let bench = bench();
    let rewrap =
        ["rewrap", "--keyring", "keyring.json", "--from", "a", "--to", "b", "--local", "stored.json"];
    let decrypt = ["decrypt", "--keyring", "keyring.json", "stored.json"];
    for arguments in [
        &["--help"][..],
        &["completions", "bash"],
        &["encrypt", "--policy", "policy.json", "person.json"],
        &decrypt,
        &[&decrypt[..], &["--stream"]].concat(),
        &[&decrypt[..], &["--plan"]].concat(),
        &[&decrypt[..], &["--report=/dev/stdout", "-o", "out.json"]].concat(),
        &rewrap,
        &[&rewrap[..], &["--stream"]].concat(),
        &["inspect", "stored.json"],
        &["inspect", "--json", "stored.json"],
        &["policy", "diff", "policy.json", "policy.json"],
        &["keys", "check", "--keyring", "keyring.json", "--policy", "policy.json", "--offline"],
    ] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = edgeseal(bench.path()).args(arguments).stdout(full).output().unwrap();
        let stderr = text(&output.stderr).replace("`/dev/stdout`", "standard output");
        let expected = "edgeseal: error[io_failed]: cannot write standard output: No space left on device (os error 28)\n";
        assert_eq!((output.status.code(), stderr.as_str()), (Some(1), expected), "{arguments:?}");
        assert!(!bench.path().join("out.json").exists(), "{arguments:?}");
    }
    let before = folder(bench.path());
    for arguments in [
        &["encrypt", "--policy", "policy.json", "person.json", "-o", "/dev/full"][..],
        &[&decrypt[..], &["-o", "/dev/full"]].concat(),
        &[&decrypt[..], &["-o", "out.json", "--report=/dev/full"]].concat(),
        &[&rewrap[..], &["-o", "/dev/full"]].concat(),
        &[&rewrap[..], &["-o", "out.json", "--report=/dev/full"]].concat(),
    ] {
        let output = run(edgeseal(bench.path()).args(arguments), b"");
        let expected =
            "edgeseal: error[io_failed]: cannot write `/dev/full`: No space left on device (os error 28)\n";
        assert_eq!(
            (output.status.code(), text(&output.stderr).as_str()),
            (Some(1), expected),
            "{arguments:?}"
        );
        assert_eq!(folder(bench.path()), before, "{arguments:?}");
    }
}

#[test]
fn what_a_full_log_does_not_take_is_said_on_standard_error() {
    let bench = bench();
    let arguments =
        ["decrypt", "--keyring", "keyring.json", "stored.json", "-o", "out.json", "--log", "/dev/full"];
    let output = run(edgeseal(bench.path()).args(arguments), b"");
    assert_eq!(output.status.code(), Some(0));
    let line: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!((&line["target"], &line["outcome"]), (&"edgeseal::audit".into(), &"decrypted".into()));
    assert!(bench.path().join("out.json").exists());
}

#[test]
fn a_folder_that_cannot_be_written_to_is_an_error() {
    let bench = bench();
    let locked = bench.path().join("locked");
    fs::create_dir(&locked).unwrap();
    fs::write(locked.join("old.json"), "old").unwrap();
    set_mode(&locked, 0o555);
    let is_root = fs::metadata(&locked).unwrap().uid() == 0;
    let command = |arguments: &[&str]| {
        let mut command = edgeseal(bench.path());
        if is_root {
            // Root may write anywhere; nobody may not, and has to reach the command and its files.
            set_mode(bench.path(), 0o755);
            folder(bench.path()).iter().filter(|path| path.is_file()).for_each(|path| set_mode(path, 0o644));
            let binary = bench.path().join("edgeseal");
            if !binary.exists() {
                // Not by this process: whatever it starts meanwhile would hold the file open, and then it cannot be run.
                let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_edgeseal")).arg(&binary).status();
                assert!(copied.unwrap().success());
            }
            set_mode(&binary, 0o755);
            command = Command::new(binary);
            command.current_dir(bench.path()).env_clear().uid(65_534).gid(65_534);
        }
        command.args(arguments).output().unwrap()
    };
    for (output, arguments) in [
        ("new.json", &["encrypt", "--policy", "policy.json", "person.json", "-o"][..]),
        ("old.json", &["encrypt", "--policy", "policy.json", "person.json", "-o"]),
        ("new.json", &["decrypt", "--keyring", "keyring.json", "stored.json", "-o"]),
        ("new.json", &["decrypt", "--keyring", "keyring.json", "stored.json", "--report="]),
        ("", &["keygen", "k", "-o"]),
    ] {
        let path = format!("locked/{output}");
        let output = match arguments.split_last() {
            Some((option, before)) if option.ends_with('=') => {
                command(&[before, &[&format!("{option}{path}")]].concat())
            }
            _ => command(&[arguments, &[&path]].concat()),
        };
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {stderr}");
        assert!(stderr.starts_with("edgeseal: error[io_failed]: cannot write `locked/"), "{stderr}");
        assert!(stderr.to_lowercase().contains("permission denied"), "{stderr}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
    assert_eq!(fs::read_to_string(locked.join("old.json")).unwrap(), "old");
    assert_eq!(folder(&locked).len(), 1);
    set_mode(&locked, 0o755);
}

#[test]
fn a_disk_that_fills_up_leaves_everything_as_it_was() {
    let bench = bench();
    let long = format!("[\"{}\"]", "x".repeat(10_000));
    fs::write(bench.path().join("long.json"), &long).unwrap();
    // Tokens, so that a journal and a report have something to say.
    let stored = fs::read_to_string(bench.path().join("stored.json")).unwrap();
    fs::create_dir(bench.path().join("in")).unwrap();
    for number in 0..3 {
        let stored = stored.replacen('{', &format!("{{\"long\": \"{}\", ", "x".repeat(5_000)), 1);
        fs::write(bench.path().join(format!("in/{number}.json")), stored).unwrap();
    }
    let contents = || {
        let paths = [folder(bench.path()), folder(&bench.path().join("in"))].concat();
        paths
            .into_iter()
            .filter(|path| path.is_file())
            .map(|path| (fs::read(&path).unwrap(), path))
            .collect::<Vec<_>>()
    };
    let before = contents();
    let rewrap = ["rewrap", "--keyring", "keyring.json", "--from", "a", "--to", "b", "--local"];
    let decrypt = ["decrypt", "--keyring", "keyring.json"];
    for arguments in [
        &["encrypt", "--policy", "policy.json", "long.json", "-o", "long.json"][..],
        &[&decrypt[..], &["long.json", "-o", "long.json"]].concat(),
        &[&decrypt[..], &["long.json", "-o", "new.json", "--report=report.json"]].concat(),
        &[&decrypt[..], &["in", "--in-place"]].concat(),
        &[&decrypt[..], &["in", "--in-place=.bak"]].concat(),
        &[&rewrap[..], &["in/0.json", "-o", "new.json"]].concat(),
        &[&rewrap[..], &["in", "--in-place"]].concat(),
        &[&rewrap[..], &["in", "--in-place=.bak"]].concat(),
        &["keygen", "k"],
        &["rotate", "-p", "policy.json", "-k", "keyring.json", "--field", "ssn", "--to", "b"],
        &["rotate", "-p", "policy.json", "-k", "keyring.json", "--field", "ssn", "--to", "b", "--prune"],
    ] {
        let output = on_full_disk(bench.path()).args(arguments).output().unwrap();
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {stderr}");
        assert!(stderr.starts_with("edgeseal: error[io_failed]: cannot write `"), "{arguments:?}: {stderr}");
        assert!(contents() == before, "{arguments:?}");
    }
    assert_eq!(fs::read_to_string(bench.path().join("long.json")).unwrap(), long);
}

#[test]
fn an_unreadable_standard_input_is_an_error() {
    let bench = bench();
    let directory = fs::File::open(bench.path()).unwrap();
    let output = edgeseal(bench.path())
        .args(["encrypt", "--policy", "policy.json"])
        .stdin(directory)
        .output()
        .unwrap();
    let expected = "edgeseal: error[io_failed]: cannot read standard input: Is a directory (os error 21)\n";
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(1), expected));
}

#[test]
fn long_texts_go_there_and_back() {
    let bench = bench();
    let person = fs::read_to_string(bench.path().join("person.json")).unwrap();
    let filler = format!("{{\"filler\": \"{}\"}}\n", "x".repeat(300_000));
    let body = format!("{person}{filler}{person}{filler}");
    let encrypted = run(edgeseal(bench.path()).args(["encrypt", "--policy", "policy.json"]), body.as_bytes());
    assert_eq!(encrypted.status.code(), Some(0), "{}", text(&encrypted.stderr));
    let decrypted =
        run(edgeseal(bench.path()).args(["decrypt", "--keyring", "keyring.json"]), &encrypted.stdout);
    assert!(decrypted.stdout == body.as_bytes(), "{}", text(&decrypted.stderr));
}

#[test]
fn completions_name_every_option() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = run(edgeseal(Path::new("/")).args(["completions", shell]), b"");
        let script = text(&output.stdout);
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()), "{shell}");
        for word in ["edgeseal", "policy", "keyring", "require-context", "report", "bits", "count-header"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn nothing_of_an_input_is_said() {
    let bench = bench();
    let secret = "s3ntinel";
    let files = [
        ("body.json", format!("{{\"pin\": \"{}\", \"iban\": 1}}", secret.repeat(40))),
        ("number.json", format!("{{\"iban\": {{\"{secret}\": 1}}}}")),
        ("broken.json", format!("{{\"ssn\": {secret}}}")),
        ("policy-broken.json", format!("{{\"version\": {secret}}}")),
        (
            "policy-value.json",
            format!("{{\"version\": 1, \"keys\": {{\"a\": {{\"public_key\": \"{secret}\"}}}}}}"),
        ),
        ("key.json", "{\"version\": 1, \"keys\": {\"a\": {\"private_key_file\": \"key.pem\"}}}".to_owned()),
        ("key.pem", format!("-----BEGIN PRIVATE KEY-----\n{secret}\n-----END PRIVATE KEY-----\n")),
        ("damaged.log", format!("__es1.{secret}.s.{secret}.__ __es1.a.{secret}.x.__ {secret}")),
    ];
    for (name, content) in &files {
        fs::write(bench.path().join(name), content).unwrap();
    }
    let mut failures = 0;
    for policy in ["policy.json", "policy-broken.json", "policy-value.json", "body.json", "key.pem"] {
        for (body, _) in &files {
            let arguments = ["encrypt", "--policy", policy, body, "--report", "-", "-o", "out"];
            let output = run(edgeseal(bench.path()).args(arguments), b"");
            assert!(!text(&output.stderr).contains(secret), "{arguments:?}: {}", text(&output.stderr));
            failures += i32::from(output.status.code() == Some(1));
        }
    }
    for keyring in ["keyring.json", "key.json", "policy-broken.json", "key.pem"] {
        for body in files.iter().map(|(name, _)| *name).chain(["stored.json", "changed.json"]) {
            let arguments = ["decrypt", "--keyring", keyring, body, "-o", "out"];
            let output = run(edgeseal(bench.path()).args(arguments), b"");
            assert!(!text(&output.stderr).contains(secret), "{arguments:?}: {}", text(&output.stderr));
            failures += i32::from(output.status.code() == Some(1));
        }
    }
    assert!(failures > 50, "{failures}");
}
