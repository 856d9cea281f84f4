//! A vector, and what it says.

use serde_json::Value;

/// One test of a file, with what its group shares.
pub(crate) struct Case<'v> {
    pub(crate) file: &'v str,
    pub(crate) group: &'v Value,
    pub(crate) test: &'v Value,
}

impl Case<'_> {
    pub(crate) fn name(&self) -> String {
        format!("{} tcId {}: {}", self.file, self.test["tcId"], self.test["comment"])
    }

    /// A member that is a string, or, with `Hex` to its name, bytes.
    pub(crate) fn bytes(&self, member: &str) -> Vec<u8> {
        self.bytes_if_any(member).unwrap_or_else(|| panic!("{}: {member}", self.name()))
    }

    pub(crate) fn bytes_if_any(&self, member: &str) -> Option<Vec<u8>> {
        let text = self.text(member).map(|text| text.as_bytes().to_vec());
        text.or_else(|| self.text(&format!("{member}Hex")).map(hex))
    }

    pub(crate) fn text(&self, member: &str) -> Option<&str> {
        self.test[member].as_str()
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
}

pub(crate) fn hex(digits: &str) -> Vec<u8> {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.as_bytes().chunks(2).map(byte).collect()
}
