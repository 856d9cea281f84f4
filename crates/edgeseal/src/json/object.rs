//! Writes JSON objects of texts and numbers: reports and the like.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::append_escaped;

/// An object, written member by member, without white space.
pub(crate) struct JsonObject {
    json: Vec<u8>,
}

impl JsonObject {
    pub(crate) fn new() -> Self {
        Self { json: b"{".to_vec() }
    }

    pub(crate) fn text(&mut self, name: &str, value: &str) -> &mut Self {
        let value = quoted(value);
        self.json(name, &value)
    }

    pub(crate) fn number(&mut self, name: &str, value: usize) -> &mut Self {
        self.json(name, &value.to_string())
    }

    /// A member whose value is a JSON text.
    #[inline(never)]
    pub(crate) fn json(&mut self, name: &str, value: &str) -> &mut Self {
        if self.json.len() > 1 {
            self.json.push(b',');
        }
        append_quoted(name, &mut self.json);
        self.json.push(b':');
        self.json.extend_from_slice(value.as_bytes());
        self
    }

    pub(crate) fn end(&mut self) -> String {
        self.json.push(b'}');
        text_of(core::mem::take(&mut self.json))
    }
}

/// The JSON text of a string.
pub(crate) fn quoted(text: &str) -> String {
    let mut json = Vec::new();
    append_quoted(text, &mut json);
    text_of(json)
}

/// An array of JSON texts.
pub(crate) fn array(items: impl IntoIterator<Item = String>) -> String {
    let mut json = String::from("[");
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            json.push(',');
        }
        json.push_str(&item);
    }
    json.push(']');
    json
}

fn append_quoted(text: &str, json: &mut Vec<u8>) {
    json.push(b'"');
    append_escaped(text.as_bytes(), json);
    json.push(b'"');
}

fn text_of(json: Vec<u8>) -> String {
    // Escaping text leaves it UTF-8.
    String::from_utf8(json).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_written_is_what_serde_json_writes() {
        let (text, name) = ("a\"\\\n\u{1}é\u{2028}", "\"");
        let mut inner = JsonObject::new();
        let items = array([quoted(text), quoted("")]);
        let written = JsonObject::new()
            .text(name, text)
            .number("n", usize::MAX)
            .json("o", &inner.end())
            .json("i", &items)
            .end();
        let members = [
            json!({ name: text }),
            json!({ "n": usize::MAX }),
            json!({ "o": {} }),
            json!({ "i": [text, ""] }),
        ];
        let texts: Vec<String> = members.iter().map(ToString::to_string).collect();
        assert_eq!(written, texts.join(",").replace("},{", ","));
        assert_eq!(array([]), "[]");
    }
}
