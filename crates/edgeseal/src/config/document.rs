//! A JSON document that keeps the order and the duplicates of its members, read by `serde_json`.

use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

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

impl Node {
    /// Reads one JSON text; the error is the line and the column, from 1, where it stops being one.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, (usize, usize)> {
        let mut reader = serde_json::Deserializer::from_slice(text);
        let node = Depth(0).deserialize(&mut reader);
        node.and_then(|node| reader.end().map(|()| node)).map_err(|error| (error.line(), error.column()))
    }
}

/// Reads a value below this many open containers.
struct Depth(usize);

impl Depth {
    fn below<E: Error>(&self) -> Result<usize, E> {
        let depth = self.0.saturating_add(1);
        if depth > MAX_CONFIG_DEPTH { Err(E::custom("too deep")) } else { Ok(depth) }
    }
}

impl<'de> DeserializeSeed<'de> for Depth {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Depth {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Integer(value))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Node, E> {
        Ok(Node::Number)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
        Ok(Node::Number)
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Node, A::Error> {
        let depth = self.below()?;
        let mut nodes = Vec::new();
        while let Some(node) = elements.next_element_seed(Depth(depth))? {
            nodes.push(node);
        }
        Ok(Node::Array(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let depth = self.below()?;
        let mut nodes = Vec::new();
        while let Some(name) = members.next_key()? {
            nodes.push((name, members.next_value_seed(Depth(depth))?));
        }
        Ok(Node::Object(nodes))
    }
}
