//! Follows a text for the sake of a selection, and of positions.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::place::Place;
use super::pointer::Pointer;
use super::selection::Selection;
use super::trail::{Trail, Verdict};
use crate::envelope::Context;
use crate::label::KeyId;
use crate::matcher::{RuleSet, Walk};
use crate::policy::{Mode, Policy, Rule};
use crate::token::Content;

/// Follows the structure of a text: by the paths of a selection, by the rules of its policies, and to tell positions.
pub(super) struct Track {
    selection: Selection,
    pointer: Option<Pointer>,
    /// Open containers.
    depth: usize,
    paths: Option<Paths>,
    /// For each policy of the selection, in the same order.
    policies: Vec<Rules>,
}

/// The paths of the selection.
struct Paths {
    walk: Walk,
    /// Whether one matches the last value.
    here: bool,
    /// How many containers are open around the outermost one that a path matches.
    around: Option<usize>,
}

/// The rules of a policy.
struct Rules {
    walk: Walk,
    /// Those that match the last value.
    here: Option<RuleSet>,
}

impl Track {
    pub(super) fn new(selection: Selection) -> Self {
        let mut track = Self { selection, pointer: None, depth: 0, paths: None, policies: Vec::new() };
        track.begin();
        track
    }

    pub(super) fn select(&mut self, selection: Selection) {
        self.selection = selection;
        self.begin();
    }

    pub(super) fn tell_pointers(&mut self) {
        self.pointer = Some(Pointer::default());
    }

    /// The rules of a policy that would have put such a token where this one stands.
    fn rules<'s>(&'s self, token: &'s Seen<'_>) -> impl Iterator<Item = &'s Rule> {
        let policies = self.selection.policies.iter().zip(&self.policies);
        let is_whole = matches!(token.place, Place::JsonString | Place::NdJsonString);
        let matching = policies.filter(move |_| is_whole).flat_map(|(policy, rules)| {
            let indices = rules.here.map(|set| policy.body.rules(set)).unwrap_or_default();
            let rule = |index: &u32| policy.rules.get(usize::try_from(*index).ok()?);
            indices.iter().filter_map(rule).map(move |rule| (&**policy, rule))
        });
        matching.filter(|(policy, rule)| token.is_by(policy, rule)).map(|(_, rule)| rule)
    }
}

impl Trail for Track {
    fn begin(&mut self) {
        self.depth = 0;
        let new =
            |matcher: &alloc::sync::Arc<_>| Paths { walk: Walk::new(matcher), here: false, around: None };
        self.paths = self.selection.matcher.as_ref().map(new);
        let rules = |policy: &alloc::sync::Arc<Policy>| Rules { walk: Walk::new(&policy.body), here: None };
        self.policies = self.selection.policies.iter().map(rules).collect();
        if let Some(pointer) = &mut self.pointer {
            pointer.begin();
        }
    }

    fn name(&mut self, json: &[u8], escaped: bool) {
        if let (Some(paths), Some(matcher)) = (&mut self.paths, &self.selection.matcher) {
            paths.walk.name(matcher, json, escaped);
        }
        for (rules, policy) in self.policies.iter_mut().zip(&self.selection.policies) {
            rules.walk.name(&policy.body, json, escaped);
        }
        if let Some(pointer) = &mut self.pointer {
            pointer.name(json, escaped);
        }
    }

    fn value(&mut self) {
        if let (Some(paths), Some(matcher)) = (&mut self.paths, &self.selection.matcher) {
            paths.here = paths.walk.value(matcher).is_some();
        }
        for (rules, policy) in self.policies.iter_mut().zip(&self.selection.policies) {
            rules.here = rules.walk.value(&policy.body);
        }
        if let Some(pointer) = &mut self.pointer {
            pointer.value();
        }
    }

    fn enter(&mut self, is_array: bool) {
        if let Some(paths) = &mut self.paths {
            paths.walk.enter(is_array);
            if paths.here && paths.around.is_none() {
                paths.around = Some(self.depth);
            }
        }
        for rules in &mut self.policies {
            rules.walk.enter(is_array);
        }
        if let Some(pointer) = &mut self.pointer {
            pointer.enter(is_array);
        }
        self.depth = self.depth.saturating_add(1);
    }

    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        if let Some(paths) = &mut self.paths {
            paths.walk.leave();
            paths.around.take_if(|around| *around == self.depth);
        }
        for rules in &mut self.policies {
            rules.walk.leave();
        }
        if let Some(pointer) = &mut self.pointer {
            pointer.leave();
        }
    }

    fn includes(&self, key_id: Option<&KeyId>, in_name: bool) -> bool {
        let of_key = key_id
            .is_none_or(|key_id| self.selection.keys.is_empty() || self.selection.keys.contains(key_id));
        // What a path matched before a name is another value.
        let at_path = |paths: &Paths| paths.around.is_some() || (paths.here && !in_name);
        of_key && self.paths.as_ref().is_none_or(at_path)
    }

    fn judge(&self, key_id: &KeyId, content: &Content, context: Option<&Context>, place: Place) -> Verdict {
        let Selection { fields, policies, context: required, .. } = &self.selection;
        let token = Seen { key_id, content, context, place };
        if !fields.is_empty() {
            let is_selected = match content {
                Content::Envelope(_) => {
                    let field = context.and_then(|context| context.get("field"));
                    field.is_some_and(|field| fields.iter().any(|name| name.as_str() == field))
                }
                Content::Text | Content::Value | Content::Classic => {
                    self.rules(&token).any(|rule| fields.contains(&rule.name))
                }
            };
            if !is_selected {
                return Verdict::Skip;
            }
        }
        let has = |(name, value): &(String, String)| {
            context.is_some_and(|context| context.get(name) == Some(value))
        };
        let is_in_place = policies.is_empty() || self.rules(&token).next().is_some();
        if is_in_place && required.iter().all(has) { Verdict::Take } else { Verdict::Refuse }
    }

    fn pointer(&self, in_name: bool) -> Option<Box<str>> {
        self.pointer.as_ref().map(|pointer| pointer.text(in_name))
    }

    fn pointer_of_damage(&mut self, in_name: bool) -> Option<Box<str>> {
        self.pointer.as_mut().and_then(|pointer| pointer.of_damage(in_name))
    }
}

/// A token, and where it was seen.
struct Seen<'a> {
    key_id: &'a KeyId,
    content: &'a Content,
    context: Option<&'a Context>,
    place: Place,
}

impl Seen<'_> {
    /// Whether a rule makes such tokens.
    fn is_by(&self, policy: &Policy, rule: &Rule) -> bool {
        let Some(key) = policy.keys.get(rule.key) else { return false };
        if rule.reports || key.id != *self.key_id {
            return false;
        }
        match self.content {
            Content::Classic => key.tags.is_some(),
            Content::Text | Content::Value => key.tags.is_none() && rule.mode != Mode::Envelope,
            Content::Envelope(_) => {
                let has = |name: &str, value: &str| {
                    self.context.and_then(|context| context.get(name)).is_some_and(|it| it == value)
                };
                rule.mode != Mode::DirectOrReject
                    && has("field", rule.name.as_str())
                    && policy.context.iter().all(|(name, value)| has(name.as_str(), value))
            }
        }
    }
}
