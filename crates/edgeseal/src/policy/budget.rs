//! How much may be spent on comparing rules with each other.

use core::cell::Cell;

/// Steps that are left: of automata that are built and walked, and of limits that are compared. What they buy takes seconds, whatever a
/// policy says.
#[derive(Debug)]
pub(super) struct Budget(Cell<usize>);

/// There were not enough of them, so that nothing is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooComplex;

impl Budget {
    pub(super) fn new(steps: usize) -> Self {
        Self(Cell::new(steps))
    }

    /// Takes some of them. Where there are too few, none are left either.
    pub(super) fn take(&self, steps: usize) -> Result<(), TooComplex> {
        let left = self.0.get().checked_sub(steps);
        self.0.set(left.unwrap_or(0));
        left.map(drop).ok_or(TooComplex)
    }

    pub(super) fn left(&self) -> usize {
        self.0.get()
    }
}
