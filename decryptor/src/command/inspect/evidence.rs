//! What was found, and what it is evidence of.

use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use edgeseal::{KeyId, Keyring, TextFormat};
use edgeseal_decryptor::{Inventory, TextInventory};
use serde::Serialize;

use super::time::rfc3339;
use super::walk::Skipped;
use crate::command::texts::Compression;

pub(super) struct Evidence<'a> {
    pub(super) inventory: &'a Inventory,
    pub(super) keyring: Option<&'a Keyring>,
    /// Whether it was said that no key has ever had classic tags.
    pub(super) no_classic: bool,
    /// The keys of `--key`: the keyring has them, or there are no classic tags.
    pub(super) asked: &'a [KeyId],
    /// Whether more than one text was asked for.
    pub(super) several: bool,
    pub(super) files: Vec<FileRow>,
    pub(super) problems: Vec<Problem>,
    pub(super) folders: u64,
    pub(super) skipped: Skipped,
    pub(super) began: SystemTime,
    pub(super) ended: SystemTime,
}

/// Something that was not read, or not seen.
#[derive(Serialize)]
pub(super) struct Problem {
    pub(super) file: String,
    pub(super) code: &'static str,
    pub(super) message: String,
}

/// What one text holds.
#[derive(Default, Serialize)]
pub(super) struct FileRow {
    pub(super) file: String,
    pub(super) format: &'static str,
    pub(super) compression: &'static str,
    /// As it is stored, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bytes: Option<u64>,
    pub(super) unpacked_bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) modified: Option<String>,
    /// Whether it was read to its end.
    pub(super) whole: bool,
    pub(super) found: u64,
    /// By key, whole tokens and what only begins like one.
    pub(super) keys: BTreeMap<String, FileKey>,
    /// What begins like a token and is none.
    pub(super) damaged: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) read_as_text: Option<ReadAsText>,
}

#[derive(Default, Serialize)]
pub(super) struct FileKey {
    pub(super) tokens: u64,
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) damaged: u64,
}

/// A text that is not of its format.
#[derive(Serialize)]
pub(super) struct ReadAsText {
    pub(super) code: &'static str,
    pub(super) offset: u64,
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) lines: u64,
}

/// What can be said of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    /// There are tokens under it, or damaged ones.
    Found,
    /// There is none in what was read, and everything was read.
    NotFound,
    /// None was found; in what was not read, or is damaged, there may be some.
    NotKnown,
}

impl FileRow {
    pub(super) fn new(
        format: TextFormat,
        compression: Compression,
        bytes: Option<u64>,
        modified: Option<SystemTime>,
    ) -> Self {
        Self {
            format: match format {
                TextFormat::Json => "json",
                TextFormat::NdJson => "ndjson",
                TextFormat::Csv(_) => "csv",
                TextFormat::Form => "form",
                TextFormat::Text => "text",
            },
            compression: match compression {
                Compression::None => "none",
                Compression::Gzip => "gzip",
                Compression::Zstd => "zstd",
            },
            bytes,
            modified: modified.and_then(rfc3339),
            ..Self::default()
        }
    }

    pub(super) fn with(self, of_text: TextInventory) -> Self {
        let keys = of_text.keys.into_iter();
        Self {
            unpacked_bytes: of_text.bytes,
            found: of_text.found,
            keys: keys
                .map(|(key_id, (tokens, damaged))| (key_id.to_string(), FileKey { tokens, damaged }))
                .collect(),
            damaged: of_text.damaged,
            read_as_text: of_text.read_as_text.map(|(offset, code)| {
                let lines = of_text.damaged_lines;
                ReadAsText { code, offset, lines }
            }),
            ..self
        }
    }
}

impl Evidence<'_> {
    /// Whether everything was read.
    pub(super) fn is_complete(&self) -> bool {
        self.problems.is_empty()
    }

    /// Whether tokens with classic tags were looked for, or there are none.
    fn classic_is_settled(&self) -> bool {
        self.keyring.is_some() || self.no_classic
    }

    /// What can be said of a key.
    pub(super) fn verdict(&self, key_id: &KeyId) -> Verdict {
        if self.inventory.key(key_id).is_some_and(|key| key.found() > 0) {
            Verdict::Found
        } else if self.is_complete() && self.classic_is_settled() && self.inventory.illegible() == 0 {
            Verdict::NotFound
        } else {
            Verdict::NotKnown
        }
    }

    /// Whether there is nothing to look at: of keys that were asked about, that nothing is under them.
    pub(super) fn is_clean(&self) -> bool {
        if self.asked.is_empty() {
            return self.is_complete() && self.inventory.codes().is_empty();
        }
        self.asked.iter().all(|key_id| self.verdict(key_id) == Verdict::NotFound)
    }

    /// The keys of which something is said: those that were asked about; else those of the keyring.
    pub(super) fn verdicts(&self) -> Vec<(&KeyId, Verdict)> {
        let mut key_ids: BTreeSet<&KeyId> = self.asked.iter().collect();
        if key_ids.is_empty() {
            key_ids.extend(
                self.keyring.into_iter().flat_map(|keyring| keyring.iter().map(|(key_id, _)| key_id)),
            );
        }
        key_ids.into_iter().map(|key_id| (key_id, self.verdict(key_id))).collect()
    }

    /// Whether the keyring has a key; nothing without one.
    pub(super) fn is_known(&self, key_id: &KeyId) -> Option<bool> {
        self.keyring.map(|keyring| keyring.get(key_id).is_some())
    }

    /// As they are stored, if that is known of all; and as they were read.
    pub(super) fn bytes(&self) -> (Option<u64>, u64) {
        let stored = self.files.iter().map(|file| file.bytes);
        let read = self.files.iter().map(|file| file.unpacked_bytes);
        (stored.sum(), read.fold(0, u64::saturating_add))
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}
