//! What is read: a file or standard input, whole.

use std::fs::File;
use std::io::{self, Read, stdin};
use std::path::Path;

use zeroize::Zeroizing;

use super::failure::Failure;

/// The first read, of an input whose length is not known.
const FIRST_READ_BYTES: usize = 1 << 16;

/// The whole of a file; of standard input, if there is none.
pub(crate) fn read(path: Option<&Path>) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let bytes = match path {
        Some(path) => File::open(path).and_then(|file| {
            let length = file.metadata()?.len();
            read_all(file, usize::try_from(length).unwrap_or(0))
        }),
        None => read_all(stdin().lock(), 0),
    };
    bytes.map_err(|error| match path {
        Some(path) => Failure::reading(format_args!("`{}`", path.display()), &error),
        None => Failure::reading("standard input", &error),
    })
}

/// At most so many bytes of a file, and one more where it is longer.
pub(crate) fn read_at_most(path: &Path, bytes: usize) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let most = u64::try_from(bytes).unwrap_or(u64::MAX).saturating_add(1);
    File::open(path)
        .and_then(|file| read_all(file.take(most), 0))
        .map_err(|error| Failure::reading(format_args!("`{}`", path.display()), &error))
}

/// The same of standard input.
pub(crate) fn stdin_at_most(bytes: usize) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let most = u64::try_from(bytes).unwrap_or(u64::MAX).saturating_add(1);
    read_all(stdin().lock().take(most), 0).map_err(|error| Failure::reading("standard input", &error))
}

/// A vector that grows leaves copies of plaintext behind; this one zeroes them.
fn read_all(mut source: impl Read, expected_bytes: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    // One byte more than expected, so that the end is seen without growing.
    let first = expected_bytes.saturating_add(1).max(FIRST_READ_BYTES);
    let mut buffer = Zeroizing::new(vec![0; first]);
    let mut length = 0_usize;
    loop {
        if length == buffer.len() {
            let mut bigger = Zeroizing::new(vec![0; length.saturating_mul(2)]);
            if let Some(start) = bigger.get_mut(..length) {
                start.copy_from_slice(&buffer);
            }
            buffer = bigger;
        }
        match source.read(buffer.get_mut(length..).unwrap_or_default()) {
            Ok(0) => break,
            Ok(more) => length = length.saturating_add(more),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    buffer.truncate(length);
    Ok(buffer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_read_whatever_length_was_expected() {
        let bytes: Vec<u8> = (0..200_000_u32).map(|number| number.to_le_bytes()[0]).collect();
        for length in [0, 1, FIRST_READ_BYTES - 1, FIRST_READ_BYTES, FIRST_READ_BYTES + 1, 200_000] {
            for expected in [0, 1, length, 300_000] {
                let read = read_all(&bytes[..length], expected).expect("reads");
                assert!(*read == bytes[..length], "{length} {expected}");
            }
        }
    }
}
