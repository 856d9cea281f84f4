//! Keys, and what a policy says beside its rules.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::bodies::{Bodies, is_read};
use super::{ChangeEffect, Changes};
use crate::content_type::BodyFormat;
use crate::policy::budget::TooComplex;
use crate::policy::{DigestAction, Policy, PolicyKey};

pub(super) fn compare(
    old: &Policy,
    new: &Policy,
    bodies: Result<&[Bodies], TooComplex>,
    changes: &mut Changes,
) {
    keys(old, new, changes);
    match bodies {
        Ok(bodies) => content_types(bodies, changes),
        Err(TooComplex) => {
            let message = "there are too many content types to tell what is read otherwise now";
            changes.member("/content_types", ChangeEffect::Weaker, "too_complex", message.to_owned());
        }
    }
    let mut flag = |before: bool, after: bool, member, code, [strict, weak]: [&str; 2]| {
        if before != after {
            let (effect, message) =
                if after { (ChangeEffect::Stricter, strict) } else { (ChangeEffect::Weaker, weak) };
            changes.member(member, effect, code, message.to_owned());
        }
    };
    flag(
        old.refuse_foreign_tokens,
        new.refuse_foreign_tokens,
        "/foreign_tokens",
        "foreign_tokens_changed",
        ["a request that holds a token is refused", "tokens that a client sends are let through"],
    );
    flag(
        old.refuse_duplicate_names,
        new.refuse_duplicate_names,
        "/duplicate_names",
        "duplicate_names_changed",
        [
            "an object with two members of one name is refused",
            "an object with two members of one name is no longer refused",
        ],
    );
    leftovers(old, new, changes);
    if old.context != new.context {
        let pairs = old.context.iter().chain(&new.context);
        let changed = pairs.filter(|pair| !old.context.contains(pair) || !new.context.contains(pair));
        let changed: alloc::collections::BTreeSet<String> =
            changed.map(|(name, _)| format!("`{name}`")).collect();
        let message = format!(
            "{}: envelope tokens are bound to it, so whoever asks for the context has to follow",
            changed.into_iter().collect::<Vec<_>>().join(", ")
        );
        changes.member("/context", ChangeEffect::Other, "context_changed", message);
    }
    digest_headers(old, new, changes);
    for (member, code, before, after) in [
        ("/limits/max_depth", "max_depth_changed", old.max_depth, new.max_depth),
        ("/limits/max_fields", "max_fields_changed", old.max_fields, new.max_fields),
    ] {
        if before != after {
            let effect = if after < before { ChangeEffect::Stricter } else { ChangeEffect::Other };
            changes.member(member, effect, code, format!("it is {after} now, and was {before}"));
        }
    }
}

fn keys(old: &Policy, new: &Policy, changes: &mut Changes) {
    for key in &old.keys {
        let Some(next) = new.keys.iter().find(|next| next.id == key.id) else {
            let (effect, message) = if key.tags.is_some() {
                let message = "the key is gone, and its classic tags with it: tokens in them that a client sends are no longer told from other texts";
                (ChangeEffect::Weaker, message)
            } else {
                (ChangeEffect::Other, "the key is gone")
            };
            changes.key(&key.id, effect, "key_removed", message.to_owned());
            continue;
        };
        if key.public_key.spki_sha256() != next.public_key.spki_sha256() {
            let message = "another public key under the same key id: a new version of a key is a new key id, or tokens of one of the two \
                           do not open";
            changes.key(&key.id, ChangeEffect::KeyReplaced, "key_replaced", message.to_owned());
        }
        if key.tags != next.tags {
            let message = match (&key.tags, &next.tags) {
                (None, _) => {
                    "its tokens have classic tags now: they are bound to nothing, and values that are no strings are refused"
                }
                (_, None) => {
                    "its tokens have no classic tags any more: every reader has to know the newer ones"
                }
                _ => "its classic tags are others: every reader has to know them",
            };
            // Tokens in tags that nobody knows are no tokens, to the edge: a client may send them.
            let effect = if key.tags.is_some() { ChangeEffect::Weaker } else { ChangeEffect::Other };
            changes.key(&key.id, effect, "key_tags_changed", message.to_owned());
        }
        data_key_reuse(key, next, changes);
    }
    for key in new.keys.iter().filter(|key| old.keys.iter().all(|other| other.id != key.id)) {
        let bits = key.public_key.size().modulus_bytes().saturating_mul(8);
        let mut message = format!("a new key of {bits} bits");
        if key.data_key_reuse.is_some() {
            message.push_str(&format!("; a data key serves {}", served(key)));
        }
        changes.key(&key.id, ChangeEffect::Other, "key_added", message);
    }
}

fn data_key_reuse(before: &PolicyKey, after: &PolicyKey, changes: &mut Changes) {
    // How many values, and for how long; without it, a request.
    let state = |key: &PolicyKey| key.data_key_reuse.map(|it| (it.max_values, it.max_age.as_secs()));
    let (old, new) = (state(before), state(after));
    if old == new {
        return;
    }
    let is_weaker = match (old, new) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some((values, seconds)), Some((more, longer))) => more > values || longer > seconds,
    };
    let effect = if is_weaker { ChangeEffect::Weaker } else { ChangeEffect::Other };
    let message = format!("a data key served {}, and now serves {}", served(before), served(after));
    changes.key(&after.id, effect, "data_key_reuse_changed", message);
}

/// What a data key serves, in words.
fn served(key: &PolicyKey) -> String {
    key.data_key_reuse.map_or_else(
        || "one request".to_owned(),
        |it| format!("at most {} values, of requests within {} seconds", it.max_values, it.max_age.as_secs()),
    )
}

fn content_types(bodies: &[Bodies], changes: &mut Changes) {
    for Bodies { name, before, after, .. } in bodies {
        let (before, after) = (*before, *after);
        if before == after {
            continue;
        }
        let effect = match (is_read(before), after) {
            (_, Some(BodyFormat::Pass)) => ChangeEffect::Weaker,
            (_, None) => ChangeEffect::Stricter,
            _ => ChangeEffect::Other,
        };
        let word = |format: Option<BodyFormat>| match format {
            None => "refused",
            Some(BodyFormat::Pass) => "passed as they are",
            Some(BodyFormat::Json) => "read as `json`",
            Some(BodyFormat::NdJson) => "read as `ndjson`",
            Some(BodyFormat::Form) => "read as `form`",
            Some(BodyFormat::Multipart) => "read as `multipart`",
        };
        let message = format!("bodies of `{name}` are {} now, and were {}", word(after), word(before));
        changes.member("/content_types", effect, "content_type_changed", message);
    }
}

fn leftovers(old: &Policy, new: &Policy, changes: &mut Changes) {
    // How much is done, and from which length on.
    let state = |policy: &Policy| policy.leftovers.map(|it| (it.refuse, it.min_chars));
    let (before, after) = (state(old), state(new));
    if before == after {
        return;
    }
    let is_weaker = match (before, after) {
        (Some(_), None) => true,
        (Some((refused, min)), Some((refuses, next_min))) => (refused && !refuses) || next_min > min,
        (None, _) => false,
    };
    let word = |state| match state {
        None => "not looked for".to_owned(),
        Some((refuse, min)) => {
            let verb = if refuse { "refused" } else { "counted" };
            format!("{verb} from {min} characters on")
        }
    };
    let effect = if is_weaker { ChangeEffect::Weaker } else { ChangeEffect::Stricter };
    let message = format!(
        "protected values that stand elsewhere in a body are {} now, and were {}",
        word(after),
        word(before)
    );
    changes.member("/leftovers", effect, "leftovers_changed", message);
}

fn digest_headers(old: &Policy, new: &Policy, changes: &mut Changes) {
    let actions = |policy: &Policy| -> BTreeMap<Box<str>, &'static str> {
        policy.digest_headers.iter().map(|(name, action)| (name.clone(), action.as_str())).collect()
    };
    let (before, after) = (actions(old), actions(new));
    let mut names: Vec<&str> = before.keys().chain(after.keys()).map(|name| &**name).collect();
    names.sort_unstable();
    names.dedup();
    for name in names.into_iter().filter(|name| before.get(*name) != after.get(*name)) {
        let word = |actions: &BTreeMap<Box<str>, &'static str>| {
            actions.get(name).map_or_else(|| "left alone".to_owned(), |action| format!("`{action}`"))
        };
        let message = format!("what becomes of `{name}` is {} now, and was {}", word(&after), word(&before));
        let refuses = |actions: &BTreeMap<Box<str>, &'static str>| {
            actions.get(name).copied() == Some(DigestAction::Refuse.as_str())
        };
        let effect = match (refuses(&before), refuses(&after)) {
            (true, false) => ChangeEffect::Weaker,
            (false, true) => ChangeEffect::Stricter,
            _ => ChangeEffect::Other,
        };
        changes.member("/digest_headers", effect, "digest_headers_changed", message);
    }
}
