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

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test fails by panicking")]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::test_data::{corpus, hex};

    #[test]
    fn wycheproof_vectors_seal_and_open_as_they_say() {
        let Some(suite) = corpus("wycheproof/testvectors_v1/aes_gcm_test.json") else { return };
        let ours =
            |group: &&Value| group["keySize"] == 256 && group["ivSize"] == 96 && group["tagSize"] == 128;
        let (mut valid, mut invalid) = (0, 0);
        for group in suite["testGroups"].as_array().unwrap().iter().filter(ours) {
            for test in group["tests"].as_array().unwrap() {
                let aead = Aead::new(&hex(&test["key"]).try_into().unwrap());
                let iv: [u8; IV_BYTES] = hex(&test["iv"]).try_into().unwrap();
                let tag: [u8; TAG_BYTES] = hex(&test["tag"]).try_into().unwrap();
                let (aad, message, ciphertext) = (hex(&test["aad"]), hex(&test["msg"]), hex(&test["ct"]));
                let mut buffer = ciphertext.clone();
                let opened = aead.open(&iv, &aad, &mut buffer, &tag);
                if test["result"] == "valid" {
                    assert_eq!((opened, &buffer), (Ok(()), &message), "{}", test["tcId"]);
                    assert_eq!(aead.seal(&iv, &aad, &mut buffer), Ok(tag));
                    assert_eq!(buffer, ciphertext);
                    valid += 1;
                } else {
                    assert_eq!(opened, Err(AeadFailed), "{}", test["tcId"]);
                    invalid += 1;
                }
            }
        }
        assert_eq!((valid, invalid), (39, 27));
    }
}
