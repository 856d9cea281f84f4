//! A position in a JSON text, followed down and up through the automaton.

use alloc::vec::Vec;

use super::{Matcher, RuleSet, Transition};
use crate::json::unescape;

/// Follows one JSON text. Feed it what the tokenizer yields: [`name`](Self::name) for a member name,
/// [`value`](Self::value) for every value, [`enter`](Self::enter) after the value of a container and
/// [`leave`](Self::leave) at its end.
pub(crate) struct Cursor<'m> {
    matcher: &'m Matcher,
    walk: Walk,
}

/// The position of a [`Cursor`], for those who keep the matcher themselves: all of its methods are to be called with the same one.
pub(crate) struct Walk {
    /// The innermost open container; `None` before there is one.
    inside: Option<Open>,
    /// The containers around it, outermost first.
    around: Vec<Option<Open>>,
    /// The step to the value that was seen last, or, after a name, to the one that comes.
    here: Transition,
}

#[derive(Clone, Copy)]
struct Open {
    state: u32,
    is_array: bool,
    /// The index of the next element.
    next_index: u64,
}

impl<'m> Cursor<'m> {
    pub(crate) fn new(matcher: &'m Matcher) -> Self {
        Self::at(matcher, matcher.root)
    }

    /// Follows a JSON text that stands here, below another.
    pub(super) fn at(matcher: &'m Matcher, here: Transition) -> Self {
        Self { matcher, walk: Walk { inside: None, around: Vec::new(), here } }
    }

    /// A member name, given as its JSON text without quotation marks.
    #[inline(always)]
    pub(crate) fn name(&mut self, json: &[u8], escaped: bool) {
        self.walk.name(self.matcher, json, escaped);
    }

    /// A value: the rules that match it, if any does.
    #[inline(always)]
    pub(crate) fn value(&mut self) -> Option<RuleSet> {
        self.walk.value(self.matcher)
    }

    /// Goes into the container that was the last value.
    #[inline(always)]
    pub(crate) fn enter(&mut self, is_array: bool) {
        self.walk.enter(is_array);
    }

    /// Goes out of the innermost container.
    #[inline(always)]
    pub(crate) fn leave(&mut self) {
        self.walk.leave();
    }
}

impl Walk {
    pub(crate) fn new(matcher: &Matcher) -> Self {
        Self { inside: None, around: Vec::new(), here: matcher.root }
    }

    #[inline(always)]
    pub(crate) fn name(&mut self, matcher: &Matcher, json: &[u8], escaped: bool) {
        let Some(open) = &self.inside else { return };
        self.here = if escaped && !matcher.is_dead(open.state) {
            matcher.to_member(open.state, &unescape(json).text)
        } else {
            matcher.to_member(open.state, json)
        };
    }

    #[inline(always)]
    pub(crate) fn value(&mut self, matcher: &Matcher) -> Option<RuleSet> {
        if let Some(Open { state, is_array: true, next_index }) = &mut self.inside {
            self.here = matcher.to_element(*state, *next_index);
            *next_index = next_index.wrapping_add(1);
        }
        self.here.rules
    }

    #[inline(always)]
    pub(crate) fn enter(&mut self, is_array: bool) {
        let open = Open { state: self.here.state, is_array, next_index: 0 };
        self.around.push(self.inside.replace(open));
    }

    #[inline(always)]
    pub(crate) fn leave(&mut self) {
        self.inside = self.around.pop().flatten();
    }
}
