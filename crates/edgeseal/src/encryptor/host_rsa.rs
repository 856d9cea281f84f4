//! The RSA public operation, done by the program that runs the encryptor.

use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

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
/// the function must keep no copy of it. What it gives has to be as long as the modulus, and below it; it must not be what the function was
/// given, nor 0 or 1, nor the ciphertext before; and the first ciphertext under each key has to be the one that this library
/// computes. Anything else is [`EncryptError::EncryptionFailed`]. Beyond that, what the function gives later is believed.
///
/// It belongs to the caller, and goes into [`Host::with_rsa`](crate::Host::with_rsa) with every request.
pub struct HostRsa<F> {
    operation: F,
    /// The keys under which a ciphertext has been compared.
    compared: Vec<Compared>,
}

/// A key under which the first ciphertext was ours.
struct Compared {
    key_id: KeyId,
    spki_sha256: [u8; SHA256_BYTES],
    /// The last ciphertext. It is public.
    last: Vec<u8>,
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
        let failed = EncryptError::EncryptionFailed;
        // It may be what must not get out, until it is known to be a ciphertext.
        let given = Zeroizing::new((self.operation)(id, public_key, encoded).ok_or(failed.clone())?);
        // Of numbers of one length the order is that of their bytes.
        let is_in_range = given.len() == public_key.modulus().len() && **given < *public_key.modulus();
        if !is_in_range || **given == *encoded || is_its_own_power(&given) {
            return Err(failed);
        }
        let spki_sha256 = public_key.spki_sha256();
        let mut compared = self.compared.iter_mut();
        match compared.find(|it| it.key_id == *id && it.spki_sha256 == *spki_sha256) {
            Some(compared) if compared.last == *given => return Err(failed),
            Some(compared) => compared.last.clone_from(&given),
            None if oaep::public_operation(public_key, encoded)? != *given => return Err(failed),
            None => {
                let (key_id, spki_sha256, last) = (id.clone(), *spki_sha256, given.to_vec());
                self.compared.push(Compared { key_id, spki_sha256, last });
            }
        }
        Ok(given.to_vec())
    }
}

/// Whether a number is 0 or 1: what comes out then went in.
fn is_its_own_power(number: &[u8]) -> bool {
    number.split_last().is_none_or(|(last, others)| *last <= 1 && others.iter().all(|byte| *byte == 0))
}

impl<F> fmt::Debug for HostRsa<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostRsa").field("compared", &self.compared.len()).finish_non_exhaustive()
    }
}
