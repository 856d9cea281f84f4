//! The memory of an operation.

#![allow(clippy::arithmetic_side_effects, reason = "of lengths, which are below 8192")]

use crate::columns::{BLOCK, add_product, triangle};
use crate::digits::Shape;
use crate::modulus::LAST_COLUMNS;
use crate::pair::Pair;

/// Where the numbers of an operation are, all of them secret.
pub(crate) struct Work<'w> {
    pub(crate) base: &'w mut [Pair],
    pub(crate) power: &'w mut [Pair],
    pub(crate) exchanged: &'w mut [Pair],
    pub(crate) product: Product<'w>,
}

pub(crate) struct Product<'w> {
    /// The products of both lower and of both upper halves.
    pub(crate) halves: &'w mut [Pair],
    /// Two numbers in each column, whose sum is the products of unlike halves.
    pub(crate) across: &'w mut [Pair],
    pub(crate) columns: &'w mut [Pair],
    pub(crate) quotient: &'w mut [Pair],
    pub(crate) low: &'w mut [Pair],
}

impl<'w> Work<'w> {
    pub(crate) fn pairs(shape: Shape) -> usize {
        3 * shape.operand() + 7 * shape.half + BLOCK + LAST_COLUMNS
    }

    pub(crate) fn new(pairs: &'w mut [Pair], shape: Shape) -> Option<Self> {
        let (base, pairs) = pairs.split_at_mut_checked(shape.operand())?;
        let (power, pairs) = pairs.split_at_mut_checked(shape.operand())?;
        let (exchanged, pairs) = pairs.split_at_mut_checked(shape.operand())?;
        let (halves, pairs) = pairs.split_at_mut_checked(2 * shape.half)?;
        let (across, pairs) = pairs.split_at_mut_checked(2 * shape.half)?;
        let (columns, pairs) = pairs.split_at_mut_checked(2 * shape.half + BLOCK)?;
        let (quotient, low) = pairs.split_at_mut_checked(shape.half)?;
        Some(Self { base, power, exchanged, product: Product { halves, across, columns, quotient, low } })
    }
}

impl Product<'_> {
    /// Multiplies digits without margins with digits with them, which are there with their halves exchanged too.
    pub(crate) fn multiply(&mut self, x: &[Pair], y: &[Pair], exchanged: &[Pair]) {
        self.halves.fill(Pair::zero());
        self.across.fill(Pair::zero());
        add_product(x, y, self.halves);
        add_product(x, exchanged, self.across);
    }

    pub(crate) fn square(&mut self, x: &[Pair], exchanged: &[Pair]) {
        triangle(x, x, self.halves);
        triangle(x, exchanged, self.across);
    }
}

/// Writes pairs with their halves exchanged.
pub(crate) fn exchange(operand: &[Pair], exchanged: &mut [Pair]) {
    for (exchanged, pair) in exchanged.iter_mut().zip(operand) {
        *exchanged = pair.swapped();
    }
}
