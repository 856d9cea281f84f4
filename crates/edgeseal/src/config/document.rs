//! A JSON document that keeps the order and the duplicates of its members.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::number::is_beyond_double;
use crate::json::{Event, JsonError, JsonText, Lexer, has_text, unescape};
use crate::sizes::MAX_CONFIG_DEPTH;

/// A JSON value.
pub(crate) enum Node {
    Null,
    Bool(bool),
    /// A whole number from 0 to 2^64-1.
    Integer(u64),
    /// Any other number.
    Number,
    String(String),
    Array(Vec<Node>),
    Object(Vec<(String, Node)>),
}

/// A container that is not closed yet.
enum Open {
    Array(Vec<Node>),
    Object { members: Vec<(String, Node)>, name: String },
}

impl Node {
    /// Reads one JSON text; the error is the line and the column, from 1, where it stops being one.
    #[inline(never)]
    pub(crate) fn parse(text: &[u8]) -> Result<Self, (usize, usize)> {
        let at = |offset| position(text, offset);
        // What comes first is told: the byte that is not UTF-8, or what is wrong before it.
        let (text, is_utf8) = match core::str::from_utf8(text) {
            Ok(_) => (text, true),
            Err(error) => (text.get(..error.valid_up_to()).unwrap_or_default(), false),
        };
        let end = text.len();
        let mut lexer = Lexer::new(text, 0, MAX_CONFIG_DEPTH);
        let mut open: Vec<Open> = Vec::new();
        let mut root = None;
        while let Some(event) = lexer.next().map_err(|error| at(offset_of(error)))? {
            let node = match event {
                Event::ObjectStart(_) => {
                    open.push(Open::Object { members: Vec::new(), name: String::new() });
                    continue;
                }
                Event::ArrayStart(_) => {
                    open.push(Open::Array(Vec::new()));
                    continue;
                }
                Event::Name(span) => {
                    if let Some(Open::Object { name, .. }) = open.last_mut() {
                        *name = string(text, span).ok_or_else(|| at(span.start))?;
                    }
                    continue;
                }
                Event::End(offset) => match open.pop().ok_or_else(|| at(offset))? {
                    Open::Array(elements) => Node::Array(elements),
                    Open::Object { members, .. } => Node::Object(members),
                },
                Event::String(span) => Node::String(string(text, span).ok_or_else(|| at(span.start))?),
                Event::Scalar(span) => {
                    let start = span.start;
                    scalar(text.get(span).unwrap_or_default()).ok_or_else(|| at(start))?
                }
                Event::Null(_) => Node::Null,
            };
            match open.last_mut() {
                Some(Open::Array(elements)) => elements.push(node),
                Some(Open::Object { members, name }) => members.push((core::mem::take(name), node)),
                None => root = Some(node),
            }
        }
        root.filter(|_| is_utf8).ok_or_else(|| at(end))
    }
}

fn offset_of(error: JsonError) -> usize {
    match error {
        JsonError::Invalid { offset } | JsonError::TooDeep { offset } => offset,
    }
}

/// The text of a string, if it has one.
fn string(text: &[u8], span: JsonText) -> Option<String> {
    let json = text.get(span.inner())?;
    if !span.escaped {
        return core::str::from_utf8(json).ok().map(str::to_owned);
    }
    let text = has_text(json).then(|| unescape(json).text)?;
    core::str::from_utf8(&text).ok().map(str::to_owned)
}

/// A number that a double reaches, `true` or `false`.
fn scalar(text: &[u8]) -> Option<Node> {
    match text {
        b"true" => return Some(Node::Bool(true)),
        b"false" => return Some(Node::Bool(false)),
        _ => {}
    }
    if is_beyond_double(text) {
        return None;
    }
    let whole = core::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
    Some(whole.map_or(Node::Number, Node::Integer))
}

/// The line and the column of a byte, from 1; the end of the text is at the column of its last byte.
fn position(text: &[u8], offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at.saturating_add(1));
    let lines = before.iter().filter(|byte| **byte == b'\n').count();
    let column = before.len().saturating_sub(line_start).saturating_add(usize::from(offset < text.len()));
    (lines.saturating_add(1), column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_a_fault_is_where_the_text_stops_being_json() {
        for (text, place) in [
            ("", (1, 0)),
            ("{", (1, 1)),
            ("{\n", (2, 0)),
            ("{} x", (1, 4)),
            ("{\"a\":1,\n \"b\"=2}", (2, 5)),
            ("[1,\n]", (2, 1)),
            ("[\"\\ud800\"]", (1, 3)),
        ] {
            assert_eq!(Node::parse(text.as_bytes()).err(), Some(place), "{text}");
        }
        assert_eq!(Node::parse(b"{\"\xff\"}").err(), Some((1, 3)));
        assert_eq!(Node::parse(b"{}\xff").err(), Some((1, 3)));
        assert_eq!(Node::parse(b"[1,]\xff").err(), Some((1, 4)));
    }

    #[test]
    fn it_reads_what_serde_json_reads() {
        for text in [
            "{\"a\":[1,-1,0,-0,1.5,1e3,18446744073709551615,18446744073709551616,true,false,null],\"a\":\"\\u00e9\\ud83d\\ude00\\n\"}",
            " [ ] ",
            "\"x\"",
            "1e308",
            "1e309",
            "-1e309",
            "179769313486231570000e289",
            "180000000000000000000e289",
            "0.00001e314",
            "0e999",
            "0.0e999",
            "1e-999",
            "01",
            "[1 2]",
            "\"\u{1}\"",
            "{\"a\"}",
            "\"\\ud800\"",
            "nul",
        ] {
            let theirs = serde_json::from_str::<serde_json::Value>(text);
            assert_eq!(Node::parse(text.as_bytes()).is_ok(), theirs.is_ok(), "{text}");
        }
        let Ok(Node::Object(members)) =
            Node::parse(b"{\"b\\u0041\":\"\\u00e9\\n\",\"bA\":18446744073709551615}")
        else {
            panic!("it is an object")
        };
        let [(first, Node::String(text)), (second, Node::Integer(u64::MAX))] = &members[..] else {
            panic!("it has two members")
        };
        assert_eq!((first.as_str(), text.as_str(), second.as_str()), ("bA", "é\n", "bA"));
    }
}
