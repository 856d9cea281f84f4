//! Numbers by key.

use alloc::vec::Vec;

use crate::label::KeyId;

/// Numbers by key: sorted, with an entry for every key that has any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts(Vec<(KeyId, usize)>);

impl Counts {
    /// Counts one more.
    pub(super) fn add(&mut self, key_id: &KeyId) {
        // A tree would be several kilobytes of wasm, and keys are few.
        match self.0.binary_search_by(|(other, _)| other.cmp(key_id)) {
            Ok(index) => {
                if let Some((_, count)) = self.0.get_mut(index) {
                    *count = count.saturating_add(1);
                }
            }
            Err(index) => self.0.insert(index, (key_id.clone(), 1)),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&KeyId, usize)> {
        self.0.iter().map(|(key_id, count)| (key_id, *count))
    }
}
