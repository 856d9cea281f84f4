//! A modulus with what is computed once for it, and the operation.

#![allow(clippy::arithmetic_side_effects, reason = "of lengths and positions, which are below 8192")]

use alloc::vec;
use alloc::vec::Vec;

use core::fmt;

use zeroize::Zeroizing;

use crate::carry::{exact_carry, lay_out, lower_digits, result_digits};
use crate::columns::{BLOCK, MARGIN, add_product};
use crate::digits::{Shape, splats};
use crate::limbs::{self, LIMB_BITS};
use crate::pair::{Pair, Radix};
use crate::residue::Residue;
use crate::two::Wide;
use crate::work::{Product, Work, exchange};

/// Squarings of the exponent 65537 = 2^16 + 1.
pub(crate) const SQUARINGS: usize = 16;
/// Digits of the last step of a reduction.
pub(crate) const LAST: usize = 24;
/// Columns for the quotient of the last step.
pub(crate) const LAST_COLUMNS: usize = LAST.next_multiple_of(BLOCK);

/// What depends on the length of the modulus alone.
pub(crate) struct Size {
    modulus_bytes: usize,
    pub(crate) shape: Shape,
    /// Digits that each step of a reduction takes away, except the last one.
    steps: &'static [usize],
}

const SIZES: [Size; 3] = [
    Size { modulus_bytes: 256, shape: Shape { bits: 24, half: 44 }, steps: &[44, 20] },
    Size { modulus_bytes: 384, shape: Shape { bits: 23, half: 68 }, steps: &[68, 32, 12] },
    Size { modulus_bytes: 512, shape: Shape { bits: 23, half: 92 }, steps: &[92, 44, 24] },
];

/// What takes the lowest digits away.
pub(crate) struct Step {
    pub(crate) count: usize,
    /// 1/B^count modulo n.
    pub(crate) inverse: Vec<Pair>,
    /// The same modulo B − 1, less 1: what the step adds to a number there, for each digit that it takes away.
    pub(crate) residue: Residue,
}

/// An odd modulus of 2048, 3072 or 4096 bits, with what is computed once for it.
pub struct Modulus {
    limbs: Vec<u32>,
    pub(crate) size: &'static Size,
    pub(crate) radix: Radix,
    /// n.
    digits: Vec<Pair>,
    /// R² modulo n, and its halves exchanged.
    square: [Vec<Pair>; 2],
    /// R² modulo n, modulo B − 1.
    pub(crate) square_residue: Residue,
    /// For each step but the last, 1/B^k modulo n.
    pub(crate) steps: Vec<Step>,
    /// n modulo B − 1.
    pub(crate) residue: Residue,
    /// For the last step, −1/n modulo B^k, each digit twice.
    pub(crate) inverse: Vec<Pair>,
    pub(crate) wide: Wide,
}

// What is done once for a key is apart from what reads keys: see `lib.rs` of `edgeseal` for why.
impl Modulus {
    /// Takes a big-endian number, which has to be odd and of one of the three lengths, with its top bit set.
    ///
    /// `None` if it is something else, or if this machine multiplies wrongly.
    #[inline(never)]
    pub fn new(modulus: &[u8]) -> Option<Self> {
        let size = SIZES.iter().find(|size| size.modulus_bytes == modulus.len())?;
        let limbs = limbs::from_bytes(modulus);
        let (lowest, highest) = (*limbs.first()?, *limbs.last()?);
        if lowest & 1 == 0 || highest >> 31 == 0 {
            return None;
        }
        let Shape { bits, .. } = size.shape;
        let inverse = limbs::negative_inverse(lowest);
        let digits = size.shape.operand_of(&limbs);
        let residue = Residue::of(&digits, bits);
        let mut this = Self {
            radix: Radix::new(bits),
            digits,
            square: [Vec::new(), Vec::new()],
            square_residue: residue,
            steps: Vec::new(),
            residue,
            inverse: splats(inverse_digits(&limbs, inverse, bits), bits),
            wide: Wide::new(&[], &[], &[]),
            limbs,
            size,
        };
        this.steps = this.powers(inverse);
        this.square = this.conversion(inverse)?;
        this.square_residue = Residue::of(&this.square[0], bits);
        this.wide = Wide::new(&this.digits, &this.square[0], &this.steps);
        Some(this)
    }

    /// RSAEP (RFC 8017, section 5.1.1) with the exponent 65537: from a big-endian number of the modulus's length to another.
    ///
    /// `None` if it has another length, or is not below the modulus; or if this machine has made a mistake.
    pub fn public_operation(&self, representative: &[u8]) -> Option<Vec<u8>> {
        let number = self.number(representative)?;
        let shape = self.size.shape;
        let mut work = Zeroizing::new(vec![Pair::zero(); Work::pairs(shape)].into_boxed_slice());
        let mut work = Work::new(&mut work, shape)?;
        shape.write(&number, work.base);
        let base = work.base.get(MARGIN..MARGIN + shape.half)?;
        let base_residue = Residue::of(base, shape.bits);
        let [square, exchanged] = &self.square;
        work.product.multiply(base, square, exchanged);
        let residue = base_residue.times(self.square_residue);
        let mut residue = self.reduce(&mut work.product, work.power, work.exchanged, residue)?;
        for _ in 0..SQUARINGS {
            work.product.square(work.power, work.exchanged);
            residue = self.reduce(&mut work.product, work.power, work.exchanged, residue.times(residue))?;
        }
        work.product.multiply(base, work.power, work.exchanged);
        self.reduce(&mut work.product, work.power, work.exchanged, residue.times(base_residue))?;
        Some(limbs::to_bytes(&self.canonical(shape.in_order(work.power))))
    }

    /// A big-endian number of the modulus's length, if it is below the modulus.
    pub(crate) fn number(&self, bytes: &[u8]) -> Option<Zeroizing<Vec<u32>>> {
        if bytes.len() != self.size.modulus_bytes {
            return None;
        }
        let number = Zeroizing::new(limbs::from_bytes(bytes));
        limbs::is_below(&number, &self.limbs).then_some(number)
    }

    /// Divides a product by R = B^(2 · half) modulo n: the lower half of its columns goes away in steps.
    ///
    /// Takes what the product is modulo B − 1, and gives the same of the result; `None` if its digits say something else.
    fn reduce(
        &self,
        product: &mut Product<'_>,
        power: &mut [Pair],
        exchanged: &mut [Pair],
        mut residue: Residue,
    ) -> Option<Residue> {
        let (Shape { half, bits }, radix) = (self.size.shape, self.radix);
        let Product { halves, across, columns, quotient, low } = product;
        lay_out(halves, across, columns, radix);
        debug_assert!(
            columns.iter().all(|column| column.has_room()),
            "a pass of carries leaves less than 2^32"
        );
        // The first step takes what `halves` kept; from there on, `columns` begins with the column that a step begins with.
        let mut rest = &mut **columns;
        for (number, Step { count, inverse, residue: factor }) in self.steps.iter().enumerate() {
            let quotient = quotient.get_mut(..*count)?;
            let carry = if number == 0 {
                lower_digits(halves.get(..*count)?, quotient, radix)
            } else {
                let carry = lower_digits(rest.get(..*count)?, quotient, radix);
                rest = rest.get_mut(*count..)?;
                carry
            };
            residue = residue.plus(Residue::of_lower(quotient, bits).times(*factor));
            let first = rest.first_mut()?;
            *first = first.plus(Pair::new(carry, 0.0));
            let length = (count + half).next_multiple_of(BLOCK);
            add_product(quotient, inverse, rest.get_mut(..length)?);
        }

        // The last step makes its columns zero, by a multiple of n.
        let (last, digits) = (rest.get_mut(..LAST)?, quotient.get_mut(..LAST)?);
        let carry = lower_digits(last, digits, radix);
        for (column, digit) in last.iter_mut().zip(&*digits) {
            *column = digit.lowers(column.swapped());
        }
        low.fill(Pair::zero());
        add_product(digits, &self.inverse, low);
        lower_digits(low.get(..LAST)?, digits, radix);
        residue = residue.plus(Residue::of_lower(digits, bits).times(self.residue));
        let length = (LAST + half).next_multiple_of(BLOCK);
        add_product(digits, &self.digits, rest.get_mut(..length)?);
        let carry = carry + exact_carry(rest.get(..LAST)?, radix);

        let (middle, top) = columns.get(..2 * half)?.split_at_checked(half)?;
        let (power, exchanged) =
            (power.get_mut(MARGIN..MARGIN + half)?, exchanged.get_mut(MARGIN..MARGIN + half)?);
        result_digits(middle, top, carry, (&mut *power, exchanged), radix);
        let found = Residue::of(power, bits);
        found.is(residue).then_some(found)
    }

    /// The number from 0 to n − 1 that digits stand for, whose number is more than −2n and less than 2n.
    pub(crate) fn canonical(&self, digits: impl Iterator<Item = f64>) -> Vec<u32> {
        let mut number = vec![0; self.limbs.len() + 1];
        self.size.shape.read(digits, &mut number);
        for _ in 0..2 {
            limbs::add(&mut number, &self.limbs);
        }
        for _ in 0..3 {
            limbs::reduce_once(&mut number, &self.limbs);
        }
        number.truncate(self.limbs.len());
        number
    }

    /// 1/B^k modulo n for the steps.
    #[inline(never)]
    fn powers(&self, inverse: u32) -> Vec<Step> {
        let mut number = vec![0; self.limbs.len() + 1];
        if let Some(limb) = number.first_mut() {
            *limb = 1;
        }
        let mut steps = Vec::with_capacity(self.size.steps.len());
        for count in 1..=self.size.shape.half {
            limbs::step(&mut number, 0, &[], &self.limbs, inverse, self.size.shape.bits);
            if self.size.steps.contains(&count) {
                let inverse = self.size.shape.operand_of(&number);
                let residue = Residue::of(&inverse, self.size.shape.bits).minus_one();
                steps.insert(0, Step { count, inverse, residue });
            }
        }
        steps
    }

    /// R² modulo n, and its halves exchanged. `None` if a square of the machine is not what integers give.
    #[inline(never)]
    fn conversion(&self, inverse: u32) -> Option<[Vec<Pair>; 2]> {
        let shape = self.size.shape;
        let bits = 2 * shape.half * shape.bits;
        // 2^e · R, from e = 0: R is what 2^bits leaves, and the top bit of the modulus is set.
        let mut number: Vec<u32> = self.limbs.iter().map(|limb| !limb).collect();
        limbs::add(&mut number, &[1]);
        let mut doublings = bits - LIMB_BITS * self.limbs.len();
        // Then R = 2^bits more, by squaring: the first bits of that exponent are cheaper one by one.
        doublings += bits >> CONVERSION_SQUARINGS;
        for _ in 0..doublings {
            limbs::double(&mut number, &self.limbs);
        }
        let mut work = vec![Pair::zero(); Work::pairs(shape)];
        let work = &mut Work::new(&mut work, shape)?;
        for bit in (0..CONVERSION_SQUARINGS).rev() {
            let factor = number.clone();
            shape.write(&number, work.power);
            exchange(work.power, work.exchanged);
            let residue = Residue::of(work.power, shape.bits);
            work.product.square(work.power, work.exchanged);
            self.reduce(&mut work.product, work.power, work.exchanged, residue.times(residue))?;
            number = self.canonical(shape.in_order(work.power));
            if bit == 0 && number != self.slow_square(&factor, inverse) {
                return None;
            }
            if (bits >> bit) & 1 == 1 {
                limbs::double(&mut number, &self.limbs);
            }
        }
        let square = shape.operand_of(&number);
        let mut exchanged = vec![Pair::zero(); shape.operand()];
        exchange(&square, &mut exchanged);
        Some([square, exchanged])
    }

    /// The square of a number divided by R modulo n, in integers.
    #[inline(never)]
    fn slow_square(&self, factor: &[u32], inverse: u32) -> Vec<u32> {
        let shape = self.size.shape;
        let mut number = vec![0; self.limbs.len() + 1];
        for digit in shape.unsigned(factor) {
            limbs::step(&mut number, digit, factor, &self.limbs, inverse, shape.bits);
        }
        limbs::reduce_once(&mut number, &self.limbs);
        number.truncate(self.limbs.len());
        number
    }
}

impl fmt::Debug for Modulus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Modulus").field("bytes", &self.size.modulus_bytes).finish_non_exhaustive()
    }
}

/// Squarings that R² takes; the rest of its exponent is doubled.
const CONVERSION_SQUARINGS: usize = 6;

/// The lowest digits of −1/n modulo a power of the radix.
fn inverse_digits(modulus: &[u32], inverse: u32, bits: usize) -> [u32; LAST] {
    // 1 + n · v is zero in one digit more with each digit of v.
    let mut sum = vec![0; modulus.len() + 1];
    if let Some(limb) = sum.first_mut() {
        *limb = 1;
    }
    core::array::from_fn(|_| limbs::step(&mut sum, 0, &[], modulus, inverse, bits))
}

#[cfg(test)]
mod tests;
