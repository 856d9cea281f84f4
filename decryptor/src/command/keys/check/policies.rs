//! The policies of a check, with the public keys as they stand in the files.

use std::path::Path;

use edgeseal::sizes::MAX_CONFIG_BYTES;
use edgeseal::{KeyId, Policy};
use serde_json::Value;

use crate::command::failure::Failure;
use crate::command::input::read_at_most;
use crate::command::terminal::printable;

pub(super) struct PolicyFile {
    /// The path as it was named, fit to be shown.
    pub(super) name: String,
    pub(super) policy: Policy,
    document: Value,
}

impl PolicyFile {
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        Self::new(path, &read_at_most(path, MAX_CONFIG_BYTES)?)
    }

    /// The policy of a file that has been read.
    pub(super) fn new(path: &Path, text: &[u8]) -> Result<Self, Failure> {
        let policy = Policy::from_json(text).map_err(|error| Failure::config(path, &error))?;
        // What the policy's reader accepts is JSON without duplicate names.
        let document = serde_json::from_slice(text).unwrap_or_default();
        Ok(Self { name: printable(&path.to_string_lossy(), |_| false), policy, document })
    }

    /// The public key as the file has it.
    pub(super) fn public_pem(&self, key_id: &KeyId) -> Option<&str> {
        self.document.get("keys")?.get(key_id.as_str())?.get("public_key")?.as_str()
    }
}
