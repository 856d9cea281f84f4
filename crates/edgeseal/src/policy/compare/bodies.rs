//! What two policies read bodies as.

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::content_type::{BodyFormat, MediaType, Pattern};
use crate::policy::Policy;
use crate::policy::budget::{Budget, TooComplex};

/// Bodies of content types that no policy tells from each other.
pub(super) struct Bodies {
    /// A content type of them.
    pub(super) example: MediaType,
    /// What they are called.
    pub(super) name: String,
    /// What the older policy reads them as; `None` if it refuses them.
    pub(super) before: Option<BodyFormat>,
    /// What the newer one does.
    pub(super) after: Option<BodyFormat>,
}

/// Every body, as both policies tell it from others.
pub(super) fn told_apart(old: &Policy, new: &Policy, budget: &Budget) -> Result<Vec<Bodies>, TooComplex> {
    let json_patch = Pattern::new("application/json-patch+json");
    let named = |policy: &Policy| -> Vec<Pattern> {
        let of_rules = policy.rules.iter().flat_map(|rule| &rule.content_types);
        policy.content_types.named().map(|(pattern, _)| pattern).chain(of_rules).cloned().collect()
    };
    let patterns = [named(old), named(new), json_patch.into_iter().collect()].concat();
    let asked = old.content_types.named().count().saturating_add(new.content_types.named().count());
    let (mut told, mut names) = (Vec::new(), BTreeSet::new());
    for pattern in patterns {
        let name = pattern.to_string();
        let Some(example) = pattern.example() else { continue };
        if !names.insert(name.clone()) {
            continue;
        }
        budget.take(asked)?;
        let format = |policy: &Policy| policy.content_types.format(&example);
        let (before, after) = (format(old), format(new));
        told.push(Bodies { example, name, before, after });
    }
    Ok(told)
}

/// Whether rules look for values in bodies of a format.
pub(super) fn is_read(format: Option<BodyFormat>) -> bool {
    format.is_some_and(|format| format != BodyFormat::Pass)
}

/// Whether it is JSON, be it one text or many.
pub(super) fn is_json(format: Option<BodyFormat>) -> bool {
    matches!(format, Some(BodyFormat::Json | BodyFormat::NdJson))
}
