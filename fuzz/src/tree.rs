//! JSON by serde_json, with every duplicate name, and with the text of every value as it was written.

use core::fmt;

use serde::Deserialize;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tree {
    /// The text of a string, number, `true`, `false` or `null`.
    Leaf(String),
    Array {
        text: String,
        elements: Vec<Tree>,
    },
    /// Names as they were written.
    Object {
        text: String,
        members: Vec<(String, Tree)>,
    },
}

impl Tree {
    /// Reads one JSON text; `None` if it is none. It must not be deep.
    pub(crate) fn read(text: &[u8]) -> Option<Self> {
        Some(Self::of(serde_json::from_slice::<&RawValue>(text).ok()?.get()))
    }

    /// Whether two JSON texts say the same, with members in the same order.
    pub(crate) fn is_alike(one: &[u8], two: &[u8]) -> bool {
        let both = (Self::read(one), Self::read(two));
        matches!(both, (Some(one), Some(two)) if one.says(&two))
    }

    fn says(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Leaf(one), Self::Leaf(two)) => {
                one == two || (string(one).is_some() && string(one) == string(two))
            }
            (Self::Array { elements: one, .. }, Self::Array { elements: two, .. }) => {
                one.len() == two.len() && one.iter().zip(two).all(|(one, two)| one.says(two))
            }
            (Self::Object { members: one, .. }, Self::Object { members: two, .. }) => {
                one.len() == two.len()
                    && one.iter().zip(two).all(|(one, two)| one.0 == two.0 && one.1.says(&two.1))
            }
            _ => false,
        }
    }

    /// As it was written.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Leaf(text) | Self::Array { text, .. } | Self::Object { text, .. } => text,
        }
    }

    fn of(text: &str) -> Self {
        match text.as_bytes()[0] {
            b'[' => {
                let Elements(elements) = serde_json::from_str(text).expect("it was read before");
                Self::Array { text: text.to_owned(), elements }
            }
            b'{' => {
                let Members(members) = serde_json::from_str(text).expect("it was read before");
                Self::Object { text: text.to_owned(), members }
            }
            _ => Self::Leaf(text.to_owned()),
        }
    }
}

/// Whether no more than so many arrays and objects are open at any place. Of a text that is not JSON it is what a reader comes across first that counts.
pub(crate) fn is_shallow(text: &[u8], most: usize) -> bool {
    let (mut open, mut in_string, mut is_escaped) = (0_usize, false, false);
    text.iter().all(|byte| {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_string => is_escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        open <= most
    })
}

/// The text of a string that is written in JSON; `None` if it has a lone surrogate, or is no string.
pub(crate) fn string(json: &str) -> Option<String> {
    serde_json::from_str(json).ok()
}

struct Elements(Vec<Tree>);
struct Members(Vec<(String, Tree)>);

impl<'de> Deserialize<'de> for Elements {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_seq(Inside)
            .map(|members| Self(members.into_iter().map(|(_, it)| it).collect()))
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Inside).map(Self)
    }
}

struct Inside;

impl<'de> Visitor<'de> for Inside {
    type Value = Vec<(String, Tree)>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a container")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = sequence.next_element::<&RawValue>()? {
            elements.push((String::new(), Tree::of(element.get())));
        }
        Ok(elements)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some((name, value)) = map.next_entry::<&RawValue, &RawValue>()? {
            members.push((name.get().to_owned(), Tree::of(value.get())));
        }
        Ok(members)
    }
}
