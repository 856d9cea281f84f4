//! Prints one Markdown table that judges the candidates; README.md says how to read it.

mod bodies;

use json_candidates::{MAX_DEPTH, Walk, aws, jiter, ours, raw, struson, tally};
use std::{env, fs, hint::black_box, path::Path, process::Command, time::Instant};

const ROUNDS: usize = 41;

struct Candidate {
    package: &'static str,
    /// Its feature and its module here.
    module: &'static str,
    licence: &'static str,
    to_do: &'static str,
    tally: fn(&[u8]) -> Option<(u32, u32)>,
    texts: fn(&str) -> Vec<&str>,
}

impl Candidate {
    fn new<W: Walk>(
        package: &'static str,
        module: &'static str,
        licence: &'static str,
        to_do: &'static str,
    ) -> Self {
        Self { package, module, licence, to_do, tally: tally::<W>, texts: texts::<W> }
    }
}

/// The texts of all names and values, in the order of the document; none if it is refused.
fn texts<W: Walk>(json: &str) -> Vec<&str> {
    let mut spans = Vec::new();
    if W::walk(json.as_bytes(), MAX_DEPTH, |span| spans.push(span)).is_none() {
        return Vec::new();
    }
    spans.sort_by_key(|span| span.start);
    spans.into_iter().map(|span| &json[span]).collect()
}

fn candidates() -> [Candidate; 5] {
    let both = "MIT OR Apache-2.0";
    let bytes = "UTF-8 check; stack for container spans";
    let jiter = "UTF-8 check; stack and depth limit; names by address";
    let aws = "the end of every span; stack and depth limit; that one value is there and all is closed; the grammar of \
               numbers and escapes (not added here)";
    [
        Candidate::new::<ours::Candidate>("ours", "ours", "the project's", bytes),
        Candidate::new::<jiter::Candidate>("jiter", "jiter", "MIT", jiter),
        Candidate::new::<struson::Candidate>("struson", "struson", both, "stack; a call out of turn panics"),
        Candidate::new::<aws::Candidate>("aws-smithy-json", "aws", "Apache-2.0", aws),
        Candidate::new::<raw::Candidate>(
            "serde_json",
            "raw",
            both,
            "spans by address; recursion and depth limit",
        ),
    ]
}

fn print_row(label: &str, cells: [String; 5]) {
    println!("| {label} | {} |", cells.join(" | "));
}

fn main() {
    let candidates = candidates();
    let row =
        |label: &str, cell: &dyn Fn(&Candidate) -> String| print_row(label, candidates.each_ref().map(cell));
    row("", &|candidate| candidate.package.replace("serde_json", "serde_json `RawValue`"));
    println!("|{}", " --- |".repeat(candidates.len() + 1));
    row("version", &|candidate| version(candidate.package).to_owned());
    row("licence", &|candidate| candidate.licence.to_owned());
    row("what a caller adds", &|candidate| candidate.to_do.to_owned());

    let suite = suite();
    for (kind, wanted, label) in
        [("y_", true, "accepted"), ("n_", false, "refused"), ("i_", true, "accepted")]
    {
        row(&format!("JSONTestSuite: {kind} {label}"), &|candidate| match &suite {
            None => "EDGESEAL_CORPORA is unset".to_owned(),
            Some(files) => {
                let files: Vec<_> = files.iter().filter(|(name, _)| name.starts_with(kind)).collect();
                let hits =
                    files.iter().filter(|(_, json)| (candidate.tally)(json).is_some() == wanted).count();
                format!("{hits} of {}", files.len())
            }
        });
    }
    let mutated = bodies::mutated(200_000);
    row("of 200,000 mutated texts, read otherwise than by ours: laxer, all", &|candidate| {
        let read = |json: &Vec<u8>| ((candidates[0].tally)(json), (candidate.tally)(json));
        let other: Vec<_> = mutated.iter().map(read).filter(|(ours, theirs)| ours != theirs).collect();
        format!("{}, {}", other.iter().filter(|(ours, _)| ours.is_none()).count(), other.len())
    });
    row("every duplicate name, with spans", &|candidate| {
        let json = r#"{"a":1,"a":2}"#;
        let seen = (candidate.texts)(json) == [json, r#""a""#, "1", r#""a""#, "2"];
        if seen { "yes" } else { "no" }.to_owned()
    });
    row("values that do not come back as written", &|candidate| {
        let digits = "1".repeat(5000);
        let values = ["1E400", "-0", "1.0", &digits[..25], r#""\u0041""#, r#""\/""#, r#""\ud800""#, &digits];
        let lost = |value: &&str| (candidate.texts)(&format!(" [ {value} ] ")).last() != Some(value);
        let mut lost: Vec<_> = values.into_iter().filter(lost).map(|value| format!("`{value}`")).collect();
        if lost.is_empty() {
            lost.push("none".to_owned());
        }
        lost.join(", ").replace(&format!("`{digits}`"), "5,000 digits")
    });
    for (label, closed) in [("100,000 × `[`", 0), ("100,000 × `[`, then as many `]`", 100_000)] {
        row(label, &|candidate| {
            let json = "[".repeat(100_000) + &"]".repeat(closed);
            let start = Instant::now();
            let answer = if (candidate.tally)(json.as_bytes()).is_some() { "accepted" } else { "refused" };
            format!("{answer}, {} µs", start.elapsed().as_micros())
        });
    }

    let (plain, optimised) = wasm("baseline");
    let sizes = candidates.each_ref().map(|candidate| wasm(candidate.module));
    print_row(
        &format!("wasm bytes above the baseline's {plain}"),
        sizes.map(|(size, _)| (size - plain).to_string()),
    );
    let difference = |size: Option<u64>| Some(size?.saturating_sub(optimised?).to_string());
    let optimised = sizes.map(|(_, size)| difference(size).unwrap_or("no wasm-opt".to_owned()));
    print_row("the same after `wasm-opt -Os`", optimised);

    for (label, body) in bodies::all() {
        let times = medians(&candidates, body.as_bytes());
        let cell = |time| format!("{:.2} ({:.0} MB/s)", time / times[0], body.len() as f64 / 1e6 / time);
        print_row(&format!("time ÷ ours: {label}"), times.map(cell));
    }
}

/// The files of `test_parsing`: name and content.
fn suite() -> Option<Vec<(String, Vec<u8>)>> {
    let folder = Path::new(&env::var_os("EDGESEAL_CORPORA")?).join("JSONTestSuite/test_parsing");
    let entries = fs::read_dir(folder).expect("JSONTestSuite is in EDGESEAL_CORPORA").map(Result::unwrap);
    let read =
        |entry: fs::DirEntry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap());
    Some(entries.map(read).collect())
}

/// The median of each candidate's seconds over interleaved rounds.
fn medians(candidates: &[Candidate; 5], body: &[u8]) -> [f64; 5] {
    let expected = (candidates[0].tally)(body).expect("our bodies are JSON");
    let mut times = [[0.0; ROUNDS]; 5];
    for round in 0..ROUNDS {
        for (candidate, times) in candidates.iter().zip(&mut times) {
            let start = Instant::now();
            let answer = (candidate.tally)(black_box(body));
            times[round] = start.elapsed().as_secs_f64();
            assert_eq!(answer, Some(expected), "{} reads something else", candidate.package);
        }
    }
    times.map(|mut times| *times.select_nth_unstable_by(ROUNDS / 2, f64::total_cmp).1)
}

/// The version in the lock file.
fn version(package: &str) -> &'static str {
    let rest = include_str!("../Cargo.lock").split_once(&format!("name = \"{package}\"\nversion = \""));
    rest.and_then(|(_, rest)| rest.split('"').next()).unwrap_or("this tree")
}

/// The size of the module with one candidate, and after `wasm-opt` where that is on the path.
fn wasm(module: &str) -> (u64, Option<u64>) {
    // Beside our own executable, so that a target directory set elsewhere is followed.
    let executable = env::current_exe().expect("we have a path");
    let target = executable.ancestors().nth(2).expect("it is in target/release").join("wasm");
    let build = "rustc --lib --crate-type cdylib --target wasm32-unknown-unknown --profile wasm --no-default-features";
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR")).args(build.split(' ')).args([
        "--locked",
        "--quiet",
        "--features",
        module,
    ]);
    assert!(cargo.arg("--target-dir").arg(&target).status().expect("cargo runs").success());
    let built = target.join("wasm32-unknown-unknown/wasm/json_candidates.wasm");
    let optimised = target.join(module).with_extension("wasm");
    let features = ["bulk-memory", "mutable-globals", "nontrapping-float-to-int", "sign-ext"];
    let mut command = Command::new("wasm-opt");
    command.args(features.map(|feature| format!("--enable-{feature}"))).arg("-Os");
    let done =
        command.args([&built, Path::new("-o"), &optimised]).status().is_ok_and(|status| status.success());
    let bytes = |path: &Path| fs::metadata(path).expect("the file was written").len();
    (bytes(&built), done.then(|| bytes(&optimised)))
}
