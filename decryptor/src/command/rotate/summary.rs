//! What a rotation changed, and what it leaves to be done.

use std::fmt::Write;

use edgeseal::KeyId;
use serde::Serialize;

use super::Move;
use crate::command::arguments::RotateArguments;

/// `docs/KEYS.md` describes the members.
#[derive(Serialize)]
pub(super) struct Summary<'a> {
    dry_run: bool,
    /// Whether the policy file is another one, or would be.
    changed: bool,
    rules: Vec<Rule<'a>>,
    /// Old keys that no rule uses any more.
    unused: Vec<&'a str>,
    pruned: Vec<&'a str>,
    policy_sha256: &'a str,
}

#[derive(Serialize)]
struct Rule<'a> {
    name: &'a str,
    from: &'a str,
    to: &'a str,
}

impl<'a> Summary<'a> {
    pub(super) fn new(
        arguments: &'a RotateArguments,
        moves: &[Move<'a>],
        unused: &[&'a KeyId],
        pruned: &[&'a KeyId],
        policy_sha256: &'a str,
    ) -> Self {
        let rules =
            moves.iter().map(|rule| Rule { name: rule.name, from: rule.from.as_str(), to: rule.to.as_str() });
        Self {
            dry_run: arguments.dry_run,
            changed: !moves.is_empty() || !pruned.is_empty(),
            rules: rules.collect(),
            unused: unused.iter().map(|key| key.as_str()).collect(),
            pruned: pruned.iter().map(|key| key.as_str()).collect(),
            policy_sha256,
        }
    }

    /// For machines.
    pub(super) fn json(&self) -> String {
        // Strings and truth values always have a JSON text.
        let mut json = serde_json::to_string(self).unwrap_or_default();
        json.push('\n');
        json
    }

    /// For people; nothing if nothing changes.
    pub(super) fn text(&self, arguments: &RotateArguments) -> String {
        let mut said = String::new();
        if !self.changed {
            return said;
        }
        for rule in &self.rules {
            let _ = writeln!(said, "{}: {} -> {}", rule.name, rule.from, rule.to);
        }
        for key in &self.unused {
            let pruned = if self.pruned.contains(key) { "; it is taken out of the policy" } else { "" };
            let _ = writeln!(said, "{key}: no rule uses it any more{pruned}");
        }
        let is = if self.dry_run { "would be" } else { "is" };
        let _ = writeln!(said, "{} {is} changed, SHA-256 {}", arguments.policy.display(), self.policy_sha256);
        self.say_next_steps(arguments, &mut said);
        said
    }

    fn say_next_steps(&self, arguments: &RotateArguments, said: &mut String) {
        let mut old: Vec<(&str, &str)> = self.rules.iter().map(|rule| (rule.from, rule.to)).collect();
        old.sort_unstable();
        old.dedup();
        if old.is_empty() {
            said.push_str(
                "to do: deploy the policy; disable the key when no edge has the policy of before any more\n",
            );
            return;
        }
        let keyring = arguments.keyring.display();
        said.push_str("to do:\n  deploy the policy; the keyring has to be with every reader before that\n");
        for (key, to) in old {
            let _ =
                writeln!(said, "  edgeseal inspect -k {keyring} --key {key} ...: what is still under {key}");
            let _ = writeln!(said, "  edgeseal rewrap -k {keyring} --from {key} --to {to} ...: moves it");
        }
        said.push_str("  leave the old keys in the keyring and in AWS KMS until nothing is under them\n");
    }
}
