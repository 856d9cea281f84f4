//! Columns become digits again. No carry waits for another: two passes of rounding, in which each column gives to the next only.

use crate::pair::{Pair, Radix, round};

/// Carries on their way from one column to the next, in two passes at once.
#[derive(Clone, Copy)]
struct Carries {
    first: Pair,
    second: Pair,
}

impl Carries {
    /// Into two runs of columns side by side, of which the lower goes on in the upper: into that goes what the lower's last column carries,
    /// in the first pass. What it carries in the second is left over.
    #[inline(always)]
    fn wrapped(last: Pair, carry: f64, radix: Radix) -> Self {
        let (_, wrapped) = last.split(radix);
        Self { first: Pair::new(carry, wrapped.lower()), second: Pair::zero() }
    }

    #[inline(always)]
    fn digit(&mut self, column: Pair, radix: Radix) -> Pair {
        let (rest, first) = column.split(radix);
        let (digit, second) = rest.plus(self.first).split(radix);
        let digit = digit.plus(self.second);
        *self = Self { first, second };
        digit
    }
}

/// Makes digits of the lower columns, of which there is an even number, each digit twice in a pair, and gives what is carried out of the last.
#[inline(always)]
pub(crate) fn lower_digits(columns: &[Pair], digits: &mut [Pair], radix: Radix) -> f64 {
    let half = columns.len() / 2;
    let (Some((low, high)), Some((low_digits, high_digits))) =
        (columns.split_at_checked(half), digits.split_at_mut_checked(half))
    else {
        return 0.0;
    };
    let (Some(low_last), Some(high_last)) = (low.last(), high.last()) else { return 0.0 };
    let mut carries = Carries::wrapped(low_last.lowers(*high_last), 0.0, radix);
    for ((low_digit, high_digit), (low, high)) in
        low_digits.iter_mut().zip(high_digits.iter_mut()).zip(low.iter().zip(high))
    {
        let digit = carries.digit(low.lowers(*high), radix);
        (*low_digit, *high_digit) = (digit.lowers(digit), digit.uppers(digit));
    }
    if let Some(digit) = high_digits.first_mut() {
        *digit = digit.plus(Pair::splat(carries.second.lower()));
    }
    carries.first.plus(carries.second).upper()
}

/// Makes digits of columns, of which the first gets a carry too, lane by lane, and gives what is carried out of the last.
#[inline(always)]
pub(crate) fn digits(columns: &[Pair], digits: &mut [Pair], carry: Pair, radix: Radix) -> Pair {
    let mut carries = Carries { first: carry, second: Pair::zero() };
    for (digit, column) in digits.iter_mut().zip(columns) {
        *digit = carries.digit(*column, radix);
    }
    carries.first.plus(carries.second)
}

/// One pass of carries over columns of which the last is empty, lane by lane.
#[inline(always)]
pub(crate) fn pass(columns: &mut [Pair], radix: Radix) {
    let mut carried = Pair::zero();
    for column in columns {
        let (rest, carry) = column.split(radix);
        *column = rest.plus(carried);
        carried = carry;
    }
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
    let mut carried = (Pair::zero(), Pair::zero());
    let parts = low.iter().zip(high).zip(across_low.iter().zip(across_high));
    for ((middle, top), ((low, high), (across_low, across_high))) in
        middle.iter_mut().zip(top.iter_mut()).zip(parts)
    {
        let unlike = across_low.lowers(*across_high).plus(across_low.uppers(*across_high));
        let (rest, carry) = high.with_upper(*low).plus(unlike).split(radix);
        *middle = rest.plus(carried.0);
        let (top_rest, top_carry) = Pair::zero().with_upper(*high).split(radix);
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

/// The same lane by lane.
#[inline(always)]
pub(crate) fn exact_carries(columns: &[Pair], radix: Radix) -> Pair {
    let last = columns.iter().skip(columns.len().saturating_sub(3));
    let sum = last.fold(Pair::zero(), |sum, column| sum.times(radix.inverse).plus(*column));
    let (_, carry) = sum.split(radix);
    carry
}

/// Makes the digits of a result, and writes them with their halves exchanged too, from the upper half of the columns: `middle` has its lower
/// half in upper lanes, `top` the rest.
#[inline(always)]
pub(crate) fn result_digits(
    middle: &[Pair],
    top: &[Pair],
    carry: f64,
    (digits, exchanged): (&mut [Pair], &mut [Pair]),
    radix: Radix,
) {
    let column = |middle: &Pair, top: &Pair| top.plus(middle.uppers(Pair::zero()));
    let (Some(middle_last), Some(top_last)) = (middle.last(), top.last()) else { return };
    let mut carries = Carries::wrapped(column(middle_last, top_last), carry, radix);
    for ((digit, exchanged), (middle, top)) in
        digits.iter_mut().zip(exchanged.iter_mut()).zip(middle.iter().zip(top))
    {
        *digit = carries.digit(column(middle, top), radix);
        *exchanged = digit.swapped();
    }
    // The number is small enough to have nothing above its last digit: what is carried out of it belongs into it.
    let out = carries.first.plus(carries.second).times(radix.base);
    let add = |digit: Option<&mut Pair>, exchanged: Option<&mut Pair>, more| {
        if let (Some(digit), Some(exchanged)) = (digit, exchanged) {
            *digit = digit.plus(Pair::new(0.0, more));
            *exchanged = digit.swapped();
        }
    };
    add(digits.first_mut(), exchanged.first_mut(), carries.second.lower());
    add(digits.last_mut(), exchanged.last_mut(), out.upper());
}

#[cfg(test)]
#[allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "a test fails by panicking; what is cast are integers"
)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A prime, modulo which numbers of any length are compared.
    const PRIME: i128 = (1 << 61) - 1;
    /// The largest sum of a column.
    const COLUMN: i64 = 1 << 53;

    fn value(columns: impl DoubleEndedIterator<Item = f64>, bits: usize) -> i128 {
        columns.rev().fold(0, |value, column| ((value << bits) + column as i128).rem_euclid(PRIME))
    }

    fn columns(count: usize) -> impl Strategy<Value = Vec<Pair>> {
        let number = prop_oneof![
            -COLUMN..=COLUMN,
            prop::sample::select(vec![COLUMN, -COLUMN, 1 << 23, -(1 << 23), (1 << 23) - 1, 1 << 22, 0, -1])
        ];
        let number = number.prop_map(|number| number as f64);
        prop::collection::vec(
            (number.clone(), number).prop_map(|(lower, upper)| Pair::new(lower, upper)),
            count,
        )
    }

    fn within(digits: &[f64], bits: usize) -> bool {
        // See the bounds in the crate's documentation.
        let most = f64::from(1_u32 << (bits - 1)) + 258.0;
        digits.iter().all(|digit| digit.fract() == 0.0 && digit.abs() <= most)
    }

    proptest! {
        #[test]
        fn lower_digits_and_their_carry_are_the_columns(columns in columns(44), bits in 23..=24_usize) {
            for count in [2, 12, 20, 24, 44] {
                let mut digits = vec![Pair::zero(); count];
                let carry = lower_digits(&columns[..count], &mut digits, Radix::new(bits));
                prop_assert!(digits.iter().all(|digit| digit.lower() == digit.upper()));
                let digits: Vec<f64> = digits.iter().map(|digit| digit.lower()).collect();
                prop_assert!(within(&digits, bits));
                let before = value(columns[..count].iter().map(|column| column.lower()), bits);
                prop_assert_eq!(value(digits.into_iter().chain([carry]), bits), before);
            }
        }

        #[test]
        fn a_product_that_is_laid_out_stays_the_same(
            halves in columns(88), across in columns(88), bits in 23..=24_usize
        ) {
            // As the kernels leave them: no column adds up to more than can be told apart, the last is empty.
            let quarter = |pairs: &[Pair]| pairs.iter().map(|pair| pair.times(Pair::splat(0.25))).map(|pair| {
                Pair::new(round(pair.lower() / 2.0), round(pair.upper() / 2.0))
            }).collect::<Vec<_>>();
            let (mut halves, across) = (quarter(&halves), quarter(&across));
            halves[87] = Pair::zero();
            let mut laid = vec![Pair::zero(); 96];
            lay_out(&halves, &across, &mut laid, Radix::new(bits));

            let mut flat = vec![0.0; 176];
            for column in 0..88 {
                flat[column] += halves[column].lower();
                flat[88 + column] += halves[column].upper();
                flat[44 + column] += across[column].lower() + across[column].upper();
            }
            let mut after = vec![0.0; 176];
            after[..44].clone_from_slice(&flat[..44]);
            for column in 0..88 {
                after[44 + column] += laid[column].lower();
                after[88 + column] += laid[column].upper();
            }
            prop_assert_eq!(value(after.into_iter(), bits), value(flat.into_iter(), bits));
            prop_assert!(laid.iter().all(|pair| pair.lower().abs() < 2_f64.powi(32) && pair.upper().abs() < 2_f64.powi(32)));
        }
    }

    #[test]
    fn columns_that_add_up_to_nothing_have_an_exact_carry() {
        let radix = Radix::new(24);
        let base = 16_777_216.0;
        // What is taken from each column comes back in the one before, but for the carry itself.
        for carry in [0.0, 1.0, -1.0, 536_870_911.0, -536_870_912.0] {
            let mut columns = vec![Pair::zero(); 24];
            let mut gives = 0.0;
            for (index, column) in columns.iter_mut().enumerate() {
                let next = if index == 23 { carry } else { 400_000_000.0 - 33_333_333.0 * (index as f64) };
                *column = Pair::new(next * base - gives, 7.0);
                gives = next;
            }
            assert_eq!(exact_carry(&columns, radix), carry);
        }
    }
}
