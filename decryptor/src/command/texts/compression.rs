//! gzip and Zstandard, in and out. Both stream: what a small input unpacks to is never held at once.

use std::io::{self, Cursor, Read, Write};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use zeroize::Zeroize;

use crate::command::failure::Failure;
use crate::command::output::Output;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    None,
    Gzip,
    Zstd,
}

/// Magic bytes: RFC 1952, section 2.3.1; RFC 8878, sections 3.1.1 and 3.1.2 (the first byte of a skippable frame varies).
const GZIP: &[u8] = &[0x1f, 0x8b, 0x08];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
const ZSTD_SKIPPABLE: &[u8] = &[0x2a, 0x4d, 0x18];
const LONGEST_MAGIC_BYTES: usize = 4;

impl Compression {
    /// What the name of a file says.
    pub(crate) fn of_name(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "gz" => Some(Self::Gzip),
            "zst" => Some(Self::Zstd),
            _ => None,
        }
    }

    /// What the beginning of an input says: `None` if more of it has to be seen.
    fn of_beginning(bytes: &[u8]) -> Option<Self> {
        let skippable = |bytes: &[u8]| match bytes.split_first() {
            Some((first, rest)) => first & 0xf0 == 0x50 && ZSTD_SKIPPABLE.starts_with(rest),
            None => true,
        };
        if bytes.starts_with(GZIP) {
            Some(Self::Gzip)
        } else if bytes == ZSTD || bytes.len() == ZSTD.len() && skippable(bytes) {
            Some(Self::Zstd)
        } else if GZIP.starts_with(bytes) || ZSTD.starts_with(bytes) || skippable(bytes) {
            None
        } else {
            Some(Self::None)
        }
    }
}

/// Unpacks an input if it is compressed.
pub(crate) fn unpack(mut source: Box<dyn Read>) -> io::Result<(Compression, Box<dyn Read>)> {
    let mut beginning = Vec::with_capacity(LONGEST_MAGIC_BYTES);
    let compression = loop {
        if let Some(compression) = Compression::of_beginning(&beginning) {
            break compression;
        }
        let mut byte = [0];
        match source.read(&mut byte) {
            Ok(0) => break Compression::None,
            Ok(_) => beginning.extend_from_slice(&byte),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    };
    let whole = Cursor::new(beginning).chain(source);
    let unpacked: Box<dyn Read> = match compression {
        Compression::None => Box::new(whole),
        Compression::Gzip => Box::new(MultiGzDecoder::new(whole)),
        Compression::Zstd => Box::new(zstd::Decoder::new(whole)?),
    };
    Ok((compression, unpacked))
}

/// Packs what is written to an output.
pub(crate) enum Packer {
    None,
    Gzip(GzEncoder<Vec<u8>>),
    Zstd(zstd::Encoder<'static, Vec<u8>>),
}

impl Packer {
    pub(crate) fn new(compression: Compression) -> io::Result<Self> {
        Ok(match compression {
            Compression::None => Self::None,
            Compression::Gzip => Self::Gzip(GzEncoder::new(Vec::new(), flate2::Compression::default())),
            Compression::Zstd => {
                let mut encoder = zstd::Encoder::new(Vec::new(), zstd::DEFAULT_COMPRESSION_LEVEL)?;
                encoder.include_checksum(true)?;
                Self::Zstd(encoder)
            }
        })
    }

    /// Writes a piece; if it is live, so that whoever reads can unpack it now.
    pub(crate) fn write(&mut self, piece: &[u8], live: bool, output: &mut Output) -> Result<(), Failure> {
        if piece.is_empty() {
            return Ok(());
        }
        let packed = match self {
            Self::None => return output.write(piece),
            Self::Gzip(encoder) => encoder
                .write_all(piece)
                .and_then(|()| if live { encoder.flush() } else { Ok(()) })
                .map(|()| encoder.get_mut()),
            Self::Zstd(encoder) => encoder
                .write_all(piece)
                .and_then(|()| if live { encoder.flush() } else { Ok(()) })
                .map(|()| encoder.get_mut()),
        };
        let packed = packed.map_err(|error| Failure::writing(output.name(), &error))?;
        let written = if packed.is_empty() { Ok(()) } else { output.write(packed) };
        packed.zeroize();
        written
    }

    pub(crate) fn finish(self, output: &mut Output) -> Result<(), Failure> {
        let packed = match self {
            Self::None => return Ok(()),
            Self::Gzip(encoder) => encoder.finish(),
            Self::Zstd(encoder) => encoder.finish(),
        };
        let mut packed = packed.map_err(|error| Failure::writing(output.name(), &error))?;
        let written = output.write(&packed);
        packed.zeroize();
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_read_than_tells_what_it_is() {
        use Compression::{Gzip, None as Plain, Zstd};
        for (bytes, expected) in [
            (&[][..], None),
            (b"{", Some(Plain)),
            (b"\x1f", None),
            (b"\x1f\x8b", None),
            (b"\x1f\x8b\x08", Some(Gzip)),
            (b"\x1f\x8b\x07", Some(Plain)),
            (b"\x28\xb5\x2f", None),
            (b"\x28\xb5\x2f\xfd", Some(Zstd)),
            (b"(", None),
            (b"(a", Some(Plain)),
            (b"P", None),
            (b"Pa", Some(Plain)),
            (b"\x5e\x2a\x4d", None),
            (b"\x5e\x2a\x4d\x18", Some(Zstd)),
        ] {
            assert_eq!(Compression::of_beginning(bytes), expected, "{bytes:x?}");
        }
    }
}
