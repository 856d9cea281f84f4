//! A position in a JSON text, followed down and up through the automaton.

use super::{Matcher, RuleSet, Symbol, Transition};
use crate::fold::fold;
use crate::json::unescape;

/// Follows one JSON text. Feed it what the tokenizer yields: [`name`](Self::name) for a member name,
/// [`value`](Self::value) for every value, [`enter`](Self::enter) after the value of a container and
/// [`leave`](Self::leave) at its end.
pub(crate) struct Cursor<'m> {
    matcher: &'m Matcher,
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
        Self { matcher, open: Vec::new(), here: matcher.root }
    }

    /// A member name, given as its JSON text without quotation marks.
    pub(crate) fn name(&mut self, json: &[u8], escaped: bool) {
        let Some(open) = self.open.last() else { return };
        let symbol = if self.matcher.is_dead(open.state) {
            Symbol::Other
        } else if escaped {
            self.matcher.name_symbol(&unescape(json).text)
        } else {
            self.matcher.name_symbol(json)
        };
        self.here = self.matcher.step(open.state, symbol);
    }

    /// A value: the rules that match it, if any does.
    pub(crate) fn value(&mut self) -> Option<RuleSet> {
        if let Some(Open { state, next_index: Some(index) }) = self.open.last_mut() {
            self.here = self.matcher.step(*state, Symbol::Index(*index));
            *index = index.saturating_add(1);
        }
        self.here.rules
    }

    /// Goes into the container that was the last value.
    pub(crate) fn enter(&mut self, is_array: bool) {
        self.open.push(Open { state: self.here.state, next_index: is_array.then_some(0) });
    }

    /// Goes into the array that was the last value, to the element with this index.
    pub(crate) fn enter_at(&mut self, index: u64) {
        self.open.push(Open { state: self.here.state, next_index: Some(index) });
    }

    /// Goes out of the innermost container.
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
