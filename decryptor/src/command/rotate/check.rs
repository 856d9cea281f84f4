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

/// The new key is another one. Two key ids for one key would have the old one look free to go, and whoever has it read what is new.
pub(super) fn differs<'a>(
    policy: &Policy,
    keyring: &Keyring,
    old: impl Iterator<Item = &'a KeyId>,
    to: &KeyId,
) -> Result<(), Failure> {
    let public_key = |key: &KeyId| policy.keys().find(|(id, _)| *id == key).map(|(_, key)| key.spki_sha256());
    let fingerprint = |key: &KeyId| public_key(key).or_else(|| keyring.get(key)?.spki_sha256());
    let location = |key: &KeyId| keyring.get(key).map(KeyringEntry::location);
    for key in old {
        let what = if fingerprint(key).is_some() && fingerprint(key) == fingerprint(to) {
            "their public keys are the same"
        } else if location(key).is_some() && location(key) == location(to) {
            "the keyring has them at the same place"
        } else {
            continue;
        };
        return Err(refused(format!("`{}` and `{}` are one key: {what}", key.as_str(), to.as_str())));
    }
    Ok(())
}

/// No rule would be left without its key.
pub(super) fn no_rule_uses(policy: &Policy, key: &KeyId) -> Result<(), Failure> {
    let users = policy.fields().filter(|field| field.key == key);
    let users: Vec<String> = users.map(|field| format!("`{}`", field.name.as_str())).collect();
    if users.is_empty() {
        return Ok(());
    }
    let use_ = if users.len() == 1 { "uses" } else { "use" };
    Err(refused(format!("{} still {use_} `{}`: it stays in the policy", users.join(", "), key.as_str())))
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
