//! Something to ask about.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
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
    /// The rule is for some requests, and in others a value that it matches stays: with a path of such a value.
    RuleLimited(String),
    /// The rule is for content types alone whose bodies are not read.
    RuleTypesUnread,
    /// Bodies of this content type are passed.
    ContentTypePassed(String),
    /// Tokens in a request are let through.
    ForeignTokensAllowed,
    /// Values that stand elsewhere in a body are counted, and let through.
    LeftoversReported,
    /// A note: other keys of the policy are longer.
    KeySmaller {
        /// Its modulus, in bits.
        bits: usize,
        /// The longest of the policy.
        most: usize,
    },
    /// A note: rules write direct tokens, and rules write envelope tokens, under the key.
    KeyModesMixed {
        /// Those with `mode` `direct`.
        direct: Vec<FieldName>,
        /// Those with `mode` `envelope`.
        envelope: Vec<FieldName>,
    },
    /// A note: a data key serves envelope tokens of several requests.
    DataKeyReused {
        /// At most so many values.
        values: usize,
        /// Of requests within so many seconds.
        seconds: u64,
    },
    /// A note: of values that several rules match, other rules decide about some.
    RulesOverlap {
        /// Rules that go before this one about the same value.
        earlier: Vec<FieldName>,
        /// Rules that encrypt a value as a whole in which this one matches something.
        around: Vec<FieldName>,
    },
    /// A note: a value of the same name, elsewhere in a body, stays.
    NameElsewhere {
        /// The name.
        name: Box<str>,
        /// A path of such a value.
        example: String,
    },
    /// A note: values of one name are encrypted under several keys.
    NameManyKeys {
        /// The name.
        name: Box<str>,
        /// The keys.
        keys: Vec<KeyId>,
    },
    /// A note: these rules compare names exactly, so that values under other spellings stay.
    NamesExact(Vec<FieldName>),
    /// A note: with these rules a `null` stays.
    NullKept(Vec<FieldName>),
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
            PolicyConcern::RuleLimited(_) => "rule_limited",
            PolicyConcern::RuleTypesUnread => "rule_types_unread",
            PolicyConcern::ContentTypePassed(_) => "content_type_passed",
            PolicyConcern::ForeignTokensAllowed => "foreign_tokens_allowed",
            PolicyConcern::LeftoversReported => "leftovers_reported",
            PolicyConcern::KeySmaller { .. } => "key_smaller",
            PolicyConcern::KeyModesMixed { .. } => "key_modes_mixed",
            PolicyConcern::DataKeyReused { .. } => "data_key_reused",
            PolicyConcern::RulesOverlap { .. } => "rules_overlap",
            PolicyConcern::NameElsewhere { .. } => "name_elsewhere",
            PolicyConcern::NameManyKeys { .. } => "name_many_keys",
            PolicyConcern::NamesExact(_) => "names_exact",
            PolicyConcern::NullKept(_) => "null_kept",
        }
    }

    /// Whether it is a note: usual, and good to know.
    pub fn is_note(&self) -> bool {
        matches!(
            self.concern,
            PolicyConcern::KeySmaller { .. }
                | PolicyConcern::KeyModesMixed { .. }
                | PolicyConcern::DataKeyReused { .. }
                | PolicyConcern::RulesOverlap { .. }
                | PolicyConcern::NameElsewhere { .. }
                | PolicyConcern::NameManyKeys { .. }
                | PolicyConcern::NamesExact(_)
                | PolicyConcern::NullKept(_)
        )
    }

    /// What it is about, in words, without the member.
    pub fn message(&self) -> String {
        self.concern.to_string()
    }
}

impl fmt::Display for PolicyWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.pointer, self.concern)
    }
}

impl fmt::Display for PolicyConcern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
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
            Self::RuleLimited(example) => write!(
                f,
                "this rule is for some requests alone: in others a value at `{example}` reaches the origin in plain text"
            ),
            Self::RuleTypesUnread => {
                f.write_str("this rule can decide about no value: bodies of the content types that it is for are not read")
            }
            Self::KeySmaller { bits, most } => {
                write!(f, "this key has {bits} bits, where another has {most}")
            }
            Self::KeyModesMixed { direct, envelope } => write!(
                f,
                "{} write direct tokens under this key, {} envelope tokens: who reads the latter has to ask for their field, \
                 or a direct token in their place decrypts as well",
                Names(direct),
                Names(envelope)
            ),
            Self::DataKeyReused { values, seconds } => write!(
                f,
                "a data key serves up to {values} values of requests within {seconds} seconds: their tokens show that they belong \
                 together, and it stays in the edge's memory between them"
            ),
            Self::RulesOverlap { earlier, around } => {
                let mut parts = Vec::new();
                if !earlier.is_empty() {
                    let (one_of, which) =
                        if earlier.len() == 1 { ("", "it") } else { ("one of ", "the first of them") };
                    parts.push(format!("where {one_of}{} matches as well, {which} decides", Names(earlier)));
                }
                if !around.is_empty() {
                    parts.push(format!("inside a value of {} nothing is left to this rule", Names(around)));
                }
                f.write_str(&parts.join("; "))
            }
            Self::NameElsewhere { name, example } => {
                write!(f, "a member `{name}` elsewhere stays in plain text, for one at `{example}`")
            }
            Self::NameManyKeys { name, keys } => {
                let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
                write!(f, "values of the name `{name}` are encrypted under several keys: {}", keys.join(", "))
            }
            Self::NamesExact(rules) => write!(
                f,
                "names are compared exactly by {}: a value under another spelling of the name, such as in capitals, stays in plain \
                 text; `match` `ignore-case` is for origins that do not tell them apart",
                Names(rules)
            ),
            Self::NullKept(rules) => write!(
                f,
                "with {} a `null` stays, so the origin sees which values there are not; `encrypt_null` hides it",
                Names(rules)
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
            PolicyConcern::RuleLimited(String::new()),
            PolicyConcern::RuleTypesUnread,
            PolicyConcern::ContentTypePassed(String::new()),
            PolicyConcern::ForeignTokensAllowed,
            PolicyConcern::LeftoversReported,
            PolicyConcern::KeySmaller { bits: 0, most: 0 },
            PolicyConcern::KeyModesMixed { direct: Vec::new(), envelope: Vec::new() },
            PolicyConcern::DataKeyReused { values: 0, seconds: 0 },
            PolicyConcern::RulesOverlap { earlier: Vec::new(), around: Vec::new() },
            PolicyConcern::NameElsewhere { name: "".into(), example: String::new() },
            PolicyConcern::NameManyKeys { name: "".into(), keys: Vec::new() },
            PolicyConcern::NamesExact(Vec::new()),
            PolicyConcern::NullKept(Vec::new()),
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
