//! The randomness seam: everything random comes from the caller's generator, and a bad draw is an error.

use alloc::vec::Vec;

use rand_core::TryCryptoRng;
use zeroize::{Zeroize, Zeroizing};

/// The most that is asked of the generator at once, in bytes.
const CHUNK_BYTES: usize = 4096;
/// Two calls begin with the same so many bytes once in 2^96 calls.
const BEGINNING_BYTES: usize = 12;

/// The generator failed, or what it gave cannot be random: all zeros, the last draw of that length again, or a call that begins as the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RandomnessFailed;

/// Draws from the caller's generator, for one request: nothing random is kept for another.
///
/// A call of a host's generator costs more than what it gives: what a request is certain to need is asked for in few calls, and handed out in the
/// order in which it came. The first draw is asked for by itself, so that a generator that begins anew with every call is noticed.
pub(crate) struct Randomness<'r, R: ?Sized> {
    generator: &'r mut R,
    /// What the generator gave last, and how much of it has been handed out.
    given: Zeroizing<Vec<u8>>,
    handed_out: usize,
    /// Bytes that are certainly going to be drawn.
    expected: usize,
    /// The last draw of each length, to notice a generator that is stuck.
    previous: Vec<Zeroizing<Vec<u8>>>,
}

impl<'r, R: TryCryptoRng + ?Sized> Randomness<'r, R> {
    pub(crate) fn new(generator: &'r mut R) -> Self {
        let given = Zeroizing::new(Vec::new());
        Self { generator, given, handed_out: 0, expected: 0, previous: Vec::new() }
    }

    /// Announces draws of so many bytes. Those that are announced may be asked for with others before them.
    pub(crate) fn expect(&mut self, bytes: usize) {
        self.expected = self.expected.saturating_add(bytes);
    }

    /// `N` fresh bytes.
    pub(crate) fn draw<const N: usize>(&mut self) -> Result<Zeroizing<[u8; N]>, RandomnessFailed> {
        let mut bytes = Zeroizing::new([0; N]);
        self.hand_out(bytes.as_mut_slice())?;
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

    /// The next bytes of the generator.
    fn hand_out(&mut self, bytes: &mut [u8]) -> Result<(), RandomnessFailed> {
        let left = self.given.get(self.handed_out..).unwrap_or_default();
        let (from_left, missing) = bytes.split_at_mut(left.len().min(bytes.len()));
        from_left.copy_from_slice(left.get(..from_left.len()).ok_or(RandomnessFailed)?);
        self.handed_out = self.handed_out.saturating_add(from_left.len());
        self.expected = self.expected.saturating_sub(from_left.len());
        if missing.is_empty() {
            return Ok(());
        }
        let is_first = self.previous.is_empty();
        let wanted = if is_first { missing.len() } else { self.expected.min(CHUNK_BYTES).max(missing.len()) };
        let before = Zeroizing::new(self.given.first_chunk::<BEGINNING_BYTES>().copied());
        // What was there has been handed out: not again, if the generator says that it filled what it left alone, nor after an error.
        self.given.zeroize();
        if self.given.capacity() < wanted {
            self.given = Zeroizing::new(Vec::with_capacity(wanted));
        }
        self.given.resize(wanted, 0);
        self.handed_out = wanted;
        self.generator.try_fill_bytes(&mut self.given).map_err(|_| RandomnessFailed)?;
        // Draws of a length are compared with each other, which says nothing of calls that serve several lengths.
        let begins_as_before = before.is_some() && self.given.first_chunk().copied() == *before;
        if begins_as_before || self.given.iter().all(|byte| *byte == 0) {
            return Err(RandomnessFailed);
        }
        missing.copy_from_slice(self.given.get(..missing.len()).ok_or(RandomnessFailed)?);
        self.handed_out = missing.len();
        self.expected = self.expected.saturating_sub(missing.len());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use core::convert::Infallible;

    use rand_core::{TryCryptoRng, TryRng};

    use super::*;

    /// Fills by the number of the call, and remembers how much it was asked for.
    struct Scripted<F> {
        fill: F,
        calls: Vec<usize>,
    }

    impl<F: FnMut(usize, &mut [u8])> TryRng for Scripted<F> {
        type Error = Infallible;

        fn try_next_u32(&mut self) -> Result<u32, Infallible> {
            Ok(0) // only bytes are drawn
        }

        fn try_next_u64(&mut self) -> Result<u64, Infallible> {
            Ok(0) // only bytes are drawn
        }

        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
            self.calls.push(bytes.len());
            (self.fill)(self.calls.len(), bytes);
            Ok(())
        }
    }

    impl<F: FnMut(usize, &mut [u8])> TryCryptoRng for Scripted<F> {}

    fn scripted<F: FnMut(usize, &mut [u8])>(fill: F) -> Scripted<F> {
        Scripted { fill, calls: Vec::new() }
    }

    /// Counts.
    fn counter(begins_anew: bool) -> Scripted<impl FnMut(usize, &mut [u8])> {
        let mut next = 1_u8;
        scripted(move |_, bytes: &mut [u8]| {
            if begins_anew {
                next = 1;
            }
            for byte in bytes {
                *byte = next;
                next = next.wrapping_add(1);
            }
        })
    }

    /// Bytes that do not repeat.
    fn stream(seed: usize, bytes: &mut [u8]) {
        for (number, block) in bytes.chunks_mut(8).enumerate() {
            let number = u64::try_from(seed << 32 | number).unwrap();
            let value = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            block.copy_from_slice(&value.to_be_bytes()[..block.len()]);
        }
    }

    #[test]
    fn what_is_expected_is_asked_for_in_two_calls_and_nothing_is_left_over() {
        let mut generator = counter(false);
        let mut random = Randomness::new(&mut generator);
        random.expect(12 + 12 + 32);
        assert_eq!(random.draw::<12>().unwrap()[..], (1..=12).collect::<Vec<_>>());
        assert_eq!(random.draw::<12>().unwrap()[..], (13..=24).collect::<Vec<_>>());
        assert_eq!(random.draw::<32>().unwrap()[..], (25..=56).collect::<Vec<_>>());
        assert_eq!(random.handed_out, random.given.len());
        drop(random);
        assert_eq!(generator.calls, [12, 44]);
    }

    #[test]
    fn what_nobody_expected_comes_in_the_same_order() {
        let mut generator = counter(false);
        let mut random = Randomness::new(&mut generator);
        random.expect(24);
        assert_eq!(random.draw::<32>().unwrap()[..], (1..=32).collect::<Vec<_>>());
        random.expect(24);
        assert_eq!(random.draw::<12>().unwrap()[..], (33..=44).collect::<Vec<_>>());
        assert_eq!(random.draw::<16>().unwrap()[..], (45..=60).collect::<Vec<_>>());
        assert_eq!(random.draw::<16>().unwrap()[..], (61..=76).collect::<Vec<_>>());
    }

    #[test]
    fn large_requests_are_served_in_chunks() {
        let mut generator = scripted(stream);
        let mut random = Randomness::new(&mut generator);
        random.expect(32 * 1_000);
        for _ in 0..1_000 {
            assert!(random.draw::<32>().is_ok());
        }
        drop(random);
        assert!(generator.calls.iter().all(|bytes| *bytes <= CHUNK_BYTES));
        assert_eq!(generator.calls.iter().sum::<usize>(), 32 * 1_000);
        assert_eq!(generator.calls.len(), 9);
    }

    #[test]
    fn a_generator_that_begins_anew_is_noticed_between_draws_of_different_lengths() {
        let mut generator = counter(true);
        let mut random = Randomness::new(&mut generator);
        random.expect(12 + 32 + 12);
        assert!(random.draw::<12>().is_ok());
        assert_eq!(random.draw::<32>().unwrap_err(), RandomnessFailed);
    }

    #[test]
    fn a_call_that_gives_what_the_one_before_gave_is_noticed() {
        // 1, 2, 2, 2, ...
        let mut generator = scripted(|call: usize, bytes: &mut [u8]| stream(call.min(2), bytes));
        let mut random = Randomness::new(&mut generator);
        random.expect(32 * 400);
        assert_eq!((0..400).position(|_| random.draw::<32>().is_err()), Some(1 + CHUNK_BYTES / 32));
    }

    #[test]
    fn a_generator_that_stops_filling_is_noticed() {
        let fill = |call, bytes: &mut [u8]| {
            if call <= 2 {
                stream(call, bytes);
            }
        };
        let mut generator = scripted(fill);
        let mut random = Randomness::new(&mut generator);
        random.expect(32 * 400);
        assert_eq!((0..400).position(|_| random.draw::<32>().is_err()), Some(1 + CHUNK_BYTES / 32));
    }

    #[test]
    fn a_generator_that_begins_anew_with_every_call_is_noticed() {
        let mut generator = counter(true);
        let mut random = Randomness::new(&mut generator);
        random.expect(64);
        assert!(random.draw::<32>().is_ok());
        assert_eq!(random.draw::<32>().unwrap_err(), RandomnessFailed);
    }
}
