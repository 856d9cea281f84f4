//! A position in a JSON text, followed down and up through the automaton.

use super::{Matcher, RuleSet, Symbol, Transition};
use crate::fold::fold;
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
    /// The open containers, outermost first.
    open: Vec<Open>,
    /// The step to the value that was seen last, or, after a name, to the one that comes.
    here: Transition,
}

struct Open {
    state: u32,
    /// The index of the next element; `None` in an object.
    next_index: Option<u64>,
}

impl<'m> Cursor<'m> {
    pub(crate) fn new(matcher: &'m Matcher) -> Self {
        Self { matcher, walk: Walk::new(matcher) }
    }

    /// A member name, given as its JSON text without quotation marks.
    pub(crate) fn name(&mut self, json: &[u8], escaped: bool) {
        self.walk.name(self.matcher, json, escaped);
    }

    /// A value: the rules that match it, if any does.
    pub(crate) fn value(&mut self) -> Option<RuleSet> {
        self.walk.value(self.matcher)
    }

    /// Goes into the container that was the last value.
    pub(crate) fn enter(&mut self, is_array: bool) {
        self.walk.enter(is_array);
    }

    /// Goes into the array that was the last value, to the element with this index.
    pub(crate) fn enter_at(&mut self, index: u64) {
        self.walk.open.push(Open { state: self.walk.here.state, next_index: Some(index) });
    }

    /// Goes out of the innermost container.
    pub(crate) fn leave(&mut self) {
        self.walk.leave();
    }
}

impl Walk {
    pub(crate) fn new(matcher: &Matcher) -> Self {
        Self { open: Vec::new(), here: matcher.root }
    }

    pub(crate) fn name(&mut self, matcher: &Matcher, json: &[u8], escaped: bool) {
        let Some(open) = self.open.last() else { return };
        let symbol = if matcher.is_dead(open.state) {
            Symbol::Other
        } else if escaped {
            matcher.name_symbol(&unescape(json).text)
        } else {
            matcher.name_symbol(json)
        };
        self.here = matcher.step(open.state, symbol);
    }

    pub(crate) fn value(&mut self, matcher: &Matcher) -> Option<RuleSet> {
        if let Some(Open { state, next_index: Some(index) }) = self.open.last_mut() {
            self.here = matcher.step(*state, Symbol::Index(*index));
            *index = index.saturating_add(1);
        }
        self.here.rules
    }

    pub(crate) fn enter(&mut self, is_array: bool) {
        self.open.push(Open { state: self.here.state, next_index: is_array.then_some(0) });
    }

    pub(crate) fn leave(&mut self) {
        self.open.pop();
    }
}

impl Matcher {
    fn name_symbol(&self, name: &[u8]) -> Symbol {
        if self.folded.is_empty() && self.exact_lengths & Matcher::length_bit(name.len()) == 0 {
            return Symbol::Other;
        }
        let Ok(name) = core::str::from_utf8(name) else { return Symbol::Other };
        let symbol = self
            .exact
            .get(name)
            .or_else(|| if self.folded.is_empty() { None } else { self.folded.get(&fold(name)) });
        symbol.map_or(Symbol::Other, |symbol| Symbol::Name(*symbol))
    }
}
