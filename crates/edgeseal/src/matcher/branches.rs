//! A way down whose steps can be read in several ways, all of them followed at once.

use alloc::vec;
use alloc::vec::Vec;

use super::cursor::Cursor;
use super::{Matcher, RuleSet, Transition};
use crate::sorted::sorted;

/// The places to which the readings of a way lead. There are never more than the automaton has, however many readings there are.
pub(crate) struct Branches<'m> {
    matcher: &'m Matcher,
    here: Vec<Transition>,
}

impl<'m> Branches<'m> {
    /// All of a document.
    pub(crate) fn new(matcher: &'m Matcher) -> Self {
        Self { matcher, here: vec![matcher.root] }
    }

    /// Goes on to the member with this name, and to the element with this index.
    pub(crate) fn step(&mut self, name: Option<&[u8]>, index: Option<u64>) {
        let Self { matcher, here } = self;
        let mut next = Vec::with_capacity(here.len().saturating_mul(2));
        for Transition { state, .. } in here.iter() {
            next.extend(name.map(|name| matcher.to_member(*state, name)));
            next.extend(index.map(|index| matcher.to_element(*state, index)));
        }
        if next.len() > 1 {
            let pairs = next.iter().map(|place| (place.state, place.rules.map_or(0, RuleSet::number)));
            let mut pairs = sorted(pairs.collect());
            pairs.dedup();
            next.clear();
            next.extend(
                pairs
                    .into_iter()
                    .map(|(state, number)| Transition { state, rules: RuleSet::numbered(number) }),
            );
        }
        *here = next;
    }

    /// The rules that match a value here.
    pub(crate) fn rules(&self) -> impl Iterator<Item = RuleSet> {
        self.here.iter().filter_map(|place| place.rules)
    }

    /// The values here, each to be followed into a JSON text.
    pub(crate) fn into_cursors(self) -> impl Iterator<Item = Cursor<'m>> {
        let Self { matcher, here } = self;
        here.into_iter().map(move |here| Cursor::at(matcher, here))
    }
}
