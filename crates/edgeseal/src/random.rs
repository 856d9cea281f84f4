//! The randomness seam: everything random comes from the caller's generator, a draw at a time, and a bad draw is an error.

use alloc::vec::Vec;

use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

/// The generator failed, or what it gave cannot be random: all zeros, or the last draw of that length again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RandomnessFailed;

/// Draws from the caller's generator. Nothing random is kept for later use.
pub(crate) struct Randomness<'r, R: ?Sized> {
    generator: &'r mut R,
    /// The last draw of each length, to notice a generator that is stuck.
    previous: Vec<Zeroizing<Vec<u8>>>,
}

impl<'r, R: TryCryptoRng + ?Sized> Randomness<'r, R> {
    pub(crate) fn new(generator: &'r mut R) -> Self {
        Self { generator, previous: Vec::new() }
    }

    /// `N` fresh bytes.
    pub(crate) fn draw<const N: usize>(&mut self) -> Result<Zeroizing<[u8; N]>, RandomnessFailed> {
        let mut bytes = Zeroizing::new([0; N]);
        self.generator.try_fill_bytes(bytes.as_mut_slice()).map_err(|_| RandomnessFailed)?;
        let previous = self.previous.iter_mut().find(|draw| draw.len() == N);
        // Twelve bytes or more are all zeros, or equal to others, once in 2^96 draws.
        if bytes.iter().all(|byte| *byte == 0)
            || previous.as_ref().is_some_and(|draw| draw.as_slice() == bytes.as_slice())
        {
            return Err(RandomnessFailed);
        }
        match previous {
            Some(draw) => draw.copy_from_slice(bytes.as_slice()),
            None => self.previous.push(Zeroizing::new(bytes.to_vec())),
        }
        Ok(bytes)
    }
}
