//! Output that is held back until all of it is there.

use std::io::{self, Write};

use zeroize::Zeroizing;

/// Bytes in memory, in the order they came. None is ever moved, and all are zeroed in the end.
#[derive(Default)]
pub(super) struct Held {
    pieces: Vec<Zeroizing<Vec<u8>>>,
    bytes: usize,
}

impl Held {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.bytes = self.bytes.saturating_add(bytes.len());
            self.pieces.push(Zeroizing::new(bytes.to_vec()));
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn write_to(&self, mut stream: impl Write) -> io::Result<()> {
        for piece in &self.pieces {
            stream.write_all(piece)?;
        }
        stream.flush()
    }
}
