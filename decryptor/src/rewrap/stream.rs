//! A text that comes in pieces.

use std::sync::PoisonError;

use edgeseal::{KeyId, NotRewrapped, RewrapAnswer, Scanner, TextFormat};
use tracing::Instrument;

use super::{RewrapFailure, RewrapReport, RewrapRun};
use crate::Report;
use crate::run::Pieces;

/// Moves the tokens of a text that comes in pieces, as a [`TextStream`](crate::TextStream) decrypts one: each piece that comes out is final.
///
/// ```
/// use edgeseal::{KeyId, Keyring, TextFormat};
/// use edgeseal_decryptor::{AwsKms, RewrapOptions, Rewrapper};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let arn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890a";
/// let keyring = format!(r#"{{"version": 1, "keys": {{"pii-1": {{"kms_key_arn": "{arn}1"}}, "pii-2": {{"kms_key_arn": "{arn}2"}}}}}}"#);
/// let keyring = Keyring::from_json(keyring.as_bytes())?;
/// let key = |id| KeyId::new(id).ok_or("no key id");
/// # let config = aws_config::SdkConfig::builder().behavior_version(aws_config::BehaviorVersion::latest()).build();
/// let kms = AwsKms::new(config, Default::default());
/// let run = Rewrapper::within_kms(keyring, &[key("pii-1")?], &key("pii-2")?, kms)?.run(RewrapOptions::default());
/// let mut stream = run.stream(TextFormat::NdJson);
/// let mut out = stream.push(b"{\"a\": 1}\n{\"b\"").await?;
/// out.extend(stream.push(b": 2}\n").await?);
/// let (rest, report) = stream.finish().await?;
/// out.extend(rest);
/// assert_eq!((out.as_slice(), report.rewrapped()), (&b"{\"a\": 1}\n{\"b\": 2}\n"[..], 0));
/// # Ok(()) }
/// ```
pub struct RewrapStream<'r> {
    run: &'r RewrapRun,
    name: Option<String>,
    report: Report,
    pieces: Pieces,
}

impl<'r> RewrapStream<'r> {
    pub(super) fn new(run: &'r RewrapRun, format: TextFormat) -> Self {
        let scanner = Scanner::new(format).with_selection(run.selection.clone()).with_positions();
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
    /// [`RewrapFailure`]; then the stream is of no use any more.
    pub async fn push(&mut self, piece: &[u8]) -> Result<Vec<u8>, RewrapFailure> {
        self.pieces.push(piece);
        let body = self.rewrap_waiting(false).await?;
        self.pieces.check(self.run.options.limits.max_piece_bytes)?;
        Ok(body)
    }

    /// Ends the text; gives the rest of it, and the report of the whole.
    ///
    /// # Errors
    /// [`RewrapFailure`].
    pub async fn finish(mut self) -> Result<(Vec<u8>, RewrapReport), RewrapFailure> {
        let body = self.rewrap_waiting(true).await?;
        Ok((body, RewrapReport::new(&self.run.questions.rewrapper, self.report)))
    }

    async fn rewrap_waiting(&mut self, last: bool) -> Result<Vec<u8>, RewrapFailure> {
        let run = self.run;
        let (rewrapper, keeping) = (&run.questions.rewrapper, run.options.keeping);
        let scan = self.pieces.scan(last, rewrapper.keyring())?;
        scan.check_rewrap(rewrapper.to())?;
        let tolerated = |_: &KeyId| keeping.unavailable;
        let fails = |_: &KeyId, answer: &RewrapAnswer| {
            let reason = match answer {
                RewrapAnswer::Failed => NotRewrapped::Failed,
                RewrapAnswer::TooLong => NotRewrapped::TooLong,
                RewrapAnswer::Denied(denial) => NotRewrapped::Denied(*denial),
                _ => return false,
            };
            !keeping.keeps(reason)
        };
        let asking = run.asker.ask(&run.questions, scan.ciphertexts(), tolerated, fails);
        let answers = asking.instrument(run.span.clone()).await?;
        let rewrapped = scan.rewrap(rewrapper.to(), &answers, |reason| keeping.keeps(reason))?;
        let (name, most) = (self.name.as_deref(), run.options.limits.max_positions);
        self.report.add(&rewrapped.report, name, most);
        run.report.lock().unwrap_or_else(PoisonError::into_inner).add(&rewrapped.report, name, most);
        let covered = scan.covered();
        drop(scan);
        self.pieces.forget(covered);
        Ok(rewrapped.body)
    }
}

impl core::fmt::Debug for RewrapStream<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("RewrapStream")
            .field("name", &self.name)
            .field("pieces", &self.pieces)
            .finish_non_exhaustive()
    }
}
