//! Where tokens stand in a JSON text. Unlike a tree, this keeps every one of several members of a name.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// The JSON Pointers of strings that are tokens, in document order.
pub(crate) fn places(json: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut reader = serde_json::Deserializer::from_slice(json);
    Walk { place: String::new(), found: &mut found }.deserialize(&mut reader).unwrap();
    reader.end().unwrap();
    found
}

struct Walk<'f> {
    place: String,
    found: &'f mut Vec<String>,
}

impl Walk<'_> {
    fn below(&mut self, name: &str) -> Walk<'_> {
        let name = name.replace('~', "~0").replace('/', "~1");
        Walk { place: format!("{}/{name}", self.place), found: self.found }
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        if text.starts_with("__es1.") {
            self.found.push(self.place);
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        let mut index = 0_usize;
        while elements.next_element_seed(self.below(&index.to_string()))?.is_some() {
            index += 1;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        while let Some(Name(name)) = members.next_key_seed(Name(Vec::new()))? {
            members.next_value_seed(self.below(&String::from_utf8_lossy(&name)))?;
        }
        Ok(())
    }
}

/// A member name as bytes: it may hold a lone surrogate.
struct Name(Vec<u8>);

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Self;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_bytes<E>(self, name: &[u8]) -> Result<Self, E> {
        Ok(Self(name.to_vec()))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self, E> {
        Ok(Self(name.as_bytes().to_vec()))
    }
}
