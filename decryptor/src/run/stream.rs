//! A text that comes in pieces.

use std::sync::PoisonError;

use edgeseal::{Answer, Fallback, KeyId, NotDecrypted, Scan, Scanner, TextFormat};
use tracing::Instrument;
use zeroize::Zeroizing;

use super::{Decrypted, Pieces, Report, Run};
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
    name: Option<String>,
    report: Report,
    pieces: Pieces,
}

impl<'r> TextStream<'r> {
    pub(super) fn new(run: &'r Run, format: TextFormat) -> Self {
        let scanner = Scanner::new(format).with_selection(run.options.selection.clone()).with_positions();
        Self { run, name: None, report: Report::default(), pieces: Pieces::new(scanner) }
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
        Ok(match self.pass(piece).await? {
            Passed::Same(text) => Zeroizing::new(text.to_vec()),
            Passed::Decrypted(text) => text,
        })
    }

    /// Does what [`push`](Self::push) does, and copies nothing that holds no token.
    ///
    /// # Errors
    /// [`DecryptError`]; then the stream is of no use any more.
    pub async fn pass<'p>(&'p mut self, piece: &'p [u8]) -> Result<Passed<'p>, DecryptError> {
        let run = self.run;
        let scan = self.pieces.scan_next(piece, run.decryptor.keyring())?;
        let body = if scan.is_bare() {
            None
        } else {
            Some(decrypt(run, &scan, self.name.as_deref(), &mut self.report).await?)
        };
        let covered = scan.covered();
        drop(scan);
        let same = self.pieces.pass(piece, covered, run.options.limits.max_piece_bytes)?;
        Ok(body.map_or(Passed::Same(same), Passed::Decrypted))
    }

    /// Ends the text; gives the rest of it, and the report of the whole.
    ///
    /// # Errors
    /// [`DecryptError`].
    pub async fn finish(mut self) -> Result<Decrypted, DecryptError> {
        let scan = self.pieces.scan(true, self.run.decryptor.keyring())?;
        let body = decrypt(self.run, &scan, self.name.as_deref(), &mut self.report).await?;
        Ok(Decrypted { body, report: self.report })
    }

    /// A text that is whole in memory.
    pub(super) async fn whole(mut self, text: &[u8]) -> Result<Decrypted, DecryptError> {
        let scan = self.pieces.scan_whole(text, self.run.decryptor.keyring())?;
        let body = decrypt(self.run, &scan, self.name.as_deref(), &mut self.report).await?;
        Ok(Decrypted { body, report: self.report })
    }

    /// The report so far.
    pub fn report(&self) -> &Report {
        &self.report
    }
}

/// What comes out of a stream for a piece.
pub enum Passed<'p> {
    /// The text as it came: it holds no token, and nothing that begins like one.
    Same(&'p [u8]),
    /// A text with plaintext in it, or with tokens that stay.
    Decrypted(Zeroizing<Vec<u8>>),
}

impl Passed<'_> {
    /// The text.
    pub fn text(&self) -> &[u8] {
        match self {
            Self::Same(text) => text,
            Self::Decrypted(text) => text,
        }
    }
}

impl core::fmt::Debug for Passed<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Same(_) => "Same",
            Self::Decrypted(_) => "Decrypted",
        })
    }
}

/// Decrypts what a scan covers, and reports it to the text and to the run.
async fn decrypt(
    run: &Run,
    scan: &Scan<'_>,
    name: Option<&str>,
    report: &mut Report,
) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
    let fallbacks = &run.options.fallbacks;
    let tolerated = |key_id: &KeyId| fallbacks.of(key_id, NotDecrypted::Unavailable) != Fallback::Fail;
    let fails = |key_id: &KeyId, answer: &Answer| {
        let reason = match answer {
            Answer::Failed => NotDecrypted::Failed,
            Answer::Denied => NotDecrypted::Denied,
            _ => return false,
        };
        fallbacks.of(key_id, reason) == Fallback::Fail
    };
    let asking = run.asker.ask(&run.decryptor, scan.ciphertexts(), tolerated, fails);
    let answers = asking.instrument(run.span.clone()).await?;
    let spliced = scan.splice_with(&answers, |key_id, reason| fallbacks.of(key_id, reason))?;
    let most = run.options.limits.max_positions;
    report.add(&spliced.report, name, most);
    run.report.lock().unwrap_or_else(PoisonError::into_inner).add(&spliced.report, name, most);
    Ok(spliced.body)
}

impl core::fmt::Debug for TextStream<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("TextStream")
            .field("name", &self.name)
            .field("pieces", &self.pieces)
            .finish_non_exhaustive()
    }
}
