//! What has to hold before a rule uses another key: tokens under the new key will be readable, and those under the old one stay so.

use edgeseal::{KeyId, Keyring, KeyringEntry, Policy, TokenMode};

use super::{Failure, Move, refused};

/// The new key is in both files, and is the same in both.
pub(super) fn new_key(policy: &Policy, keyring: &Keyring, to: &KeyId) -> Result<(), Failure> {
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
    if entry.tags() != policy.tags(to) {
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

/// The keyring's `mode` for the new key, if it has one, is that of every token of the rules, as they are once they have moved.
pub(super) fn modes(
    rotated: &Policy,
    keyring: &Keyring,
    to: &KeyId,
    moves: &[Move<'_>],
) -> Result<(), Failure> {
    let Some(mode) = keyring.get(to).and_then(KeyringEntry::mode) else { return Ok(()) };
    let moved =
        rotated.fields().enumerate().filter(|(index, _)| moves.iter().any(|rule| rule.index == *index));
    for (_, field) in moved {
        if field.modes.iter().all(|one| *one == mode) {
            continue;
        }
        let (makes, opens) = match mode {
            TokenMode::Direct if field.modes.len() > 1 => ("envelope tokens of long values", "direct"),
            TokenMode::Direct => ("envelope tokens", "direct"),
            TokenMode::Envelope => ("direct tokens", "envelope"),
        };
        return Err(refused(format!(
            "the rule `{}` makes {makes}, and by its `mode` for `{}` the keyring opens {opens} tokens alone",
            field.name.as_str(),
            to.as_str()
        )));
    }
    Ok(())
}
