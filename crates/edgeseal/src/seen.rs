//! Names that must not come twice.

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;

/// Names that were seen. Whoever chooses them cannot make it slow. One type for all, and one copy of its code: a module for edges has to be
/// small.
#[derive(Default)]
pub(crate) struct SeenNames<'t>(BTreeSet<Cow<'t, [u8]>>);

impl<'t> SeenNames<'t> {
    /// Whether this name is new.
    #[inline(never)]
    pub(crate) fn add(&mut self, name: Cow<'t, [u8]>) -> bool {
        self.0.insert(name)
    }
}
