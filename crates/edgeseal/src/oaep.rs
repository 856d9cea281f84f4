//! RSAES-OAEP-SHA-256 (RFC 8017, section 7.1) with an empty label: the seam behind which the RSA public operation sits.

use core::fmt;

use rand_core::{TryCryptoRng, TryRng};
use rsa::Oaep;
use rsa::traits::PaddingScheme;
use sha2::Sha256;

use crate::public_key::PublicKey;
use crate::sizes::OAEP_SEED_BYTES;

/// The library failed at what it should not fail at: a checked key and a message of checked length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OaepFailed;

/// Encrypts a message of at most [`max_direct_bytes`](crate::KeySize::max_direct_bytes) under a key. The seed has to be fresh and random.
pub(crate) fn encrypt(
    key: &PublicKey,
    seed: &[u8; OAEP_SEED_BYTES],
    message: &[u8],
) -> Result<Vec<u8>, OaepFailed> {
    let mut seed = OneSeed(Some(seed));
    Oaep::<Sha256>::new().encrypt(&mut seed, key.rsa(), message).map_err(|_| OaepFailed)
}

/// A generator that has exactly one draw in it: the library takes its seed from a generator, and ours was drawn and checked before.
struct OneSeed<'s>(Option<&'s [u8; OAEP_SEED_BYTES]>);

#[derive(Debug)]
struct Exhausted;

impl fmt::Display for Exhausted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the seed has been used")
    }
}

impl core::error::Error for Exhausted {}

impl TryRng for OneSeed<'_> {
    type Error = Exhausted;

    fn try_next_u32(&mut self) -> Result<u32, Exhausted> {
        Err(Exhausted)
    }

    fn try_next_u64(&mut self) -> Result<u64, Exhausted> {
        Err(Exhausted)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Exhausted> {
        let seed = self.0.take().ok_or(Exhausted)?;
        if bytes.len() != seed.len() {
            return Err(Exhausted);
        }
        bytes.copy_from_slice(seed);
        Ok(())
    }
}

impl TryCryptoRng for OneSeed<'_> {}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test fails by panicking")]
mod tests {
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
}
