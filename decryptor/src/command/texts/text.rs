//! One input as a text: unpacked, its format known, read piece by piece.

use std::fs::File;
use std::io::{self, Read, stdin};
use std::path::{Path, PathBuf};

use edgeseal::{Keyring, TextFormat};
use edgeseal_decryptor::{DecryptError, GUESS_BYTES, guess_format};
use zeroize::Zeroizing;

use super::compression::{Compression, unpack};
use super::progress::Progress;
use crate::command::failure::Failure;

/// How much is read at once where tokens are: keys are asked for all of them together.
const PIECE_BYTES: usize = 1 << 20;
/// How much is read at once where none are: what stays in the processor's caches until all is done with it.
const LOOK_BYTES: usize = 1 << 17;

/// Where a text comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Stdin,
    File(PathBuf),
}

pub(crate) struct Text {
    /// What messages call it.
    name: String,
    source: Box<dyn Read>,
    pub(crate) compression: Compression,
    pub(crate) format: TextFormat,
    /// What was read to guess the format, and how much of it has been given out.
    beginning: Zeroizing<Vec<u8>>,
    given: usize,
    buffer: Zeroizing<Vec<u8>>,
    /// The most bytes that it may have, if it is compressed, and how many more of them may come.
    max_unpacked: u64,
    may_come: u64,
    /// How much the next piece has at most.
    piece_bytes: usize,
    /// Whether it is longer than what a format is guessed by.
    is_long: bool,
    live: bool,
    /// Whether what was read before an error is given out, and the error that comes then.
    gives_all: bool,
    failure: Option<Failure>,
}

impl Source {
    /// The file, if it is one.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::Stdin => None,
            Self::File(path) => Some(path),
        }
    }

    pub(crate) fn name(&self) -> String {
        match self {
            Self::Stdin => "standard input".to_owned(),
            Self::File(path) => format!("`{}`", path.display()),
        }
    }

    /// Its length in bytes, if it is a file.
    pub(crate) fn file_bytes(&self) -> Option<u64> {
        let metadata = match self {
            Self::Stdin => stdin_metadata(),
            Self::File(path) => std::fs::metadata(path),
        };
        metadata.ok().filter(std::fs::Metadata::is_file).map(|metadata| metadata.len())
    }

    fn open(&self) -> io::Result<Box<dyn Read>> {
        Ok(match self {
            Self::Stdin => Box::new(stdin().lock()),
            Self::File(path) => Box::new(File::open(path)?),
        })
    }
}

#[cfg(unix)]
fn stdin_metadata() -> io::Result<std::fs::Metadata> {
    use std::os::fd::AsFd;
    File::from(stdin().as_fd().try_clone_to_owned()?).metadata()
}

#[cfg(not(unix))]
fn stdin_metadata() -> io::Result<std::fs::Metadata> {
    Err(io::ErrorKind::Unsupported.into())
}

impl Text {
    /// Opens an input. If it is live, no more of it is waited for than it takes.
    pub(crate) fn open(
        source: &Source,
        format: Option<TextFormat>,
        live: bool,
        keyring: &Keyring,
        progress: &Progress,
    ) -> Result<Self, Failure> {
        let mut text = Self::open_unguessed(source, live, progress)?;
        text.format = match format {
            Some(format) => format,
            None => {
                let is_whole = text.read_beginning()?;
                guess_format(&text.beginning, is_whole, keyring).map_err(DecryptError::from)?
            }
        };
        Ok(text)
    }

    /// Opens an input that is only looked at: whatever it holds has a format, if not the right one, and what stands before an error is
    /// given out, too.
    pub(crate) fn open_to_inspect(
        source: &Source,
        format: Option<TextFormat>,
        progress: &Progress,
    ) -> Result<Self, Failure> {
        let mut text = Self::open_unguessed(source, false, progress)?;
        text.gives_all = true;
        text.format = match format {
            Some(format) => format,
            None => {
                let is_whole = text.read_beginning().unwrap_or_else(|failure| {
                    text.failure = Some(failure);
                    false
                });
                let byte_order_mark = "\u{feff}".as_bytes();
                let beginning = text.beginning.strip_prefix(byte_order_mark).unwrap_or(&text.beginning);
                // What cannot be guessed begins like JSON.
                guess_format(beginning, is_whole, &Keyring::default()).unwrap_or(TextFormat::Json)
            }
        };
        Ok(text)
    }

    fn open_unguessed(source: &Source, live: bool, progress: &Progress) -> Result<Self, Failure> {
        let name = source.name();
        let opened = source.open().map_err(|error| Failure::reading(&name, &error))?;
        let text = Self::again(name, progress.counting(opened), TextFormat::Text)?;
        // What stands in a file that is read from its beginning: of a compressed one it says nothing.
        let bytes = source.path().filter(|_| text.compression == Compression::None).and(source.file_bytes());
        let is_long = bytes.and_then(|bytes| usize::try_from(bytes).ok()) > Some(GUESS_BYTES);
        Ok(Self { live, is_long, ..text })
    }

    /// A text that has been read before, or written: its format is known.
    pub(crate) fn again(name: String, source: Box<dyn Read>, format: TextFormat) -> Result<Self, Failure> {
        let unpacked = unpack(source).map_err(|error| Failure::reading(&name, &error))?;
        let (compression, source) = unpacked;
        Ok(Self {
            name,
            source,
            compression,
            format,
            beginning: Zeroizing::default(),
            given: 0,
            buffer: Zeroizing::default(),
            max_unpacked: u64::MAX,
            may_come: u64::MAX,
            piece_bytes: LOOK_BYTES,
            is_long: false,
            live: false,
            gives_all: false,
            failure: None,
        })
    }

    /// The same text, which may not unpack to more bytes than this. One that is not compressed may have any length.
    pub(crate) fn at_most(mut self, unpacked_bytes: u64) -> Self {
        if self.compression != Compression::None {
            (self.max_unpacked, self.may_come) = (unpacked_bytes, unpacked_bytes);
        }
        self
    }

    /// Whether there were tokens in the last piece: then there may be some in the next, too.
    pub(crate) fn expect_tokens(&mut self, expected: bool) {
        self.piece_bytes = if expected { PIECE_BYTES } else { LOOK_BYTES };
    }

    /// The next piece. There is none after the last.
    pub(crate) fn next(&mut self) -> Result<Option<&[u8]>, Failure> {
        let rest = self.beginning.get(self.given..).unwrap_or_default();
        if !rest.is_empty() {
            let end = self.given.saturating_add(rest.len().min(self.piece_bytes));
            let piece = self.given..end;
            self.count(piece.len())?;
            self.given = end;
            return Ok(self.beginning.get(piece));
        }
        self.beginning = Zeroizing::default();
        self.given = 0;
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        if self.buffer.len() < self.piece_bytes {
            self.buffer = Zeroizing::new(vec![0; self.piece_bytes]);
        }
        let mut length = 0;
        while let Some(space) =
            self.buffer.get_mut(length..self.piece_bytes).filter(|space| !space.is_empty())
        {
            let more = match read(&mut self.source, space) {
                Ok(more) => more,
                Err(error) if self.gives_all && length > 0 => {
                    self.failure = Some(unreadable(&self.name, &error));
                    break;
                }
                Err(error) => return Err(unreadable(&self.name, &error)),
            };
            length = length.saturating_add(more);
            if more == 0 || self.live {
                break;
            }
        }
        self.count(length)?;
        Ok(self.buffer.get(..length).filter(|piece| !piece.is_empty()))
    }

    /// Takes a piece off what may come.
    fn count(&mut self, bytes: usize) -> Result<(), Failure> {
        let left = self.may_come.checked_sub(wide(bytes));
        self.may_come = left.ok_or_else(|| Failure::unpacked(&self.name, self.max_unpacked))?;
        Ok(())
    }

    /// Reads what the format is guessed by; says whether that is all.
    fn read_beginning(&mut self) -> Result<bool, Failure> {
        let mut length = 0_usize;
        // A vector that grows leaves copies of plaintext behind; this one zeroes them.
        let mut beginning = Zeroizing::new(vec![0; LOOK_BYTES]);
        let is_whole = loop {
            if length == beginning.len() {
                if length > GUESS_BYTES {
                    break Ok(false);
                }
                let mut bigger =
                    Zeroizing::new(vec![0; length.saturating_mul(2).min(GUESS_BYTES.saturating_add(1))]);
                if let Some(start) = bigger.get_mut(..length) {
                    start.copy_from_slice(&beginning);
                }
                beginning = bigger;
            }
            let space = beginning.get_mut(length..).unwrap_or_default();
            let more = match read(&mut self.source, space) {
                Ok(more) => more,
                Err(error) => break Err(unreadable(&self.name, &error)),
            };
            length = length.saturating_add(more);
            if more == 0 {
                break Ok(true);
            }
            if (self.live || self.is_long) && tells_format(beginning.get(..length).unwrap_or_default()) {
                break Ok(false);
            }
        };
        beginning.truncate(length);
        self.beginning = beginning;
        is_whole
    }
}

/// Whether more of a text would not change what is guessed.
fn tells_format(beginning: &[u8]) -> bool {
    let byte_order_mark = "\u{feff}".as_bytes();
    let text = beginning.strip_prefix(byte_order_mark).unwrap_or(beginning).trim_ascii_start();
    match text.first() {
        None => false,
        Some(_) if byte_order_mark.starts_with(text) => false,
        Some(b'{' | b'[') => text.contains(&b'\n'),
        Some(_) => true,
    }
}

fn read(source: &mut impl Read, space: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(space) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

/// An error of the operating system is one of reading; any other is the decoder's.
fn unreadable(name: &str, error: &io::Error) -> Failure {
    if error.raw_os_error().is_some() { Failure::reading(name, error) } else { Failure::compression(name) }
}

/// As many bytes, counted over a whole text.
pub(super) fn wide(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
