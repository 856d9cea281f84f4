//! The RSA public operation.

mod carry;
mod columns;
mod digits;
mod limbs;
mod modulus;
mod pair;

pub use modulus::Modulus;
