//! SHA-256 (FIPS 180-4) of one text with many counters behind it. Of all hashes only the last blocks differ, and of those only the counter:
//! they are laid out once, and go straight into the compression function.

#![allow(clippy::arithmetic_side_effects, reason = "of positions in two blocks")]

use sha2::block_api::compress256;
use zeroize::Zeroizing;

const BLOCK_BYTES: usize = 64;
const COUNTER_BYTES: usize = 4;
/// What padding has at least: a bit that is set, and the length.
const PADDING_BYTES: usize = 1 + 8;

/// The state that hashing begins with (FIPS 180-4, section 5.3.3).
const BEGINNING: State =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

type State = [u32; 8];

/// A text that is hashed with different counters.
pub(super) struct CountedHash {
    /// After the blocks in which there is the text alone.
    state: Zeroizing<State>,
    /// The rest of the text, a counter, padding and length; the last `used` bytes are not.
    blocks: Zeroizing<[u8; 2 * BLOCK_BYTES]>,
    counter_at: usize,
    used: usize,
}

impl CountedHash {
    /// `None` for a text that is longer than can be hashed.
    pub(super) fn new(text: &[u8]) -> Option<Self> {
        let bits = u64::try_from(text.len().checked_add(COUNTER_BYTES)?).ok()?.checked_mul(8)?;
        let (whole, rest) = text.as_chunks::<BLOCK_BYTES>();
        let mut state = Zeroizing::new(BEGINNING);
        compress256(&mut state, whole);

        let mut blocks = Zeroizing::new([0; 2 * BLOCK_BYTES]);
        let counter_at = rest.len();
        let used = (counter_at + COUNTER_BYTES + PADDING_BYTES).next_multiple_of(BLOCK_BYTES);
        blocks.get_mut(..counter_at)?.copy_from_slice(rest);
        *blocks.get_mut(counter_at + COUNTER_BYTES)? = 0x80;
        *blocks.get_mut(..used)?.last_chunk_mut()? = bits.to_be_bytes();
        Some(Self { state, blocks, counter_at, used })
    }

    /// The hash of the text and a counter, in big-endian words.
    pub(super) fn hash(&mut self, counter: u32) -> Option<Zeroizing<State>> {
        *self.blocks.get_mut(self.counter_at..)?.first_chunk_mut()? = counter.to_be_bytes();
        let mut state = self.state.clone();
        compress256(&mut state, self.blocks.get(..self.used)?.as_chunks().0);
        Some(state)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sha2::{Digest, Sha256};

    use super::*;

    proptest! {
        #[test]
        fn it_is_the_hash_of_the_text_and_the_counter(
            text in prop::collection::vec(any::<u8>(), 0..=600),
            counters in prop::collection::vec(any::<u32>(), 1..4),
        ) {
            let mut counted = CountedHash::new(&text).unwrap();
            for counter in counters {
                let hash: Vec<u8> = counted.hash(counter).unwrap().iter().flat_map(|word| word.to_be_bytes()).collect();
                let expected = Sha256::new_with_prefix(&text).chain_update(counter.to_be_bytes()).finalize();
                prop_assert_eq!(hash.as_slice(), expected.as_slice());
            }
        }
    }

    #[test]
    fn every_length_around_a_block_is_hashed() {
        for length in 0..=200 {
            let text = vec![0x5a; length];
            let hash: Vec<u8> = CountedHash::new(&text)
                .unwrap()
                .hash(7)
                .unwrap()
                .iter()
                .flat_map(|word| word.to_be_bytes())
                .collect();
            let expected = Sha256::new_with_prefix(&text).chain_update([0, 0, 0, 7]).finalize();
            assert_eq!(hash, expected.as_slice(), "{length}");
        }
    }
}
