//! Why a policy or a keyring is refused.

use alloc::string::String;
use core::fmt;

use crate::field_path::FieldPathError;
use crate::public_key::PublicKeyError;
use crate::sizes::MAX_CONFIG_BYTES;

/// A policy or keyring was refused: which member, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    pointer: String,
    problem: ConfigProblem,
}

/// What is wrong with a member of a policy or keyring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigProblem {
    /// The file is longer than [`MAX_CONFIG_BYTES`].
    TooLarge,
    /// The file is not UTF-8 JSON, or nests too deep.
    NotJson {
        /// The line, from 1, of the first fault: of a string or number that cannot be read, where that begins.
        line: usize,
        /// The column, in bytes from 1.
        column: usize,
    },
    /// `version` is not 1.
    VersionUnsupported,
    /// A required member is not there.
    Missing,
    /// A member that is not known.
    Unknown,
    /// A member stands twice.
    Duplicate,
    /// The value has another JSON type than the one named.
    WrongType(&'static str),
    /// The value has the right type and is not what is named.
    Invalid(&'static str),
    /// Another field rule has this name.
    NameDuplicate,
    /// The key is not one of `keys`.
    KeyUnknown,
    /// Classic tags that could be mistaken for others, or half a pair.
    TagsAmbiguous(&'static str),
    /// The paths together need too large an automaton.
    PathsTooComplex,
    /// The path is refused.
    Path(FieldPathError),
    /// The public key is refused.
    PublicKey(PublicKeyError),
}

impl ConfigError {
    pub(crate) fn new(pointer: impl Into<String>, problem: ConfigProblem) -> Self {
        Self { pointer: pointer.into(), problem }
    }

    /// The JSON Pointer (RFC 6901) of the member; empty for the whole file.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// What is wrong with it.
    pub fn problem(&self) -> ConfigProblem {
        self.problem
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self.problem {
            ConfigProblem::TooLarge => "config_too_large",
            ConfigProblem::NotJson { .. } => "config_not_json",
            ConfigProblem::VersionUnsupported => "config_version_unsupported",
            ConfigProblem::Missing => "config_member_missing",
            ConfigProblem::Unknown => "config_member_unknown",
            ConfigProblem::Duplicate => "config_member_duplicate",
            ConfigProblem::WrongType(_) => "config_type_wrong",
            ConfigProblem::Invalid(_) => "config_value_invalid",
            ConfigProblem::NameDuplicate => "config_name_duplicate",
            ConfigProblem::KeyUnknown => "config_key_unknown",
            ConfigProblem::TagsAmbiguous(_) => "config_tags_ambiguous",
            ConfigProblem::PathsTooComplex => "config_paths_too_complex",
            ConfigProblem::Path(error) => error.code(),
            ConfigProblem::PublicKey(error) => error.code(),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.pointer.is_empty() {
            write!(f, "`{}`: ", self.pointer)?;
        }
        match self.problem {
            ConfigProblem::TooLarge => write!(f, "expected at most {MAX_CONFIG_BYTES} bytes"),
            ConfigProblem::NotJson { line, column } => {
                write!(f, "expected JSON (RFC 8259); it ends at line {line} column {column}")
            }
            ConfigProblem::VersionUnsupported => f.write_str("expected 1, the version this release reads"),
            ConfigProblem::Missing => f.write_str("this member is required"),
            ConfigProblem::Unknown => f.write_str("this member is not known"),
            ConfigProblem::Duplicate => f.write_str("this member stands twice"),
            ConfigProblem::WrongType(expected) | ConfigProblem::Invalid(expected) => {
                write!(f, "expected {expected}")
            }
            ConfigProblem::NameDuplicate => f.write_str("expected a name that no other field rule has"),
            ConfigProblem::KeyUnknown => f.write_str("expected a member name of `keys`"),
            ConfigProblem::TagsAmbiguous(why) => f.write_str(why),
            ConfigProblem::PathsTooComplex => {
                f.write_str("the paths together need too large an automaton; use fewer `..` or fewer rules")
            }
            ConfigProblem::Path(error) => error.fmt(f),
            ConfigProblem::PublicKey(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for ConfigError {}
