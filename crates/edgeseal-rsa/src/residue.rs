//! Numbers modulo B − 1, by which arithmetic on their digits is checked: B is 1 there, so that a number is the sum of its digits, wherever they stand.

#![allow(clippy::arithmetic_side_effects, reason = "of numbers below 2^30, and their products")]

use crate::pair::{Pair, integer};

/// A number modulo B − 1, not reduced all the way. No operation depends on it, and none divides.
#[derive(Clone, Copy)]
pub(crate) struct Residue {
    value: i64,
    bits: usize,
}

impl Residue {
    /// Of the number that pairs of digits stand for.
    pub(crate) fn of(digits: &[Pair], bits: usize) -> Self {
        let sum = sum(digits);
        Self { value: fold(integer(sum.lower()) + integer(sum.upper()), bits), bits }
    }

    /// Of both numbers that pairs have the digits of.
    pub(crate) fn of_each(digits: &[Pair], bits: usize) -> [Self; 2] {
        let sum = sum(digits);
        [sum.lower(), sum.upper()].map(|sum| Self { value: fold(integer(sum), bits), bits })
    }

    /// Of the number that the lower digits of pairs stand for.
    pub(crate) fn of_lower(digits: &[Pair], bits: usize) -> Self {
        Self { value: fold(integer(sum(digits).lower()), bits), bits }
    }

    pub(crate) fn times(self, other: Self) -> Self {
        Self { value: reduced(self.value * other.value, self.bits), ..self }
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self { value: fold(self.value + other.value, self.bits), ..self }
    }

    pub(crate) fn minus_one(self) -> Self {
        Self { value: self.value - 1, ..self }
    }

    pub(crate) fn is(self, other: Self) -> bool {
        let modulus = (1 << self.bits) - 1;
        // Made positive by a multiple of the modulus: then 0 has two forms, and no other number has.
        let difference = reduced(self.value - other.value + (modulus << 10), self.bits);
        (difference == 0) | (difference == modulus)
    }
}

/// The sums of both lanes: at most 184 times what a digit is.
#[inline(always)]
fn sum(digits: &[Pair]) -> Pair {
    // Four sums, for none to wait for the one before.
    let (fours, rest) = digits.as_chunks::<4>();
    let mut sums = [Pair::zero(); 4];
    for four in fours {
        for (sum, digit) in sums.iter_mut().zip(four) {
            *sum = sum.plus(*digit);
        }
    }
    sums.iter().chain(rest).fold(Pair::zero(), |sum, digit| sum.plus(*digit))
}

/// The same number below 2^25, if it was below 2^51; and from 0 to the modulus, if it was not negative either.
fn reduced(number: i64, bits: usize) -> i64 {
    fold(fold(fold(number, bits), bits), bits)
}

/// The same number with its upper bits added to the lower.
fn fold(number: i64, bits: usize) -> i64 {
    (number & ((1 << bits) - 1)) + (number >> bits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pairs(numbers: &[(i32, i32)]) -> Vec<Pair> {
        numbers.iter().map(|(lower, upper)| Pair::new((*lower).into(), (*upper).into())).collect()
    }

    fn digits() -> impl Strategy<Value = Vec<(i32, i32)>> {
        const LARGEST: i32 = (1 << 23) + 66;
        let digit = prop_oneof![-LARGEST..=LARGEST, Just(LARGEST), Just(-LARGEST), Just(0), Just(-1)];
        prop::collection::vec((digit.clone(), digit), 1..=92)
    }

    proptest! {
        #[test]
        fn they_are_those_of_integers(x in digits(), y in digits(), bits in 23..=24_usize) {
            let modulus = (1_i64 << bits) - 1;
            let both = |digits: &[(i32, i32)]| digits.iter().map(|(a, b)| i64::from(*a) + i64::from(*b)).sum::<i64>();
            let lower = |digits: &[(i32, i32)]| digits.iter().map(|(a, _)| i64::from(*a)).sum::<i64>();
            let expected = (both(&x) % modulus * (both(&y) % modulus) % modulus + lower(&x) - 1) % modulus;

            let (x, y) = (pairs(&x), pairs(&y));
            let found = Residue::of(&x, bits).times(Residue::of(&y, bits)).plus(Residue::of_lower(&x, bits)).minus_one();
            prop_assert_eq!(found.value.rem_euclid(modulus), expected.rem_euclid(modulus));
            for shift in [-modulus, 0, modulus, 3 * modulus] {
                let is = |value| found.is(Residue { value, bits });
                prop_assert!(is(expected + shift));
                prop_assert!(!is(expected + shift + 1));
            }
        }
    }
}
