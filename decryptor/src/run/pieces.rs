//! The pieces of a text: what has come and is not done.

use edgeseal::{Keyring, Scan, ScanError, Scanner};
use zeroize::{Zeroize, Zeroizing};

use crate::DecryptError;

pub(crate) struct Pieces {
    scanner: Scanner,
    /// What has come and has not been given out.
    waiting: Zeroizing<Vec<u8>>,
    /// Bytes given out, as they came.
    done: u64,
}

impl Pieces {
    pub(crate) fn new(scanner: Scanner) -> Self {
        Self { scanner, waiting: Zeroizing::default(), done: 0 }
    }

    /// Takes the next piece.
    pub(crate) fn push(&mut self, piece: &[u8]) {
        append(&mut self.waiting, piece);
    }

    /// Scans what waits, as far as it is complete.
    pub(crate) fn scan(&mut self, last: bool, keyring: &Keyring) -> Result<Scan<'_>, ScanError> {
        self.scanner.scan(&self.waiting, last, keyring)
    }

    /// Scans a text that is whole in memory.
    pub(crate) fn scan_whole<'t>(
        &mut self,
        text: &'t [u8],
        keyring: &Keyring,
    ) -> Result<Scan<'t>, ScanError> {
        self.scanner.scan(text, true, keyring)
    }

    /// So many bytes of what waited are done.
    pub(crate) fn forget(&mut self, bytes: usize) {
        forget(&mut self.waiting, bytes);
        self.done = self.done.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
    }

    /// Refuses to have more wait than this.
    pub(crate) fn check(&self, max_bytes: usize) -> Result<(), DecryptError> {
        if self.waiting.len() > max_bytes {
            return Err(DecryptError::PieceTooLong { offset: self.done });
        }
        Ok(())
    }
}

impl core::fmt::Debug for Pieces {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Pieces").field("done", &self.done).finish_non_exhaustive()
    }
}

/// Appends; a buffer that has to move is zeroed where it was, which `Vec` does not do.
fn append(buffer: &mut Zeroizing<Vec<u8>>, piece: &[u8]) {
    let needed = buffer.len().saturating_add(piece.len());
    if needed > buffer.capacity() {
        let mut bigger = Zeroizing::new(Vec::with_capacity(needed.max(buffer.capacity().saturating_mul(2))));
        bigger.extend_from_slice(buffer);
        *buffer = bigger;
    }
    buffer.extend_from_slice(piece);
}

/// Removes so many bytes from the beginning, and zeroes what is left behind the end.
fn forget(buffer: &mut Zeroizing<Vec<u8>>, bytes: usize) {
    let bytes = bytes.min(buffer.len());
    let rest = buffer.len().saturating_sub(bytes);
    buffer.copy_within(bytes.., 0);
    if let Some(behind) = buffer.get_mut(rest..) {
        behind.zeroize();
    }
    buffer.truncate(rest);
}
