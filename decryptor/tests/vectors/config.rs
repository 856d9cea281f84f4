//! Vectors that load a policy or a keyring.

use std::process::Output;

use crate::case::{Applies, Bench, Case};
use crate::common::text;

pub(crate) fn loads_policy(case: &Case<'_>, bench: &Bench) -> Applies {
    let file = write(case, bench);
    let output = bench.run(&["encrypt", "--policy", &file], b"7");
    if !case.is_valid() {
        check_refused(case, &file, &output);
        return Applies::Yes;
    }
    // It is loaded if only the body is refused: a policy may ask for more than this one has, or not take JSON at all.
    let stderr = text(&output.stderr);
    let body = ["field_missing", "content_type_unsupported"].iter().any(|code| stderr.contains(code));
    assert!(output.status.code() == Some(0) || body, "{}: {stderr}", case.name());
    Applies::Yes
}

pub(crate) fn loads_keyring(case: &Case<'_>, bench: &Bench) -> Applies {
    let file = write(case, bench);
    let output = bench.run(&["decrypt", "--keyring", &file], b"no token");
    if case.is_valid() {
        let got = (output.status.code(), text(&output.stdout), text(&output.stderr));
        assert_eq!(got, (Some(0), "no token".to_owned(), String::new()), "{}", case.name());
    } else {
        check_refused(case, &file, &output);
    }
    Applies::Yes
}

fn write(case: &Case<'_>, bench: &Bench) -> String {
    let mut document = case.bytes("document");
    if let Some(length) = case.test["padToBytes"].as_u64() {
        document.resize(usize::try_from(length).unwrap(), b' ');
    }
    bench.file(case, "config.json", &document)
}

/// The code, and the JSON Pointer behind the file's name.
fn check_refused(case: &Case<'_>, file: &str, output: &Output) {
    let message = case.check_refused(output, case.code());
    let pointer = case.test["pointer"].as_str().unwrap();
    let escape = |character: char| match character {
        character if character.is_control() => character.escape_default().to_string(),
        character => character.to_string(),
    };
    let pointer: String = pointer.chars().map(escape).collect();
    let rest =
        message.strip_prefix(&format!("{file}: ")).unwrap_or_else(|| panic!("{}: {message}", case.name()));
    if pointer.is_empty() {
        assert!(!rest.starts_with("`/"), "{}: {message}", case.name());
    } else {
        assert!(rest.starts_with(&format!("`{pointer}`: ")), "{}: {message}", case.name());
    }
}
