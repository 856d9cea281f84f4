//! AES-256-GCM (NIST SP 800-38D) with 96-bit nonces and 128-bit tags: the seam behind which the AEAD sits.

use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit};

use crate::sizes::{DATA_KEY_BYTES, IV_BYTES, TAG_BYTES};

/// Sealing was asked for more than 64 GiB, or opening found another tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AeadFailed;

/// A data key, expanded.
pub(crate) struct Aead(Aes256Gcm);

impl Aead {
    pub(crate) fn new(key: &[u8; DATA_KEY_BYTES]) -> Self {
        Self(Aes256Gcm::new(key.into()))
    }

    /// Encrypts `buffer` in place and gives the tag.
    pub(crate) fn seal(
        &self,
        iv: &[u8; IV_BYTES],
        aad: &[u8],
        buffer: &mut [u8],
    ) -> Result<[u8; TAG_BYTES], AeadFailed> {
        let tag = self.0.encrypt_inout_detached(iv.into(), aad, buffer.into()).map_err(|_| AeadFailed)?;
        Ok(tag.into())
    }

    /// Decrypts `buffer` in place; on error it holds nothing of the plaintext.
    pub(crate) fn open(
        &self,
        iv: &[u8; IV_BYTES],
        aad: &[u8],
        buffer: &mut [u8],
        tag: &[u8; TAG_BYTES],
    ) -> Result<(), AeadFailed> {
        self.0.decrypt_inout_detached(iv.into(), aad, buffer.into(), tag.into()).map_err(|_| AeadFailed)
    }
}
