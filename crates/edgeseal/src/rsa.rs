//! The RSA public operation: raising to the power of 65537, modulo a public key's modulus.

use crypto_bigint::BoxedUint;
use rsa::RsaPublicKey;
use rsa::hazmat::rsa_encrypt;
use rsa::traits::PublicKeyParts;
use zeroize::Zeroize;

/// What AWS KMS keys have, and what everybody uses.
const EXPONENT: u64 = 65_537;

/// A modulus of 2048, 3072 or 4096 bits, with what is computed once for it.
#[derive(Clone)]
pub(crate) struct Modulus(RsaPublicKey);

impl Modulus {
    /// Takes a big-endian number, which has to be odd and of one of the three lengths, with its top bit set.
    pub(crate) fn new(bytes: &[u8]) -> Option<Self> {
        let modulus = number(bytes)?;
        RsaPublicKey::new(modulus, BoxedUint::from(EXPONENT)).ok().map(Self)
    }

    /// RSAEP (RFC 8017, section 5.1.1): from a big-endian number of the modulus's length to another. `None` if it is not below the modulus.
    pub(crate) fn public_operation(&self, representative: &[u8]) -> Option<Vec<u8>> {
        let mut representative = number(representative)?;
        let in_range = representative.bits_precision() == self.0.n().bits_precision()
            && representative < *self.0.n().as_ref();
        let power = in_range.then(|| rsa_encrypt(&self.0, &representative).ok()).flatten();
        representative.zeroize();
        Some(power?.to_be_bytes().into_vec())
    }
}

fn number(bytes: &[u8]) -> Option<BoxedUint> {
    let bits = u32::try_from(bytes.len().checked_mul(8)?).ok()?;
    BoxedUint::from_be_slice(bytes, bits).ok()
}
