//! New RSA key pairs, for development.

use core::fmt;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeySize as LcKeySize, PrivateDecryptingKey};
use edgeseal::{KeySize, PublicKey};
use pem_rfc7468::LineEnding;
use zeroize::Zeroizing;

use crate::PrivateKey;

/// A new RSA key pair, exponent 65537. For development: keys of production are made in a KMS and never leave it.
pub struct KeyPair {
    private_pem: Zeroizing<Vec<u8>>,
    public_pem: String,
    spki_sha256: [u8; 32],
}

/// No key pair was made: the operating system's random number generator failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GenerateError;

impl GenerateError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        "randomness_failed"
    }
}

impl fmt::Display for GenerateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the key pair could not be generated")
    }
}

impl core::error::Error for GenerateError {}

impl KeyPair {
    /// Makes a key pair.
    ///
    /// # Errors
    /// [`GenerateError`] if the random number generator fails.
    pub fn generate(size: KeySize) -> Result<Self, GenerateError> {
        let key = PrivateDecryptingKey::generate(match size {
            KeySize::Rsa2048 => LcKeySize::Rsa2048,
            KeySize::Rsa3072 => LcKeySize::Rsa3072,
            KeySize::Rsa4096 => LcKeySize::Rsa4096,
        })
        .map_err(|_| GenerateError)?;
        let pkcs8: Pkcs8V1Der<'_> = key.as_der().map_err(|_| GenerateError)?;
        let spki: PublicKeyX509Der<'_> = key.public_key().as_der().map_err(|_| GenerateError)?;
        let public_pem = pem_rfc7468::encode_string("PUBLIC KEY", LineEnding::LF, spki.as_ref())
            .map_err(|_| GenerateError)?;
        let pair = Self {
            private_pem: private_pem(pkcs8.as_ref()).ok_or(GenerateError)?,
            spki_sha256: *PublicKey::from_pem(&public_pem).map_err(|_| GenerateError)?.spki_sha256(),
            public_pem,
        };
        // What cannot be read back would be found when data is lost.
        let read_back = PrivateKey::from_pem(&pair.private_pem).map_err(|_| GenerateError)?;
        if *read_back.public_key().spki_sha256() == pair.spki_sha256 { Ok(pair) } else { Err(GenerateError) }
    }

    /// The private key: PKCS#8 PEM (RFC 5958, RFC 7468).
    pub fn expose_private_pem(&self) -> &[u8] {
        &self.private_pem
    }

    /// The public key: SPKI PEM (RFC 5280, RFC 7468).
    pub fn public_pem(&self) -> &str {
        &self.public_pem
    }

    /// SHA-256 of the SPKI DER: 32 bytes, what a keyring calls `spki_sha256`.
    pub fn spki_sha256(&self) -> &[u8; 32] {
        &self.spki_sha256
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyPair").field("public_pem", &self.public_pem).finish_non_exhaustive()
    }
}

fn private_pem(pkcs8: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let label = "PRIVATE KEY";
    let length = pem_rfc7468::encoded_len(label, LineEnding::LF, pkcs8).ok()?;
    let mut pem = Zeroizing::new(vec![0; length]);
    let written = pem_rfc7468::encode(label, LineEnding::LF, pkcs8, &mut pem).ok()?.len();
    pem.truncate(written);
    Some(pem)
}
