//! Field rules.

use super::deciders::deciders;
use super::loss::{Lost, lost};
use super::{ChangeEffect, Changes};
use crate::field_path::NameMatch;
use crate::policy::rule::Target;
use crate::policy::{Mode, Policy, Rule};

pub(super) fn compare(old: &Policy, new: &Policy, changes: &mut Changes) {
    for rule in &old.rules {
        if let Some(lost) = lost(rule, old, new) {
            let message = format!("values {}may reach the origin in plain text", places(&lost));
            changes.field(&rule.name, ChangeEffect::Loss, "protection_lost", message);
        }
    }
    let successors: Vec<Option<usize>> = old.rules.iter().map(|rule| successor(rule, old, new)).collect();
    let pairs = successors.iter().zip(&old.rules);
    for (next, rule) in pairs {
        match next.and_then(|index| new.rules.get(index)) {
            Some(next) => of_rule(rule, next, old, new, changes),
            None => {
                changes.field(&rule.name, ChangeEffect::Other, "rule_removed", "the rule is gone".to_owned());
            }
        }
    }
    others_decide(&successors, old, new, changes);
    for (index, rule) in new.rules.iter().enumerate() {
        let gained = lost(rule, new, old);
        let is_new = !successors.contains(&Some(index));
        if is_new {
            let key = new.keys.get(rule.key).map_or("", |key| key.id.as_str());
            let verb = if rule.reports { "counts" } else { "encrypts" };
            let message = format!("a new rule {verb} {} under `{key}`", target(rule));
            changes.field(&rule.name, ChangeEffect::Other, "rule_added", message);
        }
        if let Some(gained) = gained {
            let message = format!("values {}are encrypted that were not", places(&gained));
            changes.field(&rule.name, ChangeEffect::Gain, "protection_gained", message);
        }
    }
}

/// The rule that a rule has become: of the same name, or, renamed, for the same values.
fn successor(rule: &Rule, old: &Policy, new: &Policy) -> Option<usize> {
    let same_name = new.rules.iter().position(|next| next.name == rule.name);
    same_name.or_else(|| {
        new.rules.iter().position(|next| {
            old.rules.iter().all(|other| other.name != next.name)
                && next.is_of_part(rule)
                && next.as_path().segments() == rule.as_path().segments()
        })
    })
}

fn of_rule(rule: &Rule, next: &Rule, old: &Policy, new: &Policy, changes: &mut Changes) {
    let mut change = |effect, code, message: String| changes.field(&rule.name, effect, code, message);
    if rule.name != next.name {
        let message = format!(
            "it is called `{}` now: envelope tokens are bound to their field's name, so whoever asks for `field={}` has to follow",
            next.name, rule.name
        );
        change(ChangeEffect::Other, "field_renamed", message);
    }
    if !next.is_of_part(rule) || next.as_path().segments() != rule.as_path().segments() {
        let message = format!("it is for {} now, and was for {}", target(next), target(rule));
        change(ChangeEffect::Other, "path_changed", message);
    }
    if rule.name_match() != next.name_match() {
        let name = |names| if names == NameMatch::Exact { "exact" } else { "ignore-case" };
        let message = format!("`match` is `{}` now", name(next.name_match()));
        change(ChangeEffect::Other, "match_changed", message);
    }
    if rule.requests != next.requests || rule.content_types != next.content_types {
        let message = format!("it is for {} now, and was for {}", limits(next), limits(rule));
        change(ChangeEffect::Other, "limits_changed", message);
    }
    let key = |policy: &Policy, rule: &Rule| policy.keys.get(rule.key).map(|key| key.id.clone());
    if let (Some(before), Some(after)) = (key(old, rule), key(new, next))
        && before != after
    {
        change(ChangeEffect::Other, "key_changed", format!("its key is `{after}` now, and was `{before}`"));
    }
    if rule.mode != next.mode {
        let message = format!("its tokens are {} now, and were {}", mode(next.mode), mode(rule.mode));
        change(ChangeEffect::Other, "mode_changed", message);
    }
    if rule.reports != next.reports {
        let message = if next.reports { "it only counts now" } else { "it encrypts now, and did only count" };
        change(ChangeEffect::Other, "action_changed", message.to_owned());
    }
    match (rule.required, next.required) {
        (true, false) => {
            let message = "requests without it are no longer refused".to_owned();
            change(ChangeEffect::Weaker, "required_changed", message);
        }
        (false, true) => {
            change(ChangeEffect::Stricter, "required_changed", "requests without it are refused".to_owned());
        }
        _ => {}
    }
    if !rule.encrypt_null && next.encrypt_null {
        change(ChangeEffect::Gain, "null_changed", "`null` is encrypted as well".to_owned());
    }
}

/// Values that another rule decides about than the one that a rule has become; and a `null` that shows again.
fn others_decide(successors: &[Option<usize>], old: &Policy, new: &Policy, changes: &mut Changes) {
    for ((before, after, is_itself), path) in deciders(old, new) {
        let (Some(rule), Some(next)) = (old.rules.get(before), new.rules.get(after)) else { continue };
        if is_itself && rule.encrypt_null && !next.encrypt_null {
            let message = format!("a `null` at `{path}` is no longer encrypted");
            changes.field(&rule.name, ChangeEffect::Loss, "protection_lost", message);
        }
        // One at any depth around another at any depth: that could be of any two, and says nothing.
        let may_enclose =
            || rule.as_path().encloses(rule.name_match(), &next.as_path(), next.name_match()) != Some(false);
        if successors.get(before) == Some(&Some(after)) || (!is_itself && may_enclose()) {
            continue;
        }
        let key = |policy: &Policy, rule: &Rule| {
            policy.keys.get(rule.key).map_or_else(String::new, |key| key.id.to_string())
        };
        let around = if is_itself { "" } else { ", together with what is around" };
        let message = format!(
            "a value at `{path}` is decided about by `{}`{around}: under `{}`, {} (before: under `{}`, {})",
            next.name,
            key(new, next),
            mode(next.mode),
            key(old, rule),
            mode(rule.mode)
        );
        changes.field(&rule.name, ChangeEffect::Other, "decided_by_other", message);
    }
}

fn places(lost: &Lost) -> String {
    const MOST: usize = 4;
    let at = format!("at `{}` ", lost.at);
    if lost.requests.is_empty() {
        return at;
    }
    let named: Vec<String> = lost.requests.iter().take(MOST).map(|it| format!("`{it}`")).collect();
    let more = lost.requests.len().saturating_sub(MOST);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{at}in requests such as {}{more} ", named.join(", "))
}

fn target(rule: &Rule) -> String {
    match &rule.target {
        Target::Path(path) => format!("`{}`", path.as_str()),
        Target::Query(name) => format!("the query parameter `{name}`"),
        Target::Header(name) => format!("the header `{name}`"),
    }
}

fn limits(rule: &Rule) -> String {
    let list = |what: &str, items: Vec<String>| {
        let items: Vec<String> = items.iter().map(|item| format!("`{item}`")).collect();
        (!items.is_empty()).then(|| format!("{what} {}", items.join(", ")))
    };
    let texts = |items: &[Box<str>]| -> Vec<String> {
        items.iter().map(|item| if item.is_empty() { "/".to_owned() } else { item.to_string() }).collect()
    };
    let parts = [
        list("the methods", texts(&rule.requests.methods)),
        list("the paths", texts(&rule.requests.paths)),
        list("the content types", rule.content_types.iter().map(ToString::to_string).collect()),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "every request".to_owned() } else { parts.join(" and ") }
}

fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::DirectOrEnvelope => "direct, and envelopes where a value is too long",
        Mode::DirectOrReject => "direct, and values that are too long are refused",
        Mode::Envelope => "envelopes",
    }
}
