//! What was found and what became of it, in numbers and positions.

use serde::Serialize;

use crate::label::KeyId;

/// What became of the tokens of a text. Holds no value and no token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DecryptReport {
    pub(super) found: usize,
    pub(super) decrypted: usize,
    pub(super) kept: Vec<Kept>,
}

/// A token that stays in place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Kept {
    pub(super) offset: usize,
    pub(super) code: &'static str,
    #[serde(serialize_with = "key_id_text", skip_serializing_if = "Option::is_none")]
    pub(super) key: Option<KeyId>,
}

impl DecryptReport {
    /// Everything that begins like a token.
    pub fn found(&self) -> usize {
        self.found
    }

    /// Tokens that became plaintext.
    pub fn decrypted(&self) -> usize {
        self.decrypted
    }

    /// Tokens that stay in place, in the order of the text.
    pub fn kept(&self) -> &[Kept] {
        &self.kept
    }

    /// `{"found":2,"decrypted":1,"kept":[{"offset":17,"code":"token_key_unknown","key":"old"}]}`
    pub fn to_json(&self) -> String {
        // Labels and numbers always have a JSON text.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Kept {
    /// Where the token begins, in bytes from the beginning of the text.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Why it stays: the stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Its key id, as far as it could be read.
    pub fn key_id(&self) -> Option<&KeyId> {
        self.key.as_ref()
    }
}

fn key_id_text<S: serde::Serializer>(key: &Option<KeyId>, serializer: S) -> Result<S::Ok, S::Error> {
    match key {
        Some(key) => serializer.serialize_str(key.as_str()),
        None => serializer.serialize_none(),
    }
}
