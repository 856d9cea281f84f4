//! Sums of products by column: where nearly all of the time goes.
//!
//! Eight columns are computed at once, in registers, two rows at a time: as much as the sixteen registers of x86-64 have room for.

#![allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "in arrays of constant length by constants below it; positions are below a thousand"
)]

use crate::pair::Pair;

/// Columns of a block.
pub(crate) const BLOCK: usize = 8;
/// Zeros before and after the digits of a right-hand operand: rows at the edges reach into them.
pub(crate) const MARGIN: usize = BLOCK;
const WINDOW: usize = BLOCK + 1;

/// Adds to the columns the product of two polynomials, lane by lane: to column k all x_i · y_(k-i).
///
/// `x` has an even number of digits; `y` has its [`MARGIN`] on both sides; of columns there is a multiple of [`BLOCK`].
#[inline(never)]
pub(crate) fn add_product(x: &[Pair], y: &[Pair], columns: &mut [Pair]) {
    for (block, columns) in columns.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
        let first = block * BLOCK;
        let mut sums = *columns;
        add_rows(&mut sums, x, y, first, x.len().min(first + BLOCK));
        *columns = sums;
    }
}

/// Writes the columns of 2 · Σ x_i · y_j for all i < j, plus Σ x_i · y_i: the square, if both are the same.
///
/// Both operands have their [`MARGIN`] on both sides; of columns there are twice as many as digits, a multiple of [`BLOCK`].
#[inline(never)]
pub(crate) fn triangle(x: &[Pair], y: &[Pair], columns: &mut [Pair]) {
    let digits = x.get(MARGIN..).unwrap_or_default();
    for (block, columns) in columns.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
        let first = block * BLOCK;
        let middle = first / 2;
        let mut sums = [Pair::ZERO; BLOCK];
        add_rows(&mut sums, digits, y, first, middle);
        sums = sums.map(|sum| sum.plus(sum));
        let (Some(x), Some(y)) = (
            digits.get(middle..).and_then(<[_]>::first_chunk::<{ BLOCK / 2 }>),
            y.get(MARGIN + middle..).and_then(<[_]>::first_chunk::<BLOCK>),
        ) else {
            return;
        };
        corner(&mut sums, x, y);
        *columns = sums;
    }
}

/// Adds the rows of `x` before `end` whose windows of `y` reach into the block that begins with column `first`.
#[inline(always)]
fn add_rows(sums: &mut [Pair; BLOCK], x: &[Pair], y: &[Pair], first: usize, end: usize) {
    // An even row: one before the first that reaches into it meets zeros.
    let begin = (first + 2 * MARGIN + 1).saturating_sub(y.len()) & !1;
    let (Some(x), Some(mut y)) =
        (x.get(begin..end), y.get((first + MARGIN + 1).saturating_sub(end)..first + MARGIN + BLOCK - begin))
    else {
        return;
    };
    for [even, odd] in x.as_chunks::<2>().0 {
        let (Some(window), Some((rest, _))) = (y.last_chunk::<WINDOW>(), y.split_last_chunk::<2>()) else {
            return;
        };
        for column in 0..BLOCK {
            sums[column] =
                sums[column].plus_product(*even, window[column + 1]).plus_product(*odd, window[column]);
        }
        y = rest;
    }
}

/// Adds the rows that meet the diagonal.
#[inline(always)]
fn corner(sums: &mut [Pair; BLOCK], x: &[Pair; BLOCK / 2], y: &[Pair; BLOCK]) {
    for (row, x) in x.iter().enumerate() {
        sums[2 * row] = sums[2 * row].plus_product(*x, y[row]);
        let twice = x.plus(*x);
        for column in 2 * row + 1..BLOCK {
            sums[column] = sums[column].plus_product(twice, y[column - row]);
        }
    }
}
