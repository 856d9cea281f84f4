//! Something to ask about.

use core::fmt;

use crate::label::{FieldName, KeyId};

/// Something in a policy that is allowed and may not be meant: which member, and what follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyWarning {
    pub(super) pointer: String,
    pub(super) concern: PolicyConcern,
}

/// What a [`PolicyWarning`] is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyConcern {
    /// No rule names the key.
    KeyUnused,
    /// The public key is that of an earlier key id, which is named.
    KeyRepeated(KeyId),
    /// Several rules write direct tokens under the key: those that are named.
    KeyShared(Vec<FieldName>),
    /// The key has classic tags.
    TagsClassic,
    /// The rule can decide about no value: other rules, which are named, take every one that it matches.
    RuleUnreachable(Vec<FieldName>),
    /// The rule encrypts nothing, and counts.
    RuleReports,
    /// Bodies of this content type are passed.
    ContentTypePassed(String),
    /// Tokens in a request are let through.
    ForeignTokensAllowed,
    /// Values that stand elsewhere in a body are counted, and let through.
    LeftoversReported,
}

impl PolicyWarning {
    /// The JSON Pointer (RFC 6901) of the member.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// What it is about.
    pub fn concern(&self) -> &PolicyConcern {
        &self.concern
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self.concern {
            PolicyConcern::KeyUnused => "key_unused",
            PolicyConcern::KeyRepeated(_) => "key_repeated",
            PolicyConcern::KeyShared(_) => "key_shared",
            PolicyConcern::TagsClassic => "tags_classic",
            PolicyConcern::RuleUnreachable(_) => "rule_unreachable",
            PolicyConcern::RuleReports => "rule_reports",
            PolicyConcern::ContentTypePassed(_) => "content_type_passed",
            PolicyConcern::ForeignTokensAllowed => "foreign_tokens_allowed",
            PolicyConcern::LeftoversReported => "leftovers_reported",
        }
    }
}

impl fmt::Display for PolicyWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: ", self.pointer)?;
        match &self.concern {
            PolicyConcern::KeyUnused => f.write_str("no rule names this key"),
            PolicyConcern::KeyRepeated(first) => {
                write!(
                    f,
                    "the same public key as `{first}`: who may decrypt under one may decrypt under both"
                )
            }
            PolicyConcern::KeyShared(rules) => write!(
                f,
                "rules {} write direct tokens under this key, and one can be put in the place of another; `mode` `envelope` \
                 binds each to its field, a key for each tells them apart",
                Names(rules)
            ),
            PolicyConcern::TagsClassic => {
                f.write_str("classic tags: a token is bound to nothing, and only strings are encrypted")
            }
            PolicyConcern::RuleUnreachable(by) => {
                write!(
                    f,
                    "this rule can decide about no value: {} takes every one that it matches",
                    Names(by)
                )
            }
            PolicyConcern::RuleReports => f.write_str(
                "this rule encrypts nothing: the values that it counts reach the origin in plain text",
            ),
            PolicyConcern::ContentTypePassed(name) => {
                write!(f, "bodies of `{name}` reach the origin as they are")
            }
            PolicyConcern::ForeignTokensAllowed => f.write_str(
                "tokens that a client sends reach the origin, and look there as if the edge had made them",
            ),
            PolicyConcern::LeftoversReported => f.write_str(
                "a protected value that also stands elsewhere in a body reaches the origin in plain text",
            ),
        }
    }
}

/// Names in backticks, with commas.
struct Names<'n>(&'n [FieldName]);

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}`{name}`")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_in_the_documentation() {
        let warning = |concern| PolicyWarning { pointer: String::new(), concern };
        let codes = [
            PolicyConcern::KeyUnused,
            PolicyConcern::KeyRepeated(KeyId::new("a").unwrap()),
            PolicyConcern::KeyShared(Vec::new()),
            PolicyConcern::TagsClassic,
            PolicyConcern::RuleUnreachable(Vec::new()),
            PolicyConcern::RuleReports,
            PolicyConcern::ContentTypePassed(String::new()),
            PolicyConcern::ForeignTokensAllowed,
            PolicyConcern::LeftoversReported,
        ]
        .map(|concern| warning(concern).code());
        let (_, section) =
            include_str!("../../../../../docs/ERRORS.md").split_once("## Warnings about a policy").unwrap();
        let section = section.split("\n## ").next().unwrap();
        let documented: Vec<&str> =
            section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
        assert_eq!(documented, codes);
    }
}
