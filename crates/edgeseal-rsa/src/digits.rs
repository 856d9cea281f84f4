//! Numbers as digits: from bytes, from and to limbs.

#![allow(clippy::arithmetic_side_effects, reason = "digits have at most 24 bits, positions are below 8192")]

use alloc::vec;
use alloc::vec::Vec;

use crate::columns::MARGIN;
use crate::limbs::{self, LIMB_BITS};
use crate::pair::{Pair, integer};

/// How a number is cut into digits.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    /// Bits of a digit.
    pub(crate) bits: usize,
    /// Half of the number of digits.
    pub(crate) half: usize,
}

impl Shape {
    /// Pairs of an operand with its margins.
    pub(crate) fn operand(self) -> usize {
        self.half + 2 * MARGIN
    }

    /// Writes a non-negative number, of which there are limbs, as balanced digits between margins.
    pub(crate) fn write(self, number: &[u32], operand: &mut [Pair]) {
        let mut digits = balanced(self.unsigned(number), self.bits);
        let Some(operand) = operand.get_mut(MARGIN..MARGIN + self.half) else { return };
        operand.fill(Pair::zero());
        for (pair, digit) in operand.iter_mut().zip(&mut digits) {
            *pair = Pair::new(digit, 0.0);
        }
        for (pair, digit) in operand.iter_mut().zip(digits) {
            *pair = pair.plus(Pair::new(0.0, digit));
        }
    }

    /// The balanced digits of a non-negative number.
    pub(crate) fn balanced(self, number: &[u32]) -> impl Iterator<Item = f64> {
        balanced(self.unsigned(number), self.bits)
    }

    /// The digits of a non-negative number, none of them negative.
    pub(crate) fn unsigned(self, number: &[u32]) -> impl Iterator<Item = u32> {
        (0..2 * self.half).map(move |digit| bits_at(number, digit * self.bits, self.bits))
    }

    /// The same as an operand of its own.
    pub(crate) fn operand_of(self, number: &[u32]) -> Vec<Pair> {
        let mut operand = vec![Pair::zero(); self.operand()];
        self.write(number, &mut operand);
        operand
    }

    /// The digits between margins, in their order.
    pub(crate) fn in_order(self, operand: &[Pair]) -> impl Iterator<Item = f64> {
        let digits = operand.get(MARGIN..MARGIN + self.half).unwrap_or_default();
        digits.iter().map(|pair| pair.lower()).chain(digits.iter().map(|pair| pair.upper()))
    }

    /// The number that digits stand for, modulo the power of two that there are limbs for.
    pub(crate) fn read(self, digits: impl Iterator<Item = f64>, number: &mut [u32]) {
        let mut limbs = number.iter_mut();
        let (mut carry, mut gathered, mut count) = (0, 0_u64, 0);
        for digit in digits {
            let value = integer(digit) + carry;
            carry = value >> self.bits;
            gathered |= (value.cast_unsigned() & ((1 << self.bits) - 1)) << count;
            count += self.bits;
            if count >= LIMB_BITS {
                let Some(limb) = limbs.next() else { return };
                *limb = limbs::low(gathered);
                gathered >>= LIMB_BITS;
                count -= LIMB_BITS;
            }
        }
    }
}

/// Each digit once more in both numbers of a pair, between margins.
pub(crate) fn splats(digits: impl IntoIterator<Item = u32>, bits: usize) -> Vec<Pair> {
    let margin = || core::iter::repeat_n(Pair::zero(), MARGIN);
    let digits = balanced(digits.into_iter(), bits).map(Pair::splat);
    margin().chain(digits).chain(margin()).collect()
}

/// Digits from −2^(bits − 1) to 2^(bits − 1) for those from 0 to 2^bits − 1, without what the last would carry.
fn balanced(digits: impl Iterator<Item = u32>, bits: usize) -> impl Iterator<Item = f64> {
    let mut carry = 0;
    digits.map(move |digit| {
        let digit = digit + carry;
        carry = (digit + (1 << (bits - 1))) >> bits;
        f64::from(digit) - f64::from(carry << bits)
    })
}

fn bits_at(number: &[u32], position: usize, bits: usize) -> u32 {
    let limb = |index: usize| u64::from(number.get(index).copied().unwrap_or(0));
    let index = position / LIMB_BITS;
    let both = limb(index) | (limb(index + 1) << LIMB_BITS);
    limbs::low((both >> (position % LIMB_BITS)) & ((1 << bits) - 1))
}
