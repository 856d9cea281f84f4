//! RSAES-OAEP-SHA-256 (RFC 8017, section 7.1) as the standard says it, beside the product's.

use crypto_bigint::BoxedUint;
use rsa::RsaPublicKey;
use rsa::hazmat::rsa_encrypt;
use sha2::{Digest, Sha256};

const HASH: usize = 32;

/// EME-OAEP encoding with an empty label, for a modulus of so many bytes; `None` if the message is too long.
pub(crate) fn encode(message: &[u8], seed: &[u8; HASH], modulus_bytes: usize) -> Option<Vec<u8>> {
    let padding = modulus_bytes.checked_sub(message.len() + 2 * HASH + 2)?;
    let mut block = Sha256::digest([]).to_vec();
    block.resize(HASH + padding, 0);
    block.push(1);
    block.extend_from_slice(message);
    xor(&mut block, &mask(seed, modulus_bytes - HASH - 1));
    let mut masked_seed = *seed;
    xor(&mut masked_seed, &mask(&block, HASH));
    Some([&[0][..], &masked_seed, &block].concat())
}

/// EME-OAEP decoding; `None` if it is no encoded message.
pub(crate) fn decode(encoded: &[u8]) -> Option<Vec<u8>> {
    let (first, rest) = encoded.split_first()?;
    let (masked_seed, masked_block) = rest.split_at_checked(HASH)?;
    let mut seed = masked_seed.to_vec();
    xor(&mut seed, &mask(masked_block, HASH));
    let mut block = masked_block.to_vec();
    xor(&mut block, &mask(&seed, masked_block.len()));
    let message = block.strip_prefix(&Sha256::digest([])[..])?;
    let start = message.iter().position(|byte| *byte != 0)?;
    (*first == 0 && message[start] == 1).then(|| message[start + 1..].to_vec())
}

/// RSAEP by the crate `rsa`, exponent 65537; `None` if the representative is not below the modulus.
pub(crate) fn power(modulus: &[u8], representative: &[u8]) -> Option<Vec<u8>> {
    let (n, m) = (number(modulus), number(representative));
    if m >= n {
        return None;
    }
    let key = RsaPublicKey::new(n, BoxedUint::from(65_537_u64)).expect("the crate takes every odd modulus");
    let power = rsa_encrypt(&key, &m).expect("the representative is below the modulus");
    let power = power.to_be_bytes();
    let (zeros, power) = power.split_at(power.len().saturating_sub(modulus.len()));
    assert!(zeros.iter().all(|byte| *byte == 0));
    Some([vec![0; modulus.len() - power.len()], power.to_vec()].concat())
}

pub(crate) fn number(bytes: &[u8]) -> BoxedUint {
    BoxedUint::from_be_slice(bytes, u32::try_from(8 * bytes.len()).expect("it is short")).expect("it fits")
}

/// MGF1 with SHA-256 (RFC 8017, appendix B.2.1).
fn mask(seed: &[u8], length: usize) -> Vec<u8> {
    let blocks = (0_u32..)
        .flat_map(|count| Sha256::new().chain_update(seed).chain_update(count.to_be_bytes()).finalize());
    blocks.take(length).collect()
}

fn xor(bytes: &mut [u8], mask: &[u8]) {
    for (byte, mask) in bytes.iter_mut().zip(mask) {
        *byte ^= mask;
    }
}
