//! The operation by the `rsa` crate.

use alloc::vec::Vec;

use crypto_bigint::BoxedUint;
use rsa::RsaPublicKey;
use rsa::hazmat::rsa_encrypt;
use rsa::traits::PublicKeyParts;
use zeroize::Zeroize;

/// What AWS KMS keys have, and what everybody uses.
const EXPONENT: u64 = 65_537;

#[derive(Clone)]
pub(crate) struct Modulus(RsaPublicKey);

impl Modulus {
    pub(crate) fn new(bytes: &[u8]) -> Option<Self> {
        let modulus = number(bytes)?;
        RsaPublicKey::new(modulus, BoxedUint::from(EXPONENT)).ok().map(Self)
    }

    pub(crate) fn public_operation(&self, representative: &[u8]) -> Option<Vec<u8>> {
        let mut representative = number(representative)?;
        let in_range = representative.bits_precision() == self.0.n().bits_precision()
            && representative < *self.0.n().as_ref();
        let power = in_range.then(|| rsa_encrypt(&self.0, &representative).ok()).flatten();
        representative.zeroize();
        Some(power?.to_be_bytes().into_vec())
    }

    pub(crate) fn public_operations(&self, representatives: [&[u8]; 2]) -> Option<[Vec<u8>; 2]> {
        let [a, b] = representatives.map(|representative| self.public_operation(representative));
        Some([a?, b?])
    }
}

fn number(bytes: &[u8]) -> Option<BoxedUint> {
    let bits = u32::try_from(bytes.len().checked_mul(8)?).ok()?;
    BoxedUint::from_be_slice(bytes, bits).ok()
}
