//! Sorting where the size of the code counts: one of the standard library's sorts takes several kilobytes of wasm for each type.

use alloc::collections::BinaryHeap;
use alloc::vec::Vec;

/// The items in order, by heapsort.
pub(crate) fn sorted<T: Ord>(items: Vec<T>) -> Vec<T> {
    BinaryHeap::from(items).into_sorted_vec()
}
