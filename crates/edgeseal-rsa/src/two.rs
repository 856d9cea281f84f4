//! The operation for two numbers at once. Each has a lane of every pair to itself: nothing goes from one lane to another, and all digits stand in a row.
//!
//! The bounds of the crate hold as they are: the same digits make the same columns, in another order.

#![allow(clippy::arithmetic_side_effects, reason = "of lengths, which are below 8192")]

use alloc::vec;
use alloc::vec::Vec;
use core::array;

use zeroize::Zeroizing;

use crate::carry::{digits, exact_carries, pass};
use crate::columns::{BLOCK, MARGIN, add_product, triangle};
use crate::limbs;
use crate::modulus::{LAST, LAST_COLUMNS, Modulus, SQUARINGS, Step};
use crate::pair::Pair;
use crate::residue::Residue;

/// The constants of a modulus with each digit twice in a pair, between margins.
pub(crate) struct Wide {
    /// n.
    digits: Vec<Pair>,
    /// R² modulo n.
    square: Vec<Pair>,
    /// For each step, 1/B^k modulo n.
    steps: Vec<Vec<Pair>>,
}

impl Wide {
    pub(crate) fn new(digits: &[Pair], square: &[Pair], steps: &[Step]) -> Self {
        Self {
            digits: widened(digits),
            square: widened(square),
            steps: steps.iter().map(|step| widened(&step.inverse)).collect(),
        }
    }
}

/// Residues of two numbers.
type Residues = [Residue; 2];

/// Where the numbers are, all of them secret.
struct Work<'w> {
    base: &'w mut [Pair],
    power: &'w mut [Pair],
    columns: &'w mut [Pair],
    quotient: &'w mut [Pair],
    low: &'w mut [Pair],
}

impl Modulus {
    /// The operation for two numbers, in less time than for one after the other.
    ///
    /// `None` where [`public_operation`](Self::public_operation) would give it for one of them.
    pub fn public_operations(&self, representatives: [&[u8]; 2]) -> Option<[Vec<u8>; 2]> {
        let [a, b] = representatives.map(|representative| self.number(representative));
        let (a, b) = (a?, b?);
        let shape = self.size.shape;
        let count = 2 * shape.half;
        let mut work = Zeroizing::new(vec![Pair::zero(); Work::pairs(shape.half)].into_boxed_slice());
        let work = &mut Work::new(&mut work, shape.half)?;
        for ((pair, a), b) in work.base.iter_mut().zip(shape.balanced(&a)).zip(shape.balanced(&b)) {
            *pair = Pair::new(a, b);
        }

        let base = Residue::of_each(work.base, shape.bits);
        work.columns.fill(Pair::zero());
        add_product(work.base, &self.wide.square, work.columns.get_mut(..2 * count)?);
        let mut residues = self.reduce_two(work, base.map(|base| base.times(self.square_residue)))?;
        for _ in 0..SQUARINGS {
            triangle(work.power, work.power, work.columns.get_mut(..2 * count)?);
            residues = self.reduce_two(work, residues.map(|residue| residue.times(residue)))?;
        }
        work.columns.fill(Pair::zero());
        add_product(work.base, work.power, work.columns.get_mut(..2 * count)?);
        self.reduce_two(work, products(residues, base))?;

        let power = work.power.get(MARGIN..MARGIN + count)?;
        let (a, b) = (power.iter().map(|pair| pair.lower()), power.iter().map(|pair| pair.upper()));
        Some([limbs::to_bytes(&self.canonical(a)), limbs::to_bytes(&self.canonical(b))])
    }

    /// Divides two products by R modulo n. Takes what they are modulo B − 1, and gives the same of the results; `None` if their digits say something else.
    fn reduce_two(&self, work: &mut Work<'_>, mut residues: Residues) -> Option<Residues> {
        let (bits, count, radix) = (self.size.shape.bits, 2 * self.size.shape.half, self.radix);
        let Work { power, columns, quotient, low, .. } = work;
        // What the first step does not take away gets room for what the steps add.
        let first = self.steps.first()?.count;
        let above = columns.get_mut(first..2 * count)?;
        pass(above, radix);
        debug_assert!(
            above.iter().all(|column| column.has_room()),
            "a pass of carries leaves less than 2^32"
        );
        let mut rest = &mut **columns;
        for (step, inverse) in self.steps.iter().zip(&self.wide.steps) {
            let quotient = quotient.get_mut(..step.count)?;
            let (lower, upper) = rest.split_at_mut_checked(step.count)?;
            let carry = digits(lower, quotient, Pair::zero(), radix);
            let added = Residue::of_each(quotient, bits).map(|residue| residue.times(step.residue));
            residues = sums(residues, added);
            rest = upper;
            let first = rest.first_mut()?;
            *first = first.plus(carry);
            let length = (step.count + count).next_multiple_of(BLOCK);
            add_product(quotient, inverse, rest.get_mut(..length)?);
        }

        // The last step makes its columns zero, by a multiple of n.
        let (last, quotient) = (rest.get_mut(..LAST)?, quotient.get_mut(..LAST)?);
        let carry = digits(last, quotient, Pair::zero(), radix);
        last.copy_from_slice(quotient);
        low.fill(Pair::zero());
        add_product(quotient, &self.inverse, low);
        digits(low.get(..LAST)?, quotient, Pair::zero(), radix);
        residues =
            sums(residues, Residue::of_each(quotient, bits).map(|residue| residue.times(self.residue)));
        let length = (LAST + count).next_multiple_of(BLOCK);
        add_product(quotient, &self.wide.digits, rest.get_mut(..length)?);
        let carry = carry.plus(exact_carries(rest.get(..LAST)?, radix));

        let power = power.get_mut(MARGIN..MARGIN + count)?;
        let out = digits(rest.get(LAST..LAST + count)?, power, carry, radix);
        // The number is small enough to have nothing above its last digit: what is carried out of it belongs into it.
        let last = power.last_mut()?;
        *last = last.plus(out.times(radix.base));
        let found = Residue::of_each(power, bits);
        let [a, b] = array::from_fn(|lane| found.get(lane).zip(residues.get(lane)));
        let ((a, of_a), (b, of_b)) = (a?, b?);
        (a.is(*of_a) & b.is(*of_b)).then_some(found)
    }
}

impl<'w> Work<'w> {
    fn pairs(half: usize) -> usize {
        9 * half + 2 * MARGIN + BLOCK + LAST_COLUMNS
    }

    fn new(pairs: &'w mut [Pair], half: usize) -> Option<Self> {
        let (base, pairs) = pairs.split_at_mut_checked(2 * half)?;
        let (power, pairs) = pairs.split_at_mut_checked(2 * half + 2 * MARGIN)?;
        let (columns, pairs) = pairs.split_at_mut_checked(4 * half + BLOCK)?;
        let (quotient, low) = pairs.split_at_mut_checked(half)?;
        Some(Self { base, power, columns, quotient, low })
    }
}

fn products([a, b]: Residues, [c, d]: Residues) -> Residues {
    [a.times(c), b.times(d)]
}

fn sums([a, b]: Residues, [c, d]: Residues) -> Residues {
    [a.plus(c), b.plus(d)]
}

/// The digits of an operand in a row, each twice in a pair, between margins.
fn widened(operand: &[Pair]) -> Vec<Pair> {
    let digits = operand.get(MARGIN..operand.len().saturating_sub(MARGIN)).unwrap_or_default();
    let margin = || core::iter::repeat_n(Pair::zero(), MARGIN);
    let lower = digits.iter().map(|pair| Pair::splat(pair.lower()));
    let upper = digits.iter().map(|pair| Pair::splat(pair.upper()));
    margin().chain(lower).chain(upper).chain(margin()).collect()
}

#[cfg(test)]
mod tests {
    use crate::digits::Shape;

    use super::*;

    #[test]
    fn a_column_that_is_wrong_in_one_lane_is_found() {
        for length in [256_u32, 384, 512] {
            let mut bytes: Vec<u8> = (0..length).map(|i| (i * i * 7 + i * 31 + 5).to_le_bytes()[0]).collect();
            *bytes.first_mut().unwrap() = 0xe5;
            *bytes.last_mut().unwrap() = 0x2b;
            let modulus = Modulus::new(&bytes).unwrap();
            let Shape { half, bits } = modulus.size.shape;
            // As large as digits get.
            let largest = f64::from((1_u32 << (bits - 1)) + 66);
            for (a, b) in [(largest, -largest), (largest, 1.0), (-3.0, largest)] {
                let mut memory = vec![Pair::zero(); Work::pairs(half)];
                let mut is_found = |at: usize, by: Pair| {
                    memory.fill(Pair::zero());
                    let work = &mut Work::new(&mut memory, half).unwrap();
                    work.power[MARGIN..MARGIN + 2 * half - 4].fill(Pair::new(a, b));
                    let before = Residue::of_each(&work.power[MARGIN..MARGIN + 2 * half], bits);
                    triangle(work.power, work.power, &mut work.columns[..4 * half]);
                    work.columns[at] = work.columns[at].plus(by);
                    modulus.reduce_two(work, before.map(|residue| residue.times(residue))).is_none()
                };
                assert!(!is_found(0, Pair::zero()));
                for at in 0..4 * half - 8 {
                    assert!(is_found(at, Pair::new(1.0, 0.0)), "{length} {at}");
                    assert!(is_found(at, Pair::new(0.0, -1.0)), "{length} {at}");
                }
            }
        }
    }
}
