//! All field paths of a policy at once, as one deterministic automaton over the steps down a JSON text.
//!
//! Compiled when the policy loads. While a body streams by, a step to a child costs one look-up of its name and one of its
//! transition, whatever the number of rules.

mod branches;
mod compile;
mod cursor;
mod explore;
mod names;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::num::NonZeroU32;

use crate::field_path::{FieldPath, NameMatch};
use crate::fold::fold;
pub(crate) use branches::Branches;
pub(crate) use cursor::{Cursor, Walk};
use names::Names;

/// What a child is called, as far as the paths can tell children apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Symbol {
    /// A member name that some path mentions.
    Name(u32),
    /// An array element.
    Index(u64),
    /// Any other member name.
    Other,
}

/// Where a step leads, and which rules match the value there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Transition {
    state: u32,
    rules: Option<RuleSet>,
}

/// The rules that match one value, as an index into [`Matcher::rule_sets`], from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RuleSet(NonZeroU32);

impl RuleSet {
    /// The set with this index, from 0.
    fn new(index: u32) -> Option<Self> {
        index.checked_add(1).and_then(NonZeroU32::new).map(Self)
    }

    fn index(self) -> usize {
        usize::try_from(self.0.get().wrapping_sub(1)).unwrap_or(usize::MAX)
    }
}

/// The transitions out of one state.
#[derive(Clone, Debug)]
struct State {
    /// The names that a path mentions here, sorted.
    names: Vec<(u32, Transition)>,
    /// The indices that a path mentions here, sorted.
    indices: Vec<(u64, Transition)>,
    /// Every other symbol.
    other: Transition,
}

impl State {
    fn len(&self) -> usize {
        self.names.len().saturating_add(self.indices.len()).saturating_add(1)
    }

    /// Every transition that a path mentions.
    fn named(&self) -> impl Iterator<Item = (Symbol, Transition)> {
        let names = self.names.iter().map(|(name, transition)| (Symbol::Name(*name), *transition));
        names.chain(self.indices.iter().map(|(index, transition)| (Symbol::Index(*index), *transition)))
    }

    fn at<K: Ord>(named: &[(K, Transition)], key: &K) -> Option<Transition> {
        let found = named.binary_search_by(|(other, _)| other.cmp(key)).ok();
        found.and_then(|index| named.get(index)).map(|(_, transition)| *transition)
    }
}

/// The compiled paths.
#[derive(Clone, Debug)]
pub(crate) struct Matcher {
    /// `$` itself, then the state below it.
    root: Transition,
    states: Vec<State>,
    /// Every set of rules that can match one value; each sorted.
    rule_sets: Vec<Box<[u32]>>,
    /// Names as written in paths that compare exactly.
    exact: Names,
    /// Folded names of paths that ignore case; empty when there are none.
    folded: Names,
}

impl Matcher {
    /// Compiles the paths of rules, given in the order of the rules.
    ///
    /// `None` if they would need more than [`crate::sizes::MAX_MATCHER_TRANSITIONS`].
    pub(crate) fn new(paths: &[(u32, &FieldPath, NameMatch)]) -> Option<Self> {
        compile::compile(paths)
    }

    /// Whether it has no path, so that nothing matches.
    pub(crate) fn is_empty(&self) -> bool {
        self.rule_sets.is_empty()
    }

    /// How large it is.
    pub(crate) fn transitions(&self) -> usize {
        self.states.iter().map(State::len).sum()
    }

    /// Every set of rules that can match one value; each sorted.
    pub(crate) fn rule_sets(&self) -> impl Iterator<Item = &[u32]> {
        self.rule_sets.iter().map(AsRef::as_ref)
    }

    /// The rules of a set, sorted.
    pub(crate) fn rules(&self, set: RuleSet) -> &[u32] {
        self.rule_sets.get(set.index()).map(AsRef::as_ref).unwrap_or_default()
    }

    /// The first rule of each set that `applies`: then each value costs one look-up, however many rules match it.
    pub(crate) fn first_rules(&self, applies: impl Fn(u32) -> bool) -> FirstRules {
        FirstRules(
            self.rule_sets.iter().map(|rules| rules.iter().copied().find(|rule| applies(*rule))).collect(),
        )
    }

    /// The step to a member with this name.
    #[inline(always)]
    fn to_member(&self, state: u32, name: &[u8]) -> Transition {
        let Some(row) = self.row(state) else { return Transition::NOWHERE };
        if row.names.is_empty() {
            return row.other;
        }
        let number = if self.folded.is_empty() { self.exact.get(name) } else { self.number(name) };
        number.and_then(|number| State::at(&row.names, &number)).unwrap_or(row.other)
    }

    /// The step to the element with this index.
    #[inline(always)]
    fn to_element(&self, state: u32, index: u64) -> Transition {
        let Some(row) = self.row(state) else { return Transition::NOWHERE };
        if row.indices.is_empty() {
            return row.other;
        }
        State::at(&row.indices, &index).unwrap_or(row.other)
    }

    /// The number of a name, where some paths ignore case.
    #[inline(never)]
    fn number(&self, name: &[u8]) -> Option<u32> {
        self.exact.get(name).or_else(|| match core::str::from_utf8(name).ok()? {
            ascii if ascii.is_ascii() => self.folded.get_ignoring_case(name),
            other => self.folded.get(fold(other).as_bytes()),
        })
    }

    /// Whether nothing below this state can match, so that names need no look-up.
    fn is_dead(&self, state: u32) -> bool {
        self.row(state).is_none()
    }

    #[inline(always)]
    fn row(&self, state: u32) -> Option<&State> {
        self.states.get(usize::try_from(state).ok()?)
    }
}

impl Transition {
    /// Out of the automaton: neither the value nor anything below it matches.
    const NOWHERE: Self = Self { state: u32::MAX, rules: None };
}

/// The rule that decides, for each set of rules that can match one value.
#[derive(Clone, Debug)]
pub(crate) struct FirstRules(Vec<Option<u32>>);

impl FirstRules {
    pub(crate) fn of(&self, rules: RuleSet) -> Option<u32> {
        *self.0.get(rules.index())?
    }
}
