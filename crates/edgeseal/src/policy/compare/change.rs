//! One difference between two policies.

use alloc::string::String;
use core::fmt;

use crate::label::{FieldName, KeyId};

/// One difference between two policies, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyChange {
    pub(super) effect: ChangeEffect,
    pub(super) code: &'static str,
    pub(super) subject: ChangeSubject,
    pub(super) message: String,
}

/// What a difference is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChangeSubject {
    /// A field rule, by its name in the older policy, or, if it is not there, in the newer one.
    Field(FieldName),
    /// A key.
    Key(KeyId),
    /// Another member of the policy.
    Member(&'static str),
}

/// What a difference means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ChangeEffect {
    /// Values that were encrypted may reach the origin in plain text.
    Loss,
    /// A key id means another key: who decrypts by the key id gets it wrong.
    KeyReplaced,
    /// Something that was refused, or hidden, no longer is.
    Weaker,
    /// Something else than before, neither better nor worse.
    Other,
    /// Something is refused that was not.
    Stricter,
    /// Values are encrypted that were not.
    Gain,
}

impl ChangeEffect {
    /// In one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Loss => "loss",
            Self::KeyReplaced => "key_replaced",
            Self::Weaker => "weaker",
            Self::Other => "change",
            Self::Stricter => "stricter",
            Self::Gain => "gain",
        }
    }
}

impl PolicyChange {
    /// What it means.
    pub fn effect(&self) -> ChangeEffect {
        self.effect
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// What it is about.
    pub fn subject(&self) -> &ChangeSubject {
        &self.subject
    }

    /// The difference in words, without its subject.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for ChangeSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name) => write!(f, "field `{name}`"),
            Self::Key(id) => write!(f, "key `{id}`"),
            Self::Member(name) => write!(f, "`{name}`"),
        }
    }
}

impl fmt::Display for PolicyChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.subject, self.message)
    }
}
