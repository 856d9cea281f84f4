//! Which tokens texts hold, without a key and without a call.

mod key;
mod not_text;
mod text;
mod traces;

use std::collections::{BTreeMap, HashSet};

use aws_lc_rs::digest::{Context, SHA256};
use edgeseal::{FoundToken, KeyId, Keyring, TextFormat, TokenError};
use serde::Serialize;

pub use key::{InventoryKey, Tally};
pub use text::{InventoryText, TextInventory};
pub use traces::EncodedTokens;

/// Of the SHA-256 of a ciphertext, how much is kept. That two of some millions are alike is less likely than 2⁻⁸³.
const FINGERPRINT_BYTES: usize = 16;
/// So many distinct ciphertexts are told apart, in about 80 MB of memory.
const MOST_DISTINCT: usize = 3_500_000;
/// Most key ids that are told apart: whoever writes texts can make up any number.
const MOST_KEYS: usize = 10_000;
/// Most positions that are told, of each sort.
const MOST_POSITIONS: usize = 10_000;

/// The tokens of texts, by key: of which kinds, of which fields, and what only begins like a token.
///
/// Memory does not grow with the texts beyond what the limits of the numbers say: distinct ciphertexts are told apart up to 3,500,000, key ids and
/// positions up to 10,000, names of fields and places up to 1,000 for each key. What is beyond is counted, and said to be.
///
/// ```
/// use edgeseal::{Keyring, TextFormat};
/// use edgeseal_decryptor::Inventory;
///
/// let mut inventory = Inventory::new(&Keyring::default());
/// let token = format!("__es1.pii.s.{}.__", "A".repeat(342));
/// let mut text = inventory.text(TextFormat::Json).named("stored.json");
/// text.add(format!("{{\"ssn\": \"{token}\", ").as_bytes())?;
/// text.add(b"\"x\": \"__es1.damage\"}")?;
/// let of_text = text.end();
/// assert_eq!((of_text.found, inventory.found()), (2, 2));
/// let (key_id, key) = inventory.keys().next().ok_or("no key")?;
/// assert_eq!((key_id.as_str(), key.tokens, key.distinct), ("pii", 1, 1));
/// assert_eq!(key.places.iter().next(), Some(("ssn", 1)));
/// assert_eq!(inventory.damaged()[0].pointer.as_deref(), Some("/x"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Inventory {
    keyring: Keyring,
    keys: BTreeMap<KeyId, InventoryKey>,
    /// Tokens under keys beyond those that are told apart.
    keys_omitted: u64,
    seen: HashSet<[u8; FINGERPRINT_BYTES]>,
    found: u64,
    /// What is no token, by its code; and how much of it tells no key id.
    codes: BTreeMap<&'static str, u64>,
    illegible: u64,
    damaged: Positions,
    tokens: Option<Positions>,
    of_keys: Vec<KeyId>,
}

/// Where a token stands, or something that begins like one. Holds no value and no token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TokenPosition {
    /// The text's name, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Where it begins, in bytes from the beginning of the text.
    pub offset: u64,
    /// Its line, counted from 1.
    pub line: u64,
    /// JSON and NDJSON: where it stands in its JSON text (RFC 6901); for a token in a member name, its object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// CSV: its column, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
    /// Its key id; of what is damaged, as far as it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Of a token, its kind: `s`, `v`, `e` or `classic`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'static str>,
    /// What is wrong with it: the stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
}

#[derive(Debug, Default)]
struct Positions {
    told: Vec<TokenPosition>,
    omitted: u64,
}

impl Inventory {
    /// An inventory of nothing yet. Tokens with classic tags are those that the keyring has tags for; a keyring without keys will do for all others.
    pub fn new(keyring: &Keyring) -> Self {
        Self {
            keyring: keyring.clone(),
            keys: BTreeMap::new(),
            keys_omitted: 0,
            seen: HashSet::new(),
            found: 0,
            codes: BTreeMap::new(),
            illegible: 0,
            damaged: Positions::default(),
            tokens: None,
            of_keys: Vec::new(),
        }
    }

    /// Has every token's position told, and not of damaged ones alone.
    #[must_use]
    pub fn with_positions(mut self, wanted: bool) -> Self {
        self.tokens = wanted.then(Positions::default);
        self
    }

    /// Is about these keys above all: they are counted however many key ids there are, as those of the keyring are, and [`with_positions`](Self::with_positions) is about their tokens
    /// alone.
    #[must_use]
    pub fn of_keys(mut self, keys: &[KeyId]) -> Self {
        self.of_keys = keys.to_vec();
        self
    }

    /// Adds a text that comes in pieces.
    pub fn text(&mut self, format: TextFormat) -> InventoryText<'_> {
        InventoryText::new(self, format)
    }

    /// Everything that begins like a token.
    pub fn found(&self) -> u64 {
        self.found
    }

    /// The keys that anything is under, sorted by key id.
    pub fn keys(&self) -> impl Iterator<Item = (&KeyId, &InventoryKey)> {
        self.keys.iter()
    }

    /// What is under a key.
    pub fn key(&self, key_id: &KeyId) -> Option<&InventoryKey> {
        self.keys.get(key_id)
    }

    /// Tokens under keys beyond the first 10,000.
    pub fn keys_omitted(&self) -> u64 {
        self.keys_omitted
    }

    /// Whether all distinct ciphertexts were told apart: beyond 3,500,000 they are no longer counted.
    pub fn distinct_is_exact(&self) -> bool {
        self.seen.len() < MOST_DISTINCT
    }

    /// What begins like a token and is none, by its code.
    pub fn codes(&self) -> &BTreeMap<&'static str, u64> {
        &self.codes
    }

    /// How much of that tells no key id: each of it may be under any key.
    pub fn illegible(&self) -> u64 {
        self.illegible
    }

    /// Where it stands, up to 10,000 of it.
    pub fn damaged(&self) -> &[TokenPosition] {
        &self.damaged.told
    }

    /// How much more of it there is.
    pub fn damaged_omitted(&self) -> u64 {
        self.damaged.omitted
    }

    /// Where the tokens stand, up to 10,000, if that is wanted; and how many more there are.
    pub fn positions(&self) -> Option<(&[TokenPosition], u64)> {
        self.tokens.as_ref().map(|positions| (positions.told.as_slice(), positions.omitted))
    }

    /// Notes a token. The result is what it is counted as: its key id, and whether it is whole.
    fn note(&mut self, found: &FoundToken, file: Option<&str>) -> (Option<KeyId>, bool) {
        add(&mut self.found, 1);
        let token = found.token().and_then(|token| {
            let entry = self.keyring.get(token.key_id());
            let expected = entry.and_then(edgeseal::KeyringEntry::key_spec);
            // What the keyring says of the key's size makes a token of another size a damaged one, as for whoever decrypts it.
            if expected.is_some_and(|size| Some(size) != token.key_size()) {
                Err(TokenError::Damaged)
            } else {
                Ok(token)
            }
        });
        let is_told = found.key_id().is_some_and(|key_id| {
            self.keys.contains_key(key_id)
                || self.keys.len() < MOST_KEYS
                || self.of_keys.contains(key_id)
                || self.keyring.get(key_id).is_some()
        });
        if !is_told && found.key_id().is_some() {
            add(&mut self.keys_omitted, 1);
        }
        let key_id = found.key_id().filter(|_| is_told);
        match token {
            Ok(token) => {
                if let Some(key_id) = key_id {
                    let is_new = self.seen.len() < MOST_DISTINCT
                        && fingerprint(key_id, token.ciphertext()).is_some_and(|it| self.seen.insert(it));
                    self.keys.entry(key_id.clone()).or_default().note(found, token, is_new);
                }
                let is_asked = self.of_keys.is_empty() || self.of_keys.contains(token.key_id());
                if let Some(positions) = self.tokens.as_mut().filter(|_| is_asked) {
                    positions.note(found, file, Some(key::kind(token.kind())), None);
                }
            }
            Err(error) => {
                add(self.codes.entry(error.code()).or_default(), 1);
                match (key_id, found.key_id()) {
                    (Some(key_id), _) => {
                        add(&mut self.keys.entry(key_id.clone()).or_default().damaged, 1);
                    }
                    (None, Some(_)) => {}
                    (None, None) => add(&mut self.illegible, 1),
                }
                self.damaged.note(found, file, None, Some(error.code()));
            }
        }
        (key_id.cloned(), token.is_ok())
    }
}

impl Positions {
    fn note(
        &mut self,
        found: &FoundToken,
        file: Option<&str>,
        kind: Option<&'static str>,
        code: Option<&'static str>,
    ) {
        if self.told.len() >= MOST_POSITIONS {
            return add(&mut self.omitted, 1);
        }
        self.told.push(TokenPosition {
            file: file.map(str::to_owned),
            offset: wide(found.offset()),
            line: wide(found.line()),
            pointer: found.pointer().map(str::to_owned),
            column: found.column().map(wide),
            key: found.key_id().map(ToString::to_string),
            kind,
            code,
        });
    }
}

fn fingerprint(key_id: &KeyId, ciphertext: &[u8]) -> Option<[u8; FINGERPRINT_BYTES]> {
    let mut context = Context::new(&SHA256);
    context.update(key_id.as_str().as_bytes());
    context.update(&[0]);
    context.update(ciphertext);
    context.finish().as_ref().first_chunk().copied()
}

fn add(to: &mut u64, count: u64) {
    *to = to.saturating_add(count);
}

fn wide(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
