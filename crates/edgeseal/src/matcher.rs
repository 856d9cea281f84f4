//! All field paths of a policy at once, as one deterministic automaton over the steps down a JSON text.
//!
//! Compiled when the policy loads. While a body streams by, a step to a child costs one look-up of its name and one of its
//! transition, whatever the number of rules.

mod compile;
mod cursor;
mod explore;

use std::collections::HashMap;

use crate::field_path::{FieldPath, NameMatch};
pub(crate) use cursor::{Cursor, Walk};

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

/// The rules that match one value, as an index into [`Matcher::rule_sets`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RuleSet(u32);

/// The transitions out of one state.
#[derive(Clone, Debug)]
struct State {
    /// The symbols that a path mentions here, sorted.
    named: Vec<(Symbol, Transition)>,
    /// Every other symbol.
    other: Transition,
}

/// The compiled paths.
#[derive(Clone, Debug)]
pub(crate) struct Matcher {
    /// `$` itself, then the state below it.
    root: Transition,
    states: Vec<State>,
    /// Every set of rules that can match one value; each sorted.
    rule_sets: Vec<Box<[u32]>>,
    /// Names as written in paths that compare exactly. The table holds the policy's names alone: a body can look up, and not
    /// crowd it.
    exact: HashMap<Box<str>, u32>,
    /// A bit for each length, in bytes, that such a name has: most names of a body need no more than this to be told apart.
    exact_lengths: u64,
    /// Folded names of paths that ignore case; empty when there are none.
    folded: HashMap<Box<str>, u32>,
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
        self.states.iter().map(|state| state.named.len().saturating_add(1)).sum()
    }

    /// Every set of rules that can match one value; each sorted.
    pub(crate) fn rule_sets(&self) -> impl Iterator<Item = &[u32]> {
        self.rule_sets.iter().map(AsRef::as_ref)
    }

    /// The rules of a set, sorted.
    pub(crate) fn rules(&self, set: RuleSet) -> &[u32] {
        let set = usize::try_from(set.0).ok().and_then(|index| self.rule_sets.get(index));
        set.map(AsRef::as_ref).unwrap_or_default()
    }

    /// The first rule of each set that `applies`. For one request: then each value costs one look-up, however many rules match it.
    pub(crate) fn first_rules(&self, applies: impl Fn(u32) -> bool) -> FirstRules {
        FirstRules(
            self.rule_sets.iter().map(|rules| rules.iter().copied().find(|rule| applies(*rule))).collect(),
        )
    }

    fn step(&self, state: u32, symbol: Symbol) -> Transition {
        let Some(row) = self.row(state) else { return Transition::NOWHERE };
        let named = row.named.binary_search_by_key(&symbol, |(symbol, _)| *symbol);
        named.ok().and_then(|index| row.named.get(index)).map_or(row.other, |(_, transition)| *transition)
    }

    /// Whether nothing below this state can match, so that names need no look-up.
    fn is_dead(&self, state: u32) -> bool {
        self.row(state).is_none()
    }

    /// The bit of a length; the last is for all that are longer.
    fn length_bit(bytes: usize) -> u64 {
        1 << bytes.min(63)
    }

    fn row(&self, state: u32) -> Option<&State> {
        self.states.get(usize::try_from(state).ok()?)
    }
}

impl Transition {
    /// Out of the automaton: neither the value nor anything below it matches.
    const NOWHERE: Self = Self { state: u32::MAX, rules: None };
}

/// The rule that decides, for each set of rules that can match one value.
pub(crate) struct FirstRules(Vec<Option<u32>>);

impl FirstRules {
    pub(crate) fn of(&self, rules: RuleSet) -> Option<u32> {
        *self.0.get(usize::try_from(rules.0).ok()?)?
    }
}
