//! How the values of two paths lie to each other.

use super::{FieldPath, NameMatch};
use crate::matcher::Matcher;

/// What is true, in every document that there could be, of the values that two paths match.
///
/// ```
/// use edgeseal::{FieldPath, NameMatch};
///
/// let (outer, inner) = (FieldPath::new("$..ssn")?, FieldPath::new("$.user.ssn")?);
/// let relation = outer.relation(NameMatch::Exact, &inner, NameMatch::Exact).unwrap();
/// assert!(relation.overlaps && relation.covers && !relation.is_covered);
/// # Ok::<(), edgeseal::FieldPathError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PathRelation {
    /// Some value is matched by both.
    pub overlaps: bool,
    /// Every value that the other path matches, this one matches.
    pub covers: bool,
    /// Every value that this path matches, the other one matches.
    pub is_covered: bool,
}

impl FieldPath {
    /// How the values of this path lie to those of another; `None` if that would need too large an automaton.
    ///
    /// `overlaps` and a missing `covers` are exact but for one thing: where one path ignores case and the others spell out every way to write
    /// one of its names, some value is taken for possible that is not.
    pub fn relation(&self, names: NameMatch, other: &Self, other_names: NameMatch) -> Option<PathRelation> {
        let matcher = Matcher::new(&[(0, self, names), (1, other, other_names)])?;
        let mut relation = PathRelation { overlaps: false, covers: true, is_covered: true };
        let is_whole = matcher.explore((), usize::MAX, |rules, (), _| {
            match rules {
                [0, 1] => relation.overlaps = true,
                [0] => relation.is_covered = false,
                [1] => relation.covers = false,
                _ => {}
            }
            Some(())
        });
        is_whole.then_some(relation)
    }

    /// Whether the other path matches some value inside of one that this path matches; `None` if that would need too large an automaton.
    pub fn encloses(&self, names: NameMatch, other: &Self, other_names: NameMatch) -> Option<bool> {
        let matcher = Matcher::new(&[(0, self, names), (1, other, other_names)])?;
        let mut encloses = false;
        let is_whole = matcher.explore(false, usize::MAX, |rules, is_inside, _| {
            encloses |= *is_inside && rules.contains(&1);
            Some(*is_inside || rules.contains(&0))
        });
        is_whole.then_some(encloses)
    }

    /// The name that the last step takes, if it takes one.
    pub fn last_name(&self) -> Option<&str> {
        match &self.segments.last()?.selector {
            super::Selector::Name(name) => Some(name),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn relation(one: &str, names: NameMatch, other: &str, other_names: NameMatch) -> (bool, bool, bool) {
        let path = |text| FieldPath::new(text).unwrap();
        let found = path(one).relation(names, &path(other), other_names).unwrap();
        (found.overlaps, found.covers, found.is_covered)
    }

    #[test]
    fn paths_lie_to_each_other_as_their_values_do() {
        for (one, other, expected) in [
            ("$.a", "$.a", (true, true, true)),
            ("$.a", "$['a']", (true, true, true)),
            ("$..ssn", "$.user.ssn", (true, true, false)),
            ("$.*", "$[0]", (true, true, false)),
            ("$.*", "$.a", (true, true, false)),
            ("$.a", "$.b", (false, false, false)),
            ("$.a", "$.a.b", (false, false, false)),
            ("$.a", "$[0]", (false, false, false)),
            ("$..a..b", "$.a.*.b", (true, true, false)),
            ("$.a.*", "$.*.b", (true, false, false)),
            ("$..*", "$", (false, false, false)),
            ("$..*", "$..a", (true, true, false)),
            ("$.*..*", "$..*.*", (true, true, true)),
        ] {
            let exact = NameMatch::Exact;
            assert_eq!(relation(one, exact, other, exact), expected, "{one} {other}");
        }
    }

    #[test]
    fn paths_enclose_others() {
        let encloses = |one: &str, other: &str| {
            let path = |text| FieldPath::new(text).unwrap();
            path(one).encloses(NameMatch::Exact, &path(other), NameMatch::Exact).unwrap()
        };
        assert!(encloses("$.a", "$.a.b") && encloses("$..a", "$..b") && encloses("$", "$[0]"));
        assert!(!encloses("$.a", "$.a") && !encloses("$.a.b", "$.a") && !encloses("$.a", "$.b.*"));
    }

    #[test]
    fn ignoring_case_covers_more_unless_there_is_no_case() {
        let (fold, exact) = (NameMatch::IgnoreCase, NameMatch::Exact);
        assert_eq!(relation("$.SSN", fold, "$.ssn", exact), (true, true, false));
        assert_eq!(relation("$.SSN", exact, "$.ssn", exact), (false, false, false));
        assert_eq!(relation("$['007']", fold, "$['007']", exact), (true, true, true));
        assert_eq!(relation("$['7'].ssn", fold, "$['7'].ssn", exact), (true, true, false));
        // The Kelvin sign.
        assert_eq!(relation("$.k", fold, "$['\u{212a}']", exact), (true, true, false));
    }

    /// A value in a document: the steps to it.
    #[derive(Clone, Debug)]
    enum Step {
        Name(&'static str),
        Index(u64),
    }

    /// Whether a path, as a list of segments, matches a value: what RFC 9535 says, and nothing of the automaton.
    fn matches(segments: &[super::super::Segment], names: NameMatch, steps: &[Step]) -> bool {
        let Some((segment, rest)) = segments.split_first() else { return steps.is_empty() };
        let Some((step, below)) = steps.split_first() else { return false };
        let takes = match (&segment.selector, step) {
            (super::super::Selector::Wildcard, _) => true,
            (super::super::Selector::Index(index), Step::Index(other)) => index == other,
            (super::super::Selector::Name(name), Step::Name(other)) => match names {
                NameMatch::Exact => **name == **other,
                NameMatch::IgnoreCase => name.to_lowercase() == other.to_lowercase(),
            },
            _ => false,
        };
        (takes && matches(rest, names, below)) || (segment.descendant && matches(segments, names, below))
    }

    /// Every way of at most five steps with these names and indexes; what the paths do not mention is `x`, and 7.
    fn every_way(steps: usize) -> Vec<Vec<Step>> {
        let alphabet = [
            Step::Name("a"),
            Step::Name("A"),
            Step::Name("b"),
            Step::Name("B"),
            Step::Name("1"),
            Step::Name("x"),
            Step::Index(0),
            Step::Index(7),
        ];
        let mut ways = vec![Vec::new()];
        let mut last = ways.clone();
        for _ in 0..steps {
            last = last
                .iter()
                .flat_map(|way: &Vec<Step>| {
                    alphabet.iter().map(|step| [way.clone(), vec![step.clone()]].concat())
                })
                .collect();
            ways.extend(last.iter().cloned());
        }
        ways
    }

    fn path() -> impl Strategy<Value = String> {
        let segment =
            prop::sample::select(vec![".a", "..a", ".b", "..b", "['1']", ".*", "..*", "[0]", "..[0]"]);
        prop::collection::vec(segment, 0..3).prop_map(|segments| format!("${}", segments.concat()))
    }

    fn names() -> impl Strategy<Value = NameMatch> {
        prop::sample::select(vec![NameMatch::Exact, NameMatch::IgnoreCase])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn what_is_said_of_two_paths_is_so_of_every_short_way(
            one in path(), one_names in names(), other in path(), other_names in names(),
        ) {
            let said = relation(&one, one_names, &other, other_names);
            let (one, other) = (FieldPath::new(&one).unwrap(), FieldPath::new(&other).unwrap());
            let mut found = (false, true, true);
            for way in every_way(5) {
                match (matches(one.segments(), one_names, &way), matches(other.segments(), other_names, &way)) {
                    (true, true) => found.0 = true,
                    (true, false) => found.2 = false,
                    (false, true) => found.1 = false,
                    (false, false) => {}
                }
            }
            // Paths of two segments part within four steps, or never.
            prop_assert_eq!(said, found);
        }
    }
}
