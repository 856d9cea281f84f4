//! SIGKILL at any moment.

use std::fs;

use crate::bench::{Bench, temporary_files, wait_until};

/// How many runs are killed, of each sort.
const KILLED: usize = 40;

/// Kills runs over the same folder again and again, and looks at the files each time; then lets one get to the end.
fn kill_again_and_again(bench: &Bench, arguments: &[&str], beneath: &str, in_place: bool) {
    let journal = bench.path("journal");
    // Each record comes just before its file takes its place: so the moments of death lie around that.
    let records = || fs::read(&journal).map_or(0, |text| text.iter().filter(|byte| **byte == b'\n').count());
    let mut killed = 0;
    for round in 0_usize.. {
        let before = records();
        let mut child = bench.spawn(arguments);
        wait_until(&mut child, || records() >= before + round % 4);
        // A little later, another bit each time.
        (0..round * 37 % 400).for_each(|_| std::thread::yield_now());
        child.kill().unwrap();
        let output = child.wait_with_output().unwrap();
        let done = bench.count_decrypted(beneath, in_place);
        assert!(in_place || bench.inputs_are_whole());
        if output.status.code().is_none() {
            killed += 1;
            if killed == KILLED {
                break;
            }
        } else {
            // It was quicker. Again from the beginning.
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!((output.status.code(), done), (Some(0), bench.files.len()), "{said}");
            bench.begin_again();
        }
    }
    assert_eq!(bench.run(arguments), (Some(0), String::new()));
    // All are done, once, also when the run is repeated.
    assert_eq!(bench.count_decrypted(beneath, in_place), bench.files.len());
    assert_eq!(bench.run(arguments), (Some(0), String::new()));
    assert_eq!(bench.count_decrypted(beneath, in_place), bench.files.len());
}

#[test]
fn files_in_place_are_whole_whenever_runs_are_killed() {
    let bench = Bench::new(60);
    kill_again_and_again(&bench, &["in", "--in-place", "--resume", "journal"], "in", true);
    assert_eq!(bench.names("in"), bench.expected_names());
}

#[test]
fn originals_are_kept_whenever_runs_are_killed() {
    let bench = Bench::new(60);
    kill_again_and_again(&bench, &["in", "--in-place=.bak", "--resume", "journal"], "in", true);
    for file in &bench.files {
        let backup = bench.path("in").join(format!("{}.bak", file.name));
        assert_eq!(fs::read(backup).unwrap(), file.encrypted, "{}", file.name);
    }
    assert_eq!(bench.names("in").len(), 2 * bench.files.len());
}

#[test]
fn outputs_are_whole_or_absent_whenever_runs_are_killed() {
    let bench = Bench::new(60);
    kill_again_and_again(&bench, &["in", "-o", "out", "--resume", "journal"], "out", false);
    assert_eq!(bench.names("out"), bench.expected_names());
    assert_eq!(bench.names("in"), bench.expected_names());
}

#[test]
fn a_killed_run_without_a_journal_leaves_whole_files() {
    let bench = Bench::new(20);
    for round in 0..10 {
        bench.write_inputs();
        let mut child = bench.spawn(&["in", "--in-place"]);
        wait_until(&mut child, || bench.count_decrypted("in", true) > round);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(bench.count_decrypted("in", true) > round);
    }
    bench.write_inputs();
    assert_eq!(bench.run(&["in", "--in-place"]), (Some(0), String::new()));
    assert_eq!(bench.names("in"), bench.expected_names());
}

#[test]
fn what_a_killed_run_left_is_removed_by_the_next() {
    let bench = Bench::new(1);
    let mut killed = bench.spawn(&["-o", "out.json"]);
    assert!(wait_until(&mut killed, || !temporary_files(bench.top.path()).is_empty()));
    killed.kill().unwrap();
    killed.wait().unwrap();
    let left = temporary_files(bench.top.path());
    assert_eq!(left.len(), 1);

    // A run that is under way keeps its own, also from another.
    let mut waiting = bench.spawn(&["-o", "late.json"]);
    let stdin = waiting.stdin.take().unwrap();
    let own = || temporary_files(bench.top.path()).into_iter().find(|path| !left.contains(path));
    assert!(wait_until(&mut waiting, || own().is_some()));
    assert_eq!(temporary_files(bench.top.path()).len(), 1, "what was left is still there");
    let (code, said) = bench.run(&["in/00/000.json", "-o", "out.json"]);
    assert_eq!((code, said.as_str()), (Some(0), ""));
    assert_eq!(temporary_files(bench.top.path()).len(), 1);
    drop(stdin);
    assert!(waiting.wait().unwrap().success());
    assert!(bench.path("late.json").exists());
    assert!(temporary_files(bench.top.path()).is_empty());
}
