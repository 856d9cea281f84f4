//! The RSA public operation, done by the program that runs the encryptor.

use core::fmt;

use super::EncryptError;
use crate::label::KeyId;
use crate::oaep;
use crate::policy::PolicyKey;
use crate::public_key::PublicKey;
use crate::sizes::SHA256_BYTES;

/// RSAEP (RFC 8017, section 5.1.1) by a function of the caller, such as one of a library that is faster than ours: given a key id, its
/// public key and an encoded message as long as the modulus, it gives the ciphertext, or `None` if it fails.
///
/// Encoding stays here, with a seed of the request's generator, so tokens are the same. The encoded message is as secret as the value:
/// the function must keep no copy of it. What it gives has to be as long as the modulus, and below it; and the first
/// ciphertext under each key has to be the one that this library computes. Anything else is
/// [`EncryptError::EncryptionFailed`]. What the function gives later is believed.
///
/// It belongs to the caller, and goes into [`Host::with_rsa`](crate::Host::with_rsa) with every request.
pub struct HostRsa<F> {
    operation: F,
    /// The keys under which a ciphertext has been compared.
    compared: Vec<(KeyId, [u8; SHA256_BYTES])>,
}

impl<F: FnMut(&KeyId, &PublicKey, &[u8]) -> Option<Vec<u8>>> HostRsa<F> {
    /// With this function.
    pub fn new(operation: F) -> Self {
        Self { operation, compared: Vec::new() }
    }
}

/// What is left of a [`HostRsa`] when its function's type does not matter.
pub(super) trait PublicOperation {
    /// The ciphertext of an encoded message.
    fn apply(&mut self, key: &PolicyKey, encoded: &[u8]) -> Result<Vec<u8>, EncryptError>;
}

impl<F: FnMut(&KeyId, &PublicKey, &[u8]) -> Option<Vec<u8>>> PublicOperation for HostRsa<F> {
    fn apply(&mut self, key: &PolicyKey, encoded: &[u8]) -> Result<Vec<u8>, EncryptError> {
        let PolicyKey { id, public_key, .. } = key;
        let ciphertext = (self.operation)(id, public_key, encoded)
            // Of numbers of one length the order is that of their bytes.
            .filter(|it| it.len() == public_key.modulus().len() && **it < *public_key.modulus())
            .ok_or(EncryptError::EncryptionFailed)?;
        let fingerprint = public_key.spki_sha256();
        if !self.compared.iter().any(|(of, with)| of == id && with == fingerprint) {
            if oaep::public_operation(public_key, encoded)? != ciphertext {
                return Err(EncryptError::EncryptionFailed);
            }
            self.compared.push((id.clone(), *fingerprint));
        }
        Ok(ciphertext)
    }
}

impl<F> fmt::Debug for HostRsa<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostRsa").field("compared", &self.compared.len()).finish_non_exhaustive()
    }
}
