//! Whether policies, keyring and owner mean the same key pair.

use edgeseal::PublicKey;

use super::super::super::entry::spec_name;
use super::super::facts::KeyFacts;
use super::super::finding::{Findings, Severity};
use crate::command::hex::hex;

pub(super) fn check(facts: &KeyFacts<'_>, findings: &mut Findings) {
    among_policies(facts, findings);
    with_keyring(facts, findings);
    with_owner(facts, findings);
    sizes(facts, findings);
    missing(facts, findings);
}

fn of(key: &PublicKey) -> String {
    hex(key.spki_sha256())
}

fn among_policies(facts: &KeyFacts<'_>, findings: &mut Findings) {
    let Some((first, others)) = facts.policies.split_first() else { return };
    for other in
        others.iter().filter(|other| other.public_key.spki_sha256() != first.public_key.spki_sha256())
    {
        findings.push(
            Severity::Error,
            "policies_differ",
            format_args!(
                "two public keys for one key id: `{}` has {}, `{}` has {}",
                first.file,
                of(first.public_key),
                other.file,
                of(other.public_key)
            ),
            "a new version of a key is a new key id: find out which is the private key's, and give the other an id of its own",
        );
    }
}

fn with_keyring(facts: &KeyFacts<'_>, findings: &mut Findings) {
    let Some(expected) = facts.entry.and_then(|entry| entry.spki_sha256()) else { return };
    for policy in facts.policies.iter().filter(|policy| policy.public_key.spki_sha256() != expected) {
        findings.push(
            Severity::Error,
            "policy_keyring_mismatch",
            format_args!(
                "`{}` has the public key {}, the keyring says {}",
                policy.file,
                of(policy.public_key),
                hex(expected)
            ),
            "do not deploy: what is encrypted under another key does not open; take the public key that the owner of the private key gives",
        );
    }
}

fn with_owner(facts: &KeyFacts<'_>, findings: &mut Findings) {
    let Some(owners) = facts.owners_key() else { return };
    let name = owner_name(facts);
    for policy in
        facts.policies.iter().filter(|policy| policy.public_key.spki_sha256() != owners.spki_sha256())
    {
        findings.push(
            Severity::Error,
            "policy_key_mismatch",
            format_args!("`{}` has the public key {}, {name} has {}", policy.file, of(policy.public_key), of(owners)),
            "do not deploy: what is encrypted under another key does not open; correct the public key, or where the keyring says the key is",
        );
    }
    if let Some(expected) = facts.entry.and_then(|entry| entry.spki_sha256())
        && expected != owners.spki_sha256()
    {
        findings.push(
            Severity::Error,
            "keyring_key_mismatch",
            format_args!("the keyring says {}, {name} has {}", hex(expected), of(owners)),
            "the keyring leads to another key than its `spki_sha256` means: correct whichever of the two is wrong",
        );
    }
}

fn sizes(facts: &KeyFacts<'_>, findings: &mut Findings) {
    let mut differ = |one: &str, has: &str, other: &str, says: &str| {
        findings.push(
            Severity::Error,
            "spec_mismatch",
            format_args!("{one} has a key of {has}, {other} says {says}"),
            "tokens of one size do not open under a key of another: take the `key_spec` and the public key of one and the same key",
        );
    };
    let keyrings = facts.entry.and_then(|entry| entry.key_spec()).map(spec_name);
    let owners = facts
        .description()
        .map(|description| description.spec.as_str())
        .or_else(|| facts.owners_key().map(|key| spec_name(key.size())));
    let name = owner_name(facts);
    if let (Some(keyrings), Some(owners)) = (keyrings, owners)
        && keyrings != owners
    {
        differ(name, owners, "the keyring's `key_spec`", keyrings);
    }
    for policy in &facts.policies {
        let size = spec_name(policy.public_key.size());
        let file = format!("`{}`", policy.file);
        if let Some(keyrings) = keyrings.filter(|keyrings| *keyrings != size) {
            differ(&file, size, "the keyring's `key_spec`", keyrings);
        }
        if let Some(owners) = owners.filter(|owners| *owners != size) {
            differ(&file, size, name, owners);
        }
    }
}

/// A keyring that could notice a wrong key by itself, and does not.
fn missing(facts: &KeyFacts<'_>, findings: &mut Findings) {
    if facts.entry.is_none_or(|entry| entry.spki_sha256().is_some()) {
        return;
    }
    let (source, value) = match (facts.owners_key(), facts.policies.first()) {
        (Some(key), _) => (owner_name(facts).to_owned(), of(key)),
        // While the policies disagree, nobody should write down either.
        (None, Some(policy)) if !findings.has("policies_differ") => {
            (format!("`{}`", policy.file), of(policy.public_key))
        }
        _ => {
            findings.push(
                Severity::Note,
                "fingerprint_missing",
                "the keyring has no `spki_sha256` of the key",
                "check again when AWS KMS or the private key file can be asked, or with a policy that has the key: then its value is said here",
            );
            return;
        }
    };
    findings.push(
        Severity::Note,
        "fingerprint_missing",
        format_args!("the keyring has no `spki_sha256` of the key; that of {source} is {value}"),
        format_args!("put `\"spki_sha256\": \"{value}\"` into the keyring's entry"),
    );
}

/// What the owner of the private key is called.
pub(in super::super) fn owner_name(facts: &KeyFacts<'_>) -> &'static str {
    match facts.entry.map(|entry| entry.location()) {
        Some(edgeseal::KeyLocation::File(_)) => "the private key file",
        _ => "AWS KMS",
    }
}
