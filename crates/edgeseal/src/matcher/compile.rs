//! Subset construction: from paths to a deterministic automaton.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

use super::{Matcher, Names, RuleSet, State, Symbol, Transition};
use crate::field_path::{FieldPath, NameMatch, Segment, Selector};
use crate::fold::fold;
use crate::sizes::MAX_MATCHER_TRANSITIONS;
use crate::sorted::sorted;

/// Bounds the memory of construction: positions, summed over all states.
const MAX_POSITIONS: usize = 1 << 20;

/// How far into a path a value is: the path's index, and how many of its segments led there.
type Position = (u32, u32);

#[inline(never)]
pub(super) fn compile(paths: &[(u32, &FieldPath, NameMatch)]) -> Option<Matcher> {
    let mut compiler =
        Compiler { paths, names: Numbers::collect(paths), states: Sets::default(), rules: Sets::default() };
    let mut targets = Targets::default();
    for (index, (_, path, _)) in (0_u32..).zip(paths) {
        targets.add((index, 0), path);
    }
    let root = compiler.transition(targets)?;
    let mut states = Vec::new();
    let (mut transitions, mut positions) = (0_usize, 0_usize);
    // States are found while their rows are made, and numbered as they are found.
    while let Some(state) = compiler.states.in_order.get(states.len()).cloned() {
        positions = positions.checked_add(state.len())?;
        let row = compiler.row(&state)?;
        transitions = transitions.checked_add(row.len())?;
        if transitions > MAX_MATCHER_TRANSITIONS || positions > MAX_POSITIONS {
            return None;
        }
        states.push(row);
    }
    let rule_sets = compiler.rules.in_order;
    if rule_sets.iter().map(Vec::len).fold(0, usize::saturating_add) > MAX_POSITIONS {
        return None;
    }
    let rule = |index: u32| Some(paths.get(usize::try_from(index).ok()?)?.0);
    let rules_of = |set: Vec<Position>| set.into_iter().map(|(index, _)| rule(index)).collect();
    let rule_sets = rule_sets.into_iter().map(rules_of).collect::<Option<_>>()?;
    let Numbers { exact, folded, .. } = compiler.names;
    Some(Matcher { root, states, rule_sets, exact, folded })
}

struct Compiler<'p> {
    paths: &'p [(u32, &'p FieldPath, NameMatch)],
    names: Numbers,
    /// Positions with segments to go.
    states: Sets,
    /// Positions without, that is: rules that match.
    rules: Sets,
}

impl Compiler<'_> {
    fn row(&mut self, state: &[Position]) -> Option<State> {
        let mut everywhere = Targets::default();
        let mut at_symbol: Vec<(Symbol, Position)> = Vec::new();
        for position in state {
            let (path, segment, match_names) = self.segment(*position)?;
            let next = (position.0, position.1.checked_add(1)?);
            if segment.descendant {
                everywhere.add(*position, path);
            }
            match &segment.selector {
                Selector::Wildcard => everywhere.add(next, path),
                Selector::Index(index) => at_symbol.push((Symbol::Index(*index), next)),
                Selector::Name(name) => {
                    for symbol in self.names.symbols(name, match_names) {
                        at_symbol.push((Symbol::Name(symbol), next));
                    }
                }
            }
        }
        // Most names lead to the state that every other symbol leads to: no set is made for each of them.
        let below = self.states.number(everywhere.open.clone())?;
        let (mut names, mut indices) = (Vec::new(), Vec::new());
        for group in sorted(at_symbol).chunk_by(|one, other| one.0 == other.0) {
            let mut here = Targets::default();
            for (_, position) in group {
                here.add(*position, self.path(position.0)?);
            }
            let rules = self.rules(here.complete.into_iter().chain(everywhere.complete.iter().copied()))?;
            let state = if here.open.is_empty() {
                below
            } else {
                here.open.extend(&everywhere.open);
                self.states.number(here.open)?
            };
            let transition = Transition { state: state.unwrap_or(Transition::NOWHERE.state), rules };
            match group.first()?.0 {
                Symbol::Name(name) => names.push((name, transition)),
                Symbol::Index(index) => indices.push((index, transition)),
                Symbol::Other => {}
            }
            if names.len().saturating_add(indices.len()) > MAX_MATCHER_TRANSITIONS {
                return None;
            }
        }
        Some(State { names, indices, other: self.transition(everywhere)? })
    }

    fn transition(&mut self, targets: Targets) -> Option<Transition> {
        let rules = self.rules(targets.complete.into_iter())?;
        let state = self.states.number(targets.open)?.unwrap_or(Transition::NOWHERE.state);
        Some(Transition { state, rules })
    }

    fn rules(&mut self, complete: impl Iterator<Item = Position>) -> Option<Option<RuleSet>> {
        Some(self.rules.number(complete.collect())?.and_then(RuleSet::new))
    }

    fn segment(&self, (index, done): Position) -> Option<(&FieldPath, &Segment, NameMatch)> {
        let (_, path, match_names) = self.paths.get(usize::try_from(index).ok()?)?;
        Some((path, path.segments().get(usize::try_from(done).ok()?)?, *match_names))
    }

    fn path(&self, index: u32) -> Option<&FieldPath> {
        self.paths.get(usize::try_from(index).ok()?).map(|(_, path, _)| *path)
    }
}

/// Where a step leads: positions with segments to go, and those without.
#[derive(Default)]
struct Targets {
    open: Vec<Position>,
    complete: Vec<Position>,
}

impl Targets {
    fn add(&mut self, position: Position, path: &FieldPath) {
        if usize::try_from(position.1).is_ok_and(|done| done < path.segments().len()) {
            self.open.push(position);
        } else {
            self.complete.push(position);
        }
    }
}

/// Sets of positions, numbered as they come.
#[derive(Default)]
struct Sets {
    numbers: BTreeMap<Vec<Position>, u32>,
    /// Each sorted.
    in_order: Vec<Vec<Position>>,
}

impl Sets {
    /// The number of a set, given in any order; the empty set has none. `None` if there are too many.
    fn number(&mut self, set: Vec<Position>) -> Option<Option<u32>> {
        if set.is_empty() {
            return Some(None);
        }
        let mut set = sorted(set);
        set.dedup();
        if let Some(number) = self.numbers.get(&set) {
            return Some(Some(*number));
        }
        let number = u32::try_from(self.in_order.len()).ok()?;
        if self.in_order.len() >= MAX_MATCHER_TRANSITIONS {
            return None;
        }
        self.numbers.insert(set.clone(), number);
        self.in_order.push(set);
        Some(Some(number))
    }
}

/// Numbers for the names that paths mention. A name written in an exact path has a number of its own, so that it can match
/// that path and, folded, others too.
#[derive(Default)]
struct Numbers {
    exact: Names,
    folded: Names,
    by_fold: ByFold,
}

impl Numbers {
    fn collect(paths: &[(u32, &FieldPath, NameMatch)]) -> Self {
        let mut names = Self::default();
        let mut next = 0..;
        for (_, path, match_names) in paths {
            for segment in path.segments() {
                let Selector::Name(name) = &segment.selector else { continue };
                let (map, key) = match match_names {
                    NameMatch::Exact => (&mut names.exact, name.clone()),
                    NameMatch::IgnoreCase => (&mut names.folded, fold(name)),
                };
                if map.get(key.as_bytes()).is_none()
                    && let Some(number) = next.next()
                {
                    names.by_fold.add(fold(name), number);
                    map.insert(key, number);
                }
            }
        }
        names
    }

    fn symbols(&self, name: &str, match_names: NameMatch) -> Vec<u32> {
        match match_names {
            NameMatch::Exact => self.exact.get(name.as_bytes()).into_iter().collect(),
            NameMatch::IgnoreCase => self.by_fold.numbers(&fold(name)).to_vec(),
        }
    }
}

/// All numbers that a folded name matches.
#[derive(Default)]
struct ByFold {
    /// Of each name its place in `numbers`.
    places: Names,
    numbers: Vec<Vec<u32>>,
}

impl ByFold {
    fn numbers(&self, folded: &str) -> &[u32] {
        self.place(folded).and_then(|place| self.numbers.get(place)).map_or(&[], Vec::as_slice)
    }

    fn add(&mut self, folded: Box<str>, number: u32) {
        match self.place(&folded).and_then(|place| self.numbers.get_mut(place)) {
            Some(numbers) => numbers.push(number),
            None => {
                // There are fewer names than a policy has bytes.
                self.places.insert(folded, u32::try_from(self.numbers.len()).unwrap_or(u32::MAX));
                self.numbers.push(vec![number]);
            }
        }
    }

    fn place(&self, folded: &str) -> Option<usize> {
        usize::try_from(self.places.get(folded.as_bytes())?).ok()
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    /// How many transitions come of these paths, each of them so many times.
    fn transitions(paths: &[(String, usize)]) -> Option<usize> {
        let paths: Vec<_> =
            paths.iter().map(|(path, times)| (FieldPath::new(path).unwrap(), *times)).collect();
        let all = paths.iter().flat_map(|(path, times)| vec![path; *times]);
        let all: Vec<_> = (0..).zip(all).map(|(rule, path)| (rule, path, NameMatch::Exact)).collect();
        compile(&all).map(|matcher| matcher.transitions())
    }

    /// Different children of the whole text.
    fn children(count: usize) -> impl Iterator<Item = (String, usize)> {
        let child = |number| if number % 2 == 0 { format!("$.n{number}") } else { format!("$[{number}]") };
        (0..count).map(child).map(|path| (path, 1))
    }

    #[test]
    fn as_many_transitions_as_are_allowed_compile_and_not_one_more() {
        // All other children take one, too.
        let children = |count| transitions(&children(count - 1).collect::<Vec<_>>());
        assert_eq!(children(MAX_MATCHER_TRANSITIONS), Some(MAX_MATCHER_TRANSITIONS));
        assert_eq!(children(MAX_MATCHER_TRANSITIONS + 1), None);
        assert_eq!(children(MAX_MATCHER_TRANSITIONS + 2), None);
    }

    #[test]
    fn as_many_positions_as_are_allowed_compile_and_not_one_more() {
        let with = |more| {
            let deep = "$".to_owned() + &".*".repeat(64);
            transitions(&[(deep, MAX_POSITIONS / 64), ("$.a".to_owned(), more)])
        };
        assert_eq!(with(0), Some(64));
        assert_eq!(with(1), None);
        assert_eq!(with(2), None);
    }

    #[test]
    fn as_many_rules_of_all_sets_as_are_allowed_compile_and_not_one_more() {
        // 1,023 sets of 1,024 rules, one of 1,023, and that of the whole text.
        let with = |whole| {
            let others = [("$.*".to_owned(), 1_023), ("$".to_owned(), whole)];
            transitions(&children(1_023).chain(others).collect::<Vec<_>>())
        };
        assert_eq!(with(1), Some(1_024));
        assert_eq!(with(2), None);
        assert_eq!(with(3), None);
    }
}
