//! The part of the check that a bundle is made under.

use std::path::Path;

use super::compare::{Demands, findings};
use super::facts_of;
use super::finding::{Finding, Severity};
use super::policies::PolicyFile;
use crate::command::failure::Failure;
use crate::command::{config, terminal};

/// Holds a policy that has been read against a keyring, by what the two files say alone. Errors and warnings are told; errors are a failure.
pub(crate) fn hold_against(path: &Path, policy: &[u8], keyring: &Path) -> Result<(), Failure> {
    let policies = [PolicyFile::new(path, policy)?];
    let entries = config::keyring(keyring)?;
    let mut errors = 0_usize;
    let keys = facts_of(&policies, &entries);
    // A key that only the keyring has is none of the bundle's business.
    for key in keys.iter().filter(|key| !key.policies.is_empty()) {
        for Finding { code, severity, message, next } in findings(key, &keys, Demands::default()) {
            if severity == Severity::Note {
                continue;
            }
            if severity == Severity::Error {
                errors = errors.saturating_add(1);
            }
            terminal::note(&format!("{}[{code}]: `{}`: {message}", severity.word(), key.key_id));
            terminal::help(&next);
        }
    }
    if errors == 0 {
        return Ok(());
    }
    Err(Failure::new(
        "keyring_mismatch",
        format_args!("the policy does not go with the keyring `{}`", keyring.display()),
    ))
}
