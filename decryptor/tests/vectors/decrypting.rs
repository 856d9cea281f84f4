//! Vectors that decrypt: texts of every format, and tokens in plain text.

use edgeseal::{Delimiter, Keyring, TextFormat};
use edgeseal_decryptor::{Decryptor, RunOptions};
use serde_json::{Value, json};

use crate::case::{Applies, Bench, Case};
use crate::common::text;

pub(crate) fn decrypts(case: &Case<'_>, bench: &Bench) -> Applies {
    let exit = case.test["exit"].as_i64().unwrap();
    let format = case.test["format"].as_str().unwrap();
    match delimiter(format) {
        Some(delimiter) => check_csv(case, bench, TextFormat::Csv(delimiter), exit),
        None => check(case, bench, &case.bytes("input"), format, exit),
    }
}

fn delimiter(format: &str) -> Option<Delimiter> {
    match format {
        "csv" => Some(Delimiter::Comma),
        "csv-semicolon" => Some(Delimiter::Semicolon),
        "csv-tab" => Some(Delimiter::Tab),
        "csv-pipe" => Some(Delimiter::Pipe),
        _ => None,
    }
}

/// CSV, through the library that the command is made of.
fn check_csv(case: &Case<'_>, bench: &Bench, format: TextFormat, exit: i64) -> Applies {
    let keyring = Keyring::from_json(case.group["keyring"].to_string().as_bytes()).unwrap();
    let decryptor = Decryptor::new(keyring).with_local_keys(bench.path(""));
    let run = decryptor.run(RunOptions::default());
    let input = case.bytes("input");
    let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
    let decrypted = match runtime.block_on(run.decrypt(&input, Some(format))) {
        Ok(decrypted) => decrypted,
        Err(error) => {
            assert_eq!((exit, error.code()), (1, case.code()), "{}", case.name());
            return Applies::Yes;
        }
    };
    assert!(*decrypted.body == case.bytes("output"), "{}: another output", case.name());
    let positions = decrypted.report.positions().iter();
    let kept: Vec<Value> =
        positions.map(|position| json!({"offset": position.offset, "code": position.code})).collect();
    assert_eq!(exit, if kept.is_empty() { 0 } else { 3 }, "{}", case.name());
    let report =
        json!({"found": decrypted.report.found(), "decrypted": decrypted.report.decrypted(), "kept": kept});
    assert_eq!(report, case.test["report"], "{}", case.name());
    Applies::Yes
}

pub(crate) fn opens_token(case: &Case<'_>, bench: &Bench) -> Applies {
    let exit = match &case.test["report"]["kept"] {
        Value::Array(kept) if kept.is_empty() => 0,
        Value::Array(_) => 3,
        _ => 1,
    };
    check(case, bench, &case.bytes("text"), "text", exit)
}

fn check(case: &Case<'_>, bench: &Bench, input: &[u8], format: &str, exit: i64) -> Applies {
    let keyring = bench.file(case, "keyring.json", case.group["keyring"].to_string().as_bytes());
    let report = format!("{}-report.json", case.test["tcId"]);
    let required: Vec<String> = case.group["requiredContext"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| format!("--require-context={name}={}", value.as_str().unwrap()))
        .collect();
    let wanted = format!("--report={report}");
    let mut arguments = vec!["decrypt", "--keyring", &keyring, "--format", format, &wanted];
    arguments.extend(required.iter().map(String::as_str));
    let output = bench.run(&arguments, input);

    if exit == 1 {
        assert!(!case.is_valid(), "{}", case.name());
        case.check_refused(&output, case.code());
        assert!(!bench.path(&report).exists(), "{}: a report", case.name());
        return Applies::Yes;
    }
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code().map(i64::from), Some(exit), "{}: {stderr}", case.name());
    assert!(output.stdout == case.bytes("output"), "{}: another output", case.name());
    let report: Value = serde_json::from_slice(&std::fs::read(bench.path(&report)).unwrap()).unwrap();
    let positions = report["positions"].as_array().unwrap();
    assert_eq!(report["kept"], positions.len(), "{}", case.name());
    let kept: Vec<Value> = positions
        .iter()
        .map(|position| {
            let code = position["code"].as_str().unwrap();
            assert!(stderr.contains(code), "{}: {stderr}", case.name());
            if !case.is_valid() {
                assert_eq!(code, case.code(), "{}", case.name());
            }
            json!({"offset": position["offset"], "code": code})
        })
        .collect();
    let report = json!({"found": report["found"], "decrypted": report["decrypted"], "kept": kept});
    assert_eq!(report, case.test["report"], "{}", case.name());
    assert_eq!(stderr.is_empty(), exit == 0, "{}: {stderr}", case.name());
    Applies::Yes
}
