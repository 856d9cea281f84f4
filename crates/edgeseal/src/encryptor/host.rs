//! What an encryptor is given by the program that runs it.

use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use super::DataKeys;
use super::host_rsa::{HostRsa, PublicOperation};
use crate::label::KeyId;
use crate::public_key::PublicKey;

/// What one request is encrypted with, beside the policy: the generator and, if the caller has them to give, data keys of earlier
/// requests with the time, and another way to do RSA.
pub struct Host<'h, R: ?Sized> {
    pub(super) rng: &'h mut R,
    pub(super) kept: Option<(&'h mut DataKeys, Option<Duration>)>,
    pub(super) rsa: Option<&'h mut dyn PublicOperation>,
}

impl<'h, R: ?Sized> Host<'h, R> {
    /// A generator, and nothing else: nothing is kept.
    pub fn new(rng: &'h mut R) -> Self {
        Self { rng, kept: None, rsa: None }
    }

    /// Has data keys kept where the policy's `data_key_reuse` allows it. `now` is a time since any fixed moment, of a clock that never goes
    /// back: if it does, or if the time is not known, no data key of an earlier request is used, and with `None` none is kept.
    #[must_use]
    pub fn with_data_keys(self, data_keys: &'h mut DataKeys, now: Option<Duration>) -> Self {
        Self { kept: Some((data_keys, now)), ..self }
    }

    /// Has the RSA public operation done by a function of the caller.
    #[must_use]
    pub fn with_rsa<F>(self, rsa: &'h mut HostRsa<F>) -> Self
    where
        F: FnMut(&KeyId, &PublicKey, &[u8]) -> Option<Vec<u8>>,
    {
        Self { rsa: Some(rsa), ..self }
    }
}

impl<R: ?Sized> fmt::Debug for Host<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host").field("kept", &self.kept).finish_non_exhaustive()
    }
}
