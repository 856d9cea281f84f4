//! The name of a form's field: whether all parsers take it for the same, and the ways in which they read it.

use alloc::vec::Vec;

use super::scope::{Decision, Scope};
use crate::matcher::{Branches, Cursor};

/// Whether no parser cuts anything off a name, or takes it for another. PHP and Django strip white space, some decoders a byte order mark; NUL ends a
/// string in C; and to a parser that knows brackets or dots `[ssn]` or `.ssn` is `ssn`.
pub(super) fn is_plain_name(name: &str) -> bool {
    let is_blank = |character: char| character.is_whitespace() || character == '\u{feff}';
    let is_cut = name.starts_with(is_blank) || name.ends_with(is_blank) || name.contains('\0');
    !is_cut && !name.starts_with(['[', '.']) && has_plain_brackets(name)
}

/// Whether a name, read as a path, leads through more arrays and objects than may be open. Parsers stop after 5, 64 or more steps, and differ in what
/// they make of the rest.
pub(super) fn is_too_deep(name: &str, max_depth: usize) -> bool {
    name.split(['[', '.']).count() > max_depth
}

/// Whether brackets come in pairs, none in another, each followed by `[`, `.` or nothing. Parsers drop, keep or rename what does not fit in.
fn has_plain_brackets(name: &str) -> bool {
    let (mut is_open, mut is_closed) = (false, false);
    for character in name.chars() {
        match character {
            '[' if is_open => return false,
            ']' if !is_open => return false,
            '[' | ']' => is_open = character == '[',
            '.' => {}
            _ if is_closed => return false,
            _ => {}
        }
        is_closed = character == ']';
    }
    !is_open
}

/// A position below a form, in each way in which a field's name can be read: as it is; and, if it has brackets or dots, as many
/// frameworks read them, so that `person[ssn]` and `person.ssn` are `ssn` in `person`.
pub(super) struct Readings<'m> {
    as_it_is: Cursor<'m>,
    as_paths: Vec<Cursor<'m>>,
    /// What is decided about something that the field is in, when its name is read as a path.
    around: Decision,
}

impl<'m> Readings<'m> {
    /// Below nothing: one JSON text.
    pub(super) fn of_text(scope: &Scope<'m>) -> Self {
        Self { as_it_is: Cursor::new(scope.matcher), as_paths: Vec::new(), around: Decision::default() }
    }

    /// A field of a form.
    pub(super) fn of_field(scope: &Scope<'m>, name: &str) -> Self {
        let mut as_it_is = Cursor::new(scope.matcher);
        as_it_is.value();
        as_it_is.enter(false);
        as_it_is.name(name.as_bytes(), false);
        let mut readings = Self { as_it_is, as_paths: Vec::new(), around: Decision::default() };
        // To some parsers a dot is a letter; to some it is one in brackets.
        let all_dots: &[Dots] = match (name.contains('['), name.contains('.')) {
            (true, true) => &[Dots::Separate, Dots::SeparateOutside, Dots::AreLetters],
            (true, false) => &[Dots::AreLetters],
            (false, true) => &[Dots::Separate],
            (false, false) => &[],
        };
        for dots in all_dots {
            readings.read_as_path(scope, dots.steps(name));
        }
        readings
    }

    /// The field below a form, at the end of these steps. Of a number some parsers make an element, some the name of a member, and some the one or
    /// the other, as what is around it has it, or as it is large or not: so each is read as both, whatever the others are.
    fn read_as_path<'n>(&mut self, scope: &Scope<'m>, steps: impl Iterator<Item = &'n str>) {
        let mut branches = Branches::new(scope.matcher);
        for (depth, step) in steps.map(step_text).enumerate() {
            if depth > 0 {
                self.around =
                    branches.rules().fold(self.around, |around, rules| around.or(scope.decide(Some(rules))));
            }
            let index = if depth == 0 { None } else { element(step) };
            let name = (depth == 0 || !step.is_empty()).then_some(step.as_bytes());
            branches.step(name, index);
        }
        self.as_paths.extend(branches.into_cursors());
    }

    /// What is decided about the value here. Of several readings the first that decides counts.
    #[inline(always)]
    pub(super) fn decide(&mut self, scope: &Scope<'_>) -> Decision {
        let decision = scope.decide(self.as_it_is.value());
        if self.as_paths.is_empty() { decision } else { self.decide_as_paths(scope, decision) }
    }

    fn decide_as_paths(&mut self, scope: &Scope<'_>, decision: Decision) -> Decision {
        let paths = self.as_paths.iter_mut();
        paths.fold(decision.or(self.around), |decision, cursor| decision.or(scope.decide(cursor.value())))
    }

    #[inline(always)]
    pub(super) fn name(&mut self, json: &[u8], escaped: bool) {
        self.as_it_is.name(json, escaped);
        for cursor in &mut self.as_paths {
            cursor.name(json, escaped);
        }
    }

    #[inline(always)]
    pub(super) fn enter(&mut self, is_array: bool) {
        self.as_it_is.enter(is_array);
        for cursor in &mut self.as_paths {
            cursor.enter(is_array);
        }
    }

    #[inline(always)]
    pub(super) fn leave(&mut self) {
        self.as_it_is.leave();
        for cursor in &mut self.as_paths {
            cursor.leave();
        }
    }
}

/// A step without its bracket, and without quotation marks, which Spring has around keys.
fn step_text(step: &str) -> &str {
    step.strip_suffix(']').unwrap_or(step).trim_matches(['"', '\''])
}

/// The index of an element: a number, or nothing, which is the next one; as good as the first, for a path that does not say which.
fn element(step: &str) -> Option<u64> {
    match step {
        "" => Some(0),
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok(),
        _ => None,
    }
}

/// What a dot is in a name that has brackets, or may have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dots {
    /// It separates steps, as a bracket does.
    Separate,
    /// Outside brackets it does.
    SeparateOutside,
    AreLetters,
}

impl Dots {
    /// The steps of a name, each with the bracket that ends it.
    fn steps(self, name: &str) -> impl Iterator<Item = &str> {
        let mut is_inside = false;
        name.split(move |character| match character {
            '[' => {
                is_inside = true;
                true
            }
            ']' => {
                is_inside = false;
                false
            }
            '.' => self == Self::Separate || (self == Self::SeparateOutside && !is_inside),
            _ => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_as_deep_as_the_document_that_it_leads_through() {
        for (name, depth) in [("", 1), ("a", 1), ("a[b]", 2), ("a.b", 2), ("a[]", 2), ("a[b].c[0]", 4)] {
            assert!(!is_too_deep(name, depth) && is_too_deep(name, depth - 1), "{name}");
        }
    }

    #[test]
    fn a_dot_separates_steps_or_is_a_letter_or_is_one_inside_of_brackets() {
        let steps = |dots: Dots, name| dots.steps(name).map(step_text).collect::<Vec<_>>();
        for (name, separate, outside, letters) in [
            ("a", &["a"][..], &["a"][..], &["a"][..]),
            ("a.b[c.d].e", &["a", "b", "c", "d", "e"], &["a", "b", "c.d", "e"], &["a.b", "c.d].e"]),
            ("a[b.c][d].e", &["a", "b", "c", "d", "e"], &["a", "b.c", "d", "e"], &["a", "b.c", "d].e"]),
            ("a['b'][]", &["a", "b", ""], &["a", "b", ""], &["a", "b", ""]),
        ] {
            assert_eq!(steps(Dots::Separate, name), separate, "{name}");
            assert_eq!(steps(Dots::SeparateOutside, name), outside, "{name}");
            assert_eq!(steps(Dots::AreLetters, name), letters, "{name}");
        }
    }

    #[test]
    fn an_element_is_called_by_digits_alone_or_by_nothing() {
        for (step, index) in [("", 0), ("0", 0), ("7", 7), ("007", 7), ("18446744073709551615", u64::MAX)] {
            assert_eq!(element(step), Some(index), "{step}");
        }
        for step in ["+1", "-1", "1 ", "a", "1a", "0x1", "1.0", "\u{661}", "18446744073709551616"] {
            assert_eq!(element(step), None, "{step}");
        }
    }

    #[test]
    fn a_plain_name_is_the_same_to_every_parser() {
        for name in ["", "a", "a b", "a[b]", "a[b][].c[d].", "é", "a.b"] {
            assert!(is_plain_name(name), "{name:?}");
        }
        for name in [
            " a",
            "a\t",
            "\u{a0}a",
            "\u{feff}a",
            "a\0",
            "[a]",
            " ",
            "a]",
            "a[",
            "a[b",
            "a[b[c]]",
            "a[b]]",
            "a[b]c",
            "a[b] c",
        ] {
            assert!(!is_plain_name(name), "{name:?}");
        }
    }
}
