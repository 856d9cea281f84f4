//! `bundle.json`: what a bundle is, and the digest of every other file in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::code::Target;
use super::{Files, sha256};

/// The version of the format: names, contents, and how a ZIP is written.
const FORMAT: u64 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    bundle: u64,
    /// The version of EdgeSeal.
    pub(super) edgeseal: String,
    pub(super) target: Target,
    pub(super) policy_sha256: String,
    pub(super) files: BTreeMap<String, Entry>,
}

#[derive(Serialize, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) bytes: usize,
    pub(super) sha256: String,
}

/// As much of a manifest as every format has.
#[derive(Deserialize)]
struct AnyFormat {
    bundle: u64,
}

impl Manifest {
    /// The manifest of a bundle that this command makes, from its other files.
    pub(super) fn new(target: Target, policy_sha256: String, files: &Files) -> Self {
        Self {
            bundle: FORMAT,
            edgeseal: env!("CARGO_PKG_VERSION").to_owned(),
            target,
            policy_sha256,
            files: files.iter().map(|(name, bytes)| (name.clone(), Entry::of(bytes))).collect(),
        }
    }

    /// Reads a manifest; the error says why it is none.
    pub(super) fn read(text: &[u8]) -> Result<Self, String> {
        let format: AnyFormat = serde_json::from_slice(text).map_err(|_| "`bundle.json` is no manifest")?;
        if format.bundle != FORMAT {
            return Err(format!("its format is {}; this command reads {FORMAT}", format.bundle));
        }
        let manifest: Self = serde_json::from_slice(text).map_err(|_| "`bundle.json` is no manifest")?;
        // One text for one content: no member twice, nothing that another reader would read otherwise.
        if manifest.to_json() == text {
            Ok(manifest)
        } else {
            Err("`bundle.json` is not written as this command writes it".to_owned())
        }
    }

    pub(super) fn to_json(&self) -> Vec<u8> {
        // Strings and numbers always have a JSON text.
        let mut text = serde_json::to_vec_pretty(self).unwrap_or_default();
        text.push(b'\n');
        text
    }
}

impl Entry {
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self { bytes: bytes.len(), sha256: sha256::hex(bytes) }
    }
}
