//! Vectors that move tokens to another key, through the command. Its ciphertexts are random: of a text that it wrote, what is not is compared.

use regex::Regex;
use serde_json::{Value, json};

use crate::case::{Applies, Bench, Case};
use crate::common::text;

pub(crate) fn rewraps(case: &Case<'_>, bench: &Bench) -> Applies {
    let keyring = bench.file(case, "keyring.json", case.group["keyring"].to_string().as_bytes());
    let report = format!("{}-report.json", case.test["tcId"]);
    let wanted = format!("--report={report}");
    let (format, delimiter) = match case.test["format"].as_str().unwrap() {
        "csv-semicolon" => ("csv", &["--delimiter=semicolon"][..]),
        format => (format, &[][..]),
    };
    let mut shared = vec!["--keyring", &keyring, "--format", format];
    shared.extend(delimiter);
    let from =
        case.group["from"].as_array().unwrap().iter().flat_map(|key| ["--from", key.as_str().unwrap()]);
    let mut arguments = vec!["rewrap", "--local", "--to", case.group["to"].as_str().unwrap(), &wanted];
    arguments.extend(from.chain(shared.iter().copied()));
    let input = case.bytes("input");
    let output = bench.run(&arguments, &input);
    if !case.is_valid() {
        case.check_refused(&output, case.code());
        assert!(!bench.path(&report).exists(), "{}: a report", case.name());
        return Applies::Yes;
    }
    let expected = &case.test["report"];
    let exit = if expected["kept"] == json!([]) { 0 } else { 3 };
    assert_eq!(output.status.code(), Some(exit), "{}: {}", case.name(), text(&output.stderr));
    assert_eq!(masked(case, &output.stdout), masked(case, &case.bytes("output")), "{}", case.name());
    let report: Value = serde_json::from_slice(&std::fs::read(bench.path(&report)).unwrap()).unwrap();
    let kept = report["positions"].as_array().unwrap().iter();
    let kept: Vec<Value> = kept.map(|kept| json!({"offset": kept["offset"], "code": kept["code"]})).collect();
    let report = json!({"found": report["found"], "rewrapped": report["rewrapped"], "kept": kept});
    assert_eq!(report, *expected, "{}", case.name());

    for text in [&input, &output.stdout, &case.bytes("output")] {
        let arguments = [&["decrypt"], shared.as_slice()].concat();
        let decrypted = bench.run(&arguments, text);
        assert_eq!(decrypted.status.code(), Some(exit), "{}", case.name());
        assert!(decrypted.stdout == case.bytes("decrypted"), "{}: reads otherwise", case.name());
    }
    Applies::Yes
}

/// A text with the length of each RSA ciphertext under the other key in its place.
fn masked(case: &Case<'_>, bytes: &[u8]) -> String {
    let to = case.group["to"].as_str().unwrap();
    let tags = &case.group["keyring"]["keys"][to];
    let tag = |name: &str| regex::escape(tags[name].as_str().unwrap_or("no tag"));
    let own = format!(r"(__es1\.{to}\.(?:[sv]|e\.[A-Za-z0-9_-]+)\.)([A-Za-z0-9_-]{{342,683}})(\.)");
    let classic = format!("({})([A-Za-z0-9+/=]+)({})", tag("prefix"), tag("suffix"));
    let mut text = text(bytes);
    for pattern in [own, classic] {
        let pattern = Regex::new(&pattern).unwrap();
        let length = |found: &regex::Captures<'_>| format!("{}({}){}", &found[1], found[2].len(), &found[3]);
        text = pattern.replace_all(&text, length).into_owned();
    }
    text
}
