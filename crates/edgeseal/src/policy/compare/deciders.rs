//! Which rule decides about a value in one policy, and which in another.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::matcher::Matcher;
use crate::policy::budget::{Budget, TooComplex};
use crate::policy::{Policy, Rule};
use crate::sizes::MAX_MATCHER_TRANSITIONS;

/// More steps than this are not taken.
const MOST_STEPS: usize = 1 << 20;

/// Rules, by their indexes, that decide about one value: in the older and in the newer policy. Whether both decide about the value itself, and not
/// about something around.
pub(super) type Pair = (usize, usize, bool);

/// Every pair of rules that decide about one value, with a path of it, in requests that all rules are for.
pub(super) fn deciders(
    old: &Policy,
    new: &Policy,
    budget: &Budget,
) -> Result<BTreeMap<Pair, String>, TooComplex> {
    let mut pairs = BTreeMap::new();
    // A rule of each part stands for the part.
    for part in old.rules.iter().chain(&new.rules).fold(Vec::new(), add_part) {
        of_part(part, old, new, budget, &mut pairs)?;
    }
    Ok(pairs)
}

fn add_part<'p>(mut parts: Vec<&'p Rule>, rule: &'p Rule) -> Vec<&'p Rule> {
    if !parts.iter().any(|part| part.is_of_part(rule)) {
        parts.push(rule);
    }
    parts
}

fn of_part(
    part: &Rule,
    old: &Policy,
    new: &Policy,
    budget: &Budget,
    pairs: &mut BTreeMap<Pair, String>,
) -> Result<(), TooComplex> {
    let encrypting = |policy: &Policy| -> Vec<usize> {
        let rules = policy.rules.iter().enumerate();
        rules.filter(|(_, rule)| !rule.reports && rule.is_of_part(part)).map(|(index, _)| index).collect()
    };
    let (of_old, of_new) = (encrypting(old), encrypting(new));
    let rules = of_old
        .iter()
        .filter_map(|index| old.rules.get(*index))
        .chain(of_new.iter().filter_map(|index| new.rules.get(*index)));
    let paths: Vec<_> = rules.map(|rule| (rule.as_path(), rule.name_match())).collect();
    let paths: Vec<_> =
        (0_u32..).zip(&paths).map(|(index, (path, names))| (index, &**path, *names)).collect();
    let Some(matcher) = Matcher::new(&paths) else {
        budget.take(MAX_MATCHER_TRANSITIONS)?;
        return Err(TooComplex);
    };
    budget.take(matcher.transitions())?;
    let most = MOST_STEPS.min(budget.left());
    let mut visited = 0_usize;
    let is_whole =
        matcher.explore((None, None), most, |rules, around: &(Option<usize>, Option<usize>), way| {
            visited = visited.saturating_add(1);
            let mut here = rules.iter().filter_map(|rule| usize::try_from(*rule).ok());
            let first_old = here.clone().find_map(|rule| of_old.get(rule).copied());
            let first_new = here.find_map(|rule| of_new.get(rule.checked_sub(of_old.len())?).copied());
            let (of_old, of_new) = (around.0.or(first_old), around.1.or(first_new));
            let (Some(one), Some(other)) = (of_old, of_new) else { return Some((of_old, of_new)) };
            let is_itself = *around == (None, None);
            pairs.entry((one, other, is_itself)).or_insert_with(|| way.path());
            None
        });
    budget.take(visited)?;
    if is_whole { Ok(()) } else { Err(TooComplex) }
}
