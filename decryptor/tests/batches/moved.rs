//! `edgeseal rewrap` over a folder: its journal, and files that are compressed.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::bench::Bench;
use crate::common::{copy_private_key, edgeseal, run, text};

fn bench(count: usize) -> Bench {
    let bench = Bench::new(count);
    let keyring =
        r#"{"version": 1, "keys": {"a": {"private_key_file": "a.pem"}, "b": {"private_key_file": "b.pem"}}}"#;
    fs::write(bench.path("keyring.json"), keyring).unwrap();
    copy_private_key("rsa3072", &bench.path("b.pem"));
    bench
}

fn rewrap(bench: &Bench, from: &str, to: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command: Command = edgeseal(bench.top.path());
    command.args(["rewrap", "-k", "keyring.json", "--from", from, "--to", to, "--local"]).args(arguments);
    let output = run(&mut command, b"");
    (output.status.code(), text(&output.stderr))
}

#[test]
fn a_journal_tells_the_keys_and_serves_no_other_run() {
    let bench = bench(3);
    let arguments = ["in", "-o", "out", "--resume", "journal"];
    assert_eq!(rewrap(&bench, "a", "b", &arguments), (Some(0), String::new()));
    let journal = fs::read_to_string(bench.path("journal")).unwrap();
    let header: Value = serde_json::from_str(journal.lines().next().unwrap()).unwrap();
    assert_eq!(header["rewrap"], json!({"from": ["a"], "to": "b"}));
    let report = [&arguments[..], &["--report"]].concat();
    let (code, said) = rewrap(&bench, "a", "b", &report);
    let report: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (code, &report["files"][0]["outcome"], &report["rewrapped"]),
        (Some(0), &json!("done_before"), &json!(0))
    );

    let refused = "edgeseal: error[journal_refused]: the journal `journal` belongs to a run with other arguments\n  help: take another file for another run\n";
    assert_eq!(rewrap(&bench, "b", "a", &arguments), (Some(1), refused.to_owned()));
    assert_eq!(bench.run(&arguments), (Some(1), refused.to_owned()));
    assert_eq!(fs::read_to_string(bench.path("journal")).unwrap(), journal);
}

#[test]
fn a_text_with_kept_tokens_is_done_again_until_none_is_kept() {
    let bench = bench(3);
    let name = bench.path("in").join(&bench.files[1].name);
    let damaged = format!("[{}, \"__es1.a.s.damaged.__\"]", text(&bench.files[1].encrypted).trim());
    fs::write(&name, &damaged).unwrap();
    let arguments = ["in", "--in-place", "--resume", "journal", "--report=report"];
    for found in [13, 5] {
        assert_eq!(rewrap(&bench, "a", "b", &arguments).0, Some(3));
        let report: Value = serde_json::from_slice(&fs::read(bench.path("report")).unwrap()).unwrap();
        assert_eq!((&report["found"], &report["kept"]), (&json!(found), &json!(1)), "{report}");
    }
    let repaired = text(&fs::read(&name).unwrap()).replace(", \"__es1.a.s.damaged.__\"", "");
    fs::write(&name, repaired).unwrap();
    assert_eq!(rewrap(&bench, "a", "b", &arguments).0, Some(0));
}

#[cfg(unix)]
#[test]
fn a_file_that_is_replaced_keeps_its_owner_and_mode() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};

    let bench = bench(1);
    let path = bench.path("in").join(&bench.files[0].name);
    // Root alone can give files away; of anybody else the file is their own before and afterwards.
    if fs::metadata(&path).unwrap().uid() == 0 {
        chown(&path, Some(65_534), Some(65_533)).unwrap();
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let who = || {
        let metadata = fs::metadata(&path).unwrap();
        (metadata.uid(), metadata.gid(), metadata.mode() & 0o7777)
    };
    let before = who();
    assert_eq!(rewrap(&bench, "a", "b", &["in", "--in-place"]), (Some(0), String::new()));
    assert!(text(&fs::read(&path).unwrap()).contains("__es1.b."));
    assert_eq!(who(), before);
}

#[test]
fn two_key_ids_of_one_key_are_no_rotation() {
    let bench = bench(1);
    let keyring =
        r#"{"version": 1, "keys": {"a": {"private_key_file": "a.pem"}, "b": {"private_key_file": "a.pem"}}}"#;
    fs::write(bench.path("keyring.json"), keyring).unwrap();
    let (code, said) = rewrap(&bench, "a", "b", &["in", "--in-place"]);
    assert_eq!(code, Some(1));
    assert!(said.starts_with("edgeseal: error[rewrap_refused]: the key `a` is the same key as"), "{said}");
    assert!(bench.inputs_are_whole());
}

#[test]
fn a_file_on_standard_input_is_compared_piece_by_piece() {
    let bench = bench(1);
    let input = fs::File::open(bench.path("in").join(&bench.files[0].name)).unwrap();
    let mut command: Command = edgeseal(bench.top.path());
    command.args(["rewrap", "-k", "keyring.json", "--from", "a", "--to", "b", "--local", "-o", "out.json"]);
    assert_eq!(command.stdin(input).status().unwrap().code(), Some(0));
    assert!(text(&fs::read(bench.path("out.json")).unwrap()).contains("__es1.b."));
}

#[test]
fn a_folder_that_was_moved_reads_as_before_and_what_is_in_it_once_more_is_not_touched() {
    let bench = bench(4);
    assert_eq!(rewrap(&bench, "a", "b", &["in", "--in-place"]), (Some(0), String::new()));
    let files = || {
        bench.names("in").into_iter().map(|name| {
            let path = bench.path("in").join(name);
            (fs::read(&path).unwrap(), fs::metadata(&path).unwrap().modified().unwrap())
        })
    };
    let moved: Vec<_> = files().collect();
    assert!(
        moved
            .iter()
            .all(|(content, _)| !text(content).contains("__es1.a.") && text(content).contains("__es1.b."))
    );
    assert_eq!(rewrap(&bench, "a", "b", &["in", "--in-place"]), (Some(0), String::new()));
    assert!(files().eq(moved));
    assert_eq!(bench.run(&["in", "-o", "clear"]).0, Some(0));
    assert_eq!(bench.count_decrypted("clear", false), 4);
}

#[test]
fn what_is_compressed_stays_so_and_is_compared_all_the_same() {
    let bench = bench(1);
    let name = "in/00/000.json";
    for (compression, magic, extension) in
        [("gzip", &[0x1f, 0x8b][..], "gz"), ("zstd", &[0x28, 0xb5][..], "zst")]
    {
        bench.write_inputs();
        let packed = format!("packed.json.{extension}");
        assert_eq!(
            rewrap(&bench, "b", "a", &[name, "-o", &packed, "--compression", compression]),
            (Some(0), String::new())
        );
        assert_eq!(rewrap(&bench, "a", "b", &[&packed, "--in-place"]), (Some(0), String::new()));
        let content = fs::read(bench.path(&packed)).unwrap();
        assert!(content.starts_with(magic));
        let clear = format!("clear.{extension}.json");
        assert_eq!(bench.run(&[&packed, "-o", &clear, "--compression", "none"]).0, Some(0));
        assert_eq!(fs::read(bench.path(&clear)).unwrap(), bench.files[0].decrypted);
    }
}
