//! Which values nobody guards.

use crate::field_path::{FieldPath, NameMatch};
use crate::matcher::Matcher;

/// A path, and how its names compare.
pub(super) type Target<'p> = (&'p FieldPath, NameMatch);

/// More steps than this are not taken: then each question is asked by itself.
const MOST_STEPS: usize = 1 << 22;

/// For each of some paths the way to a value that it matches, where neither that value nor one around it is matched by any of the guards; `None`
/// if there certainly is no such value.
pub(super) fn exposed(paths: &[Target<'_>], guards: &[Target<'_>]) -> Vec<Option<String>> {
    if let Some(found) = together(paths, guards) {
        return found;
    }
    let alone = |path: &Target<'_>| {
        together(&[*path], guards)
            .and_then(|found| found.into_iter().next())
            .unwrap_or_else(|| (!is_covered(path, guards)).then(|| path.0.as_str().to_owned()))
    };
    paths.iter().map(alone).collect()
}

/// `None` if it would take too much.
fn together(paths: &[Target<'_>], guards: &[Target<'_>]) -> Option<Vec<Option<String>>> {
    let all = (0_u32..).zip(guards.iter().chain(paths));
    let all: Vec<_> = all.map(|(index, (path, names))| (index, *path, *names)).collect();
    let first = u32::try_from(guards.len()).ok()?;
    let matcher = Matcher::new(&all)?;
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
    is_whole.then_some(found)
}

/// Whether a single guard takes all of it.
fn is_covered((path, names): &Target<'_>, guards: &[Target<'_>]) -> bool {
    guards.iter().any(|(guard, guard_names)| {
        (guard == path && guard_names == names)
            || guard.relation(*guard_names, path, *names).is_some_and(|relation| relation.covers)
    })
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
        assert!(together(&[(&one, exact)], &[(&other, exact)]).is_none());
        assert_eq!(exposed(&[(&one, exact)], &[(&other, exact), (&one, exact)]), [None]);
        assert_eq!(exposed(&[(&one, exact)], &[(&other, exact)]), [Some(wild("a"))]);
    }
}
