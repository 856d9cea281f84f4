//! Columns become digits again. No carry waits for another: two passes of rounding, in which each column gives to the next only.

use crate::pair::{Pair, Radix, round};

/// Carries on their way from one column to the next, in two passes at once.
#[derive(Clone, Copy)]
struct Carries {
    first: Pair,
    second: Pair,
}

impl Carries {
    const NONE: Self = Self { first: Pair::ZERO, second: Pair::ZERO };

    #[inline(always)]
    fn digit(&mut self, column: Pair, radix: Radix) -> Pair {
        let (rest, first) = column.split(radix);
        let (digit, second) = rest.plus(self.first).split(radix);
        let digit = digit.plus(self.second);
        *self = Self { first, second };
        digit
    }
}

/// Makes digits of the lower columns, twice in each pair, and gives what is carried out of the last.
#[inline(always)]
pub(crate) fn lower_digits(columns: &[Pair], digits: &mut [Pair], radix: Radix) -> Pair {
    let mut carries = Carries::NONE;
    for (digit, column) in digits.iter_mut().zip(columns) {
        *digit = carries.digit(column.lowers(*column), radix);
    }
    carries.first.plus(carries.second)
}

/// Lays out a product of four halves by column, a pass of carries done: `halves` has the products of both lower and of both upper halves,
/// `across` two numbers in each column whose sum is the products of unlike halves. What the lowest quarter holds stays in `halves`.
#[inline(always)]
pub(crate) fn lay_out(halves: &[Pair], across: &[Pair], columns: &mut [Pair], radix: Radix) {
    let half = halves.len() / 2;
    let (Some((low, high)), Some((across_low, across_high))) =
        (halves.split_at_checked(half), across.split_at_checked(half))
    else {
        return;
    };
    let Some((middle, top)) = columns.split_at_mut_checked(half) else { return };
    let mut carried = (Pair::ZERO, Pair::ZERO);
    let parts = low.iter().zip(high).zip(across_low.iter().zip(across_high));
    for ((middle, top), ((low, high), (across_low, across_high))) in
        middle.iter_mut().zip(top.iter_mut()).zip(parts)
    {
        let unlike = across_low.lowers(*across_high).plus(across_low.uppers(*across_high));
        let (rest, carry) = high.lowers(low.swapped()).plus(unlike).split(radix);
        *middle = rest.plus(carried.0);
        let (top_rest, top_carry) = Pair::new(0.0, high.upper()).split(radix);
        *top = top_rest.plus(carried.1);
        carried = (carry, top_carry);
    }
    // From the last column of each lane into the first of the next.
    let (Some(middle), Some(top)) = (middle.first_mut(), top.first_mut()) else { return };
    *middle = middle.plus(Pair::new(0.0, carried.0.lower()));
    *top = top.plus(Pair::new(0.0, carried.0.upper()));
}

/// The carry out of columns whose sum is a multiple of the radix's power: the last three of them say what it is.
#[inline(always)]
pub(crate) fn exact_carry(columns: &[Pair], radix: Radix) -> f64 {
    let last = columns.iter().skip(columns.len().saturating_sub(3));
    round(last.fold(0.0, |carry, column| (carry + column.lower()) * radix.inverse.lower()))
}

/// Makes the digits of a result, from the upper half of the columns: `middle` has its lower half in upper lanes, `top` the rest.
#[inline(always)]
pub(crate) fn result_digits(middle: &[Pair], top: &[Pair], carry: f64, digits: &mut [Pair], radix: Radix) {
    let column = |middle: &Pair, top: &Pair| top.plus(middle.swapped().lowers(Pair::ZERO));
    // The lower lane's last column carries into the upper lane's first.
    let (Some(middle_last), Some(top_last)) = (middle.last(), top.last()) else { return };
    let (_, wrapped) = column(middle_last, top_last).split(radix);
    let mut carries = Carries { first: Pair::new(carry, wrapped.lower()), second: Pair::ZERO };
    for (digit, (middle, top)) in digits.iter_mut().zip(middle.iter().zip(top)) {
        *digit = carries.digit(column(middle, top), radix);
    }
    // The number is small enough to have nothing above its last digit: what is carried out of it belongs into it.
    let out = carries.first.plus(carries.second).times(radix.base);
    if let Some(digit) = digits.first_mut() {
        *digit = digit.plus(Pair::new(0.0, carries.second.lower()));
    }
    if let Some(digit) = digits.last_mut() {
        *digit = digit.plus(Pair::new(0.0, out.upper()));
    }
}
