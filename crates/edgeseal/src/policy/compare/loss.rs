//! Which values one policy encrypts and another one may leave.
//!
//! A request is one of a content type, a method and a path. What a rule is for is compared over requests that stand for others: a rule that is
//! limited is asked about each of its limits, one that is not about what nobody names. The other policy's rules count where they certainly are
//! there. So what is lost is never missed; where limits by path overlap in ways that cannot be told, something may be called lost that is not.

use std::collections::BTreeMap;

use crate::content_type::{BodyFormat, MediaType, Pattern};
use crate::policy::exposure::exposed;
use crate::policy::rule::Target;
use crate::policy::{Policy, Rule};

/// A value that is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lost {
    /// A path of it; of a query parameter or header its name.
    pub(super) at: String,
    /// In which requests, if not in all that the rule is for.
    pub(super) requests: Vec<String>,
}

/// Requests that stand for others.
struct Requests<'p> {
    content_type: Option<(MediaType, String)>,
    method: Option<&'p str>,
    path: Option<&'p str>,
}

/// What of the values of a rule of one policy another policy may leave in plain text.
pub(super) fn lost(of: &Rule, here: &Policy, there: &Policy) -> Option<Lost> {
    if of.reports {
        return None;
    }
    let types = content_types(of, here, there);
    let methods: Vec<Option<&str>> = any_of(&of.requests.methods);
    let paths: Vec<Option<&str>> = any_of(&of.requests.paths);
    let mut known: BTreeMap<Vec<usize>, Option<String>> = BTreeMap::new();
    let (mut at, mut requests, mut asked) = (None, Vec::new(), 0_usize);
    for content_type in types {
        for method in &methods {
            for path in &paths {
                asked = asked.saturating_add(1);
                let request = Requests { content_type: content_type.clone(), method: *method, path: *path };
                if let Some(found) = request.lost(of, here, there, &mut known) {
                    at.get_or_insert(found);
                    requests.push(request.to_string());
                }
            }
        }
    }
    if requests.len() == asked {
        requests.clear();
    }
    Some(Lost { at: at?, requests })
}

fn any_of(limits: &[Box<str>]) -> Vec<Option<&str>> {
    if limits.is_empty() { vec![None] } else { limits.iter().map(|it| Some(&**it)).collect() }
}

/// The content types that either policy tells apart, and for which the rule is in the first; none is asked about for what is no body.
fn content_types(of: &Rule, here: &Policy, there: &Policy) -> Vec<Option<(MediaType, String)>> {
    if !matches!(of.target, Target::Path(_)) {
        return vec![None];
    }
    let patterns = told_apart(here, there);
    let is_read = |it: &MediaType| is_read(here.content_types.format(it)) && of.applies_to(it);
    patterns.into_iter().filter(|(it, _)| is_read(it)).map(Some).collect()
}

pub(super) fn is_read(format: Option<BodyFormat>) -> bool {
    format.is_some_and(|format| format != BodyFormat::Pass)
}

/// A content type for each set of them that either policy tells from others, and how it is called.
pub(super) fn told_apart(one: &Policy, other: &Policy) -> Vec<(MediaType, String)> {
    let json_patch = Pattern::new("application/json-patch+json");
    let named = |policy: &Policy| -> Vec<Pattern> {
        let of_rules = policy.rules.iter().flat_map(|rule| &rule.content_types);
        policy.content_types.named().map(|(pattern, _)| pattern).chain(of_rules).cloned().collect()
    };
    let patterns = [named(one), named(other), json_patch.into_iter().collect()].concat();
    let mut told: Vec<(MediaType, String)> = Vec::new();
    for pattern in patterns {
        let name = pattern.to_string();
        if let Some(example) = pattern.example()
            && !told.iter().any(|(_, other)| *other == name)
        {
            told.push((example, name));
        }
    }
    told
}

impl Requests<'_> {
    fn lost(
        &self,
        of: &Rule,
        here: &Policy,
        there: &Policy,
        known: &mut BTreeMap<Vec<usize>, Option<String>>,
    ) -> Option<String> {
        let path = of.as_path();
        if let Some((content_type, _)) = &self.content_type {
            let format = |policy: &Policy| policy.content_types.format(content_type);
            match (format(here), format(there)) {
                // Refused: but as a part of a form, which is then a file.
                (Some(BodyFormat::Json | BodyFormat::NdJson), None)
                    if reads_parts(here) && reads_parts(there) =>
                {
                    return Some(path.as_str().to_owned());
                }
                (_, None) => return None,
                (Some(BodyFormat::Json), Some(BodyFormat::NdJson))
                | (Some(BodyFormat::NdJson), Some(BodyFormat::Json)) => {}
                (before, after) if before == after => {}
                _ => return Some(path.as_str().to_owned()),
            }
        }
        let guards: Vec<usize> = (0..there.rules.len())
            .filter(|index| {
                there
                    .rules
                    .get(*index)
                    .is_some_and(|rule| !rule.reports && rule.is_of_part(of) && self.certainly_have(rule))
            })
            .collect();
        if let Some(known) = known.get(&guards) {
            return known.clone();
        }
        let rules = guards.iter().filter_map(|index| there.rules.get(*index));
        let targets: Vec<_> = rules.map(|rule| (rule.as_path(), rule.name_match())).collect();
        let targets: Vec<_> = targets.iter().map(|(path, names)| (&**path, *names)).collect();
        let found = exposed(&[(&path, of.name_match())], &targets).into_iter().next().flatten();
        known.insert(guards, found.clone());
        found
    }

    /// Whether a rule is for all of these requests.
    fn certainly_have(&self, rule: &Rule) -> bool {
        let limits = &rule.requests;
        let by_type = self.content_type.as_ref().is_none_or(|(it, _)| rule.applies_to(it));
        let by_method = limits.methods.is_empty()
            || self.method.is_some_and(|method| limits.methods.iter().any(|other| **other == *method));
        let by_path = self.path.map_or_else(|| limits.mean_every_path(), |path| limits.include_path(path));
        by_type && by_method && by_path
    }
}

fn reads_parts(policy: &Policy) -> bool {
    policy.content_types.named().any(|(_, format)| format == BodyFormat::Multipart)
}

impl core::fmt::Display for Requests<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let parts = [
            self.method.map(ToOwned::to_owned),
            self.path.map(|path| if path.is_empty() { "/".to_owned() } else { path.to_owned() }),
            self.content_type.as_ref().map(|(_, name)| name.clone()),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() { f.write_str("any") } else { f.write_str(&parts.join(" ")) }
    }
}
