//! x^65537 modulo n in floating-point numbers.
//!
//! Input: the size, how the two numbers are written (digits as they are, or runs of ones and zeros, which carries go through), then the numbers.
//! **Oracle:** `edgeseal-rsa` gives what the crate `rsa` gives, takes exactly the odd moduli of the three sizes, and refuses exactly the
//! representatives that are not below the modulus.

use edgeseal_rsa::Modulus;

use crate::input::Input;
use crate::oaep::power;
use crate::vectors::Vectors;

const SIZES: [usize; 3] = [256, 384, 512];

/// Gives an input to the product.
///
/// # Panics
/// If the oracle is not content.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let size = *input.choose(&SIZES);
    let (modulus_form, form) = (input.byte(), input.byte());
    let half = (data.len().saturating_sub(3)).div_ceil(2);
    let mut modulus = number(input.take(half), modulus_form, size);
    if modulus_form & 4 == 0 {
        modulus[0] |= 0x80;
        modulus[size - 1] |= 1;
    }
    let ours = Modulus::new(&modulus);
    assert_eq!(ours.is_some(), modulus[0] >= 0x80 && modulus[size - 1] % 2 == 1, "which moduli are taken");
    let Some(ours) = ours else { return };

    let representative = match form >> 4 {
        // Around the modulus, and long numbers that begin with zeros.
        0 => less(&modulus, input.byte()),
        1 => modulus.clone(),
        2 => more(&modulus, input.byte()),
        3 => [&[0][..], &number(input.rest(), form, size)].concat(),
        4 => number(input.rest(), form, size - 1),
        5 => {
            let mut number = number(input.rest(), form, size);
            number[..size / 2].fill(0);
            number
        }
        _ => number(input.rest(), form, size),
    };
    let theirs = if representative.len() == size { power(&modulus, &representative) } else { None };
    assert!(ours.public_operation(&representative) == theirs, "another power");
    let half = [vec![0; size / 2], modulus[..size / 2].to_vec()].concat();
    let both = ours.public_operations([&representative, &half]);
    assert!(both == theirs.zip(power(&modulus, &half)).map(Into::into), "other powers of two at once");
}

/// A number of so many bytes, from as many as there are.
fn number(bytes: &[u8], form: u8, size: usize) -> Vec<u8> {
    match form & 3 {
        // Big-endian.
        0 => [vec![0; size.saturating_sub(bytes.len())], bytes[..bytes.len().min(size)].to_vec()].concat(),
        // Again and again.
        1 => bytes.iter().chain([&0]).cycle().take(size).copied().collect(),
        // Runs of equal bits, each of up to 128.
        2 => {
            let runs = bytes.iter().chain([&0x7f]).cycle();
            let mut bits = runs.flat_map(|byte| std::iter::repeat_n(byte >> 7, usize::from(byte & 0x7f) + 1));
            (0..size).map(|_| (0..8).fold(0, |byte, _| byte << 1 | bits.next().unwrap_or(0))).collect()
        }
        // Digits of 23 or 24 bits near the middle and the ends of their range, which is where one begins to borrow.
        _ => {
            let width = 23 + usize::from(form >> 3 & 1);
            let digits = bytes.iter().chain([&0]).cycle();
            let mut bits = digits.flat_map(|byte| {
                let near = u32::from(byte & 0x1f);
                let digit = match byte >> 5 {
                    0 => near,
                    1 => (1 << width) - 1 - near,
                    2 => (1 << (width - 1)) + near,
                    3 => (1 << (width - 1)) - 1 - near,
                    _ => u32::from(*byte).wrapping_mul(0x0101_0101) & ((1 << width) - 1),
                };
                (0..width).map(move |bit| u8::from(digit >> bit & 1 == 1))
            });
            let mut bytes: Vec<u8> =
                (0..size).map(|_| (0..8).fold(0, |byte, at| byte | bits.next().unwrap_or(0) << at)).collect();
            bytes.reverse();
            bytes
        }
    }
}

fn less(number: &[u8], by: u8) -> Vec<u8> {
    let mut left = u16::from(by) + 1;
    let mut number = number.to_vec();
    for byte in number.iter_mut().rev() {
        let (digit, borrows) = byte.overflowing_sub(left.to_be_bytes()[1]);
        left = (left >> 8) + u16::from(borrows);
        *byte = digit;
    }
    number
}

fn more(number: &[u8], by: u8) -> Vec<u8> {
    let mut carry = u16::from(by);
    let mut number = number.to_vec();
    for byte in number.iter_mut().rev() {
        carry += u16::from(*byte);
        *byte = carry.to_be_bytes()[1];
        carry >>= 8;
    }
    number
}

/// Numbers of every form.
#[must_use]
pub fn seeds(_: &Vectors) -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for size in 0..3 {
        for form in [0, 1, 2, 3, 7, 11] {
            for kind in 0..7 {
                let bytes = [0x55, 0xff, 0x00, 0x80, 0x7f, 0x01, 0x40, 0x60, 0x21, 0xe3];
                let bytes = if form == 0 { vec![0xa5; 2 * SIZES[size]] } else { bytes[..3 + kind].to_vec() };
                let kind = u8::try_from(kind << 4).unwrap_or(0);
                seeds.push([&[u8::try_from(size).unwrap_or(0), form, kind | form][..], &bytes].concat());
            }
        }
    }
    seeds
}
