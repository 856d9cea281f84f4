//! What became of the tokens of a run, in numbers and positions.

use std::collections::BTreeMap;

use edgeseal::KeyId;
use serde::{Serialize, Serializer};

use super::Rewrapper;
use crate::{KeyCounts, Position, Report};

/// What became of tokens that were to be moved. Holds no value and no token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RewrapReport {
    #[serde(serialize_with = "texts")]
    from: Vec<KeyId>,
    #[serde(serialize_with = "text")]
    to: KeyId,
    found: u64,
    rewrapped: u64,
    skipped: u64,
    kept: u64,
    reasons: BTreeMap<&'static str, u64>,
    #[serde(serialize_with = "by_key")]
    keys: BTreeMap<KeyId, RewrapKeyCounts>,
    positions: Vec<Position>,
    positions_omitted: u64,
}

/// What became of the tokens under one key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RewrapKeyCounts {
    /// Calls made, attempts that were repeated included.
    pub calls: u64,
    /// Tokens that were moved.
    pub rewrapped: u64,
    /// Tokens of other keys, or outside the selection.
    pub skipped: u64,
    /// Tokens that were not moved, by reason.
    pub kept: BTreeMap<&'static str, u64>,
}

impl RewrapReport {
    pub(super) fn new(rewrapper: &Rewrapper, report: Report) -> Self {
        let counts = |counts: &KeyCounts| RewrapKeyCounts {
            calls: counts.calls,
            rewrapped: counts.decrypted,
            skipped: counts.skipped,
            kept: counts.kept.clone(),
        };
        Self {
            from: rewrapper.from().to_vec(),
            to: rewrapper.to().key_id().clone(),
            found: report.found(),
            rewrapped: report.decrypted(),
            skipped: report.skipped(),
            kept: report.kept(),
            reasons: report.reasons().clone(),
            keys: report.keys().iter().map(|(id, of_key)| (id.clone(), counts(of_key))).collect(),
            positions_omitted: report.positions_omitted(),
            positions: report.into_positions(),
        }
    }

    /// Everything that begins like a token.
    pub fn found(&self) -> u64 {
        self.found
    }

    /// Tokens that were moved.
    pub fn rewrapped(&self) -> u64 {
        self.rewrapped
    }

    /// Tokens of other keys, or outside the selection, which stay in place.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Tokens that should have been moved, or cannot be told: what is damaged may be of any key.
    pub fn kept(&self) -> u64 {
        self.kept
    }

    /// How many of those there are for each reason: a stable code.
    pub fn reasons(&self) -> &BTreeMap<&'static str, u64> {
        &self.reasons
    }

    /// The same by key id.
    pub fn keys(&self) -> &BTreeMap<KeyId, RewrapKeyCounts> {
        &self.keys
    }

    /// Of the keys that tokens are moved from alone.
    pub(crate) fn keys_concerned(&self) -> impl Iterator<Item = (&KeyId, &RewrapKeyCounts)> {
        self.keys.iter().filter(|(id, _)| self.from.contains(id))
    }

    /// The key that tokens are moved to.
    pub fn to(&self) -> &KeyId {
        &self.to
    }

    /// Where they stand, as far as there was room.
    pub fn positions(&self) -> &[Position] {
        &self.positions
    }

    /// Calls made, attempts that were repeated included.
    pub fn calls(&self) -> u64 {
        self.keys.values().fold(0, |sum, key| sum.saturating_add(key.calls))
    }

    /// How many well-formed tokens are under the keys concerned as before, for whatever reason.
    pub fn left(&self) -> u64 {
        self.keys_concerned().fold(0, |sum, (_, counts)| {
            // A token of a wrong length is none.
            let kept = counts.kept.values().fold(0_u64, |sum, count| sum.saturating_add(*count));
            sum.saturating_add(counts.skipped).saturating_add(kept)
        })
    }

    /// One JSON object, described in `docs/REWRAP.md`.
    pub fn to_json(&self) -> String {
        // Labels, names and numbers always have a JSON text.
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn text<S: Serializer>(key_id: &KeyId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(key_id.as_str())
}

fn texts<S: Serializer>(key_ids: &[KeyId], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(key_ids.iter().map(KeyId::as_str))
}

fn by_key<S: Serializer>(keys: &BTreeMap<KeyId, RewrapKeyCounts>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(keys.iter().map(|(key_id, counts)| (key_id.as_str(), counts)))
}
