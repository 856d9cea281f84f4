//! Every way down that a document could have, for those who compare paths with each other.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Matcher, Symbol, Transition};
use crate::fold::fold_is_plain;

/// Steps that were taken, each with the one before it.
#[derive(Default)]
struct Steps(Vec<(Option<usize>, Symbol)>);

/// The way to one value.
pub(crate) struct Way<'w> {
    matcher: &'w Matcher,
    steps: &'w Steps,
    last: Option<usize>,
}

impl Matcher {
    /// Visits every step to a value that some document could have, the whole of it first. `visit` is told which rules match the value, what is
    /// known of the way to it, and the way; it gives back what is known of the way to what is below, or `None` to have it left out.
    ///
    /// From one state, and with one knowledge, each step is visited once. `false` if there are more than `most` of them: then not
    /// all were visited.
    pub(crate) fn explore<K: Clone + Ord>(
        &self,
        start: K,
        most: usize,
        mut visit: impl FnMut(&[u32], &K, &Way<'_>) -> Option<K>,
    ) -> bool {
        let impossible = self.impossible();
        let mut steps = Steps::default();
        let mut seen = BTreeSet::new();
        let mut open = Vec::new();
        let mut visited = 0_usize;
        let mut take = |transition: Transition, known: &K, last: Option<usize>, steps: &Steps| {
            let rules = transition.rules.map(|set| self.rules(set)).unwrap_or_default();
            let below = visit(rules, known, &Way { matcher: self, steps, last })?;
            (!self.is_dead(transition.state)).then_some((transition.state, below))
        };
        if let Some(below) = take(self.root, &start, None, &steps) {
            seen.insert(below.clone());
            open.push((below, None));
        }
        while let Some(((state, known), last)) = open.pop() {
            let Some(row) = self.row(state) else { continue };
            let named = row.named().filter(|(symbol, _)| !impossible.contains(symbol));
            for (symbol, transition) in named.chain([(Symbol::Other, row.other)]) {
                visited = visited.saturating_add(1);
                if visited > most {
                    return false;
                }
                steps.0.push((last, symbol));
                let here = steps.0.len().checked_sub(1);
                if let Some(below) = take(transition, &known, here, &steps)
                    && seen.insert(below.clone())
                {
                    open.push((below, here));
                }
            }
        }
        true
    }

    /// Names that no document has: those that fold to a name, and are not that name, where nothing else folds to it.
    fn impossible(&self) -> BTreeSet<Symbol> {
        let folded = self.folded.iter();
        let alone =
            folded.filter(|(name, _)| fold_is_plain(name) && self.exact.get(name.as_bytes()).is_some());
        alone.map(|(_, number)| Symbol::Name(number)).collect()
    }
}

impl Way<'_> {
    /// A path that the way fits; any other name, or index, is `*`.
    pub(crate) fn path(&self) -> String {
        let mut symbols = Vec::new();
        let mut at = self.last;
        while let Some((before, symbol)) = at.and_then(|index| self.steps.0.get(index)) {
            symbols.push(*symbol);
            at = *before;
        }
        let mut path = String::from("$");
        for symbol in symbols.into_iter().rev() {
            match symbol {
                Symbol::Name(number) => push_name(self.matcher.spelling(number), &mut path),
                Symbol::Index(index) => path.push_str(&format!("[{index}]")),
                Symbol::Other => path.push_str(".*"),
            }
        }
        path
    }
}

impl Matcher {
    fn spelling(&self, number: u32) -> &str {
        let mut names = self.exact.iter().chain(self.folded.iter());
        names.find(|(_, other)| *other == number).map(|(name, _)| name).unwrap_or_default()
    }
}

/// As `.name` where that can be, else in brackets.
fn push_name(name: &str, path: &mut String) {
    let is_letter =
        |character: char| character.is_ascii_alphabetic() || character == '_' || character >= '\u{80}';
    let is_short = name.starts_with(is_letter)
        && name.chars().all(|character| is_letter(character) || character.is_ascii_digit());
    if is_short {
        path.push('.');
        path.push_str(name);
        return;
    }
    path.push_str("['");
    for character in name.chars() {
        match character {
            '\'' | '\\' => path.extend(['\\', character]),
            character if character.is_control() => {
                path.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            character => path.push(character),
        }
    }
    path.push_str("']");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field_path::{FieldPath, NameMatch};

    #[test]
    fn as_many_steps_as_are_allowed_are_taken_and_not_one_more() {
        let path = FieldPath::new("$.a.b").unwrap();
        let matcher = Matcher::new(&[(0, &path, NameMatch::Exact)]).unwrap();
        let explore = |most: usize| {
            let mut ways = Vec::new();
            let is_whole = matcher.explore((), most, |_, (), way| {
                ways.push(way.path());
                Some(())
            });
            (is_whole, ways)
        };
        let (is_whole, ways) = explore(usize::MAX);
        assert!(is_whole);
        assert_eq!(ways, ["$", "$.a", "$.*", "$.a.b", "$.a.*"]);
        // The first is no step.
        assert_eq!(explore(4), (true, ways.clone()));
        assert_eq!(explore(3), (false, ways[..4].to_vec()));
        assert_eq!(explore(0), (false, ways[..1].to_vec()));
    }

    #[test]
    fn a_way_is_written_as_the_path_that_leads_there() {
        for text in
            ["$.a1", "$._é", "$.é", "$[7]", "$['']", "$['1a']", "$['a b']", r"$['\'\\']", r"$['\u0001é']"]
        {
            let path = FieldPath::new(text).unwrap();
            let matcher = Matcher::new(&[(0, &path, NameMatch::Exact)]).unwrap();
            let mut written = Vec::new();
            matcher.explore((), usize::MAX, |rules, (), way| {
                written.extend((!rules.is_empty()).then(|| way.path()));
                Some(())
            });
            assert_eq!(written, [text]);
            assert_eq!(FieldPath::new(&written[0]), Ok(path));
        }
    }
}
