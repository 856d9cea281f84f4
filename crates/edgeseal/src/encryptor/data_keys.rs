//! The data keys of envelope tokens: those of one request, and those that a policy lets be kept for the next.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use crate::aead::Aead;
use crate::label::KeyId;
use crate::policy::{DataKeyReuse, Policy, PolicyKey};
use crate::sizes::{IV_BYTES, SHA256_BYTES};

/// Data keys that are kept from one request to the next, where a policy's `data_key_reuse` allows it.
///
/// It begins empty, belongs to the caller, and goes into [`Host::with_data_keys`](crate::Host::with_data_keys) with every request. It holds nothing
/// else that is secret: no value, no seed. A data key in it is used for the key id and the public key alone that it was made for,
/// for no more values than `max_values`, and for no request that comes `max_age_seconds` or more after it was made; then it is
/// zeroed, with the next request. With each thread that encrypts having its own, nothing waits.
///
/// It also counts the values of all requests that it is given, and this number goes into their initialization vectors: those of two
/// requests differ also if the generator starts over and gives the second what it gave the first.
///
/// ```
/// # use core::time::Duration;
/// # use edgeseal::{DataKeys, Encryptor, Host, Policy, Request};
/// # let pem = include_str!("../../../../test-vectors/keys/rsa2048-a.public.pem");
/// let policy = format!(
///     r#"{{"version": 1,
///         "keys":   {{"pii": {{"public_key": {pem:?}, "data_key_reuse": {{"max_values": 1000, "max_age_seconds": 60}}}}}},
///         "fields": [{{"name": "ssn", "path": "$..ssn", "key": "pii", "mode": "envelope"}}]}}"#
/// );
/// let encryptor = Encryptor::new(Policy::from_json(policy.as_bytes())?);
/// let request = Request {
///     content_type: Some("application/json"),
///     body: Some(br#"{"ssn": "078-05-1120"}"#),
///     ..Request::default()
/// };
/// let (clock, mut data_keys) = (std::time::Instant::now(), DataKeys::new());
/// for _ in 0..2 {
///     let mut rng = getrandom::SysRng;
///     let host = Host::new(&mut rng).with_data_keys(&mut data_keys, Some(clock.elapsed()));
///     encryptor.encrypt_request_with(&request, host)?; // under one data key, both times
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Default)]
pub struct DataKeys {
    /// By the key's index in the policy. In boxes of their own: what is released is zeroed, what is moved is not.
    slots: Vec<Option<Box<DataKey>>>,
    /// The time of the last request.
    now: Duration,
    /// How many values there were before this request, under whatever data key: it never goes back.
    before: u64,
    /// The same, with those of this request.
    values: u64,
}

/// The data key of one key id, and its wrapped form.
pub(super) struct DataKey {
    pub(super) aead: Aead,
    pub(super) wrapped: Vec<u8>,
    /// What was drawn for the vector of its last value, which is public.
    last_draw: [u8; IV_BYTES],
    /// How many values there were before this request.
    before: u64,
    key_id: KeyId,
    spki_sha256: [u8; SHA256_BYTES],
    made: Duration,
    /// How many values it has served.
    values: usize,
}

impl DataKeys {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Drops every data key.
    pub fn clear(&mut self) {
        self.slots.clear();
    }

    /// Before a request at this time: leaves those that it may use. A time that is not known, or earlier than the last, leaves none.
    pub(super) fn begin(&mut self, policy: &Policy, now: Option<Duration>) {
        match now {
            Some(now) if now >= self.now => self.now = now,
            _ => {
                self.clear();
                self.now = now.unwrap_or_default();
            }
        }
        let now = self.now;
        self.before = self.values;
        self.slots.resize_with(policy.keys.len(), || None);
        for (slot, key) in self.slots.iter_mut().zip(&policy.keys) {
            let may_stay = |data_key: &DataKey| {
                key.data_key_reuse.is_some_and(|reuse| {
                    data_key.is_of(key)
                        && now.checked_sub(data_key.made).is_some_and(|age| age < reuse.max_age)
                })
            };
            slot.take_if(|data_key| !may_stay(data_key));
            if let Some(data_key) = slot {
                data_key.before = self.before;
            }
        }
    }

    /// After a request: leaves those that the next one may use.
    pub(super) fn end(&mut self, policy: &Policy, now: Option<Duration>) {
        if now.is_none() {
            self.clear();
        }
        for (slot, key) in self.slots.iter_mut().zip(&policy.keys) {
            slot.take_if(|data_key| key.data_key_reuse.is_none_or(|reuse| data_key.is_used_up(reuse)));
        }
    }

    /// The data key for one more value under the key with this index; `make` gives a new one, and its wrapped form, where there is none
    /// that may serve.
    pub(super) fn next<E>(
        &mut self,
        index: usize,
        key: &PolicyKey,
        make: impl FnOnce() -> Result<(Aead, Vec<u8>), E>,
    ) -> Result<Option<&mut DataKey>, E> {
        let Some(slot) = self.slots.get_mut(index) else { return Ok(None) };
        // In the middle of a request too: the rest of its values gets another.
        slot.take_if(|data_key| key.data_key_reuse.is_some_and(|reuse| data_key.is_used_up(reuse)));
        let data_key = match slot {
            Some(data_key) => data_key,
            None => {
                let (aead, wrapped) = make()?;
                slot.insert(Box::new(DataKey {
                    aead,
                    wrapped,
                    last_draw: [0; IV_BYTES],
                    before: self.before,
                    key_id: key.id.clone(),
                    spki_sha256: *key.public_key.spki_sha256(),
                    made: self.now,
                    values: 0,
                }))
            }
        };
        data_key.values = data_key.values.saturating_add(1);
        self.values = self.values.saturating_add(1);
        Ok(Some(data_key))
    }
}

impl DataKey {
    /// The initialization vector of the next value, out of what was drawn for it; `None` if the generator is seen to have started over, or to
    /// be stuck: by a draw that is that of the last value.
    ///
    /// As the sequence number of TLS 1.3 (RFC 8446, section 5.3), the number of values before this request is added, bit by bit. What is
    /// random and independent of it stays so; and what is drawn again in a later request makes another vector.
    pub(super) fn iv(&mut self, draw: &[u8; IV_BYTES]) -> Option<[u8; IV_BYTES]> {
        if self.last_draw == *draw {
            return None;
        }
        self.last_draw = *draw;
        let mut iv = *draw;
        for (byte, number) in iv.iter_mut().rev().zip(self.before.to_le_bytes()) {
            *byte ^= number;
        }
        Some(iv)
    }

    fn is_of(&self, key: &PolicyKey) -> bool {
        self.key_id == key.id && self.spki_sha256 == *key.public_key.spki_sha256()
    }

    fn is_used_up(&self, reuse: DataKeyReuse) -> bool {
        self.values >= reuse.max_values
    }
}

impl fmt::Debug for DataKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataKeys").field("kept", &self.slots.iter().flatten().count()).finish_non_exhaustive()
    }
}
