//! RSAES-OAEP-SHA-256 (RFC 8017, section 7.1) with an empty label, in its two halves: the encoding, and the RSA public operation on what
//! it gives.

mod counted_hash;

use alloc::vec::Vec;
use core::iter;

use zeroize::Zeroizing;

use crate::public_key::PublicKey;
use crate::sizes::{OAEP_OVERHEAD_BYTES, OAEP_SEED_BYTES, SHA256_BYTES};
use counted_hash::CountedHash;

/// SHA-256 of the empty label.
const LABEL_HASH: [u8; SHA256_BYTES] = [
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27,
    0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
];

/// What should not fail has failed: a checked key and a message of checked length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OaepFailed;

/// Encrypts a message of at most [`max_direct_bytes`](crate::KeySize::max_direct_bytes) under a key. The seed has to be fresh and random.
pub(crate) fn encrypt(
    key: &PublicKey,
    seed: &[u8; OAEP_SEED_BYTES],
    message: &[u8],
) -> Result<Vec<u8>, OaepFailed> {
    let encoded = encode(seed, message, key.size().modulus_bytes())?;
    public_operation(key, &encoded)
}

/// The RSA public operation (RSAEP, RFC 8017, section 5.1.1), from an encoded message of the modulus's length to the ciphertext.
pub(crate) fn public_operation(key: &PublicKey, encoded: &[u8]) -> Result<Vec<u8>, OaepFailed> {
    key.rsa().public_operation(encoded).ok_or(OaepFailed)
}

/// The same for two encoded messages.
pub(crate) fn public_operations(key: &PublicKey, encoded: [&[u8]; 2]) -> Result<[Vec<u8>; 2], OaepFailed> {
    key.rsa().public_operations(encoded).ok_or(OaepFailed)
}

/// The encoded message (EME-OAEP, RFC 8017, section 7.1.1, step 2), as long as the modulus. It is as secret as the message.
pub(crate) fn encode(
    seed: &[u8; OAEP_SEED_BYTES],
    message: &[u8],
    modulus_bytes: usize,
) -> Result<Zeroizing<Vec<u8>>, OaepFailed> {
    let longest = modulus_bytes.checked_sub(OAEP_OVERHEAD_BYTES).ok_or(OaepFailed)?;
    let padding = longest.checked_sub(message.len()).ok_or(OaepFailed)?;
    let mut encoded = Zeroizing::new(Vec::with_capacity(modulus_bytes));
    encoded.push(0);
    encoded.extend_from_slice(seed);
    encoded.extend_from_slice(&LABEL_HASH);
    encoded.extend(iter::repeat_n(0, padding));
    encoded.push(1);
    encoded.extend_from_slice(message);

    let (seed, data) =
        encoded.get_mut(1..).and_then(|rest| rest.split_at_mut_checked(SHA256_BYTES)).ok_or(OaepFailed)?;
    mask(seed, data)?;
    mask(data, seed)?;
    Ok(encoded)
}

/// Adds (XOR) the mask that MGF1 with SHA-256 makes of a seed (RFC 8017, appendix B.2.1).
fn mask(seed: &[u8], data: &mut [u8]) -> Result<(), OaepFailed> {
    let mut counted = CountedHash::new(seed).ok_or(OaepFailed)?;
    for (counter, chunk) in (0_u32..).zip(data.chunks_mut(SHA256_BYTES)) {
        let hash = counted.hash(counter).ok_or(OaepFailed)?;
        let mask = hash.iter().flat_map(|word| word.to_be_bytes());
        chunk.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test fails by panicking")]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::test_data::{corpus, hex, spki_der};

    /// Wycheproof's decryption vectors, turned round.
    #[test]
    fn known_seeds_give_the_known_ciphertexts() {
        let Some(known) = corpus("derived-oaep-encrypt-kat/oaep_sha256_encrypt_kat.json") else { return };
        let mut count = 0;
        for test in known["tests"].as_array().unwrap().iter().filter(|test| test["label"] == "") {
            let key = PublicKey::from_der(&spki_der(&hex(&test["n"]))).unwrap();
            let seed = hex(&test["seed"]).try_into().unwrap();
            let ciphertext = encrypt(&key, &seed, &hex(&test["msg"])).unwrap();
            assert_eq!(ciphertext, hex(&test["ct"]), "{}", test["source"]);
            count += 1;
        }
        assert_eq!(count, 30);
    }

    #[test]
    fn the_label_is_empty() {
        assert_eq!(Sha256::digest([]).as_slice(), LABEL_HASH);
    }

    #[test]
    fn a_message_is_encoded_up_to_the_longest_and_no_further() {
        for bytes in [256, 384, 512] {
            let longest = vec![7; bytes - OAEP_OVERHEAD_BYTES];
            assert_eq!(encode(&[9; OAEP_SEED_BYTES], &longest, bytes).unwrap().len(), bytes);
            let longer = vec![7; bytes - OAEP_OVERHEAD_BYTES + 1];
            assert_eq!(encode(&[9; OAEP_SEED_BYTES], &longer, bytes).unwrap_err(), OaepFailed);
        }
        assert_eq!(encode(&[9; OAEP_SEED_BYTES], &[], 65).unwrap_err(), OaepFailed);
    }
}
