//! A way down whose steps can be read in several ways, all of them followed at once.

use alloc::vec;
use alloc::vec::Vec;

use super::cursor::Cursor;
use super::{Matcher, RuleSet, Transition};

/// The places to which the readings of a way lead, those of elements first. There are never more than the automaton has, however many readings there
/// are; and only numbers in the paths of a policy can tell them apart, so that they are few.
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
    #[inline(never)]
    pub(crate) fn step(&mut self, name: Option<&[u8]>, index: Option<u64>) {
        let Self { matcher, here } = self;
        let mut next = Vec::new();
        for Transition { state, .. } in here.iter() {
            let element = index.map(|index| matcher.to_element(*state, index));
            let member = name.map(|name| matcher.to_member(*state, name));
            for place in [element, member].into_iter().flatten() {
                if !next.contains(&place) {
                    next.push(place);
                }
            }
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
