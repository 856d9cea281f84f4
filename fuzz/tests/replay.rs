//! Every seed, and every input that once was a finding, passes its target's oracle. No fuzzer is needed for that.

use std::fs;
use std::path::{Path, PathBuf};

use edgeseal_fuzz::vectors::Vectors;
use edgeseal_fuzz::{TARGETS, Target};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The names of what is in a folder; none if it is not there.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn what_once_was_a_finding_passes() {
    for name in names(&folder("regressions")) {
        let target =
            TARGETS.iter().find(|target| target.name == name).expect("a folder is called as its target is");
        let folder = folder("regressions").join(&name);
        for file in names(&folder) {
            println!("{name}/{file}");
            (target.run)(&fs::read(folder.join(file)).unwrap());
        }
    }
}

#[test]
fn seeds_pass() {
    let vectors = Vectors::read();
    for Target { name, run, seeds } in TARGETS {
        let seeds = seeds(&vectors);
        assert!(seeds.len() >= 10, "{name} has {} seeds", seeds.len());
        for (index, seed) in seeds.iter().enumerate() {
            println!("{name} {index}");
            run(seed);
        }
    }
}

#[test]
fn short_inputs_pass() {
    for Target { name, run, .. } in TARGETS {
        println!("{name}");
        run(&[]);
        for byte in 0..=u8::MAX {
            run(&[byte]);
            run(&[byte, byte]);
        }
    }
}

#[test]
fn every_target_is_a_program() {
    let programs: Vec<String> = names(&folder("fuzz_targets"));
    let mut targets: Vec<String> = TARGETS.iter().map(|target| format!("{}.rs", target.name)).collect();
    targets.sort();
    assert_eq!(programs, targets);
}
