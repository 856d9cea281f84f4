//! A vector, and the place where the command meets it.

use std::path::PathBuf;
use std::process::Output;

use regex::Regex;
use serde_json::Value;
use tempfile::TempDir;

use crate::common::{copy_private_key, edgeseal, folder, hex, root, run, text};

/// One test of a file, with what its group shares.
pub(crate) struct Case<'v> {
    pub(crate) file: &'v str,
    pub(crate) group: &'v Value,
    pub(crate) test: &'v Value,
}

/// Whether a vector says something about the command.
pub(crate) enum Applies {
    Yes,
    No,
}

impl Case<'_> {
    pub(crate) fn name(&self) -> String {
        format!("{} tcId {}: {}", self.file, self.test["tcId"], self.test["comment"])
    }

    /// A member that is a string, or, with `Hex` to its name, bytes.
    pub(crate) fn bytes(&self, member: &str) -> Vec<u8> {
        if let Some(text) = self.test[member].as_str() {
            return text.as_bytes().to_vec();
        }
        hex(self.test[format!("{member}Hex")].as_str().unwrap_or_else(|| panic!("{}: {member}", self.name())))
    }

    pub(crate) fn is_valid(&self) -> bool {
        match self.test["result"].as_str() {
            Some("valid") => true,
            Some("invalid") => false,
            other => panic!("{}: {other:?}", self.name()),
        }
    }

    pub(crate) fn code(&self) -> &str {
        self.test["code"].as_str().unwrap_or_else(|| panic!("{}: no code", self.name()))
    }

    /// Checks a refusal: exit status 1, nothing on standard output, this code. The result is what stands after the code.
    pub(crate) fn check_refused(&self, output: &Output, code: &str) -> String {
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{}: {stderr}", self.name());
        assert!(output.stdout.is_empty(), "{}: an output", self.name());
        let error = Regex::new(r"^edgeseal: error\[([a-z0-9_]+)\]: (.*)\n").unwrap();
        let found = error.captures(&stderr).unwrap_or_else(|| panic!("{}: {stderr}", self.name()));
        assert_eq!(&found[1], code, "{}: {stderr}", self.name());
        found[2].to_owned()
    }
}

/// A folder with the private keys of the vectors.
pub(crate) struct Bench {
    folder: TempDir,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let bench = Self { folder: tempfile::tempdir().unwrap() };
        std::fs::create_dir(bench.path("keys")).unwrap();
        for path in folder(&root().join("test-vectors/keys")) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if let Some(key) =
                name.strip_prefix("TEST-ONLY-").and_then(|name| name.strip_suffix(".private.pem"))
            {
                copy_private_key(key, &bench.path(&format!("keys/{name}")));
            }
        }
        bench
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A file for one vector alone.
    pub(crate) fn file(&self, case: &Case<'_>, name: &str, bytes: &[u8]) -> String {
        let name = format!("{}-{name}", case.test["tcId"]);
        std::fs::write(self.path(&name), bytes).unwrap();
        name
    }

    pub(crate) fn run(&self, arguments: &[&str], stdin: &[u8]) -> Output {
        run(edgeseal(self.folder.path()).args(arguments), stdin)
    }
}
