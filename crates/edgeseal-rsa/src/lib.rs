//! The RSA public operation, x^65537 modulo n, for moduli of 2048, 3072 and 4096 bits. This crate is for `edgeseal`; use that.
//!
//! WebAssembly has no multiplication of 64 by 64 bits with all 128 of the product, which libraries of big integers are built on. It has two
//! multiplications of floating-point numbers with 53 bits at once. Here digits are floating-point numbers, and all arithmetic on them is exact.
//! One implementation serves WebAssembly with relaxed SIMD, with SIMD128 and without, and native code; results are equal bit for bit.
//!
//! # Notation
//!
//! B = 2^b is the radix, a number has 2h digits d_i, and stands for Σ d_i · B^i. Digits have signs. Pair number i of an operand holds
//! the digits i and i + h, so that one instruction works on both halves. R = B^(2h).
//!
//! | modulus | b | h | steps of a reduction | last step |
//! | --- | --- | --- | --- | --- |
//! | 2048 | 24 | 44 | 44, 20 | 24 |
//! | 3072 | 23 | 68 | 68, 32, 12 | 24 |
//! | 4096 | 23 | 92 | 92, 44, 24 | 24 |
//!
//! # Algorithm
//!
//! Montgomery's: x · R by a product with R² modulo n; sixteen squarings; a product with x, which takes R away again. After each, the product T is
//! divided by R modulo n:
//!
//! 1. `columns`: the columns of T, Σ d_i · e_j over i + j = k, without any carry. A square is two triangles: (l, u)·(l, u) gives the squares of
//!    both halves, (l, u)·(u, l) gives the products of unlike halves, in two numbers that are added.
//! 2. `carry::lay_out`: both put together, a pass of carries done.
//! 3. Each step takes the lowest k digits t away (`carry::lower_digits`), and adds t · (B^−k mod n) to what is above. That is a product of k by 2h
//!    digits. It makes T no longer than 2h + k digits, so that a step may be as long as all steps after it.
//! 4. The last step finds q = t · (−1/n) modulo B^24, and adds q · n, which makes the lowest 24 columns add up to zero but for a carry. The carry is
//!    an integer, so that rounding the sum of the upper three of them gives it (`carry::exact_carry`): what the others add to it is below 2^−38.
//! 5. `carry::result_digits`: digits again, in pairs.
//!
//! No carry runs through a number: rounding a column to the next multiple of B gives what is carried to the next column, and twice is enough.
//! The result stays between −2n and 2n; only the last one is made a number from 0 to n − 1.
//!
//! Two numbers under one modulus go through it together (`two`): pair number i then holds digit i of both, each constant has its digits twice, and nothing
//! is exchanged between lanes. That saves what halves cost, an eighth of the time.
//!
//! # Bounds
//!
//! Sums and products are exact as long as no column exceeds 2^53.
//!
//! - *Digits.* A column of at most 2^53 leaves at most B/2 in the first pass, and gets at most 2^53/B. That leaves B/2 in the second, and gets
//!   2^53/B² + 1; where two runs of columns meet, twice. So |d| ≤ D = B/2 + 2 · (2^53/B² + 1): 2^23 + 66 and 2^22 + 258.
//! - *Products.* A column of T has at most 2h products. 2h · D² is less than 2^52.5 for all three sizes.
//! - *Steps.* After step 2, no column exceeds B/2 + 2 · 2^53/B < 2^32. All steps together have 2h digits t, so that they add at most 2h products to
//!   each column, and a carry below 2^31: 2h · D² + 2^33 < 2^53. Only factors and a modulus whose digits are extreme in many places at once come near
//!   this, so no result of a test would show that step 2 was left out: builds with debug assertions check the columns themselves.
//! - *Results.* |t| ≤ B^k · (½ + 2^−14), and B^−k modulo n is below n. A step that is as long as all after it adds at most (½ + 2^−14) · n to the
//!   result, a shorter one at most a B^4th of that; so does the last one, of n itself. Of 4096 bits there are three, of the others two: with T/R,
//!   which is less than n/2^50 for factors below 2n, |result| < 1.6 · n.
//! - *Above the last digit* there is nothing: n is less than R/2^56, so the topmost digits are −1, 0 or 1, and what the passes carry out of the last
//!   one is put back into it.
//!
//! # Time and memory
//!
//! No branch, no index and no number of rounds depends on a digit. All numbers are integers, or those divided by B: none is subnormal, and
//! additions and multiplications of them take the same time on every processor that we know of. Working memory is zeroed.
//!
//! # Engines
//!
//! Relaxed SIMD lets an engine round `x · y + z` once or twice. Both give the same here: neither the product nor the sum has anything to round. The
//! roundings that are meant add and subtract 1.5 · 2^52 · B, in instructions that no engine may fuse. When a modulus is taken in, one square is computed
//! in integers too, and a modulus whose square is wrong is refused. That finds an engine or a processor that does something else altogether.
//!
//! # Checks
//!
//! A ciphertext that is wrong loses a value for ever, so that a fault later on must not go unnoticed either. Modulo B − 1 every power of B is 1, and a
//! number is the sum of its digits. What a product is there follows from its factors; each step adds t · (B^−k mod n) and takes t away, the last one
//! adds q · n, and a division by R changes nothing. The digits of each result have to say the same (`residue`), or there is no result. A fault is missed if what it
//! adds is a multiple of B − 1: a carry that goes to another column than it should, and else one in 2^23. Not covered are the digits of x and the
//! bytes of the result.

#![cfg_attr(not(test), no_std)]

extern crate alloc;

mod carry;
mod columns;
mod digits;
mod limbs;
mod modulus;
mod pair;
mod residue;
mod two;
mod work;

pub use modulus::Modulus;
