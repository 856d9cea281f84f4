//! What is under one key.

use std::collections::BTreeMap;
use std::time::SystemTime;

use edgeseal::{FoundToken, Kind, Token};
use serde::{Serialize, Serializer};

use super::add;

/// Most names that are told apart for a key.
const MOST_NAMES: usize = 1_000;

/// What is under one key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct InventoryKey {
    /// Whole tokens.
    pub tokens: u64,
    /// The same by their kind: `s`, `v`, `e`, `classic`.
    pub kinds: BTreeMap<&'static str, u64>,
    /// The same by the size of the RSA ciphertext, which is the size of the key: 2048, 3072 or 4096 bits.
    pub bits: BTreeMap<u16, u64>,
    /// Distinct RSA ciphertexts: the calls that it takes to decrypt the tokens, or to rewrap them.
    pub distinct: u64,
    /// Envelope tokens by the field that they are bound to.
    pub fields: Tally,
    /// Envelope tokens that name no field: their header is not what it has to be, and they do not open.
    pub without_field: u64,
    /// Direct tokens, which are bound to no field, by where they stand in JSON: the innermost member name on the way to them.
    pub places: Tally,
    /// The same in CSV, by the column.
    pub columns: BTreeMap<u16, u64>,
    /// Direct tokens that stand elsewhere.
    pub without_place: u64,
    /// Of all tokens, those in member names.
    pub in_names: u64,
    /// What begins like a token under this key and is none: damaged, or of an unknown kind.
    pub damaged: u64,
    /// Texts in which anything is under the key.
    pub texts: u64,
    /// The oldest time of change among them, as far as it is known.
    pub oldest: Option<SystemTime>,
    /// The newest.
    pub newest: Option<SystemTime>,
}

/// How often each name occurs; of the first 1,000.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    names: BTreeMap<Box<str>, u64>,
    omitted: u64,
}

impl Tally {
    /// The names and how often each occurs, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.names.iter().map(|(name, count)| (&**name, *count))
    }

    /// How often others occur.
    pub fn omitted(&self) -> u64 {
        self.omitted
    }

    fn note(&mut self, name: &str) {
        if let Some(count) = self.names.get_mut(name) {
            add(count, 1);
        } else if self.names.len() < MOST_NAMES {
            self.names.insert(name.into(), 1);
        } else {
            add(&mut self.omitted, 1);
        }
    }
}

/// As an object of names and numbers.
impl Serialize for Tally {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl InventoryKey {
    /// Tokens, and what only begins like one.
    pub fn found(&self) -> u64 {
        self.tokens.saturating_add(self.damaged)
    }

    pub(super) fn note(&mut self, found: &FoundToken, token: &Token, is_new: bool) {
        add(&mut self.tokens, 1);
        add(self.kinds.entry(kind(token.kind())).or_default(), 1);
        if let Ok(bits) = u16::try_from(token.ciphertext().len().saturating_mul(8)) {
            add(self.bits.entry(bits).or_default(), 1);
        }
        add(&mut self.distinct, u64::from(is_new));
        add(&mut self.in_names, u64::from(found.is_in_name()));
        let column = found.column().map(|column| u16::try_from(column).unwrap_or(u16::MAX));
        match (token.kind(), found.field(), found.name(), column) {
            (Kind::Envelope, Some(field), ..) => self.fields.note(field.as_str()),
            (Kind::Envelope, None, ..) => add(&mut self.without_field, 1),
            (_, _, Some(name), _) => self.places.note(name),
            (_, _, None, Some(column)) => add(self.columns.entry(column).or_default(), 1),
            (_, _, None, None) => add(&mut self.without_place, 1),
        }
    }

    pub(super) fn in_text(&mut self, modified: Option<SystemTime>) {
        add(&mut self.texts, 1);
        let Some(modified) = modified else { return };
        self.oldest = Some(self.oldest.map_or(modified, |oldest| oldest.min(modified)));
        self.newest = Some(self.newest.map_or(modified, |newest| newest.max(modified)));
    }
}

/// The letter of a kind; of classic tokens, which have none, a word.
pub(super) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "s",
        Kind::Value => "v",
        Kind::Envelope => "e",
        Kind::Classic => "classic",
    }
}
