//! A canary: a random value, encrypted as the edge does it, to see whether it comes back.

use edgeseal::{Encryptor, KeyId, KeyringEntry, Policy, TokenMode};
use getrandom::SysRng;
use serde_json::json;
use zeroize::Zeroizing;

const CANARY_BYTES: usize = 32;

/// A body with one random value, and the same with a token in place of the value.
pub(super) struct CanaryText {
    pub(super) plain: Zeroizing<String>,
    pub(super) encrypted: Vec<u8>,
}

/// Encrypts a random value under a public key, in such a token as the keyring lets open; `None` if there is no randomness.
pub(super) fn make(key_id: &KeyId, public_pem: &str, entry: &KeyringEntry) -> Option<CanaryText> {
    let mut key = json!({ "public_key": public_pem });
    if let (Some(tags), Some(key)) = (entry.tags(), key.as_object_mut()) {
        key.insert("prefix".to_owned(), tags.prefix().into());
        key.insert("suffix".to_owned(), tags.suffix().into());
    }
    let mut rule = json!({ "name": "canary", "path": "$.canary", "key": key_id.as_str() });
    if let (Some(TokenMode::Envelope), Some(rule)) = (entry.mode(), rule.as_object_mut()) {
        rule.insert("mode".to_owned(), "envelope".into());
    }
    let policy = json!({ "version": 1, "keys": { key_id.as_str(): key }, "fields": [rule] });
    let policy = Policy::from_json(policy.to_string().as_bytes()).ok()?;

    let mut bytes = Zeroizing::new([0_u8; CANARY_BYTES]);
    getrandom::fill(bytes.as_mut_slice()).ok()?;
    // As long as it can get at once: a string that grows leaves copies behind.
    let mut plain = Zeroizing::new(String::with_capacity(CANARY_BYTES.saturating_mul(2).saturating_add(16)));
    plain.push_str("{\"canary\":\"");
    for byte in bytes.iter() {
        for digit in [byte >> 4, byte & 15] {
            plain.push(char::from_digit(u32::from(digit), 16)?);
        }
    }
    plain.push_str("\"}");
    let encrypted = Encryptor::new(policy).encrypt(plain.as_bytes(), "application/json", &mut SysRng).ok()?;
    let encrypted = encrypted.body.into_owned();
    Some(CanaryText { plain, encrypted })
}
