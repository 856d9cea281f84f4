//! Journals: whose they are, what they hold, what damage they stand.

use std::fs::{self, OpenOptions};
use std::io::Write;

use serde_json::Value;

use crate::bench::{Bench, encrypt};
use crate::common::{mode, on_full_disk};

const REFUSED: &str = "edgeseal: error[journal_refused]: the journal `journal` ";

fn journal(bench: &Bench) -> String {
    fs::read_to_string(bench.path("journal")).unwrap()
}

#[test]
fn what_is_done_is_not_done_again() {
    for arguments in [
        &["in", "--in-place", "--resume", "journal"][..],
        &["in", "-o", "out", "--resume", "journal"],
        &["in", "--in-place=.bak", "--resume", "journal"],
        &["in/00/000.json", "--in-place", "--resume", "journal"],
    ] {
        let bench = Bench::new(3);
        let with_report = [arguments, &["--report=report"]].concat();
        assert_eq!(bench.run(arguments), (Some(0), String::new()), "{arguments:?}");
        let (names, first) = (bench.names("in"), journal(&bench));
        assert_eq!(mode(&bench.path("journal")), 0o600);
        assert_eq!(bench.run(&with_report), (Some(0), String::new()), "{arguments:?}");
        assert_eq!(journal(&bench), first, "{arguments:?}");
        assert_eq!(bench.names("in"), names);
        let report: Value = serde_json::from_slice(&fs::read(bench.path("report")).unwrap()).unwrap();
        assert_eq!(report["found"], 0, "{arguments:?}: {report}");
        if arguments[0] == "in" {
            let outcomes: Vec<&Value> =
                report["files"].as_array().unwrap().iter().map(|file| &file["outcome"]).collect();
            assert_eq!(outcomes, ["done_before"; 3]);
        }
    }
}

#[test]
fn what_an_earlier_run_kept_is_not_forgotten() {
    for (input, arguments) in [
        ("in", &["in", "--in-place", "--resume", "journal"][..]),
        ("in", &["in", "-o", "out", "--resume", "journal"]),
        ("in/00/000.json", &["in/00/000.json", "--in-place", "--resume", "journal"]),
    ] {
        let bench = Bench::new(2);
        let name = bench.path("in").join(&bench.files[0].name);
        fs::write(&name, br#"["__es1.a.s.damaged.__", "__es1.a.s.damaged.__"]"#).unwrap();
        assert_eq!(bench.run(arguments).0, Some(3));
        let (code, said) = bench.run(&[arguments, &["--report=report"]].concat());
        assert_eq!(code, Some(3), "{said}");
        assert_eq!(said, "edgeseal: 2 more tokens were kept by earlier runs with this journal\n");
        let report: Value = serde_json::from_slice(&fs::read(bench.path("report")).unwrap()).unwrap();
        if input == "in" {
            assert_eq!(report["files"][0]["kept_before"], 2, "{report}");
        }
    }
}

#[test]
fn an_input_that_has_changed_is_decrypted_again() {
    let bench = Bench::new(3);
    let arguments = ["in", "-o", "out", "--resume", "journal"];
    assert_eq!(bench.run(&arguments), (Some(0), String::new()));
    let changed = &bench.files[1].name;
    fs::write(bench.path("in").join(changed), encrypt(r#"{"v": "new"}"#)).unwrap();
    // And so is an output that has gone, or is another.
    fs::remove_file(bench.path("out").join(&bench.files[0].name)).unwrap();
    fs::write(bench.path("out").join(&bench.files[2].name), "another").unwrap();
    assert_eq!(bench.run(&arguments), (Some(0), String::new()));
    assert_eq!(fs::read(bench.path("out").join(changed)).unwrap(), br#"{"v": "new"}"#);
    for index in [0, 2] {
        let file = &bench.files[index];
        assert_eq!(fs::read(bench.path("out").join(&file.name)).unwrap(), file.decrypted);
    }
}

#[test]
fn a_journal_of_another_run_is_refused() {
    let bench = Bench::new(2);
    fs::create_dir(bench.path("other")).unwrap();
    fs::copy(bench.path("keyring.json"), bench.path("other.json")).unwrap();
    assert_eq!(bench.run(&["in", "-o", "out", "--resume", "journal"]), (Some(0), String::new()));
    let before = journal(&bench);
    let expected = format!(
        "{REFUSED}belongs to a run with other arguments\n  help: take another file for another run\n"
    );
    for arguments in [
        &["in", "--in-place"][..],
        &["in", "--in-place=.bak"],
        &["in", "-o", "elsewhere"],
        &["other", "-o", "out"],
        &["in", "other", "-o", "out"],
        &["in", "-o", "out", "--key", "a"],
        &["in", "-o", "out", "--on-failed", "mask"],
        &["in", "-o", "out", "--format", "json"],
        &["in", "-o", "out", "--compression", "gzip"],
    ] {
        let arguments = [arguments, &["--resume", "journal"]].concat();
        assert_eq!(bench.run(&arguments), (Some(1), expected.clone()), "{arguments:?}");
    }
    let mut with_another_keyring = crate::common::edgeseal(bench.top.path());
    with_another_keyring.args(["decrypt", "-k", "other.json", "in", "-o", "out", "--resume", "journal"]);
    assert_eq!(with_another_keyring.output().unwrap().status.code(), Some(1));
    assert_eq!(journal(&bench), before);
    // What does not change what is written does not matter, nor how a path is written.
    let same = ["./in/", "-o", "./other/../out", "--resume", "journal", "--keep-going", "--concurrency", "1"];
    assert_eq!(bench.run(&same), (Some(0), String::new()));
    assert_eq!(journal(&bench), before);
}

#[test]
fn a_line_that_was_cut_off_does_not_matter_and_any_other_damage_does() {
    let bench = Bench::new(3);
    let arguments = ["in", "--in-place", "--resume", "journal"];
    assert_eq!(bench.run(&arguments), (Some(0), String::new()));
    let whole = journal(&bench);
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    assert_eq!(lines.len(), 4);
    // The last file stands there decrypted, and its record is cut off: it was killed while writing, so the file is as before.
    for cut in 1..lines[3].len() {
        fs::write(bench.path("in").join(&bench.files[2].name), &bench.files[2].encrypted).unwrap();
        fs::write(bench.path("journal"), &whole.as_bytes()[..whole.len() - cut]).unwrap();
        assert_eq!(bench.run(&arguments), (Some(0), String::new()), "{cut}");
        assert_eq!(bench.count_decrypted("in", true), 3, "{cut}");
        let now = journal(&bench);
        assert!(now.starts_with(&lines[..3].concat()) && now.lines().count() == 4, "{now}");
        let other_lines = now.lines().filter(|line| serde_json::from_str::<Value>(line).is_err()).count();
        assert_eq!(other_lines, 0);
        if cut % 8 == 0 {
            break;
        }
    }
    for (text, why) in [
        ("{}\n".to_owned(), "is no journal of this release"),
        ("a file of somebody's".to_owned(), "is no journal of this release"),
        (lines[0].trim_end().to_owned(), "is no journal of this release"),
        (
            lines[0].replace("\"edgeseal_journal\":1", "\"edgeseal_journal\":2"),
            "belongs to a run with other arguments",
        ),
        (format!("{}x\n{}", lines[0], lines[1]), "is damaged in line 2"),
    ] {
        fs::write(bench.path("journal"), &text).unwrap();
        let expected = format!("{REFUSED}{why}\n  help: take another file for another run\n");
        assert_eq!(bench.run(&arguments), (Some(1), expected));
        assert_eq!(journal(&bench), text);
    }
    fs::write(bench.path("journal"), "").unwrap();
    bench.write_inputs();
    assert_eq!(bench.run(&arguments), (Some(0), String::new()));
    assert_eq!(bench.count_decrypted("in", true), 3);
}

#[test]
fn a_journal_in_use_is_refused() {
    let bench = Bench::new(1);
    let arguments = ["in", "--in-place", "--resume", "journal"];
    assert_eq!(bench.run(&arguments), (Some(0), String::new()));
    let held = OpenOptions::new().append(true).open(bench.path("journal")).unwrap();
    held.lock().unwrap();
    let expected = format!("{REFUSED}is in use\n  help: take another file for another run\n");
    assert_eq!(bench.run(&arguments), (Some(1), expected));
    held.unlock().unwrap();
    (&held).write_all(b"").unwrap();
    assert_eq!(bench.run(&arguments), (Some(0), String::new()));
}

#[test]
fn a_disk_that_fills_up_ends_the_run_and_the_journal_serves_the_next() {
    for (beneath, in_place, arguments) in [
        ("in", true, &["in", "--in-place", "--resume", "journal"][..]),
        ("out", false, &["in", "-o", "out", "--resume", "journal"]),
    ] {
        let bench = Bench::new(12);
        let mut before = String::new();
        for _ in 0..2 {
            let mut command = on_full_disk(bench.top.path());
            let output = command.args(["decrypt", "-k", "keyring.json"]).args(arguments).output().unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(1), "{said}");
            assert!(said.starts_with("edgeseal: error[io_failed]: cannot write `journal`"), "{said}");
            // Each file is whole, and done or as it was; nothing else is there.
            let done = bench.count_decrypted(beneath, in_place);
            assert!(done < 12, "{done}");
            assert!(bench.names(beneath).iter().all(|name| bench.expected_names().contains(name)));
            // What is in the journal stays in it.
            let now = journal(&bench);
            let whole = now.rsplit_once('\n').map_or(String::new(), |(whole, _)| format!("{whole}\n"));
            assert!(whole.starts_with(&before), "{before}\n{now}");
            assert!(whole.lines().count() > 1, "{now}");
            before = whole.to_owned();
        }
        assert_eq!(bench.run(arguments), (Some(0), String::new()));
        assert_eq!(bench.count_decrypted(beneath, in_place), 12);
        assert!(journal(&bench).starts_with(&before));
        assert_eq!(journal(&bench).lines().count(), 13);
    }
}
