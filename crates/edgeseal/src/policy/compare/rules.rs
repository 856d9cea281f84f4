//! Field rules.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::bodies::Bodies;
use super::deciders::deciders;
use super::loss::{Lost, View};
use super::nulls::lost_null;
use super::{ChangeEffect, Changes};
use crate::field_path::NameMatch;
use crate::label::FieldName;
use crate::policy::budget::{Budget, TooComplex};
use crate::policy::rule::Target;
use crate::policy::{Mode, Policy, Rule};

/// What is spent on losses, and as much again on gains.
const MOST_STEPS: usize = 1 << 23;

pub(super) fn compare(
    old: &Policy,
    new: &Policy,
    bodies: Result<&[Bodies], TooComplex>,
    changes: &mut Changes,
) {
    let budget = Budget::new(MOST_STEPS);
    for rule in &old.rules {
        losses(rule, old, new, bodies, &budget, changes);
    }
    let successors = successors(old, new);
    let pairs = successors.iter().zip(&old.rules);
    for (next, rule) in pairs {
        match next.and_then(|index| new.rules.get(index)) {
            Some(next) => of_rule(rule, next, old, new, changes),
            None => {
                changes.field(&rule.name, ChangeEffect::Other, "rule_removed", "the rule is gone".to_owned());
            }
        }
    }
    if others_decide(&successors, old, new, &budget, changes) == Err(TooComplex) {
        let message = "the rules of both policies together are too complex to tell which of them decide about other values now";
        changes.member("/fields", ChangeEffect::Weaker, "too_complex", message.to_owned());
    }
    let is_successor: BTreeSet<usize> = successors.iter().copied().flatten().collect();
    let budget = Budget::new(MOST_STEPS);
    for (index, rule) in new.rules.iter().enumerate() {
        if !is_successor.contains(&index) {
            let key = new.keys.get(rule.key).map_or("", |key| key.id.as_str());
            let verb = if rule.reports { "counts" } else { "encrypts" };
            let message = format!("a new rule {verb} {} under `{key}`", target(rule));
            changes.field(&rule.name, ChangeEffect::Other, "rule_added", message);
        }
        let gained =
            bodies.and_then(|bodies| View { there: old, bodies, is_back: true, budget: &budget }.lost(rule));
        // What cannot be told is no gain.
        if let Ok(Some(gained)) = gained {
            let message = format!("values {}are encrypted that were not", places(&gained));
            changes.field(&rule.name, ChangeEffect::Gain, "protection_gained", message);
        }
    }
}

/// What of the values of a rule may be lost; also where that cannot be told.
pub(super) fn losses(
    rule: &Rule,
    old: &Policy,
    new: &Policy,
    bodies: Result<&[Bodies], TooComplex>,
    budget: &Budget,
    changes: &mut Changes,
) {
    let mut lose =
        |message: String| changes.field(&rule.name, ChangeEffect::Loss, "protection_lost", message);
    let too_complex = |what: &str| {
        let target = target(rule);
        format!(
            "the policies together are too complex to tell whether {what} {target} may reach the origin in plain text"
        )
    };
    if rule.reports {
        return;
    }
    let lost = bodies.and_then(|bodies| View { there: new, bodies, is_back: false, budget }.lost(rule));
    match lost {
        Ok(None) => {}
        Ok(Some(lost)) => lose(format!("values {}may reach the origin in plain text", places(&lost))),
        // That says it of a `null` too.
        Err(TooComplex) => return lose(too_complex("values of")),
    }
    match lost_null(rule, old, new, budget) {
        Ok(None) => {}
        Ok(Some(path)) => lose(format!("a `null` at `{path}` may no longer be encrypted")),
        Err(TooComplex) => lose(too_complex("a `null` of")),
    }
}

/// The rule that each rule has become: of the same name, or, renamed, for the same values.
fn successors(old: &Policy, new: &Policy) -> Vec<Option<usize>> {
    let names: BTreeSet<&str> = old.rules.iter().map(|rule| rule.name.as_str()).collect();
    let is_renamed = |next: &Rule| !names.contains(next.name.as_str());
    let successor = |rule: &Rule| {
        let same_name = |name: &FieldName| new.rules.iter().position(|next| next.name == *name);
        same_name(&rule.name).or_else(|| {
            new.rules.iter().position(|next| {
                next.is_of_part(rule)
                    && next.as_path().segments() == rule.as_path().segments()
                    && is_renamed(next)
            })
        })
    };
    old.rules.iter().map(successor).collect()
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
    match (rule.encrypt_null, next.encrypt_null) {
        (false, true) => {
            change(ChangeEffect::Gain, "null_changed", "`null` is encrypted as well".to_owned());
        }
        (true, false) => {
            change(ChangeEffect::Weaker, "null_changed", "it leaves a `null` as it is".to_owned());
        }
        _ => {}
    }
}

/// Values that another rule decides about than the one that a rule has become.
fn others_decide(
    successors: &[Option<usize>],
    old: &Policy,
    new: &Policy,
    budget: &Budget,
    changes: &mut Changes,
) -> Result<(), TooComplex> {
    for ((before, after, is_itself), path) in deciders(old, new, budget)? {
        let (Some(rule), Some(next)) = (old.rules.get(before), new.rules.get(after)) else { continue };
        if successors.get(before) == Some(&Some(after)) {
            continue;
        }
        if !is_itself {
            // A small automaton.
            budget.take(1 << 8)?;
            // One at any depth around another at any depth: that could be of any two, and says nothing.
            let encloses = rule.as_path().encloses(rule.name_match(), &next.as_path(), next.name_match());
            if encloses != Some(false) {
                continue;
            }
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
    Ok(())
}

fn places(lost: &Lost) -> String {
    let at = format!("at `{}` ", lost.at);
    if lost.requests.is_empty() {
        return at;
    }
    let named: Vec<String> = lost.requests.iter().map(|it| format!("`{it}`")).collect();
    let more = if lost.more > 0 { format!(" and {} more", lost.more) } else { String::new() };
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
