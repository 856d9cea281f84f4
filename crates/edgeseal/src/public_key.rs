//! RSA public keys, checked beyond what the RSA library checks.

mod der;
mod pem;
#[cfg(test)]
mod tests;

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use rand_core::TryCryptoRng;
use sha2::{Digest, Sha256};

use der::{RsaPublicKey, Spki};

use crate::EncryptError;
use crate::oaep;
use crate::random::Randomness;
use crate::rsa::Modulus;
use crate::sizes::{OAEP_OVERHEAD_BYTES, OAEP_SEED_BYTES, SHA256_BYTES};
use crate::stack;

/// A modulus with a prime factor below this is refused (NIST SP 800-89, section 5.3.3).
const SMALLEST_FACTOR: u64 = 752;

/// The modulus sizes that AWS KMS has for RSA encryption keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeySize {
    /// 2048 bits.
    Rsa2048,
    /// 3072 bits.
    Rsa3072,
    /// 4096 bits.
    Rsa4096,
}

impl KeySize {
    /// The size of a modulus of this many bytes.
    pub fn from_modulus_bytes(bytes: usize) -> Option<Self> {
        [Self::Rsa2048, Self::Rsa3072, Self::Rsa4096].into_iter().find(|size| size.modulus_bytes() == bytes)
    }

    /// Length of the modulus, and of every ciphertext, in bytes: 256, 384 or 512.
    pub const fn modulus_bytes(self) -> usize {
        match self {
            Self::Rsa2048 => 256,
            Self::Rsa3072 => 384,
            Self::Rsa4096 => 512,
        }
    }

    /// The longest plaintext of RSAES-OAEP-SHA-256, in bytes: 190, 318 or 446 (RFC 8017, section 7.1.1).
    pub const fn max_direct_bytes(self) -> usize {
        self.modulus_bytes().saturating_sub(OAEP_OVERHEAD_BYTES)
    }
}

/// An RSA public key that EdgeSeal encrypts under: 2048, 3072 or 4096 bits, exponent 65537.
#[derive(Clone)]
pub struct PublicKey {
    rsa: Modulus,
    /// Big-endian, without a zero before it.
    modulus: Box<[u8]>,
    size: KeySize,
    spki_sha256: [u8; SHA256_BYTES],
}

/// Why a public key is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicKeyError {
    /// Not exactly one `PUBLIC KEY` block (RFC 7468).
    NotPem,
    /// Not the DER of one SubjectPublicKeyInfo (RFC 5280, section 4.1), or followed by more.
    NotSpki,
    /// Not rsaEncryption with NULL parameters (RFC 3279, section 2.3.1).
    Algorithm,
    /// The modulus does not have exactly 2048, 3072 or 4096 bits.
    Size,
    /// The exponent is not 65537.
    Exponent,
    /// The modulus is even, or has a small prime factor (NIST SP 800-89, section 5.3.3).
    Modulus,
}

impl PublicKeyError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotPem => "public_key_not_pem",
            Self::NotSpki => "public_key_not_spki",
            Self::Algorithm => "public_key_algorithm",
            Self::Size => "public_key_size",
            Self::Exponent => "public_key_exponent",
            Self::Modulus => "public_key_modulus",
        }
    }
}

impl fmt::Display for PublicKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotPem => "expected exactly one `PUBLIC KEY` block in PEM (RFC 7468)",
            Self::NotSpki => "expected the DER of one SubjectPublicKeyInfo (RFC 5280) and nothing after it",
            Self::Algorithm => "expected a key for rsaEncryption with NULL parameters (RFC 3279)",
            Self::Size => "expected a modulus of exactly 2048, 3072 or 4096 bits",
            Self::Exponent => "expected the public exponent 65537",
            Self::Modulus => "expected an odd modulus without small prime factors",
        })
    }
}

impl core::error::Error for PublicKeyError {}

impl PublicKey {
    /// Reads a key from SPKI PEM.
    ///
    /// # Errors
    /// [`PublicKeyError`], naming the first check that failed.
    pub fn from_pem(pem: &str) -> Result<Self, PublicKeyError> {
        Self::from_der(&pem::decode(pem).ok_or(PublicKeyError::NotPem)?)
    }

    /// Reads a key from SPKI DER.
    ///
    /// # Errors
    /// [`PublicKeyError`], naming the first check that failed.
    #[inline(never)]
    pub fn from_der(der: &[u8]) -> Result<Self, PublicKeyError> {
        let spki = Spki::read(der).ok_or(PublicKeyError::NotSpki)?;
        if !spki.is_rsa {
            return Err(PublicKeyError::Algorithm);
        }
        let RsaPublicKey { modulus, exponent } = spki.rsa_key().ok_or(PublicKeyError::NotSpki)?;
        let top_bit = modulus.first().is_some_and(|byte| *byte >= 0x80);
        let size =
            KeySize::from_modulus_bytes(modulus.len()).filter(|_| top_bit).ok_or(PublicKeyError::Size)?;
        if exponent != [1, 0, 1] {
            return Err(PublicKeyError::Exponent);
        }
        if has_small_factor(modulus) {
            return Err(PublicKeyError::Modulus);
        }
        let rsa = Modulus::new(modulus).ok_or(PublicKeyError::Modulus)?;
        Ok(Self { rsa, modulus: modulus.into(), size, spki_sha256: Sha256::digest(der).into() })
    }

    /// The size of the modulus.
    pub fn size(&self) -> KeySize {
        self.size
    }

    /// The modulus, a big-endian number of [`KeySize::modulus_bytes`]. The exponent is 65537.
    pub fn modulus(&self) -> &[u8] {
        &self.modulus
    }

    /// SHA-256 of the key's SPKI DER: 32 bytes, what a keyring calls `spki_sha256`.
    pub fn spki_sha256(&self) -> &[u8; SHA256_BYTES] {
        &self.spki_sha256
    }

    /// Encrypts a message of at most [`KeySize::max_direct_bytes`] with RSAES-OAEP-SHA-256, with a seed from this generator.
    ///
    /// To encrypt values, use an [`Encryptor`](crate::Encryptor): this is for whoever moves tokens to this key.
    ///
    /// # Errors
    /// [`EncryptError::RandomnessFailed`]; [`EncryptError::EncryptionFailed`] if the message is too long.
    pub fn encrypt<R: TryCryptoRng + ?Sized>(
        &self,
        message: &[u8],
        rng: &mut R,
    ) -> Result<Vec<u8>, EncryptError> {
        let ciphertext = self.encrypt_leaving_traces(message, rng);
        stack::wipe();
        ciphertext
    }

    #[inline(never)]
    fn encrypt_leaving_traces<R: TryCryptoRng + ?Sized>(
        &self,
        message: &[u8],
        rng: &mut R,
    ) -> Result<Vec<u8>, EncryptError> {
        let seed = Randomness::new(rng).draw::<OAEP_SEED_BYTES>()?;
        Ok(oaep::encrypt(self, &seed, message)?)
    }

    pub(crate) fn rsa(&self) -> &Modulus {
        &self.rsa
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        // DER has one form for each modulus.
        self.spki_sha256 == other.spki_sha256
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey").field("size", &self.size).finish_non_exhaustive()
    }
}

/// Whether a big-endian number is divisible by a prime below [`SMALLEST_FACTOR`].
#[inline(never)]
fn has_small_factor(number: &[u8]) -> bool {
    let mut primes = (2..SMALLEST_FACTOR).filter(|number| is_prime(*number)).peekable();
    while let Some(first) = primes.next() {
        // As many as have a product of 32 bits: what is left of the number modulo the product tells what is left modulo each. Every cold
        // start of an edge waits for this.
        let (mut product, mut group) = (first, vec![first]);
        let fits = |product: u64, prime: u64| product.saturating_mul(prime) <= u64::from(u32::MAX);
        while let Some(prime) = primes.next_if(|prime| fits(product, *prime)) {
            product = product.saturating_mul(prime);
            group.push(prime);
        }
        let left = remainder(number, product);
        if group.iter().any(|prime| left.checked_rem(*prime) == Some(0)) {
            return true;
        }
    }
    false
}

fn is_prime(number: u64) -> bool {
    (2..number)
        .take_while(|divisor| divisor.saturating_mul(*divisor) <= number)
        .all(|divisor| number.checked_rem(divisor) != Some(0))
}

/// A big-endian number modulo a divisor of at most 32 bits.
fn remainder(number: &[u8], divisor: u64) -> u64 {
    number.chunks(4).fold(0, |remainder, chunk| {
        let chunk = chunk.iter().fold(remainder, |value, byte| (value << 8) | u64::from(*byte));
        chunk.checked_rem(divisor).unwrap_or(0)
    })
}
