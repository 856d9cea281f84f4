//! A text that comes in pieces.

use edgeseal::{Fallback, NotDecrypted, Scan, TextFormat};
use zeroize::Zeroizing;

use super::{Decrypted, Report, Run};
use crate::DecryptError;

/// Decrypts a text that comes in pieces, and gives out what is done as it goes.
///
/// Each piece that comes out is final. If a later one fails, those before it have been given out: whoever wants all or nothing holds them back.
pub struct TextStream<'r> {
    run: &'r Run,
    format: TextFormat,
    /// What has come and has not been given out.
    waiting: Zeroizing<Vec<u8>>,
    report: Report,
    name: Option<String>,
}

impl<'r> TextStream<'r> {
    pub(super) fn new(run: &'r Run, format: TextFormat) -> Self {
        Self { run, format, waiting: Zeroizing::default(), report: Report::default(), name: None }
    }

    /// What the report calls the text: a file's name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Takes the next piece; gives the text as far as it is done.
    ///
    /// # Errors
    /// [`DecryptError`]; then the stream is of no use any more.
    pub async fn push(&mut self, piece: &[u8]) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
        self.waiting.extend_from_slice(piece);
        Ok(Zeroizing::default())
    }

    /// Ends the text; gives the rest of it, and the report of the whole.
    ///
    /// # Errors
    /// [`DecryptError`].
    pub async fn finish(mut self) -> Result<Decrypted, DecryptError> {
        self.push_last(&[]).await
    }

    pub(super) async fn push_last(&mut self, piece: &[u8]) -> Result<Decrypted, DecryptError> {
        self.waiting.extend_from_slice(piece);
        let run = self.run;
        let scan = Scan::new(&self.waiting[..], self.format, run.decryptor.keyring())?;
        let context = run.options.selection.context();
        let scan = context.fold(scan, |scan, (name, value)| scan.require_context(name, value));
        let fallbacks = &run.options.fallbacks;
        let tolerated = |key_id: &_| fallbacks.of(key_id, NotDecrypted::Unavailable) != Fallback::Fail;
        let answers = run.asker.ask(&run.decryptor, scan.ciphertexts(), tolerated).await?;
        let spliced = scan.splice(&answers)?;
        self.report.add(&spliced.report);
        Ok(Decrypted { body: spliced.body, report: core::mem::take(&mut self.report) })
    }
}
