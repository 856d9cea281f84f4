//! What has to hold before a rule uses another key: tokens under the new key will be readable, and those under the old one stay so.

use edgeseal::{KeyId, Keyring, Policy, TokenMode};
use serde_json::Value;

use super::{Failure, Move, refused};

/// The new key is in both files, and is the same in both.
pub(super) fn new_key(policy: &Policy, json: &Value, keyring: &Keyring, to: &KeyId) -> Result<(), Failure> {
    let name = to.as_str();
    let Some((_, public_key)) = policy.keys().find(|(id, _)| *id == to) else {
        return Err(refused(format!("the policy has no key `{name}`")));
    };
    let Some(entry) = keyring.get(to) else {
        return Err(refused(format!("the keyring has no key `{name}`: nobody could read its tokens")));
    };
    if entry.spki_sha256().is_some_and(|digest| digest != public_key.spki_sha256()) {
        return Err(refused(format!(
            "policy and keyring have different keys `{name}`: the public key's SPKI SHA-256 is not `spki_sha256`"
        )));
    }
    if entry.key_spec().is_some_and(|size| size != public_key.size()) {
        return Err(refused(format!(
            "policy and keyring have different keys `{name}`: the public key's size is not `key_spec`"
        )));
    }
    let in_keyring = entry.tags().map(|tags| (tags.prefix(), tags.suffix()));
    if in_keyring != tags(json, to) {
        return Err(refused(format!(
            "policy and keyring say different things about the classic tags of `{name}`: its tokens would not be found"
        )));
    }
    Ok(())
}

/// What is stored stays readable.
pub(super) fn old_keys(keyring: &Keyring, moves: &[Move<'_>]) -> Result<(), Failure> {
    match moves.iter().find(|rule| keyring.get(rule.from).is_none()) {
        None => Ok(()),
        Some(rule) => Err(refused(format!(
            "the keyring has no key `{}`, which `{}` uses: what is stored could not be read",
            rule.from.as_str(),
            rule.name
        ))),
    }
}

/// The keyring's `mode` for the new key, if it has one, is that of every token of the rules.
pub(super) fn modes(json: &Value, keyring: &Keyring, to: &KeyId, moves: &[Move<'_>]) -> Result<(), Failure> {
    let Some(mode) = keyring.get(to).and_then(edgeseal::KeyringEntry::mode) else { return Ok(()) };
    let is_classic = tags(json, to).is_some();
    for rule in moves {
        let member = |name| json.get("fields")?.get(rule.index)?.get(name)?.as_str();
        let is_envelope = member("mode") == Some("envelope");
        let becomes_envelope = !is_envelope && !is_classic && member("oversize") != Some("reject");
        let why = match mode {
            TokenMode::Envelope if !is_envelope => {
                "makes direct tokens, and the keyring opens envelope ones alone"
            }
            TokenMode::Direct if is_envelope => {
                "makes envelope tokens, and the keyring opens direct ones alone"
            }
            TokenMode::Direct if becomes_envelope => {
                "makes envelope tokens of long values (`oversize`), and the keyring opens direct ones alone"
            }
            _ => continue,
        };
        return Err(refused(format!("the rule `{}` {why} under `{}` (`mode`)", rule.name, to.as_str())));
    }
    Ok(())
}

/// The classic tags that a policy gives a key.
pub(super) fn tags<'j>(json: &'j Value, key: &KeyId) -> Option<(&'j str, &'j str)> {
    let key = json.get("keys")?.get(key.as_str())?;
    Some((key.get("prefix")?.as_str()?, key.get("suffix")?.as_str()?))
}
