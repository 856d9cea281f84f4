//! What became of the tokens of a run, in numbers and positions.

use std::collections::BTreeMap;

use edgeseal::{DecryptReport, KeyId};
use serde::{Serialize, Serializer};

/// What became of tokens. Holds no value and no token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    found: u64,
    decrypted: u64,
    skipped: u64,
    kept: u64,
    /// By reason.
    reasons: BTreeMap<&'static str, u64>,
    #[serde(serialize_with = "by_key")]
    keys: BTreeMap<KeyId, KeyCounts>,
    positions: Vec<Position>,
    positions_omitted: u64,
}

/// What became of the tokens under one key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct KeyCounts {
    /// Calls made, attempts that were repeated included.
    pub calls: u64,
    /// Tokens that became plaintext.
    pub decrypted: u64,
    /// Tokens outside the selection.
    pub skipped: u64,
    /// Tokens that did not, by reason.
    pub kept: BTreeMap<&'static str, u64>,
}

/// A token that was not decrypted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Position {
    /// The text's name, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Where the token begins, in bytes from the beginning of the text.
    pub offset: u64,
    /// Its line, counted from 1.
    pub line: u64,
    /// JSON and NDJSON: where it stands in its JSON text (RFC 6901); for a token in a member name, its object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Its key id, as far as it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Why: the stable code.
    pub code: &'static str,
}

impl Report {
    /// Everything that begins like a token.
    pub fn found(&self) -> u64 {
        self.found
    }

    /// Tokens that became plaintext.
    pub fn decrypted(&self) -> u64 {
        self.decrypted
    }

    /// Tokens outside the selection, which stay in place.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Tokens of the selection that did not become plaintext.
    pub fn kept(&self) -> u64 {
        self.kept
    }

    /// How many of those there are for each reason: a stable code.
    pub fn reasons(&self) -> &BTreeMap<&'static str, u64> {
        &self.reasons
    }

    /// The same by key id.
    pub fn keys(&self) -> &BTreeMap<KeyId, KeyCounts> {
        &self.keys
    }

    /// Where they stand, as far as there was room.
    pub fn positions(&self) -> &[Position] {
        &self.positions
    }

    /// Calls made, attempts that were repeated included.
    pub fn calls(&self) -> u64 {
        self.keys.values().fold(0, |sum, key| sum.saturating_add(key.calls))
    }

    /// One JSON object, described in `docs/DECRYPT.md`.
    pub fn to_json(&self) -> String {
        // Labels, names and numbers always have a JSON text.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// How many positions there was no room for.
    pub(crate) fn positions_omitted(&self) -> u64 {
        self.positions_omitted
    }

    pub(crate) fn into_positions(self) -> Vec<Position> {
        self.positions
    }

    pub(crate) fn set_calls(&mut self, calls: BTreeMap<KeyId, u64>) {
        for (key_id, calls) in calls {
            self.keys.entry(key_id).or_default().calls = calls;
        }
    }

    /// Adds what became of a piece of a text, with so many positions at most.
    pub(crate) fn add(&mut self, piece: &DecryptReport, file: Option<&str>, max_positions: usize) {
        add(&mut self.found, piece.found());
        add(&mut self.decrypted, piece.decrypted());
        add(&mut self.skipped, piece.skipped());
        add(&mut self.kept, piece.kept().len());
        for (key_id, tokens) in piece.decrypted_by_key() {
            add(&mut self.keys.entry(key_id.clone()).or_default().decrypted, tokens);
        }
        for (key_id, tokens) in piece.skipped_by_key() {
            add(&mut self.keys.entry(key_id.clone()).or_default().skipped, tokens);
        }
        for kept in piece.kept() {
            add(self.reasons.entry(kept.code()).or_default(), 1);
            if let Some(key_id) = kept.key_id() {
                add(self.keys.entry(key_id.clone()).or_default().kept.entry(kept.code()).or_default(), 1);
            }
            if self.positions.len() >= max_positions {
                add(&mut self.positions_omitted, 1);
                continue;
            }
            self.positions.push(Position {
                file: file.map(str::to_owned),
                offset: u64::try_from(kept.offset()).unwrap_or(u64::MAX),
                line: u64::try_from(kept.line()).unwrap_or(u64::MAX),
                pointer: kept.pointer().map(str::to_owned),
                key: kept.key_id().map(ToString::to_string),
                code: kept.code(),
            });
        }
    }
}

fn add(to: &mut u64, more: usize) {
    *to = to.saturating_add(u64::try_from(more).unwrap_or(u64::MAX));
}

fn by_key<S: Serializer>(keys: &BTreeMap<KeyId, KeyCounts>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(keys.iter().map(|(key_id, counts)| (key_id.as_str(), counts)))
}
