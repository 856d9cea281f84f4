//! An RSA private key in memory.

use core::fmt;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, PrivateDecryptingKey};
use edgeseal::{Answer, PublicKey, PublicKeyError};
use spki::der::Decode;
use spki::der::asn1::AnyRef;
use zeroize::Zeroizing;

/// RFC 7468, section 10.
const BEGIN: &[u8] = b"-----BEGIN PRIVATE KEY-----";
const END: &[u8] = b"-----END PRIVATE KEY-----";

/// An RSA private key whose public key is one that EdgeSeal encrypts under.
///
/// The private-key operation is AWS-LC's: constant-time and blinded.
pub struct PrivateKey {
    key: OaepPrivateDecryptingKey,
    public_key: PublicKey,
    public_der: Box<[u8]>,
}

/// Why a private key is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PrivateKeyError {
    /// Not exactly one `PRIVATE KEY` block (RFC 7468).
    NotPem,
    /// Not the DER of one PKCS#8 private key for rsaEncryption (RFC 5958), or its numbers do not belong together.
    NotPkcs8,
    /// Its public key is not one that EdgeSeal encrypts under.
    PublicKey(PublicKeyError),
    /// Its public key is another than the keyring's `spki_sha256` says.
    Fingerprint,
}

impl PrivateKeyError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        "key_file_refused"
    }
}

impl fmt::Display for PrivateKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPem => f.write_str("expected exactly one `PRIVATE KEY` block in PEM (RFC 7468)"),
            Self::NotPkcs8 => {
                f.write_str("expected a PKCS#8 RSA private key (RFC 5958) of 2048, 3072 or 4096 bits")
            }
            Self::PublicKey(error) => error.fmt(f),
            Self::Fingerprint => f.write_str("it is not the key whose `spki_sha256` the keyring has"),
        }
    }
}

impl core::error::Error for PrivateKeyError {}

impl PrivateKey {
    /// Reads a key from PKCS#8 PEM.
    ///
    /// # Errors
    /// [`PrivateKeyError`], naming the first check that failed.
    pub fn from_pem(pem: &[u8]) -> Result<Self, PrivateKeyError> {
        // Text around the block, which RFC 7468 lets a reader skip, could hide which key is meant.
        let block = pem.trim_ascii_end();
        if !block.starts_with(BEGIN) || !block.ends_with(END) {
            return Err(PrivateKeyError::NotPem);
        }
        let mut decoder =
            pem_rfc7468::Decoder::new_detect_wrap(block).map_err(|_| PrivateKeyError::NotPem)?;
        let mut der = Zeroizing::new(vec![0; decoder.remaining_len()]);
        decoder.decode(&mut der).map_err(|_| PrivateKeyError::NotPem)?;
        Self::from_der(&der)
    }

    /// Reads a key from PKCS#8 DER.
    ///
    /// # Errors
    /// [`PrivateKeyError`], naming the first check that failed.
    pub fn from_der(der: &[u8]) -> Result<Self, PrivateKeyError> {
        // AWS-LC reads one private key from the beginning and does not look at what follows.
        AnyRef::from_der(der).map_err(|_| PrivateKeyError::NotPkcs8)?;
        let key = PrivateDecryptingKey::from_pkcs8(der).map_err(|_| PrivateKeyError::NotPkcs8)?;
        let spki: PublicKeyX509Der<'_> = key.public_key().as_der().map_err(|_| PrivateKeyError::NotPkcs8)?;
        let public_key = PublicKey::from_der(spki.as_ref()).map_err(PrivateKeyError::PublicKey)?;
        let key = OaepPrivateDecryptingKey::new(key).map_err(|_| PrivateKeyError::NotPkcs8)?;
        Ok(Self { key, public_key, public_der: spki.as_ref().into() })
    }

    /// The public key that belongs to it.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// The public key's SPKI DER.
    pub fn public_der(&self) -> &[u8] {
        &self.public_der
    }

    /// Decrypts a ciphertext with RSAES-OAEP-SHA-256 (MGF1 with SHA-256, empty label).
    pub fn answer(&self, ciphertext: &[u8]) -> Answer {
        let modulus_bytes = self.public_key.size().modulus_bytes();
        if ciphertext.len() != modulus_bytes {
            return Answer::WrongLength;
        }
        let mut plaintext = Zeroizing::new(vec![0; modulus_bytes]);
        let opened = self.key.decrypt(&OAEP_SHA256_MGF1SHA256, ciphertext, &mut plaintext, None);
        match opened.map(|opened| opened.len()) {
            Ok(length) => {
                plaintext.truncate(length);
                Answer::Plaintext(plaintext)
            }
            Err(_) => Answer::Failed,
        }
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey").field("public_key", &self.public_key).finish_non_exhaustive()
    }
}
