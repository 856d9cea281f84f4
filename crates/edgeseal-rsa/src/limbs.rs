//! Non-negative integers in limbs of 32 bits, least significant first: what digits come from, and what they become.

#![allow(clippy::arithmetic_side_effects, reason = "on 64 bits, of what has 32; shifts are below 32")]

use alloc::vec::Vec;
use core::iter::repeat;

/// Bits of a limb.
pub(crate) const LIMB_BITS: usize = 32;

/// The limbs of a big-endian number whose length is a multiple of four bytes.
pub(crate) fn from_bytes(bytes: &[u8]) -> Vec<u32> {
    bytes.as_rchunks::<4>().1.iter().rev().map(|limb| u32::from_be_bytes(*limb)).collect()
}

/// The big-endian number, all of its limbs.
pub(crate) fn to_bytes(limbs: &[u32]) -> Vec<u8> {
    limbs.iter().rev().flat_map(|limb| limb.to_be_bytes()).collect()
}

/// Whether a number is below another of as many limbs. Does the same operations for all numbers.
pub(crate) fn is_below(number: &[u32], other: &[u32]) -> bool {
    number.iter().zip(other).fold(0, |borrow, (a, b)| subtract(*a, *b, borrow).1) != 0
}

/// Takes a number away, unless it is larger. Does the same operations for all numbers.
pub(crate) fn reduce_once(number: &mut [u32], other: &[u32]) {
    let other = || other.iter().copied().chain(repeat(0));
    let borrow = number.iter().zip(other()).fold(0, |borrow, (a, b)| subtract(*a, b, borrow).1);
    // Of a mask that is known to be all or nothing, a compiler makes a branch around the loop.
    let kept = core::hint::black_box(borrow.wrapping_sub(1));
    let mut borrow = 0;
    for (a, b) in number.iter_mut().zip(other()) {
        (*a, borrow) = subtract(*a, b & kept, borrow);
    }
}

/// Adds a number, modulo the power of two that there are limbs for.
pub(crate) fn add(number: &mut [u32], other: &[u32]) {
    let mut carry = 0;
    for (a, b) in number.iter_mut().zip(other.iter().copied().chain(repeat(0))) {
        let sum = u64::from(*a) + u64::from(b) + carry;
        (*a, carry) = (low(sum), sum >> LIMB_BITS);
    }
}

/// Doubles a number below a modulus, modulo that.
pub(crate) fn double(number: &mut Vec<u32>, modulus: &[u32]) {
    let copy = number.clone();
    number.push(0);
    add(number, &copy);
    reduce_once(number, modulus);
    number.truncate(modulus.len());
}

/// Adds `x` times `b` and divides by 2^`bits`, modulo an odd modulus: a step of Montgomery's multiplication.
///
/// The number has one limb more than the modulus; it stays below modulus plus `b`. `inverse` is −1/modulus modulo 2^32. Gives the digit by which
/// the modulus was multiplied.
pub(crate) fn step(number: &mut [u32], x: u32, b: &[u32], modulus: &[u32], inverse: u32, bits: usize) -> u32 {
    let mask = low((1_u64 << bits) - 1);
    let lowest = |limbs: &[u32]| limbs.first().copied().unwrap_or(0);
    let quotient = x.wrapping_mul(lowest(b)).wrapping_add(lowest(number)).wrapping_mul(inverse) & mask;
    let (mut first, mut second) = (0, 0);
    for ((limb, b), n) in
        number.iter_mut().zip(b.iter().chain(repeat(&0))).zip(modulus.iter().chain(repeat(&0)))
    {
        first += u64::from(x) * u64::from(*b) + u64::from(*limb);
        second += u64::from(quotient) * u64::from(*n) + u64::from(low(first));
        *limb = low(second);
        (first, second) = (first >> LIMB_BITS, second >> LIMB_BITS);
    }
    let mut above = low(first + second);
    for limb in number.iter_mut().rev() {
        let both = (u64::from(above) << LIMB_BITS) | u64::from(*limb);
        (above, *limb) = (*limb, low(both >> bits));
    }
    quotient
}

/// −1/number modulo 2^32, of an odd number.
pub(crate) fn negative_inverse(number: u32) -> u32 {
    // Each round doubles how many bits are right; the number is its own inverse in three of them.
    let inverse = (0..4)
        .fold(number, |inverse, _| inverse.wrapping_mul(2_u32.wrapping_sub(number.wrapping_mul(inverse))));
    inverse.wrapping_neg()
}

/// The lower 32 bits.
pub(crate) fn low(number: u64) -> u32 {
    let [a, b, c, d, ..] = number.to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

fn subtract(a: u32, b: u32, borrow: u32) -> (u32, u32) {
    let difference = u64::from(a).wrapping_sub(u64::from(b)).wrapping_sub(u64::from(borrow));
    (low(difference), low(difference >> 63))
}
