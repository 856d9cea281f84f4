//! Which rules decide before others, and which can therefore decide about no value.

use alloc::collections::{BTreeMap, BTreeSet};

use crate::matcher::Matcher;
use crate::policy::{Policy, Rule};

/// More steps than this are not taken for one question: then less is said.
pub(super) const MOST_STEPS: usize = 1 << 22;

/// Rules that decide before a rule, for some value: those that stand before it, and those that encrypt what is around.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Before {
    pub(super) earlier: BTreeSet<u32>,
    pub(super) around: BTreeSet<u32>,
}

/// What a rule is asked about: the rules that go before it where both match a value, and those that leave nothing of what is inside.
struct Question<'p> {
    policy: &'p Policy,
    of: &'p Rule,
    index: u32,
}

impl Question<'_> {
    /// Whether a rule goes before this one, where both match and both are for the request.
    fn goes_before(&self, other: u32) -> bool {
        let Some(rule) = self.policy.rule(other) else { return false };
        match (rule.reports, self.of.reports) {
            // A report rule leaves a value to any rule that encrypts it, wherever that stands.
            (false, true) => true,
            (true, false) => false,
            _ => other < self.index,
        }
    }

    /// Whether a rule that matches a value leaves nothing in it to this one, if it is for the request.
    fn takes_whole(&self, other: u32) -> bool {
        self.policy.rule(other).is_some_and(|rule| !rule.reports || self.of.reports)
    }

    /// Whether a rule is for every request that this one is for.
    fn is_always_there(&self, other: u32) -> bool {
        self.policy.rule(other).is_some_and(|rule| rule.is_for_all_of(self.of))
    }
}

impl Policy {
    /// Rules that can decide about no value, and the rules that do so instead. Only what is certain.
    pub(super) fn unreachable_rules(&self) -> BTreeMap<u32, BTreeSet<u32>> {
        let questions = (0_u32..).zip(&self.rules);
        let unreached = |(index, of)| Some((index, Question { policy: self, of, index }.takers()?));
        questions.filter_map(unreached).collect()
    }

    /// For each rule that shares values with others, which of them decide before it.
    pub(super) fn rules_before(&self) -> BTreeMap<u32, Before> {
        let mut before: BTreeMap<u32, Before> = BTreeMap::new();
        for matcher in [&self.body, &self.query, &self.header] {
            let mut pairs = BTreeSet::new();
            for set in matcher.rule_sets() {
                pairs.extend(set.iter().flat_map(|one| set.iter().map(move |other| (*one, *other))));
            }
            for (one, other) in pairs {
                if let Some(of) = self.rule(one)
                    && one != other
                    && (Question { policy: self, of, index: one }).goes_before(other)
                {
                    before.entry(one).or_default().earlier.insert(other);
                }
            }
            let nested = self.nested(matcher);
            for (outer, inner) in nested.iter().copied() {
                // `$..a` in `$..b` and `$..b` in `$..a`: that could be of any two such paths, and says nothing.
                if nested.contains(&(inner, outer)) {
                    continue;
                }
                if let Some(of) = self.rule(inner)
                    && (Question { policy: self, of, index: inner }).takes_whole(outer)
                {
                    before.entry(inner).or_default().around.insert(outer);
                }
            }
        }
        before
    }

    /// Pairs of rules of which the second matches something in a value that the first matches.
    fn nested(&self, matcher: &Matcher) -> BTreeSet<(u32, u32)> {
        let mut pairs = BTreeSet::new();
        for outer in matcher.rule_sets().flatten().copied().collect::<BTreeSet<u32>>() {
            matcher.explore(false, MOST_STEPS, |rules, is_inside, _| {
                if *is_inside {
                    pairs.extend(rules.iter().map(|inner| (outer, *inner)));
                }
                Some(*is_inside || rules.contains(&outer))
            });
        }
        pairs.retain(|(outer, inner)| outer != inner);
        pairs
    }
}

impl Question<'_> {
    /// The rules that take every value that this one matches; `None` if it may decide about one.
    fn takers(&self) -> Option<BTreeSet<u32>> {
        let matchers = [&self.policy.body, &self.policy.query, &self.policy.header];
        let matcher =
            matchers.into_iter().find(|matcher| matcher.rule_sets().any(|set| set.contains(&self.index)))?;
        let (mut takers, mut is_reached) = (BTreeSet::new(), false);
        // What is known of the way: the rule that takes what is around as a whole, if one does.
        let is_whole = matcher.explore(None, MOST_STEPS, |rules, around: &Option<u32>, _| {
            if rules.contains(&self.index) {
                let first =
                    || rules.iter().find(|rule| self.goes_before(**rule) && self.is_always_there(**rule));
                match around.or_else(|| first().copied()) {
                    Some(taker) => drop(takers.insert(taker)),
                    None => is_reached = true,
                }
            }
            if is_reached {
                return None;
            }
            let whole = || {
                let takes = |rule: &&u32| {
                    **rule != self.index && self.takes_whole(**rule) && self.is_always_there(**rule)
                };
                rules.iter().find(takes).copied()
            };
            Some(around.or_else(whole))
        });
        (is_whole && !is_reached && !takers.is_empty()).then_some(takers)
    }
}
