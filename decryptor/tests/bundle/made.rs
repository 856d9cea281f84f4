//! What is written, and when nothing is.

use std::os::unix::fs::symlink;
use std::time::{Duration, SystemTime};

use aws_lc_rs::digest::{SHA256, digest};

use super::*;
use crate::common::{mode, on_full_disk, set_mode};

fn sha256(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn built(path: &str) -> Vec<u8> {
    fs::read(root().join("edge-function").join(path)).unwrap()
}

#[test]
fn the_same_policy_makes_the_same_bytes_whenever_and_wherever() {
    let (one, other) = (bench(), bench());
    let policy = other.path().join("policy.json");
    let an_hour_ago = SystemTime::now() - Duration::from_secs(3600);
    fs::File::options().write(true).open(&policy).unwrap().set_modified(an_hour_ago).unwrap();
    set_mode(&policy, 0o400);
    for target in ["lambda-edge", "workers"] {
        let first = make(one.path(), target, "b.zip", &[]);
        let script = r#"umask 077 && cd / && exec "$0" bundle -p "$1/policy.json" -t "$2" -o "$1/b.zip""#;
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script, env!("CARGO_BIN_EXE_edgeseal")]).arg(other.path()).arg(target);
        assert!(run(command.env("TZ", "Asia/Tokyo"), b"").status.success());
        let second = other.path().join("b.zip");
        assert!(fs::read(&first).unwrap() == fs::read(&second).unwrap(), "{target}");
        let in_a_folder = make(one.path(), target, target, &[]);
        assert_eq!(verify(&in_a_folder), verify(&first));
        assert_eq!(verify(&first)["sha256"], sha256(&fs::read(&first).unwrap()));
    }
}

#[test]
fn an_archive_is_what_other_programs_take_for_one() {
    let bench = bench();
    make(bench.path(), "lambda-edge", "b.zip", &[]);
    let script = "import zipfile\n\
        archive = zipfile.ZipFile('b.zip')\n\
        assert archive.testzip() is None and archive.comment == b''\n\
        for i in archive.infolist():\n    \
            print(i.filename, i.date_time, oct(i.external_attr >> 16), i.compress_type, i.extra, i.file_size == i.compress_size)";
    let entry = |name: &str| format!("{name} (1980, 1, 1, 0, 0, 0) 0o100644 0 b'' True\n");
    let expected =
        ["bundle.json", "edgeseal_bg.wasm", "edgeseal_relaxed_bg.wasm", "index.mjs", "policy.json"]
            .map(entry)
            .concat();
    assert_eq!(python(bench.path(), script, &[]), expected);
    unpack(&bench.path().join("b.zip"), &bench.path().join("unpacked"));
    let folder = make(bench.path(), "lambda-edge", "folder", &[]);
    assert!(files(&bench.path().join("unpacked")) == files(&folder));
}

#[test]
fn a_bundle_for_lambda_edge_has_the_handler_the_module_and_the_policy_as_given() {
    let bench = bench();
    // Not a byte of the policy is written anew.
    let policy = format!(" {}\r\n\t", fs::read_to_string(bench.path().join("policy.json")).unwrap());
    fs::write(bench.path().join("policy.json"), &policy).unwrap();
    let files = files(&make(bench.path(), "lambda-edge", "b", &[]));
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["bundle.json", "edgeseal_bg.wasm", "edgeseal_relaxed_bg.wasm", "index.mjs", "policy.json"]
    );
    assert!(files["policy.json"] == policy.as_bytes());
    assert!(files["index.mjs"] == built("dist/lambda-edge.mjs"));
    for name in ["edgeseal_bg.wasm", "edgeseal_relaxed_bg.wasm"] {
        assert!(files[name] == built(&format!("wasm/{name}")));
    }

    let entry = |name: &str| {
        let content = &files[name];
        format!(
            "    \"{name}\": {{\n      \"bytes\": {},\n      \"sha256\": \"{}\"\n    }}",
            content.len(),
            sha256(content)
        )
    };
    let manifest = format!(
        "{{\n  \"bundle\": 1,\n  \"edgeseal\": \"{}\",\n  \"target\": \"lambda-edge\",\n  \"policy_sha256\": \"{}\",\n  \"files\": {{\n{}\n  }}\n}}\n",
        env!("CARGO_PKG_VERSION"),
        sha256(policy.as_bytes()),
        ["edgeseal_bg.wasm", "edgeseal_relaxed_bg.wasm", "index.mjs", "policy.json"].map(entry).join(",\n")
    );
    assert_eq!(text(&files["bundle.json"]), manifest);
}

#[test]
fn a_bundle_for_workers_has_what_wrangler_needs() {
    let bench = bench();
    let files = files(&make(bench.path(), "workers", "b", &[]));
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["bundle.json", "edgeseal_relaxed_bg.wasm", "policy.json", "worker.mjs", "wrangler.toml"]
    );
    assert!(files["worker.mjs"] == built("dist/workers.mjs"));
    assert!(files["edgeseal_relaxed_bg.wasm"] == built("wasm/edgeseal_relaxed_bg.wasm"));
    let wrangler: toml::Table = toml::from_str(&text(&files["wrangler.toml"])).unwrap();
    assert_eq!(
        (wrangler["main"].as_str(), wrangler["no_bundle"].as_bool()),
        (Some("worker.mjs"), Some(true))
    );
    let rules = wrangler["rules"].as_array().unwrap();
    let rule = |rule: &toml::Value| {
        (rule["type"].as_str().unwrap().to_owned(), rule["globs"][0].as_str().unwrap().to_owned())
    };
    let expected = [("ESModule", "**/*.mjs"), ("CompiledWasm", "**/*.wasm"), ("Text", "policy.json")];
    assert_eq!(
        rules.iter().map(rule).collect::<Vec<_>>(),
        expected.map(|(kind, glob)| (kind.to_owned(), glob.to_owned()))
    );
}

#[test]
fn options_are_in_a_file_of_their_own() {
    let bench = bench();
    let all = ["--metrics", "emf", "--count-header", "X-Encrypted"];
    let both = make(bench.path(), "lambda-edge", "both", &all);
    assert_eq!(
        text(&files(&both)["options.json"]),
        "{\"metrics\":\"emf\",\"countHeader\":\"x-encrypted\"}\n"
    );
    assert_eq!(verify(&both)["options"]["countHeader"], "x-encrypted");
    let rsa = make(bench.path(), "lambda-edge", "rsa", &["--host-rsa"]);
    assert_eq!(text(&files(&rsa)["options.json"]), "{\"hostRsa\":true}\n");
    assert_eq!(verify(&rsa)["options"]["hostRsa"], true);
    let one = make(bench.path(), "lambda-edge", "one", &all[..2]);
    assert_eq!(text(&files(&one)["options.json"]), "{\"metrics\":\"emf\"}\n");
}

#[test]
fn what_is_in_a_bundle_is_said_with_its_size_beside_the_limit() {
    let bench = bench();
    let zip = make(bench.path(), "lambda-edge", "b.zip", &[]);
    let bytes = fs::read(&zip).unwrap();
    let said = verify(&zip);
    assert_eq!(said["edgeseal"], env!("CARGO_PKG_VERSION"));
    assert_eq!(said["target"], "lambda-edge");
    assert_eq!(said["policy"]["sha256"], sha256(&fs::read(bench.path().join("policy.json")).unwrap()));
    assert_eq!(said["policy"]["rules"], 4);
    assert_eq!(said["policy"]["keys"], serde_json::json!(["a", "b", "c"]));
    assert_eq!(said["size"], serde_json::json!({"zip": bytes.len(), "zip_limit": 50_000_000}));
    // As Lambda says it of the function that was uploaded.
    let script = "import base64, hashlib; print(base64.b64encode(hashlib.sha256(open('b.zip', 'rb').read()).digest()).decode())";
    assert_eq!(said["code_sha256"], python(bench.path(), script, &[]).trim_end());

    let output = run(edgeseal(bench.path()).args(["bundle", "--verify", "b.zip"]), b"");
    let shown = text(&output.stdout);
    for expected in [
        "EdgeSeal 0.1.0 for Lambda@Edge\n",
        &format!("  sha256       {}\n", sha256(&bytes)),
        " bytes as a ZIP archive, of 50,000,000 at most\n",
        "  rules        4\n",
        "  keys         3: a, b, c\n",
    ] {
        assert!(shown.contains(expected), "{expected}{shown}");
    }

    let worker = verify(&make(bench.path(), "workers", "w.zip", &[]));
    assert_eq!(
        (worker["size"]["gzip_limit_free"].as_u64(), worker["size"]["gzip_limit_paid"].as_u64()),
        (Some(3_000_000), Some(10_000_000))
    );
    let gzip = worker["size"]["gzip"].as_u64().unwrap();
    assert!((50_000..250_000).contains(&gzip), "{gzip}");
}

#[test]
fn what_a_reviewer_would_ask_about_is_said_and_stops_nothing() {
    let bench = bench();
    let output =
        run(edgeseal(bench.path()).args(["bundle", "-p", "policy.json", "-t", "workers", "-o", "b"]), b"");
    assert!(output.status.success());
    let said = text(&output.stderr);
    let codes: Vec<&str> = said
        .lines()
        .map(|line| line.strip_prefix("edgeseal: warning[").expect(line).split_once("]: `/").expect(line).0)
        .collect();
    assert_eq!(codes, ["key_shared", "tags_classic", "content_type_passed"]);
    // Whoever verifies hears it again.
    let verified = run(edgeseal(bench.path()).args(["bundle", "--verify", "b"]), b"");
    assert_eq!(text(&verified.stderr), said);
    let listed = verify(&bench.path().join("b"))["warnings"].clone();
    assert_eq!(listed[1]["code"], "tags_classic");
    assert!(said.contains(listed[1]["message"].as_str().unwrap()));
}

#[test]
fn a_policy_that_is_refused_leaves_nothing() {
    let bench = bench();
    fs::write(bench.path().join("policy.json"), r#"{"version": 2}"#).unwrap();
    for out in ["b.zip", "b"] {
        let arguments = ["bundle", "-p", "policy.json", "-t", "lambda-edge", "-o", out];
        let output = run(edgeseal(bench.path()).args(arguments), b"");
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), String::new()));
        let error = "edgeseal: error[config_version_unsupported]: policy.json: `/version`: ";
        assert!(text(&output.stderr).starts_with(error), "{}", text(&output.stderr));
        assert_eq!(folder(bench.path()), [bench.path().join("policy.json")]);
    }
}

/// Exit status and code of an attempt to write to `out`.
fn attempt(bench: &Path, out: &str) -> (Option<i32>, String) {
    let output = run(edgeseal(bench).args(["bundle", "-p", "policy.json", "-t", "workers", "-o", out]), b"");
    let said = text(&output.stderr);
    let code = said.split_once("error[").map(|(_, rest)| rest.split_once(']').unwrap().0);
    (output.status.code(), code.unwrap_or_default().to_owned())
}

#[test]
fn a_folder_is_replaced_only_if_nothing_is_lost() {
    let bench = bench();
    let top = bench.path();
    let done = (Some(0), String::new());
    fs::create_dir(top.join("empty")).unwrap();
    assert_eq!(attempt(top, "empty"), done);
    verify(&top.join("empty"));
    // The other target's files go.
    let other = make(top, "lambda-edge", "other", &[]);
    symlink("other", top.join("link")).unwrap();
    assert_eq!(attempt(top, "link"), done);
    assert_eq!(verify(&other)["target"], "workers");
    assert!(top.join("link").is_symlink() && !other.join("index.mjs").exists());

    let kept = (Some(1), "file_exists".to_owned());
    type Change = fn(&Path);
    let changes: [Change; 5] = [
        |bundle| fs::write(bundle.join("wrangler.toml"), "name = 'mine'").unwrap(),
        |bundle| fs::write(bundle.join("notes"), "").unwrap(),
        |bundle| fs::create_dir(bundle.join(".wrangler")).unwrap(),
        |bundle| fs::remove_file(bundle.join("bundle.json")).unwrap(),
        |bundle| symlink("policy.json", bundle.join("link")).unwrap(),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let bundle = make(top, "workers", &format!("changed-{number}"), &[]);
        change(&bundle);
        let before = folder(&bundle);
        assert_eq!(attempt(top, &format!("changed-{number}")), kept, "{number}");
        assert_eq!(folder(&bundle), before);
    }
    assert_eq!(attempt(top, "policy.json"), kept);
    assert_eq!(attempt(top, "missing/b"), (Some(1), "io_failed".to_owned()));
    assert_eq!(attempt(top, "missing/b.zip"), (Some(1), "io_failed".to_owned()));
    assert_eq!(attempt(top, "."), (Some(2), "usage".to_owned()));
    let hidden = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with('.');
    assert!(!folder(top).iter().any(hidden), "something temporary was left");
}

#[test]
fn an_archive_is_replaced_as_other_files_are() {
    let bench = bench();
    fs::write(bench.path().join("B.ZIP"), "before").unwrap();
    set_mode(&bench.path().join("B.ZIP"), 0o640);
    assert_eq!(attempt(bench.path(), "B.ZIP"), (Some(0), String::new()));
    verify(&bench.path().join("B.ZIP"));
    assert_eq!(mode(&bench.path().join("B.ZIP")), 0o640);
}

#[test]
fn a_disk_that_fills_up_leaves_no_bundle_and_the_one_that_was_there() {
    let bench = bench();
    for out in ["edge.zip", "edge"] {
        for is_there in [false, true] {
            if is_there {
                make(bench.path(), "lambda-edge", out, &[]);
            }
            let before = files_beneath(bench.path());
            let arguments = ["bundle", "--policy", "policy.json", "--target", "lambda-edge", "--out", out];
            let output = on_full_disk(bench.path()).args(arguments).output().unwrap();
            let said = text(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{out}: {said}");
            assert!(said.starts_with("edgeseal: error[io_failed]: cannot write `"), "{out}: {said}");
            assert!(files_beneath(bench.path()) == before, "{out}");
        }
    }
}

/// Every file beneath a folder, temporary ones included, with its content.
fn files_beneath(top: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    folder(top)
        .into_iter()
        .flat_map(|path| {
            if path.is_dir() { files_beneath(&path) } else { vec![(path.clone(), fs::read(&path).unwrap())] }
        })
        .collect()
}
