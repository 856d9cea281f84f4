//! Facts in, findings out: nothing here asks anybody.

mod fingerprints;
mod owner;
mod same;
#[cfg(test)]
mod tests;
mod tokens;

use super::facts::KeyFacts;
use super::finding::{Finding, Findings, Severity};

/// What the caller of the check demands of a key beyond what is demanded of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Demands {
    /// That this caller can decrypt under it.
    pub(super) decrypt: bool,
}

/// All that is wrong with a key among all keys, the worst first.
pub(super) fn findings<'a>(
    facts: &KeyFacts<'_>,
    all: impl IntoIterator<Item = &'a KeyFacts<'a>>,
    demands: Demands,
) -> Vec<Finding> {
    let mut findings = Findings::default();
    places(facts, &mut findings);
    fingerprints::check(facts, &mut findings);
    tokens::check(facts, &mut findings);
    same::check(facts, all, &mut findings);
    if let Some(owner) = &facts.owner {
        owner::check(facts, owner, &mut findings);
    }
    owner::check_decryption(facts, demands, &mut findings);
    findings.sorted()
}

/// Whether whoever needs the key has it.
fn places(facts: &KeyFacts<'_>, findings: &mut Findings) {
    for policy in facts.policies.iter().filter(|policy| policy.rules.is_empty()) {
        findings.push(
            Severity::Note,
            "key_unused",
            format_args!("`{}` has the key, and no rule of it names it", policy.file),
            "leave it while classic tags of it are to be refused; else `edgeseal rotate --prune --from` takes it out of the policy",
        );
    }
    if facts.entry.is_some() {
        return;
    }
    let users: Vec<String> = facts
        .policies
        .iter()
        .filter(|policy| !policy.rules.is_empty())
        .map(|policy| format!("`{}`", policy.file))
        .collect();
    if users.is_empty() {
        findings.push(
            Severity::Note,
            "key_not_in_keyring",
            "the keyring does not have the key, and no rule names it",
            "if there may be tokens under it, put it into the keyring: `edgeseal keys fetch`",
        );
    } else {
        findings.push(
            Severity::Error,
            "key_not_in_keyring",
            format_args!("{} encrypts under the key, and the keyring does not have it", users.join(", ")),
            "put the key into the keyring before the policy is deployed: `edgeseal keys fetch`",
        );
    }
}

/// The weight of what only matters while something is encrypted under the key.
fn if_used(facts: &KeyFacts<'_>) -> Severity {
    if facts.is_used() { Severity::Error } else { Severity::Warning }
}
