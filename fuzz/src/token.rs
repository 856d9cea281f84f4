//! Tokens made here, with anything in them.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};

use crate::naive::to_base64url;
use crate::tree::{Tree, string};

/// The header of envelopes that are made here.
pub(crate) const HEADER: &str = r#"{"alg":"RSA-OAEP-256","cty":"json","ctx":{"field":"f"},"enc":"A256GCM"}"#;
pub(crate) const DATA_KEY: [u8; 32] = [0x42; 32];
const IV: [u8; 12] = [0x24; 12];

/// A direct token of kind `s` or `v` with this ciphertext, which nobody has to have computed.
pub(crate) fn direct(kind: char, rsa: &[u8]) -> String {
    format!("__es1.k1.{kind}.{}.__", to_base64url(rsa))
}

/// An envelope token.
pub(crate) fn envelope(header: &[u8], rsa: &[u8], padded: &[u8]) -> String {
    let header = to_base64url(header);
    let payload = Payload { msg: padded, aad: header.as_bytes() };
    let key = Key::<Aes256Gcm>::from(DATA_KEY);
    let sealed = Aes256Gcm::new(&key).encrypt(&Nonce::from(IV), payload).expect("it seals");
    let (ciphertext, tag) = sealed.split_at(padded.len());
    let parts = [rsa, &IV, ciphertext, tag].map(to_base64url);
    format!("__es1.k1.e.{header}.{}.__", parts.join("."))
}

/// With spaces to a multiple of 32 bytes.
pub(crate) fn pad(json: &[u8]) -> Vec<u8> {
    let mut padded = json.to_vec();
    padded.resize(json.len().div_ceil(32).max(1) * 32, b' ');
    padded
}

/// Whether this is the JSON text of one value, with nothing around it.
pub(crate) fn is_value(json: &[u8]) -> bool {
    Tree::read(json).is_some_and(|tree| tree.text().as_bytes() == json)
}

/// What stands for a value where there is no JSON: the text of a string that has one, else the JSON text.
pub(crate) fn as_text(json: &str) -> String {
    string(json).unwrap_or_else(|| json.to_owned())
}

/// Whether a decoder takes this for the header of an envelope (FORMAT.md, sections 3 and 5).
pub(crate) fn is_header(json: &[u8]) -> bool {
    let Some(Tree::Object { members, .. }) = Tree::read(json) else { return false };
    let mut names: Vec<Option<String>> = members.iter().map(|(name, _)| string(name)).collect();
    names.sort();
    let names: Vec<&str> = names.iter().flatten().map(String::as_str).collect();
    names == ["alg", "ctx", "cty", "enc"]
        && members.len() == 4
        && members.iter().all(|(name, value)| {
            let is = |text: &str| string(value.text()).as_deref() == Some(text);
            match string(name).as_deref() {
                Some("alg") => is("RSA-OAEP-256"),
                Some("cty") => is("json"),
                Some("enc") => is("A256GCM"),
                _ => is_context(value),
            }
        })
}

/// An object of strings with distinct names, one of which is `field`.
fn is_context(context: &Tree) -> bool {
    let Tree::Object { members, .. } = context else { return false };
    let mut names: Vec<_> = members.iter().map(|(name, _)| string(name)).collect();
    names.sort();
    names.dedup();
    let are_texts = members.iter().all(|(_, value)| string(value.text()).is_some());
    are_texts
        && names.len() == members.len()
        && !names.contains(&None)
        && names.contains(&Some("field".to_owned()))
}
