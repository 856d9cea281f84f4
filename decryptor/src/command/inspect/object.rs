//! What was found, for machines.

use std::collections::BTreeMap;

use edgeseal::{KeyId, Keyring};
use edgeseal_decryptor::{InventoryKey, Tally, TokenPosition};
use serde::Serialize;

use super::evidence::{Evidence, FileRow, Problem, Verdict};
use super::time::rfc3339;
use super::walk::Skipped;

impl Evidence<'_> {
    /// One JSON object on a line.
    pub(super) fn to_json(&self) -> String {
        let (bytes, unpacked_bytes) = self.bytes();
        let not_found = self.keyring.into_iter().flat_map(Keyring::iter);
        let not_found = not_found.map(|(key_id, _)| key_id).filter(|it| self.inventory.key(it).is_none());
        let whole = Whole {
            complete: self.is_complete(),
            classic_looked_for: self.keyring.is_some(),
            no_classic: self.no_classic,
            verdicts: self
                .verdicts()
                .into_iter()
                .map(|(key_id, verdict)| {
                    let known = self.is_known(key_id);
                    VerdictRow { key: key_id.as_str(), verdict, in_keyring: known }
                })
                .collect(),
            read: Read {
                began: rfc3339(self.began),
                ended: rfc3339(self.ended),
                files: self.files.len(),
                folders: self.folders,
                bytes,
                unpacked_bytes,
                skipped: self.skipped,
            },
            found: self.inventory.found(),
            keys: self.inventory.keys().map(|(key_id, key)| self.key_row(key_id, key)).collect(),
            keys_omitted: self.inventory.keys_omitted(),
            keys_not_found: self.keyring.map(|_| not_found.map(KeyId::as_str).collect()),
            damaged: Damaged {
                codes: self.inventory.codes(),
                without_key: self.inventory.illegible(),
                positions: self.inventory.damaged(),
                positions_omitted: self.inventory.damaged_omitted(),
            },
            problems: &self.problems,
            files: &self.files,
            positions: self.inventory.positions().map(|(positions, _)| positions),
            positions_omitted: self.inventory.positions().map(|(_, omitted)| omitted),
        };
        // Labels, names and numbers always have a JSON text.
        format!("{}\n", serde_json::to_string(&whole).unwrap_or_default())
    }

    fn key_row<'k>(&self, key_id: &'k KeyId, key: &'k InventoryKey) -> KeyRow<'k> {
        KeyRow {
            key: key_id.as_str(),
            in_keyring: self.is_known(key_id),
            tokens: key.tokens,
            damaged: key.damaged,
            kinds: &key.kinds,
            bits: &key.bits,
            distinct: key.distinct,
            distinct_is_exact: self.inventory.distinct_is_exact(),
            fields: &key.fields,
            fields_omitted: key.fields.omitted(),
            without_field: key.without_field,
            places: &key.places,
            places_omitted: key.places.omitted(),
            columns: &key.columns,
            without_place: key.without_place,
            in_names: key.in_names,
            files: key.texts,
            oldest: key.oldest.and_then(rfc3339),
            newest: key.newest.and_then(rfc3339),
        }
    }
}

#[derive(Serialize)]
struct Whole<'a> {
    complete: bool,
    classic_looked_for: bool,
    no_classic: bool,
    verdicts: Vec<VerdictRow<'a>>,
    read: Read,
    found: u64,
    keys: Vec<KeyRow<'a>>,
    keys_omitted: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    keys_not_found: Option<Vec<&'a str>>,
    damaged: Damaged<'a>,
    problems: &'a [Problem],
    files: &'a [FileRow],
    #[serde(skip_serializing_if = "Option::is_none")]
    positions: Option<&'a [TokenPosition]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    positions_omitted: Option<u64>,
}

#[derive(Serialize)]
struct VerdictRow<'a> {
    key: &'a str,
    verdict: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_keyring: Option<bool>,
}

#[derive(Serialize)]
struct Read {
    began: Option<String>,
    ended: Option<String>,
    files: usize,
    folders: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    unpacked_bytes: u64,
    skipped: Skipped,
}

#[derive(Serialize)]
struct KeyRow<'a> {
    key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_keyring: Option<bool>,
    tokens: u64,
    damaged: u64,
    kinds: &'a BTreeMap<&'static str, u64>,
    bits: &'a BTreeMap<u16, u64>,
    distinct: u64,
    distinct_is_exact: bool,
    fields: &'a Tally,
    fields_omitted: u64,
    without_field: u64,
    places: &'a Tally,
    places_omitted: u64,
    columns: &'a BTreeMap<u16, u64>,
    without_place: u64,
    in_names: u64,
    files: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    oldest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    newest: Option<String>,
}

#[derive(Serialize)]
struct Damaged<'a> {
    codes: &'a BTreeMap<&'static str, u64>,
    without_key: u64,
    positions: &'a [TokenPosition],
    positions_omitted: u64,
}
