//! Policy and keyring files.

use std::path::Path;

use edgeseal::sizes::MAX_CONFIG_BYTES;
use edgeseal::{Keyring, Policy};

use super::arguments::named;
use super::failure::Failure;
use super::input::{read_at_most, stdin_at_most};

pub(crate) fn policy(path: &Path) -> Result<Policy, Failure> {
    let text = read_at_most(path, MAX_CONFIG_BYTES)?;
    Policy::from_json(&text).map_err(|error| Failure::config(path, &error))
}

/// A policy file, or, if it is `-`, standard input.
pub(crate) fn policy_or_stdin(path: &Path) -> Result<Policy, Failure> {
    if named(Some(path)).is_some() {
        return policy(path);
    }
    let text = stdin_at_most(MAX_CONFIG_BYTES)?;
    Policy::from_json(&text).map_err(|error| Failure::config(Path::new("standard input"), &error))
}

pub(crate) fn keyring(path: &Path) -> Result<Keyring, Failure> {
    let text = read_at_most(path, MAX_CONFIG_BYTES)?;
    Keyring::from_json(&text).map_err(|error| Failure::config(path, &error))
}
