//! What becomes of headers that carry a digest or signature of a body that is changed.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::header_name;
use crate::config::{ConfigError, ConfigProblem, Member};
use crate::sizes::MAX_DIGEST_HEADERS;

/// What becomes of such a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigestAction {
    /// It is removed.
    Remove,
    /// It is made anew for the changed body, if it was that of the body that came.
    Recompute,
    /// The request is refused.
    Refuse,
}

impl DigestAction {
    /// The action as a policy writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Remove => "remove",
            Self::Recompute => "recompute",
            Self::Refuse => "refuse",
        }
    }
}

/// Content-MD5 (RFC 1864), Digest (RFC 3230), Content-Digest and Repr-Digest (RFC 9530), and what AWS calls the payload hash.
const DEFAULT: [(&str, DigestAction); 5] = [
    ("content-digest", DigestAction::Remove),
    ("content-md5", DigestAction::Remove),
    ("digest", DigestAction::Remove),
    ("repr-digest", DigestAction::Remove),
    ("x-amz-content-sha256", DigestAction::Recompute),
];

/// Headers whose form is known, and has an algorithm that is in use: MD5 is not.
const RECOMPUTABLE: [&str; 4] = ["content-digest", "digest", "repr-digest", "x-amz-content-sha256"];

/// What the policy says, by lower-case name, then what it does not say.
pub(super) fn read(member: Option<&Member<'_>>) -> Result<Vec<(Box<str>, DigestAction)>, ConfigError> {
    let mut actions = member.map(read_named).transpose()?.unwrap_or_default();
    for (name, action) in DEFAULT {
        if actions.iter().all(|(other, _)| **other != *name) {
            actions.push((name.into(), action));
        }
    }
    Ok(actions)
}

#[inline(never)]
fn read_named(member: &Member<'_>) -> Result<Vec<(Box<str>, DigestAction)>, ConfigError> {
    let mut actions: Vec<(Box<str>, DigestAction)> = Vec::new();
    let members = member.map()?;
    if members.len() > MAX_DIGEST_HEADERS {
        return Err(member.refuse(ConfigProblem::Invalid("at most 32 headers")));
    }
    for (name, member) in members.iter() {
        let name = header_name::read(name)
            .ok_or_else(|| member.refuse(ConfigProblem::Invalid(header_name::EXPECTED)))?;
        if actions.iter().any(|(other, _)| *other == name) {
            return Err(member.refuse(ConfigProblem::Duplicate));
        }
        let may_recompute = RECOMPUTABLE.contains(&&*name);
        let expected = if may_recompute {
            "`remove`, `recompute` or `refuse`"
        } else {
            "`remove` or `refuse`: the digest of this header cannot be recomputed"
        };
        let action = member.parsed(expected, |text| match text {
            "remove" => Some(DigestAction::Remove),
            "recompute" => may_recompute.then_some(DigestAction::Recompute),
            "refuse" => Some(DigestAction::Refuse),
            _ => None,
        })?;
        actions.push((name, action));
    }
    Ok(actions)
}
