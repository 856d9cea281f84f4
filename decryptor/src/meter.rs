//! Counts the calls of a run, and says no when there have been enough.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use edgeseal::KeyId;

use crate::KeyError;

/// The calls of one run. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Meter(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    max_calls: Option<u64>,
    calls: Mutex<BTreeMap<KeyId, u64>>,
}

impl Meter {
    pub(crate) fn new(max_calls: Option<u64>) -> Self {
        Self(Arc::new(Inner { max_calls, calls: Mutex::default() }))
    }

    /// Counts a call that is about to be made.
    ///
    /// # Errors
    /// [`KeyError::CallsExhausted`] if it must not be.
    pub fn count(&self, key_id: &KeyId) -> Result<(), KeyError> {
        let mut calls = self.0.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let made = calls.values().fold(0_u64, |sum, calls| sum.saturating_add(*calls));
        if let Some(max_calls) = self.0.max_calls.filter(|max_calls| made >= *max_calls) {
            return Err(KeyError::CallsExhausted { max_calls });
        }
        let count = calls.entry(key_id.clone()).or_default();
        *count = count.saturating_add(1);
        Ok(())
    }

    /// Calls made so far, by key id.
    pub fn calls(&self) -> BTreeMap<KeyId, u64> {
        self.0.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
