//! `edgeseal inspect` over files, folders and pipes: what it says, and that it says what it could not see.

#![cfg(unix)]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;
#[path = "common/tokens.rs"]
mod tokens;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use common::{copy_private_key, corpora, edgeseal, run, set_mode, text};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokens::{SENTINEL, assert_silent, bound, token};

const A: &str = "rsa2048-a";
const B: &str = "rsa3072";

fn top() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Runs it; gives the exit status, and what it says on both.
fn inspect(top: &Path, arguments: &[&str], stdin: &[u8]) -> (i32, String, String) {
    let output = run(edgeseal(top).arg("inspect").args(arguments), stdin);
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

/// The object that it prints, and the exit status.
fn json(top: &Path, arguments: &[&str], stdin: &[u8]) -> (i32, Value) {
    let (status, stdout, stderr) = inspect(top, &[&["--json"], arguments].concat(), stdin);
    (status, serde_json::from_str(&stdout).unwrap_or_else(|_| panic!("{status} {stdout} {stderr}")))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Codes of the problems, by file.
fn problems(object: &Value) -> Vec<(String, String)> {
    let problems = object["problems"].as_array().unwrap().iter();
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    problems.map(|problem| (word(&problem["file"]), word(&problem["code"]))).collect()
}

#[test]
fn every_format_and_packing_is_read_and_each_file_is_told() {
    let top = top();
    let (direct, sealed) = (token(A, &json!("x")), bound(B, &json!("x"), "north"));
    let folder = top.path().join("in/deep");
    fs::create_dir_all(&folder).unwrap();
    let document = format!("{{\"ssn\": \"{direct}\", \"n\": [\"x {sealed}\"]}}");
    let lines = format!("{document}\n{document}\n");
    let files: [(&str, Vec<u8>, u64, u64); 7] = [
        ("a.json", document.clone().into_bytes(), 1, 1),
        ("b.ndjson.gz", gzip(lines.as_bytes()), 2, 2),
        ("c.csv", format!("id,\"{direct}\"\n{sealed},2\n").into_bytes(), 1, 1),
        ("d.zst", zstd::encode_all(lines.as_bytes(), 1).unwrap(), 2, 2),
        ("e.txt", format!("{direct}{sealed} {direct}").into_bytes(), 2, 1),
        ("f", format!("a=1&b={direct}&c={sealed}").into_bytes(), 1, 1),
        ("g.json", b"{}".to_vec(), 0, 0),
    ];
    for (name, content, ..) in &files {
        fs::write(folder.join(name), content).unwrap();
    }
    let (status, object) = json(top.path(), &["in"], b"");
    assert_eq!((status, &object["complete"], problems(&object)), (0, &json!(true), vec![]), "{object}");
    assert_eq!((&object["read"]["files"], &object["read"]["folders"]), (&json!(7), &json!(2)));
    let stored: usize = files.iter().map(|(_, content, ..)| content.len()).sum();
    assert_eq!(object["read"]["bytes"], json!(stored));
    let rows = object["files"].as_array().unwrap();
    for ((name, _, of_a, of_b), row) in files.iter().zip(rows) {
        assert!(row["file"].as_str().unwrap().ends_with(name), "{row}");
        let count = |key: &str| row["keys"][key]["tokens"].as_u64().unwrap_or(0);
        assert_eq!((count(A), count(B)), (*of_a, *of_b), "{row}");
    }
    let [a, b] = [&object["keys"][0], &object["keys"][1]];
    assert_eq!((&a["tokens"], &a["distinct"], &a["files"]), (&json!(9), &json!(1), &json!(6)));
    assert_eq!((&a["places"], &a["columns"]), (&json!({"ssn": 5}), &json!({"2": 1})));
    assert_eq!((&b["kinds"], &b["fields"]), (&json!({"e": 8}), &json!({"value": 8})));
    assert_eq!((&b["bits"], &a["without_place"]), (&json!({"3072": 8}), &json!(3)));
}

#[test]
fn it_finds_what_decrypt_finds() {
    let top = top();
    copy_private_key(A, &top.path().join("a.pem"));
    let keyring = format!("{{\"version\": 1, \"keys\": {{\"{A}\": {{\"private_key_file\": \"a.pem\"}}}}}}");
    fs::write(top.path().join("keyring.json"), keyring).unwrap();
    let (direct, sealed) = (token(A, &json!("x")), bound(B, &json!("x"), "north"));
    let cut = &direct[..100];
    let document = format!("{{\"{direct}\": \"{cut} {sealed}\", \"a\": \"__es9.x\", \"b\": \"{direct}\"}}\n");
    fs::write(top.path().join("in.ndjson"), document.repeat(3)).unwrap();
    let arguments = ["decrypt", "-k", "keyring.json", "in.ndjson", "-o", "out", "--report"];
    let output = run(edgeseal(top.path()).args(arguments), b"");
    let report: Value = serde_json::from_str(text(&output.stderr).lines().next().unwrap()).unwrap();
    let (_, object) = json(top.path(), &["in.ndjson"], b"");
    assert_eq!(object["found"], report["found"]);
    assert_eq!(object["keys"][0]["tokens"], report["decrypted"]);
    assert_eq!(object["damaged"]["codes"]["token_damaged"], report["reasons"]["token_damaged"]);
    assert_eq!(
        object["damaged"]["codes"]["token_version_unknown"],
        report["reasons"]["token_version_unknown"]
    );
    assert_eq!(object["keys"][1]["tokens"], report["reasons"]["token_key_unknown"]);
    // And nothing of what was decrypted is left.
    let (status, object) = json(top.path(), &["out", "--no-classic", "--key", A], b"");
    assert_eq!((status, &object["keys"][0]["damaged"]), (3, &json!(3)));
}

#[test]
fn a_key_is_absent_only_where_everything_was_read() {
    let top = top();
    let direct = token(A, &json!("x"));
    let cut = &direct[..200];
    let whole = direct.clone().into_bytes();
    let cases: [(&str, Vec<u8>, i32, &str); 12] = [
        ("nothing", b"{}".to_vec(), 0, "not_found"),
        ("another key", whole.clone(), 0, "not_found"),
        ("damaged, under another key", cut.as_bytes().to_vec(), 0, "not_found"),
        ("damaged, under any key", b"__es1.rsa".to_vec(), 3, "not_known"),
        ("another version", b"__es2.old.s.".to_vec(), 3, "not_known"),
        ("the key", direct.replace(A, "old").into_bytes(), 3, "found"),
        ("damaged, under the key", cut.replace(A, "old").into_bytes(), 3, "found"),
        ("UTF-16", utf16("{\"a\": 1}"), 3, "not_known"),
        ("UTF-16 further on", [&[b' '; 9_000][..], &utf16(&direct)].concat(), 3, "not_known"),
        ("a ZIP archive", b"PK\x03\x04\x14\0".to_vec(), 3, "not_known"),
        ("escapes in text", direct.replace("__es1", r"\u005f\u005fes1").into_bytes(), 3, "not_known"),
        ("base64", b"{\"data\": \"X19lczEucGlpLnMu\"}".to_vec(), 3, "not_known"),
    ];
    for (name, content, expected, verdict) in cases {
        let (status, object) = json(top.path(), &["--no-classic", "--key", "old"], &content);
        assert_eq!(
            (status, &object["verdicts"][0]["verdict"]),
            (expected, &json!(verdict)),
            "{name}: {object}"
        );
        fs::write(top.path().join("in.gz"), gzip(&content)).unwrap();
        let (status, object) = json(top.path(), &["--no-classic", "--key", "old", "in.gz"], b"");
        assert_eq!(
            (status, &object["verdicts"][0]["verdict"]),
            (expected, &json!(verdict)),
            "{name}, packed"
        );
        let (status, stdout, stderr) = inspect(top.path(), &["--no-classic", "--key", "old"], &content);
        assert_eq!((status, stderr.as_str()), (expected, ""), "{name}");
        let last = stdout.lines().last().unwrap();
        assert_eq!(last == "no token under `old` in what was read", expected == 0, "{name}: {stdout}");
    }
}

#[test]
fn each_thing_that_is_not_read_is_listed_and_ends_it_all_unless_the_rest_is_wanted() {
    let top = top();
    let direct = token(A, &json!("x"));
    let folder = top.path().join("in");
    fs::create_dir(&folder).unwrap();
    let packed = gzip(format!("{direct} {}", "x".repeat(5_000)).as_bytes());
    fs::write(folder.join("1-whole.json"), format!("[\"{direct}\"]")).unwrap();
    fs::write(folder.join("2-cut.gz"), &packed[..packed.len() - 9]).unwrap();
    std::os::unix::fs::symlink("3-loop", folder.join("3-loop")).unwrap();
    fs::write(folder.join("4.parquet"), b"PAR1\x15\0\x15").unwrap();
    fs::create_dir(top.path().join("elsewhere")).unwrap();
    std::os::unix::fs::symlink("../elsewhere", folder.join("5-folder")).unwrap();
    fs::write(folder.join("6-damaged.json"), format!("{{\"a\": \"{direct}\", ")).unwrap();

    let (status, stdout, stderr) = inspect(top.path(), &["in"], b"");
    assert_eq!((status, stdout.as_str()), (1, ""));
    assert!(stderr.starts_with("edgeseal: error[compression_invalid]: "), "{stderr}");

    let (status, object) = json(top.path(), &["in", "--keep-going", "--no-classic", "--key", "old"], b"");
    assert_eq!((status, &object["complete"]), (3, &json!(false)));
    let expected = [
        ("in/5-folder", "folder_not_followed"),
        ("in/2-cut.gz", "compression_invalid"),
        ("in/3-loop", "io_failed"),
        ("in/4.parquet", "not_text"),
    ];
    assert_eq!(problems(&object), expected.map(|(file, code)| (file.to_owned(), code.to_owned())));
    // What was read before a file failed counts.
    assert_eq!(object["keys"][0]["tokens"], json!(3));
    let files = object["files"].as_array().unwrap();
    assert_eq!(
        files.iter().map(|file| file["whole"].as_bool().unwrap()).collect::<Vec<_>>(),
        [true, false, true, true]
    );
    assert_eq!(files[3]["read_as_text"]["code"], json!("json_invalid"));

    // A format that was said is demanded.
    let (status, _, stderr) = inspect(top.path(), &["in/6-damaged.json", "--format", "json"], b"");
    assert_eq!(status, 1);
    assert!(stderr.starts_with("edgeseal: error[json_invalid]: "), "{stderr}");
    let (status, object) = json(top.path(), &["in/6-damaged.json", "--format", "json", "--keep-going"], b"");
    assert_eq!((status, problems(&object)[0].1.as_str()), (3, "json_invalid"));
    assert_eq!(inspect(top.path(), &["nowhere"], b"").0, 1);
}

#[test]
fn a_folder_is_read_once_and_what_holds_nothing_is_counted() {
    let top = top();
    let direct = token(A, &json!("x"));
    let folder = top.path().join("in");
    fs::create_dir_all(folder.join("sub")).unwrap();
    fs::write(folder.join("a.json"), format!("[\"{direct}\"]")).unwrap();
    let link = |to: &str, name: &str| std::os::unix::fs::symlink(to, folder.join(name)).unwrap();
    link("a.json", "again.json");
    link("sub", "sub-again");
    link(".", "itself");
    link("/dev/null", "device");
    let made = Command::new("mkfifo").arg(folder.join("pipe")).status().unwrap();
    assert!(made.success());
    let (status, object) = json(top.path(), &["in", "in/a.json", "in/sub"], b"");
    assert_eq!((status, &object["keys"][0]["tokens"]), (0, &json!(1)), "{object}");
    let skipped = json!({"further_names": 5, "special_files": 2});
    assert_eq!(object["read"]["skipped"], skipped);
    assert_eq!((&object["read"]["files"], &object["read"]["folders"]), (&json!(1), &json!(2)));
}

#[test]
fn a_folder_that_may_not_be_read_is_listed() {
    let top = top();
    let locked = top.path().join("in/locked");
    fs::create_dir_all(&locked).unwrap();
    set_mode(&locked, 0);
    set_mode(top.path(), 0o755);
    // Root may read anything; nobody may not, and has to reach the command.
    let binary = top.path().join("edgeseal");
    let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_edgeseal")).arg(&binary).status();
    assert!(copied.unwrap().success());
    set_mode(&binary, 0o755);
    let command = |arguments: &[&str]| {
        use std::os::unix::fs::MetadataExt;
        use std::os::unix::process::CommandExt;
        let mut command = Command::new(&binary);
        if fs::metadata(&binary).unwrap().uid() == 0 {
            command.uid(65_534).gid(65_534);
        }
        command.current_dir(top.path()).env_clear().arg("inspect").args(arguments).output().unwrap()
    };
    let stopped = command(&["in"]);
    let expected = "edgeseal: error[io_failed]: cannot read `in/locked`: Permission denied (os error 13)\n";
    assert_eq!((stopped.status.code(), text(&stopped.stderr).as_str()), (Some(1), expected));
    let done = command(&["in", "--keep-going", "--json"]);
    let object = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(done.status.code(), Some(3));
    assert_eq!(problems(&object), [("in/locked".to_owned(), "io_failed".to_owned())]);
    set_mode(&locked, 0o755);
}

#[test]
fn a_keyring_brings_classic_tokens_and_is_compared() {
    let top = top();
    let keyring = r#"{"version": 1, "keys": {
        "rsa2048-a": {"private_key_file": "a"}, "unused": {"private_key_file": "u"},
        "c": {"private_key_file": "c", "prefix": "{{c:", "suffix": ":}}"}}}"#;
    fs::write(top.path().join("keyring.json"), keyring).unwrap();
    let classic = format!("{{{{c:{}A==:}}}}", "x".repeat(341));
    let content = format!("{classic} {} {}", token(A, &json!("x")), bound(B, &json!("x"), "north"));
    let (status, with) = json(top.path(), &["-k", "keyring.json"], content.as_bytes());
    let (_, without) = json(top.path(), &[], content.as_bytes());
    assert_eq!(
        (status, &with["classic_looked_for"], &without["classic_looked_for"]),
        (0, &json!(true), &json!(false))
    );
    let keys = |object: &Value| {
        let keys = object["keys"].as_array().unwrap().iter();
        keys.map(|row| (row["key"].as_str().unwrap().to_owned(), row["in_keyring"].as_bool()))
            .collect::<Vec<_>>()
    };
    let of = |key: &str, known| (key.to_owned(), known);
    assert_eq!(keys(&with), [of("c", Some(true)), of(A, Some(true)), of(B, Some(false))]);
    assert_eq!(keys(&without), [of(A, None), of(B, None)]);
    assert_eq!(with["keys_not_found"], json!(["unused"]));
    assert_eq!(with["keys"][0]["kinds"], json!({"classic": 1}));
    let told = inspect(top.path(), &[], content.as_bytes()).1;
    assert!(told.contains("tokens with classic tags were not looked for"), "{told}");
    let told = inspect(top.path(), &["-k", "keyring.json"], content.as_bytes()).1;
    assert!(
        !told.contains("classic tags") && told.contains("no token under `unused` in what was read"),
        "{told}"
    );
}

/// The verdict on a key and the exit status, with a keyring that has it.
fn verdict(top: &Path, key: &str, arguments: &[&str], stdin: &[u8]) -> (i32, String) {
    let keyring = r#"{"version": 1, "keys": {"rsa2048-a": {"private_key_file": "a"}, "old": {"private_key_file": "o"},
        "c": {"private_key_file": "c", "prefix": "{{c,", "suffix": ":}}"}}}"#;
    fs::write(top.join("keyring.json"), keyring).unwrap();
    let (status, object) = json(top, &[&["-k", "keyring.json", "--key", key], arguments].concat(), stdin);
    (status, object["verdicts"][0]["verdict"].as_str().unwrap().to_owned())
}

#[test]
fn a_key_is_vouched_for_only_if_its_classic_tokens_are_looked_for_or_there_are_none() {
    let top = top();
    let classic = format!("{{{{c,{}A==:}}}}", "x".repeat(341));
    assert_eq!(verdict(top.path(), "c", &[], classic.as_bytes()), (3, "found".into()));
    assert_eq!(verdict(top.path(), "old", &[], classic.as_bytes()), (0, "not_found".into()));
    let (status, stdout, stderr) = inspect(top.path(), &["--key", "c"], classic.as_bytes());
    assert_eq!((status, stdout.as_str()), (2, ""));
    assert!(stderr.contains("--key needs -k KEYRING") && stderr.contains("--no-classic"), "{stderr}");
    let misspelt = ["-k", "keyring.json", "--key", "rsa2048-a", "--key", "c_typo"];
    let (status, stdout, stderr) = inspect(top.path(), &misspelt, classic.as_bytes());
    assert_eq!((status, stdout.as_str()), (2, ""));
    assert!(stderr.contains("--key names the key `c_typo`, which the keyring does not have"), "{stderr}");
    let (status, object) = json(top.path(), &["--no-classic", "--key", "old"], b"{}");
    assert_eq!(
        (status, &object["no_classic"], &object["classic_looked_for"]),
        (0, &json!(true), &json!(false))
    );
    assert_eq!(inspect(top.path(), &["--no-classic", "-k", "keyring.json"], b"{}").0, 2);
}

#[test]
fn classic_tokens_are_not_overlooked_in_other_encodings_nor_where_a_delimiter_divides_them() {
    let top = top();
    let ciphertext = format!("{}A==", "x".repeat(342));
    let classic = format!("{{{{c,{ciphertext}:}}}}");
    let utf16_be: Vec<u8> = classic.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let late = [b' '; 9_000];
    let cases: [(&str, &str, Vec<u8>, &str); 6] = [
        ("UTF-16LE", "text", [&late[..], &utf16(&classic)].concat(), "not_known"),
        ("UTF-16BE", "text", [&late[..], &utf16_be].concat(), "not_known"),
        ("a form", "form", format!("a=%7B%7Bc%2C{ciphertext}%3A%7D%7D").into_bytes(), "not_known"),
        ("divided", "csv", format!("id,x\n1,{classic}\n").into_bytes(), "not_known"),
        ("whole", "csv", format!("id,x\n1,\"{classic}\"\n").into_bytes(), "found"),
        ("none", "csv", b"id,x\n1,{{d\n".to_vec(), "not_found"),
    ];
    for (name, format, content, expected) in cases {
        let (status, verdict) = verdict(top.path(), "c", &["--format", format], &content);
        assert_eq!(verdict, expected, "{name}");
        assert_eq!(status == 0, expected == "not_found", "{name}");
    }
    // What is whole is no problem beside.
    let content = format!("id,x\n1,\"{classic}\"\n2,{}\n", token(A, &json!("x")));
    let arguments = ["-k", "keyring.json", "--key", "old", "--format", "csv"];
    assert_eq!(json(top.path(), &arguments, content.as_bytes()).0, 0);
}

#[test]
fn what_is_named_like_a_temporary_file_is_read_and_a_link_to_nothing_is_told() {
    let top = top();
    let direct = token(A, &json!("x"));
    for name in [".edgeseal-export.json", ".edgeseal-0123456789ab.tmp"] {
        let folder = top.path().join(format!("in{name}"));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join(name), format!("[\"{direct}\"]")).unwrap();
        assert_eq!(verdict(top.path(), A, &[&format!("in{name}")], b""), (3, "found".into()), "{name}");
    }
    let folder = top.path().join("in");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("a.json"), "{}").unwrap();
    assert_eq!(verdict(top.path(), A, &["in"], b""), (0, "not_found".into()));
    std::os::unix::fs::symlink("/nowhere/volume", folder.join("volume")).unwrap();
    assert_eq!(verdict(top.path(), A, &["in"], b""), (3, "not_known".into()));
    let (status, object) = json(top.path(), &["in"], b"");
    assert_eq!((status, &object["complete"]), (3, &json!(false)));
    assert_eq!(problems(&object), [("in/volume".to_owned(), "link_to_nothing".to_owned())]);
}

#[test]
fn escapes_before_damage_are_undone_and_behind_it_are_told() {
    let top = top();
    let direct = token(A, &json!("x"));
    let partly = direct.replacen("__e", r"_\u005fe", 1);
    let later = "x".repeat(3 << 20);
    let cases = [
        ("trailing", "json", format!("{{\"a\":\"{partly}\"}} trailing"), "found"),
        ("cut", "json", format!("{{\"a\":\"{partly}\", \"cut"), "found"),
        ("lines", "json", format!("{{\"a\":\"{partly}\"}}\n{{\"b\": 1}}\n"), "found"),
        ("later", "json", format!("{{\"a\":\"{partly}\", \"b\": \"{later}\", oops}}"), "found"),
        ("behind", "json", format!("{{\"a\": oops, \"b\":\"{partly}\"}}"), "not_known"),
        ("far behind", "json", format!("{{\"a\": oops, \"b\":\"{later}{partly}\"}}"), "not_known"),
        ("in a cut string", "json", format!("{{\"a\": \"{partly}"), "not_known"),
        ("in a line", "ndjson", format!("{{}}\n{{\"a\":\"{partly}\", oops}}\n{{}}\n"), "not_known"),
        ("in a good line", "ndjson", format!("{{}}\n{{oops}}\n{{\"a\":\"{partly}\"}}\n"), "found"),
        ("a log", "log", format!("at {}", direct.replacen('.', r"\u002e", 1)), "not_known"),
        ("a log", "log", format!("at {}", direct.replacen("es1", r"\u0065\u0073\u0031", 1)), "not_known"),
        ("upper case", "log", format!("at {}", direct.replacen("__", r"\u005F_", 1)), "not_known"),
        ("good", "json", format!("{{\"a\":\"{partly}\"}}"), "found"),
    ];
    for (name, ending, content, expected) in cases {
        let file = format!("in.{ending}");
        fs::write(top.path().join(&file), &content).unwrap();
        assert_eq!(verdict(top.path(), A, &[&file], b""), (3, expected.into()), "{name}");
        // And what is undone is no trace.
        let of_other = if expected == "found" { (0, "not_found".into()) } else { (3, "not_known".into()) };
        assert_eq!(verdict(top.path(), "old", &[&file], b""), of_other, "{name}");
    }
}

#[test]
fn a_token_with_an_altered_prefix_is_told_in_every_spelling() {
    let top = top();
    let direct = token(A, &json!("x"));
    for beginning in [
        r"\x5F\x5Fes1.",
        "&#x5f;&#x5f;es1.",
        "&#95;&#95;es1.",
        "=5F=5Fes1.",
        r"\_\_es1.",
        r"\137\137es1.",
        "%5F%5F%65%73%31%2E",
        "__%65s1.",
        "_%5fes1.",
        "~~es1.",
        "--es1.",
        "es1.",
        "\u{ff3f}\u{ff3f}es1.",
    ] {
        let content = direct.replacen("__es1.", beginning, 1);
        for content in [content.clone(), format!("{}{content}", "x".repeat((1 << 20) - 5))] {
            let (status, verdict) = verdict(top.path(), A, &["--format", "text"], content.as_bytes());
            assert_eq!((status, verdict.as_str()), (3, "not_known"), "{beginning}");
        }
    }
    // Nothing opens it any more, and it is not passed over all the same.
    let capitals = format!("SSN: {}\n", direct.to_uppercase());
    assert_eq!(verdict(top.path(), A, &[], capitals.as_bytes()), (3, "not_known".into()));
    let hexadecimal: String = direct.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mixed = hexadecimal.replacen("5f5f", "5F5f", 1);
    assert_eq!(verdict(top.path(), A, &[], mixed.as_bytes()), (3, "not_known".into()));
    // What is found is not told once more, however it is cut.
    let content = format!("{} {direct} {}", "x".repeat((1 << 20) - 5), direct.replacen("__", r"\__", 1));
    let (_, object) = json(top.path(), &["-k", "keyring.json", "--key", A], content.as_bytes());
    assert_eq!((&object["found"], problems(&object)), (&json!(2), vec![]));
}

#[test]
fn nothing_of_a_token_or_a_value_is_said() {
    let top = top();
    let sealed = bound(B, &json!(SENTINEL), "north");
    let tokens = [token(A, &json!("x")), sealed];
    let cut = &tokens[0][..300];
    let [direct, sealed] = &tokens;
    let document = format!(
        "{{\"{direct}\": {{\"x\": \"{SENTINEL} {sealed}\"}}, \"a\": \"{cut}\", \"b {sealed}\": [\"{direct}\"]}}"
    );
    for (format, content) in [
        ("json", document.clone()),
        ("ndjson", format!("{document}\n{SENTINEL}\n")),
        ("text", document.clone()),
        ("csv", format!("{SENTINEL},{direct}\n{cut},{sealed}\n")),
    ] {
        fs::write(top.path().join(format!("in.{format}")), content).unwrap();
    }
    for arguments in
        [&["."][..], &["--json", "."], &["--positions", "."], &["--json", "--positions", "--keep-going", "."]]
    {
        let (_, stdout, stderr) = inspect(top.path(), arguments, b"");
        assert!(stdout.contains(A), "{stdout}");
        assert_silent(&stdout, &tokens);
        assert_silent(&stderr, &tokens);
    }
}

#[test]
fn outside_data_is_inspected_without_a_find() {
    let Some(corpora) = corpora() else { return };
    let (status, object) = json(&corpora, &["--no-classic", "--key", "none", "."], b"");
    assert_eq!((status, &object["found"]), (3, &json!(0)));
    let problems = problems(&object);
    assert!(problems.iter().all(|(_, code)| code == "not_text"), "{problems:?}");
    assert!(problems.iter().any(|(file, _)| file.ends_with("i_string_utf16LE_no_BOM.json")));
    assert!(object["read"]["files"].as_u64().unwrap() > 300);
}

#[test]
fn a_long_text_takes_bounded_memory() {
    let top = top();
    let direct = token(A, &json!("x"));
    let line = format!("{{\"id\": 1, \"ssn\": \"{direct}\", \"rest\": \"{}\"}}\n", "x".repeat(600));
    let lines = (64 << 20) / line.len();
    let content = line.repeat(lines);
    // In an address space that does not hold the text twice, nor, beside the program, once.
    let script = r#"ulimit -v 90000 && exec "$0" inspect --json --format ndjson"#;
    let mut command = Command::new("/bin/sh");
    command.current_dir(top.path()).env_clear().args(["-c", script, env!("CARGO_BIN_EXE_edgeseal")]);
    let output = run(&mut command, content.as_bytes());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let object: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&object["found"], &object["keys"][0]["distinct"]), (&json!(lines), &json!(1)));
}
