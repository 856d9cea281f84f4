//! A member of a document, with its JSON Pointer, so that every refusal can name it.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::RangeInclusive;

use super::document::Node;
use super::{ConfigError, ConfigProblem};
use crate::seen::SeenNames;
use crate::sizes::MAX_CONFIG_BYTES;

/// Reads a document and hands its root to `read`.
pub(crate) fn parse<T>(
    text: &[u8],
    read: impl FnOnce(Member<'_>) -> Result<T, ConfigError>,
) -> Result<T, ConfigError> {
    if text.len() > MAX_CONFIG_BYTES {
        return Err(ConfigError::new("", ConfigProblem::TooLarge));
    }
    let root = Node::parse(text)
        .map_err(|(line, column)| ConfigError::new("", ConfigProblem::NotJson { line, column }))?;
    read(Member { node: &root, pointer: String::new() })
}

/// A value and where it stands.
#[derive(Clone)]
pub(crate) struct Member<'a> {
    node: &'a Node,
    pointer: String,
}

impl<'a> Member<'a> {
    /// Refuses this member.
    #[inline(never)]
    pub(crate) fn refuse(&self, problem: ConfigProblem) -> ConfigError {
        ConfigError::new(self.pointer.as_str(), problem)
    }

    /// The members of an object that may have these names only.
    pub(crate) fn object(&self, known: &[&str]) -> Result<Members<'a>, ConfigError> {
        let members = self.map()?;
        match members.0.iter().find(|(name, _)| !known.contains(name)) {
            Some((_, unknown)) => Err(unknown.refuse(ConfigProblem::Unknown)),
            None => Ok(members),
        }
    }

    /// The members of an object whose names are data.
    pub(crate) fn map(&self) -> Result<Members<'a>, ConfigError> {
        let Node::Object(nodes) = self.node else { return Err(self.wrong_type("an object")) };
        let mut seen = SeenNames::default();
        let mut members = Vec::with_capacity(nodes.len());
        for (name, node) in nodes {
            let member = Member { node, pointer: child_pointer(&self.pointer, name) };
            if !seen.add(Cow::Borrowed(name.as_bytes())) {
                return Err(member.refuse(ConfigProblem::Duplicate));
            }
            members.push((name.as_str(), member));
        }
        Ok(Members(members, self.pointer.clone()))
    }

    pub(crate) fn array(&self) -> Result<Vec<Member<'a>>, ConfigError> {
        let Node::Array(nodes) = self.node else { return Err(self.wrong_type("an array")) };
        let member = |(index, node): (usize, &'a Node)| Member {
            node,
            pointer: child_pointer(&self.pointer, &index.to_string()),
        };
        Ok(nodes.iter().enumerate().map(member).collect())
    }

    pub(crate) fn text(&self) -> Result<&'a str, ConfigError> {
        match self.node {
            Node::String(text) => Ok(text),
            _ => Err(self.wrong_type("a string")),
        }
    }

    pub(crate) fn boolean(&self) -> Result<bool, ConfigError> {
        match self.node {
            Node::Bool(value) => Ok(*value),
            _ => Err(self.wrong_type("`true` or `false`")),
        }
    }

    pub(crate) fn integer(
        &self,
        range: RangeInclusive<usize>,
        what: &'static str,
    ) -> Result<usize, ConfigError> {
        let invalid = || self.refuse(ConfigProblem::Invalid(what));
        match self.node {
            Node::Integer(value) => {
                usize::try_from(*value).ok().filter(|value| range.contains(value)).ok_or_else(invalid)
            }
            Node::Number => Err(invalid()),
            _ => Err(self.wrong_type("a number")),
        }
    }

    /// A string that `read` understands.
    pub(crate) fn parsed<T>(
        &self,
        expected: &'static str,
        read: impl FnOnce(&'a str) -> Option<T>,
    ) -> Result<T, ConfigError> {
        read(self.text()?).ok_or_else(|| self.refuse(ConfigProblem::Invalid(expected)))
    }

    /// The format version of the file, which has to be 1.
    pub(crate) fn version(&self) -> Result<(), ConfigError> {
        match self.node {
            Node::Integer(1) => Ok(()),
            Node::Integer(_) | Node::Number => Err(self.refuse(ConfigProblem::VersionUnsupported)),
            _ => Err(self.wrong_type("a number")),
        }
    }

    #[inline(never)]
    fn wrong_type(&self, expected: &'static str) -> ConfigError {
        self.refuse(ConfigProblem::WrongType(expected))
    }
}

/// The members of one object, in the order of the file, and the object's pointer.
pub(crate) struct Members<'a>(Vec<(&'a str, Member<'a>)>, String);

impl<'a> Members<'a> {
    pub(crate) fn get(&self, name: &str) -> Option<&Member<'a>> {
        self.0.iter().find(|(found, _)| *found == name).map(|(_, member)| member)
    }

    pub(crate) fn required(&self, name: &str) -> Result<&Member<'a>, ConfigError> {
        self.get(name).ok_or_else(|| ConfigError::new(child_pointer(&self.1, name), ConfigProblem::Missing))
    }

    /// Refuses the object itself.
    pub(crate) fn refuse(&self, problem: ConfigProblem) -> ConfigError {
        ConfigError::new(self.1.as_str(), problem)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &(&'a str, Member<'a>)> {
        self.0.iter()
    }
}

/// Appends a member name to a JSON Pointer (RFC 6901, section 3).
pub(crate) fn child_pointer(parent: &str, name: &str) -> String {
    // One for each member of a policy, at every cold start: formatting would be a good part of what an engine has to compile for it.
    let mut pointer = String::with_capacity(parent.len().saturating_add(name.len()).saturating_add(1));
    pointer.push_str(parent);
    pointer.push('/');
    for character in name.chars() {
        match character {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            _ => pointer.push(character),
        }
    }
    pointer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> (&'static str, String) {
        let read = |root: Member<'_>| root.object(&["a"])?.required("a")?.map().map(drop);
        let error = parse(text.as_bytes(), read).unwrap_err();
        (error.code(), error.pointer().to_owned())
    }

    #[test]
    fn refusals_name_the_member() {
        assert_eq!(refusal("{"), ("config_not_json", String::new()));
        assert_eq!(refusal("{} x"), ("config_not_json", String::new()));
        assert_eq!(refusal("[]"), ("config_type_wrong", String::new()));
        assert_eq!(refusal("{}"), ("config_member_missing", "/a".to_owned()));
        assert_eq!(refusal("{\"a\":{},\"x/~\":1}"), ("config_member_unknown", "/x~1~0".to_owned()));
        assert_eq!(refusal("{\"a\":{\"b\":1,\"b\":1}}"), ("config_member_duplicate", "/a/b".to_owned()));
        assert_eq!(refusal("{\"a\":1}"), ("config_type_wrong", "/a".to_owned()));
        assert_eq!(refusal("\u{feff}{\"a\":{}}"), ("config_not_json", String::new()));
    }

    #[test]
    fn depth_is_limited_exactly() {
        let nested = |depth: usize| format!("{{\"a\":{}1{}}}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(refusal(&nested(31)).0, "config_type_wrong");
        assert_eq!(refusal(&nested(32)).0, "config_not_json");
    }
}
