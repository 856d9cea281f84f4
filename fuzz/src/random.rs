//! Random bytes that are alike in every run, and never fail.

use core::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};

/// xorshift64. Nothing that is encrypted here is a secret.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        core::array::from_fn(|_| self.next().to_be_bytes()[0])
    }

    /// From 1 to `most`.
    pub(crate) fn length(&mut self, most: usize) -> usize {
        usize::try_from(self.next() >> 32).unwrap_or(0) % most + 1
    }
}

impl TryRng for Random {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_be_bytes(self.bytes()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.next())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill_with(|| self.next().to_be_bytes()[0]);
        Ok(())
    }
}

impl TryCryptoRng for Random {}
