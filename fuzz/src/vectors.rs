//! The test vectors of the project, for inputs to begin with.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// The vectors, as they stand in `test-vectors`.
pub struct Vectors(Vec<(String, Value)>);

/// One vector, and the group that it is in.
pub(crate) struct Vector<'v> {
    pub(crate) group: &'v Value,
    pub(crate) test: &'v Value,
}

impl Vectors {
    /// Reads them.
    ///
    /// # Panics
    /// If they are not there.
    pub fn read() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../test-vectors");
        let mut files = Vec::new();
        for entry in fs::read_dir(folder).expect("test-vectors is there") {
            let path = entry.expect("test-vectors can be read").path();
            if let Some(name) = path.file_name().and_then(|name| name.to_str()?.strip_suffix("_test.json")) {
                let text = fs::read(&path).expect("vectors can be read");
                files.push((name.to_owned(), serde_json::from_slice(&text).expect("vectors are JSON")));
            }
        }
        files.sort_by(|one, two| one.0.cmp(&two.0));
        Self(files)
    }

    /// The vectors of one file.
    pub(crate) fn of(&self, file: &str) -> impl Iterator<Item = Vector<'_>> {
        let found = self.0.iter().find(|(name, _)| name == file).expect("the file is there");
        let groups = found.1["testGroups"].as_array().expect("there are groups");
        groups.iter().flat_map(|group| {
            let tests = group["tests"].as_array().expect("there are tests");
            tests.iter().map(move |test| Vector { group, test })
        })
    }
}

impl<'v> Vector<'v> {
    /// A member that is text, or bytes in hexadecimal; not one that is longer than a fuzzer makes use of.
    pub(crate) fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        let bytes = match &self.test[name] {
            Value::String(text) => text.clone().into_bytes(),
            _ => {
                let hex = self.test[format!("{name}Hex")].as_str()?.as_bytes();
                let digit = |byte: u8| char::from(byte).to_digit(16).expect("it is hexadecimal");
                let pairs = hex.chunks_exact(2).map(|pair| digit(pair[0]) * 16 + digit(pair[1]));
                pairs.map(|byte| u8::try_from(byte).expect("it is a byte")).collect()
            }
        };
        (bytes.len() <= MOST_BYTES).then_some(bytes)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&'v str> {
        self.test[name].as_str()
    }
}

/// Longer inputs are not of use: mutations of them are slow, and seldom meet anything.
pub const MOST_BYTES: usize = 4_096;
