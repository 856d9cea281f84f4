//! Which values one policy encrypts and another one may leave.
//!
//! A request is one of a content type, a method and a path. What a rule is for is compared over requests that stand for others: a rule that is
//! limited is asked about each of its limits, one that is not about what nobody names. The other policy's rules count where they certainly are
//! there. So what is lost is never missed; where limits by path overlap in ways that cannot be told, something may be called lost that is not.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::bodies::{Bodies, is_json, is_read};
use crate::content_type::BodyFormat;
use crate::policy::budget::{Budget, TooComplex};
use crate::policy::exposure::exposed_within;
use crate::policy::rule::Target;
use crate::policy::{Policy, Rule};

/// A value that is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lost {
    /// A path of it; of a query parameter or header its name.
    pub(super) at: String,
    /// Some of the requests, if it is not lost in all that the rule is for.
    pub(super) requests: Vec<String>,
    /// How many more of them there are.
    pub(super) more: usize,
}

/// One policy, as the rules of another see it.
pub(super) struct View<'p> {
    /// The policy that may leave values.
    pub(super) there: &'p Policy,
    pub(super) bodies: &'p [Bodies],
    /// Whether it is the older policy, and the values are those of the newer one.
    pub(super) is_back: bool,
    pub(super) budget: &'p Budget,
}

/// Rules of the other policy: a bit for each, so that all of them are taken together in little time.
type Rules = Vec<u64>;

/// What may become of the values in some bodies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reading {
    /// They are looked for in the same way, by these rules.
    Same(Rules),
    /// They are no longer looked for, or elsewhere.
    Other,
}

/// Requests between which the other policy makes no difference, by what they are called.
type Groups<'p, K> = Vec<(K, Vec<Option<&'p str>>)>;

/// How many requests are named.
const MOST_NAMED: usize = 4;

impl View<'_> {
    /// What of the values of a rule the other policy may leave in plain text.
    pub(super) fn lost(&self, of: &Rule) -> Result<Option<Lost>, TooComplex> {
        if of.reports {
            return Ok(None);
        }
        let readings = self.readings(of)?;
        let methods = self.groups(&of.requests.methods, |rule, method| {
            let methods = &rule.requests.methods;
            methods.is_empty() || method.is_some_and(|it| methods.iter().any(|other| **other == *it))
        })?;
        let paths = self.groups(&of.requests.paths, |rule, path| {
            path.map_or_else(|| rule.requests.mean_every_path(), |path| rule.requests.include_path(path))
        })?;
        let mut known = BTreeMap::new();
        let (mut at, mut requests) = (None, Vec::new());
        let (mut asked, mut lost) = (0_usize, 0_usize);
        for (reading, types) in &readings {
            for (by_method, methods) in &methods {
                for (by_path, paths) in &paths {
                    let count = types.len().saturating_mul(methods.len()).saturating_mul(paths.len());
                    asked = asked.saturating_add(count);
                    let found = match reading {
                        Reading::Other => Some(of.as_path().as_str().to_owned()),
                        Reading::Same(by_type) => {
                            self.exposed(of, both(&both(by_type, by_method), by_path), &mut known)?
                        }
                    };
                    let Some(found) = found else { continue };
                    at.get_or_insert(found);
                    lost = lost.saturating_add(count);
                    let missing = MOST_NAMED.saturating_sub(requests.len());
                    requests.extend(names(types, methods, paths).take(missing));
                }
            }
        }
        if lost == asked {
            requests.clear();
        }
        let more = if requests.is_empty() { 0 } else { lost.saturating_sub(requests.len()) };
        Ok(at.map(|at| Lost { at, requests, more }))
    }

    fn exposed(
        &self,
        of: &Rule,
        guards: Rules,
        known: &mut BTreeMap<Rules, Option<String>>,
    ) -> Result<Option<String>, TooComplex> {
        self.budget.take(guards.len().saturating_add(1))?;
        if let Some(known) = known.get(&guards) {
            return Ok(known.clone());
        }
        let blocks = guards.iter().zip(self.there.rules.chunks(64));
        let rules = blocks.flat_map(|(bits, rules)| {
            rules.iter().zip(0_u32..).filter(move |(_, bit)| bits >> bit & 1 == 1).map(|(rule, _)| rule)
        });
        let targets: Vec<_> = rules.map(|rule| (rule.as_path(), rule.name_match())).collect();
        let targets: Vec<_> = targets.iter().map(|(path, names)| (&**path, *names)).collect();
        let found = exposed_within(&(&of.as_path(), of.name_match()), &targets, self.budget)?;
        known.insert(guards, found.clone());
        Ok(found)
    }

    /// How the bodies that the rule is for are read; what is no body is read as ever.
    fn readings(&self, of: &Rule) -> Result<Groups<'_, Reading>, TooComplex> {
        let encrypting = |rule: &Rule| !rule.reports && rule.is_of_part(of);
        if !matches!(of.target, Target::Path(_)) {
            return Ok(vec![(Reading::Same(self.rules(encrypting)?), vec![None])]);
        }
        let is_part_lost = self.bodies.iter().any(|it| self.is_part_lost(it));
        let mut readings = Vec::new();
        for bodies in self.bodies {
            let (before, after) = self.formats(bodies);
            // What is refused reaches nobody.
            if !is_read(before) || after.is_none() || !of.applies_to(&bodies.example) {
                continue;
            }
            let is_same = before == after || (is_json(before) && is_json(after));
            let reading = if is_same && !(before == Some(BodyFormat::Multipart) && is_part_lost) {
                Reading::Same(self.rules(|rule| encrypting(rule) && rule.applies_to(&bodies.example))?)
            } else {
                Reading::Other
            };
            readings.push((reading, Some(&*bodies.name)));
        }
        Ok(grouped(readings))
    }

    fn formats(&self, bodies: &Bodies) -> (Option<BodyFormat>, Option<BodyFormat>) {
        if self.is_back { (bodies.after, bodies.before) } else { (bodies.before, bodies.after) }
    }

    /// Whether values in parts of this type, of a form that both policies read, may be lost. A rule's limit to content types asks for that of
    /// the form, and says nothing of its parts.
    fn is_part_lost(&self, part: &Bodies) -> bool {
        let (before, after) = self.formats(part);
        // JSON that is not read is a file. A text that is read as JSON may be `null`.
        (is_json(before) && !is_json(after))
            || (part.example.is_plain_text() && is_json(after) && !is_json(before))
    }

    fn groups<'l>(
        &self,
        limits: &'l [Box<str>],
        has: impl Fn(&Rule, Option<&str>) -> bool,
    ) -> Result<Groups<'l, Rules>, TooComplex> {
        let any = limits.is_empty().then_some(None);
        let limits = limits.iter().map(|limit| Some(&**limit)).chain(any);
        let groups: Result<Vec<_>, TooComplex> =
            limits.map(|limit| Ok((self.rules(|rule| has(rule, limit))?, limit))).collect();
        Ok(grouped(groups?))
    }

    /// The rules of the other policy of which something is true.
    fn rules(&self, is_in: impl Fn(&Rule) -> bool) -> Result<Rules, TooComplex> {
        self.budget.take(self.there.rules.len())?;
        let block =
            |rules: &[Rule]| rules.iter().rev().fold(0_u64, |bits, rule| bits << 1 | u64::from(is_in(rule)));
        Ok(self.there.rules.chunks(64).map(block).collect())
    }
}

fn both(one: &[u64], other: &[u64]) -> Rules {
    one.iter().zip(other).map(|(one, other)| one & other).collect()
}

/// Those of one kind together, in the order in which the kinds come first.
fn grouped<K: Clone + Ord>(items: Vec<(K, Option<&str>)>) -> Groups<'_, K> {
    let mut groups: Groups<'_, K> = Vec::new();
    let mut places: BTreeMap<K, usize> = BTreeMap::new();
    for (kind, name) in items {
        let next = groups.len();
        let place = *places.entry(kind.clone()).or_insert(next);
        match groups.get_mut(place) {
            Some((_, names)) => names.push(name),
            None => groups.push((kind, vec![name])),
        }
    }
    groups
}

/// What each request is called.
fn names(
    types: &[Option<&str>],
    methods: &[Option<&str>],
    paths: &[Option<&str>],
) -> impl Iterator<Item = String> {
    types.iter().flat_map(move |content_type| {
        methods.iter().flat_map(move |method| {
            paths.iter().map(move |path| {
                let path = path.map(|path| if path.is_empty() { "/" } else { path });
                let parts: Vec<&str> = [*method, path, *content_type].into_iter().flatten().collect();
                if parts.is_empty() { "any".to_owned() } else { parts.join(" ") }
            })
        })
    })
}
