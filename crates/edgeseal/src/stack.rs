//! What calls leave behind on the stack.

use core::hint::black_box;

/// More than sealing takes, RSA with 4096 bits included.
const WIPED_BYTES: usize = 16 * 1024;

/// Zeroes what the calls before left on the stack. It has to be called by the function that made those calls, which must not have been inlined into
/// it: their frames then lie where this one does.
///
/// Heap memory is zeroed where it is released; but what a function moves, spills or lets a library keep in its frame, such as the round keys of a
/// data key, stays until another call happens to write there. In wasm that is linear memory like all other.
#[inline(never)]
pub(crate) fn wipe() {
    black_box(&mut [0_u8; WIPED_BYTES]);
}
