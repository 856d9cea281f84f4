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
        // Rows of which a part lies outside the operand, where that is known in advance.
        let mut end = x.len().min(first + BLOCK);
        if let (Some(rows), Some(y)) = (tile(x, first), tile(y, MARGIN)) {
            add_first_rows(&mut sums, rows, y);
            end = first;
        }
        let mut begin = 0;
        if let Some(outside) = (first + 2 * MARGIN).checked_sub(y.len()) {
            begin = outside;
            if let (Some(rows), Some(y)) = (tile(x, outside), last_tile(y)) {
                add_last_rows(&mut sums, rows, y);
                begin = outside + BLOCK;
            }
        }
        add_rows(&mut sums, x, y, first, begin, end);
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
        let mut sums = [Pair::zero(); BLOCK];
        let mut begin = 0;
        if let Some(outside) = (first + 2 * MARGIN).checked_sub(y.len()) {
            begin = outside;
            if let (true, Some(rows), Some(y)) =
                (outside + BLOCK <= middle, tile(digits, outside), last_tile(y))
            {
                add_last_rows(&mut sums, rows, y);
                begin = outside + BLOCK;
            }
        }
        add_few_rows(&mut sums, digits, y, first, begin, middle);
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
fn add_rows(sums: &mut [Pair; BLOCK], x: &[Pair], y: &[Pair], first: usize, begin: usize, end: usize) {
    let (Some(x), Some(y)) =
        (x.get(begin..end), y.get((first + MARGIN + 1).saturating_sub(end)..first + MARGIN + BLOCK - begin))
    else {
        return;
    };
    let windows = y.array_windows::<WINDOW>().step_by(2);
    for ([even, odd], window) in x.as_chunks::<2>().0.iter().rev().zip(windows) {
        for column in 0..BLOCK {
            sums[column] =
                sums[column].plus_product(*even, window[column + 1]).plus_product(*odd, window[column]);
        }
    }
}

/// The same, four rows at a time, of which there is a multiple of four: `first` is one of eight, and half the number of digits is one of four. That is
/// faster where there are few rows, as in a triangle, and slower where there are many: what both pairs of rows read is read once, and has to be kept
/// meanwhile.
#[inline(always)]
fn add_few_rows(sums: &mut [Pair; BLOCK], x: &[Pair], y: &[Pair], first: usize, begin: usize, end: usize) {
    let (Some(x), Some(y)) =
        (x.get(begin..end), y.get((first + MARGIN + 1).saturating_sub(end)..first + MARGIN + BLOCK - begin))
    else {
        return;
    };
    let (fours, rest) = x.as_chunks::<4>();
    debug_assert!(rest.is_empty(), "rows come in fours");
    let windows = y.array_windows::<{ BLOCK + 3 }>().step_by(4);
    for ([a, b, c, d], window) in fours.iter().rev().zip(windows) {
        for column in 0..BLOCK {
            sums[column] = sums[column].plus_product(*c, window[column + 1]).plus_product(*d, window[column]);
        }
        for column in 0..BLOCK {
            sums[column] =
                sums[column].plus_product(*a, window[column + 3]).plus_product(*b, window[column + 2]);
        }
    }
}

/// The eight digits from a place on, if there are that many.
#[inline(always)]
fn tile(digits: &[Pair], from: usize) -> Option<&[Pair; BLOCK]> {
    digits.get(from..)?.first_chunk()
}

/// The last eight digits of an operand with margins.
#[inline(always)]
fn last_tile(operand: &[Pair]) -> Option<&[Pair; BLOCK]> {
    tile(operand, operand.len().checked_sub(MARGIN + BLOCK)?)
}

macro_rules! each {
    ($row:ident in $($number:literal)*: $body:block) => {
        $({ const ROW: usize = $number; let $row = ROW; $body })*
    };
}

/// Adds eight rows, of which each begins a column later than the one before.
#[inline(always)]
fn add_first_rows(sums: &mut [Pair; BLOCK], x: &[Pair; BLOCK], y: &[Pair; BLOCK]) {
    each!(row in 0 1 2 3 4 5 6 7: {
        for column in row..BLOCK {
            sums[column] = sums[column].plus_product(x[row], y[column - row]);
        }
    });
}

/// Adds eight rows, of which each ends a column later than the one before; the first has already ended.
#[inline(always)]
fn add_last_rows(sums: &mut [Pair; BLOCK], x: &[Pair; BLOCK], y: &[Pair; BLOCK]) {
    each!(row in 1 2 3 4 5 6 7: {
        for column in 0..row {
            sums[column] = sums[column].plus_product(x[row], y[BLOCK - row + column]);
        }
    });
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Larger than any digit: see the bounds in the crate's documentation.
    const DIGIT: f64 = 8_388_608.0 + 128.0;

    fn operand(count: usize, digit: impl Fn(usize) -> (f64, f64)) -> Vec<Pair> {
        let mut operand = vec![Pair::zero(); count + 2 * MARGIN];
        for index in 0..count {
            let (lower, upper) = digit(index);
            operand[MARGIN + index] = Pair::new(lower, upper);
        }
        operand
    }

    fn integers(pairs: &[Pair]) -> Vec<[i128; 2]> {
        #[allow(clippy::cast_possible_truncation, reason = "they are integers")]
        pairs.iter().map(|pair| [pair.lower() as i128, pair.upper() as i128]).collect()
    }

    fn expected(x: &[Pair], y: &[Pair], columns: usize) -> Vec<[i128; 2]> {
        let (x, y) = (integers(x), integers(&y[MARGIN..y.len() - MARGIN]));
        let mut sums = vec![[0; 2]; columns];
        for (i, x) in x.iter().enumerate() {
            for (j, y) in y.iter().enumerate().take_while(|(j, _)| i + j < columns) {
                for lane in 0..2 {
                    sums[i + j][lane] += x[lane] * y[lane];
                }
            }
        }
        sums
    }

    #[test]
    fn products_of_the_largest_digits_are_exact() {
        for half in [44, 68, 92] {
            let y = operand(half, |index| (DIGIT, if index % 2 == 0 { -DIGIT } else { DIGIT - 1.0 }));
            for count in [2, 8, 12, 20, 24, half] {
                let x: Vec<Pair> =
                    (0..count).map(|index| Pair::new(DIGIT - (index % 2) as f64, -DIGIT)).collect();
                let mut columns = vec![Pair::zero(); (half + count).next_multiple_of(BLOCK)];
                add_product(&x, &y, &mut columns);
                assert_eq!(integers(&columns), expected(&x, &y, columns.len()), "{half} {count}");
            }
        }
    }

    #[test]
    fn products_are_added() {
        let y = operand(44, |index| (index as f64, 2.0));
        let x = vec![Pair::new(3.0, -1.0); 20];
        let mut columns = vec![Pair::zero(); 64];
        add_product(&x, &y, &mut columns);
        let once = integers(&columns);
        add_product(&x, &y, &mut columns);
        assert_eq!(integers(&columns), once.iter().map(|sum| sum.map(|sum| 2 * sum)).collect::<Vec<_>>());
    }

    #[test]
    fn the_triangle_of_the_largest_digits_is_exact() {
        for half in [44, 68, 92] {
            let x = operand(half, |index| {
                (DIGIT - (index % 3) as f64, if index % 5 == 0 { -DIGIT } else { DIGIT })
            });
            let swapped: Vec<Pair> = x.iter().map(|pair| pair.swapped()).collect();
            let mut columns = vec![Pair::zero(); 2 * half];
            triangle(&x, &x, &mut columns);
            let digits = &x[MARGIN..MARGIN + half];
            assert_eq!(integers(&columns), expected(digits, &x, 2 * half));
            triangle(&x, &swapped, &mut columns);
            let sums = |pairs: Vec<[i128; 2]>| pairs.iter().map(|[a, b]| a + b).collect::<Vec<_>>();
            assert_eq!(sums(integers(&columns)), sums(expected(digits, &swapped, 2 * half)));
        }
    }
}
