//! Whether two key ids mean one and the same key.

use edgeseal::KeyLocation;

use super::super::facts::KeyFacts;
use super::super::finding::{Findings, Severity};

pub(super) fn check<'a>(
    facts: &KeyFacts<'_>,
    all: impl IntoIterator<Item = &'a KeyFacts<'a>>,
    findings: &mut Findings,
) {
    for other in all.into_iter().filter(|other| other.key_id != facts.key_id) {
        let Some(what) = what_is_same(facts, other) else { continue };
        findings.push(
            Severity::Warning,
            "key_same",
            format_args!("`{}` is the same key: {what}", other.key_id),
            "a rotation from one to the other changes nothing, and who may use one may use the other; if one was to be a key of its own, make it: `edgeseal keys create`",
        );
    }
}

fn what_is_same(one: &KeyFacts<'_>, other: &KeyFacts<'_>) -> Option<&'static str> {
    if location(one).is_some() && location(one) == location(other) {
        return Some(match location(one) {
            Some(KeyLocation::File(_)) => "the keyring has them in one file",
            _ => "the keyring has them under one ARN",
        });
    }
    let others = fingerprints(other);
    fingerprints(one).iter().any(|digest| others.contains(digest)).then_some("their public keys are the same")
}

fn location<'a>(facts: &'a KeyFacts<'_>) -> Option<&'a KeyLocation> {
    facts.entry.map(|entry| entry.location())
}

/// SPKI SHA-256 of every public key that anybody says it has.
fn fingerprints<'a>(facts: &'a KeyFacts<'_>) -> Vec<&'a [u8; 32]> {
    let policies = facts.policies.iter().map(|policy| policy.public_key.spki_sha256());
    let keyring = facts.entry.and_then(|entry| entry.spki_sha256());
    let owner = facts.owners_key().map(|key| key.spki_sha256());
    policies.chain(keyring).chain(owner).collect()
}
