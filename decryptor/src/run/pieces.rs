//! The pieces of a text: what has come and is not done.

use edgeseal::{Keyring, Scan, ScanError, Scanner};
use zeroize::{Zeroize, Zeroizing};

use crate::DecryptError;

pub(crate) struct Pieces {
    scanner: Scanner,
    /// What has come and is not done; and before it, what has been given out since the last piece came.
    waiting: Zeroizing<Vec<u8>>,
    given: usize,
    /// Bytes given out, as they came.
    done: u64,
}

impl Pieces {
    pub(crate) fn new(scanner: Scanner) -> Self {
        Self { scanner, waiting: Zeroizing::default(), given: 0, done: 0 }
    }

    /// Takes the next piece.
    pub(crate) fn push(&mut self, piece: &[u8]) {
        forget(&mut self.waiting, core::mem::take(&mut self.given));
        append(&mut self.waiting, piece);
    }

    /// Scans what waits, as far as it is complete.
    pub(crate) fn scan(&mut self, last: bool, keyring: &Keyring) -> Result<Scan<'_>, ScanError> {
        forget(&mut self.waiting, core::mem::take(&mut self.given));
        self.scanner.scan(&self.waiting, last, keyring)
    }

    /// Takes the next piece, and scans it with what waits, as far as both are complete. Where nothing waits, the piece is not copied: it is to be
    /// given to [`pass`](Self::pass) afterwards.
    pub(crate) fn scan_next<'p>(
        &'p mut self,
        piece: &'p [u8],
        keyring: &Keyring,
    ) -> Result<Scan<'p>, ScanError> {
        forget(&mut self.waiting, core::mem::take(&mut self.given));
        if self.waiting.is_empty() {
            return self.scanner.scan(piece, false, keyring);
        }
        append(&mut self.waiting, piece);
        self.scanner.scan(&self.waiting, false, keyring)
    }

    /// So many bytes are done of what [`scan_next`](Self::scan_next) scanned: these. The others wait, and no more than `max_bytes` of them.
    pub(crate) fn pass<'p>(
        &'p mut self,
        piece: &'p [u8],
        bytes: usize,
        max_bytes: usize,
    ) -> Result<&'p [u8], DecryptError> {
        self.done = self.done.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        if self.waiting.is_empty() {
            let (passed, rest) = piece.split_at_checked(bytes).unwrap_or((piece, &[]));
            append(&mut self.waiting, rest);
            self.check(max_bytes)?;
            return Ok(passed);
        }
        self.given = bytes;
        self.check(max_bytes)?;
        Ok(self.waiting.get(..bytes).unwrap_or(&self.waiting))
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
        if self.waiting.len().saturating_sub(self.given) > max_bytes {
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

/// Removes so many bytes from the beginning, and zeroes what is left behind the end: simply, since all of it is zeroed on release.
fn forget(buffer: &mut Zeroizing<Vec<u8>>, bytes: usize) {
    if bytes == 0 {
        return;
    }
    let bytes = bytes.min(buffer.len());
    let rest = buffer.len().saturating_sub(bytes);
    buffer.copy_within(bytes.., 0);
    if let Some(behind) = buffer.get_mut(rest..) {
        behind.zeroize();
    }
    buffer.truncate(rest);
}
