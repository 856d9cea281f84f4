//! A text that comes in pieces.

use std::sync::PoisonError;

use edgeseal::{Fallback, KeyId, NotDecrypted, Scanner, TextFormat};
use tracing::Instrument;
use zeroize::{Zeroize, Zeroizing};

use super::{Decrypted, Report, Run};
use crate::DecryptError;

/// Decrypts a text that comes in pieces, and gives out what is done as it goes. In memory are the piece, and what of the text before it cannot be told
/// apart yet: the beginning of a line, a record or a string.
///
/// Each piece that comes out is final. If a later one fails, those before it have been given out: whoever wants all or nothing holds them back.
///
/// ```
/// use edgeseal::{Keyring, TextFormat};
/// use edgeseal_decryptor::{Decryptor, RunOptions};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let keyring = Keyring::from_json(br#"{"version": 1, "keys": {"pii": {"private_key_file": "pii.pem"}}}"#)?;
/// let run = Decryptor::new(keyring).with_local_keys("keys").run(RunOptions::default());
/// let mut stream = run.stream(TextFormat::NdJson);
/// let mut out = Vec::new();
/// for piece in [&b"{\"a\": 1}\n{\"b\""[..], b": 2}\n"] {
///     out.extend_from_slice(&stream.push(piece).await?);
/// }
/// let rest = stream.finish().await?;
/// out.extend_from_slice(&rest.body);
/// assert_eq!(out, b"{\"a\": 1}\n{\"b\": 2}\n");
/// # Ok(()) }
/// ```
pub struct TextStream<'r> {
    run: &'r Run,
    scanner: Scanner,
    name: Option<String>,
    report: Report,
    /// What has come and has not been given out.
    waiting: Zeroizing<Vec<u8>>,
    /// Bytes given out, as they came.
    done: u64,
}

impl<'r> TextStream<'r> {
    pub(super) fn new(run: &'r Run, format: TextFormat) -> Self {
        let scanner = Scanner::new(format).with_selection(run.options.selection.clone()).with_positions();
        Self { run, scanner, name: None, report: Report::default(), waiting: Zeroizing::default(), done: 0 }
    }

    /// What the report calls the text: a file's name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Takes the next piece; gives the text as far as it is done. Pieces of a megabyte or so serve best.
    ///
    /// # Errors
    /// [`DecryptError`]; then the stream is of no use any more.
    pub async fn push(&mut self, piece: &[u8]) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
        append(&mut self.waiting, piece);
        let body = self.decrypt_waiting(false).await?;
        if self.waiting.len() > self.run.options.limits.max_piece_bytes {
            return Err(DecryptError::PieceTooLong { offset: self.done });
        }
        Ok(body)
    }

    /// Ends the text; gives the rest of it, and the report of the whole.
    ///
    /// # Errors
    /// [`DecryptError`].
    pub async fn finish(mut self) -> Result<Decrypted, DecryptError> {
        let body = self.decrypt_waiting(true).await?;
        Ok(Decrypted { body, report: self.report })
    }

    /// A text that is whole in memory.
    pub(super) async fn whole(mut self, text: &[u8]) -> Result<Decrypted, DecryptError> {
        let (body, _) = self.decrypt(text, true).await?;
        Ok(Decrypted { body, report: self.report })
    }

    /// The report so far.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Decrypts what waits, as far as it is complete.
    async fn decrypt_waiting(&mut self, last: bool) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
        let mut waiting = core::mem::take(&mut self.waiting);
        let (body, covered) = self.decrypt(&waiting, last).await?;
        forget(&mut waiting, covered);
        self.waiting = waiting;
        self.done = self.done.saturating_add(u64::try_from(covered).unwrap_or(u64::MAX));
        Ok(body)
    }

    /// Decrypts a text as far as it is complete; gives also how many bytes of it that is.
    async fn decrypt(
        &mut self,
        text: &[u8],
        last: bool,
    ) -> Result<(Zeroizing<Vec<u8>>, usize), DecryptError> {
        let run = self.run;
        let fallbacks = &run.options.fallbacks;
        let scan = self.scanner.scan(text, last, run.decryptor.keyring())?;
        let tolerated = |key_id: &KeyId| fallbacks.of(key_id, NotDecrypted::Unavailable) != Fallback::Fail;
        let asking = run.asker.ask(&run.decryptor, scan.ciphertexts(), tolerated);
        let answers = asking.instrument(run.span.clone()).await?;
        let spliced = scan.splice_with(&answers, |key_id, reason| fallbacks.of(key_id, reason))?;
        let (name, most) = (self.name.as_deref(), run.options.limits.max_positions);
        self.report.add(&spliced.report, name, most);
        run.report.lock().unwrap_or_else(PoisonError::into_inner).add(&spliced.report, name, most);
        Ok((spliced.body, scan.covered()))
    }
}

impl core::fmt::Debug for TextStream<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("TextStream")
            .field("name", &self.name)
            .field("done", &self.done)
            .finish_non_exhaustive()
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
