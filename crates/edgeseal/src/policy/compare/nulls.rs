//! A `null` that one policy encrypts and another one may leave.
//!
//! Unlike other values it is encrypted only if the very rule that decides about it says so. So each rule that could come to decide counts,
//! whatever the limits of the rules before it are: a rule is passed over only where it certainly is not the one.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use crate::matcher::Matcher;
use crate::policy::budget::{Budget, TooComplex};
use crate::policy::{Policy, Rule};
use crate::sizes::MAX_MATCHER_TRANSITIONS;

/// A place where the rule of the older policy encrypts a `null`, and a rule of the newer one may come to decide that leaves it. Where no rule
/// decides any more the value is lost whatever it is, which is not looked for here.
pub(super) fn lost_null(
    of: &Rule,
    old: &Policy,
    new: &Policy,
    budget: &Budget,
) -> Result<Option<String>, TooComplex> {
    if !of.encrypt_null || of.reports {
        return Ok(None);
    }
    let (of_old, of_new) = (of_part(of, old), of_part(of, new));
    let rules: Vec<&Rule> = of_old.iter().chain(&of_new).copied().collect();
    let paths: Vec<_> = rules.iter().map(|rule| (rule.as_path(), rule.name_match())).collect();
    let paths: Vec<_> =
        (0_u32..).zip(&paths).map(|(index, (path, names))| (index, &**path, *names)).collect();
    budget.take(paths.len())?;
    let Some(matcher) = Matcher::new(&paths) else {
        budget.take(MAX_MATCHER_TRANSITIONS)?;
        return Err(TooComplex);
    };
    budget.take(matcher.transitions())?;
    let (mut found, mut judged, mut spent) = (None, BTreeSet::new(), Ok(()));
    let is_whole = matcher.explore((), budget.left(), |here, (), way| {
        let here: Vec<usize> = here.iter().filter_map(|rule| usize::try_from(*rule).ok()).collect();
        let matching = || here.iter().filter_map(|index| Some((*index < of_old.len(), *rules.get(*index)?)));
        let is_of = |rule: &Rule| core::ptr::eq(rule, of);
        if found.is_none()
            && spent.is_ok()
            && matching().any(|(_, rule)| is_of(rule))
            && judged.insert(here.clone())
        {
            spent = budget.take(here.len().saturating_mul(here.len()));
            let before: Vec<&Rule> = matching()
                .take_while(|(_, rule)| !is_of(rule))
                .filter(|(_, rule)| !rule.encrypt_null)
                .map(|(_, rule)| rule)
                .collect();
            let after: Vec<&Rule> = matching().filter(|(is_old, _)| !is_old).map(|(_, rule)| rule).collect();
            if may_stay(of, &before, &after) {
                found = Some(way.path());
            }
        }
        // What is inside of a value that certainly is encrypted is so in both policies, or the whole of it is lost.
        let is_inside = matching().any(|(_, rule)| rule.is_for_all_of(of));
        (!is_inside && found.is_none()).then_some(())
    });
    spent?;
    if found.is_none() && !is_whole {
        return Err(TooComplex);
    }
    Ok(found)
}

fn of_part<'p>(of: &Rule, policy: &'p Policy) -> Vec<&'p Rule> {
    policy.rules.iter().filter(|rule| !rule.reports && rule.is_of_part(of)).collect()
}

/// Whether in some request the rule decides about a value, and in the newer policy one that leaves a `null`. `before` are the rules of the older
/// policy that would have decided instead and leave it; `after` those of the newer one. All of them match the value.
fn may_stay(of: &Rule, before: &[&Rule], after: &[&Rule]) -> bool {
    // None of them is there in the request, nor is what is for less.
    let is_absent = |rule: &Rule| before.iter().any(|other| other.is_for_all_of(rule));
    if is_absent(of) {
        return false;
    }
    let mut hiding: Vec<&Rule> = Vec::new();
    for rule in after {
        if is_absent(rule) || rule.excludes(of) {
            continue;
        }
        if rule.encrypt_null {
            if rule.is_for_all_of(of) {
                return false;
            }
            hiding.push(rule);
        } else if !hiding.iter().any(|other| other.is_for_all_of(rule)) {
            return true;
        }
    }
    false
}
