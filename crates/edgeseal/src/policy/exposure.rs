//! Which values nobody guards.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::budget::{Budget, TooComplex};
use crate::field_path::{FieldPath, NameMatch};
use crate::matcher::Matcher;
use crate::sizes::MAX_MATCHER_TRANSITIONS;

/// A path, and how its names compare.
pub(super) type Target<'p> = (&'p FieldPath, NameMatch);

/// More steps than this are not taken at once: then each question is asked by itself.
const MOST_STEPS: usize = 1 << 22;

/// For each of some paths the way to a value that it matches, where neither that value nor one around it is matched by any of the guards; `None`
/// if there certainly is no such value.
pub(super) fn exposed(paths: &[Target<'_>], guards: &[Target<'_>]) -> Vec<Option<String>> {
    let budget = Budget::new(usize::MAX);
    if let Ok(Some(found)) = together(paths, guards, &budget) {
        return found;
    }
    let alone = |path: &Target<'_>| {
        exposed_within(path, guards, &budget).unwrap_or_else(|TooComplex| Some(path.0.as_str().to_owned()))
    };
    paths.iter().map(alone).collect()
}

/// As [`exposed`], of one path, and within a budget.
pub(super) fn exposed_within(
    path: &Target<'_>,
    guards: &[Target<'_>],
    budget: &Budget,
) -> Result<Option<String>, TooComplex> {
    let (itself, names) = path;
    // So it is with nearly every rule of a policy that has changed a little.
    let is_itself = |(guard, other): &Target<'_>| guard.segments() == itself.segments() && other == names;
    if guards.iter().any(is_itself) {
        return Ok(None);
    }
    let way = |found: Vec<Option<String>>| found.into_iter().next().flatten();
    if let Some(found) = together(&[*path], guards, budget)? {
        return Ok(way(found));
    }
    // Whether a single guard takes all of it.
    for guard in guards {
        if together(&[*path], &[*guard], budget)?.is_some_and(|found| way(found).is_none()) {
            return Ok(None);
        }
    }
    Ok(Some(itself.as_str().to_owned()))
}

/// `None` if it would take too much at once.
fn together(
    paths: &[Target<'_>],
    guards: &[Target<'_>],
    budget: &Budget,
) -> Result<Option<Vec<Option<String>>>, TooComplex> {
    let all = (0_u32..).zip(guards.iter().chain(paths));
    let all: Vec<_> = all.map(|(index, (path, names))| (index, *path, *names)).collect();
    let first = u32::try_from(guards.len()).unwrap_or(u32::MAX);
    budget.take(all.len())?;
    let Some(matcher) = Matcher::new(&all) else {
        return budget.take(MAX_MATCHER_TRANSITIONS).map(|()| None);
    };
    budget.take(matcher.transitions())?;
    let mut found = vec![None; paths.len()];
    let is_whole = matcher.explore((), MOST_STEPS, |rules, (), way| {
        if rules.iter().any(|rule| *rule < first) {
            return None;
        }
        for rule in rules {
            let index = usize::try_from(rule.saturating_sub(first)).unwrap_or(usize::MAX);
            if let Some(found @ None) = found.get_mut(index) {
                *found = Some(way.path());
            }
        }
        Some(())
    });
    Ok(is_whole.then_some(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exposed_by(path: &str, guards: &[&str]) -> Option<String> {
        let new = |text: &str| FieldPath::new(text).unwrap();
        let (path, guards): (_, Vec<FieldPath>) = (new(path), guards.iter().map(|text| new(text)).collect());
        let guards: Vec<Target<'_>> = guards.iter().map(|guard| (guard, NameMatch::Exact)).collect();
        exposed(&[(&path, NameMatch::Exact)], &guards).remove(0)
    }

    #[test]
    fn a_value_is_guarded_by_itself_or_by_what_is_around() {
        for (path, guards) in [
            ("$..ssn", &["$..ssn"][..]),
            ("$.a.ssn", &["$.a"]),
            ("$.a.ssn", &["$..ssn", "$.b"]),
            ("$[*].ssn", &["$.*"]),
            ("$..a..b", &["$..b"]),
        ] {
            assert_eq!(exposed_by(path, guards), None, "{path} {guards:?}");
        }
        for (path, guards, way) in [
            ("$.a", &["$.a.ssn"][..], "$.a"),
            ("$..ssn", &["$.ssn", "$.*.ssn"], "$.*.*.ssn"),
            ("$.*", &["$.a", "$[0]"], "$.*"),
            ("$['a b'].c", &[], "$['a b'].c"),
            ("$[3]", &["$[2]"], "$[3]"),
        ] {
            assert_eq!(exposed_by(path, guards).as_deref(), Some(way), "{path} {guards:?}");
        }
    }

    #[test]
    fn what_is_too_complex_is_asked_one_by_one() {
        // Each of these is small, and together they are not: the automaton would have to remember which of them it is in.
        let wild = |name: &str| format!("$..{name}{}", ".*".repeat(14));
        let [one, other] = ["a", "b"].map(|name| FieldPath::new(&wild(name)).unwrap());
        let exact = NameMatch::Exact;
        assert_eq!(together(&[(&one, exact)], &[(&other, exact)], &Budget::new(usize::MAX)), Ok(None));
        assert_eq!(exposed(&[(&one, exact)], &[(&other, exact), (&one, exact)]), [None]);
        assert_eq!(exposed(&[(&one, exact)], &[(&other, exact)]), [Some(wild("a"))]);
        let little = Budget::new(1 << 10);
        assert_eq!(exposed_within(&(&one, exact), &[(&other, exact)], &little), Err(TooComplex));
    }
}
