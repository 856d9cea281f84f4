//! Whether the tokens that the policies' rules make are those that the keyring lets open.

use edgeseal::{Tags, TokenMode};

use super::super::facts::{KeyFacts, PolicyFacts};
use super::super::finding::{Findings, Severity};
use super::if_used;

pub(super) fn check(facts: &KeyFacts<'_>, findings: &mut Findings) {
    let Some(entry) = facts.entry else { return };
    for policy in &facts.policies {
        if let Some(mode) = entry.mode() {
            modes(policy, mode, findings);
        }
        tags(facts, policy, entry.tags(), findings);
    }
}

fn modes(policy: &PolicyFacts<'_>, opens: TokenMode, findings: &mut Findings) {
    let rules: Vec<String> = policy
        .rules
        .iter()
        .filter(|rule| rule.modes.iter().any(|mode| *mode != opens))
        .map(|rule| format!("`{}`", rule.name))
        .collect();
    if rules.is_empty() {
        return;
    }
    let (opens, makes, next) = match opens {
        TokenMode::Direct => (
            "direct",
            "envelope",
            "give the rules `\"mode\": \"direct\"` and `\"oversize\": \"reject\"`, or take `mode` out of the keyring's entry",
        ),
        TokenMode::Envelope => (
            "envelope",
            "direct",
            "give the rules `\"mode\": \"envelope\"`, or take `mode` out of the keyring's entry",
        ),
    };
    findings.push(
        Severity::Error,
        "mode_mismatch",
        format_args!(
            "{} of `{}` can make {makes} tokens, and by the keyring's `mode` only {opens} tokens open",
            rules.join(", "),
            policy.file
        ),
        next,
    );
}

fn tags(facts: &KeyFacts<'_>, policy: &PolicyFacts<'_>, keyrings: Option<&Tags>, findings: &mut Findings) {
    if policy.tags == keyrings {
        return;
    }
    let (severity, says, next) = match (policy.tags, keyrings) {
        (None, _) => (
            Severity::Warning,
            "the keyring has classic tags, and the policy none",
            "with `prefix` and `suffix` in the policy's key, the edge refuses classic tokens that a client sends; without them in the keyring, none opens",
        ),
        (Some(_), None) => (
            if_used(facts),
            "the policy has classic tags, and the keyring none",
            "put `prefix` and `suffix` of the policy's key into the keyring's entry: without them nobody finds its tokens",
        ),
        (Some(_), Some(_)) => (
            if_used(facts),
            "policy and keyring have different classic tags",
            "take over `prefix` and `suffix` of the policy's key into the keyring's entry; tokens with other tags are not found",
        ),
    };
    findings.push(severity, "tags_mismatch", format_args!("`{}`: {says}", policy.file), next);
}
