//! A run: texts that share answers, limits and a report.

pub(crate) mod asking;
mod pieces;
mod report;
mod stream;

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use edgeseal::{Answer, Fallback, KeyId, NotDecrypted, Selection, TextFormat};
use tracing::Span;
use zeroize::Zeroizing;

use crate::{DecryptError, Decryptor, Limits, audit, guess};
use asking::Asker;
pub(crate) use pieces::Pieces;
pub use report::{KeyCounts, Position, Report};
pub use stream::{Passed, TextStream};

/// How a run decrypts.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct RunOptions {
    /// Which tokens, and what they have to prove.
    pub selection: Selection,
    /// What becomes of the others.
    pub fallbacks: Fallbacks,
    /// What the run may take.
    pub limits: Limits,
    /// Words for the audit line: who or what asked for the run. Never a value from a text.
    pub label: Option<String>,
}

/// What becomes of tokens that are not decrypted. Unless something else is said, denied ones stay, and the others fail the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fallbacks {
    rules: Vec<(Option<KeyId>, NotDecrypted, Fallback)>,
}

impl Fallbacks {
    /// Says it for one reason, and one key or all of them. What is said of a key counts more than what is said of all, and
    /// later words more than earlier ones.
    #[must_use]
    pub fn on(mut self, reason: NotDecrypted, key_id: Option<KeyId>, fallback: Fallback) -> Self {
        self.rules.push((key_id, reason, fallback));
        self
    }

    /// What becomes of a token under this key.
    pub fn of(&self, key_id: &KeyId, reason: NotDecrypted) -> Fallback {
        let said = |of: Option<&KeyId>| {
            let mut rules = self.rules.iter().rev();
            rules.find(|rule| rule.0.as_ref() == of && rule.1 == reason).map(|rule| rule.2)
        };
        said(Some(key_id)).or_else(|| said(None)).unwrap_or_else(|| reason.usual_fallback())
    }
}

/// A text with plaintext in it.
pub struct Decrypted {
    /// The text. Outside the decrypted tokens every byte is as it was.
    pub body: Zeroizing<Vec<u8>>,
    /// What became of its tokens.
    pub report: Report,
}

impl core::fmt::Debug for Decrypted {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Decrypted").field("report", &self.report).finish_non_exhaustive()
    }
}

/// Texts that are decrypted with the same options, under common limits, with each distinct ciphertext asked for once.
///
/// A key that is denied once is not asked again. When the run is dropped, what it remembers is zeroed.
pub struct Run {
    decryptor: Decryptor,
    options: RunOptions,
    asker: Asker<Answer>,
    report: Mutex<Report>,
    started: Instant,
    span: Span,
}

impl Run {
    pub(crate) fn new(decryptor: Decryptor, options: RunOptions) -> Self {
        let asker = Asker::new(&options.limits);
        let span = audit::span(&options);
        Self { decryptor, options, asker, report: Mutex::default(), started: Instant::now(), span }
    }

    /// Decrypts the tokens of a text that is whole in memory.
    ///
    /// Without a format it is guessed, as [`Decryptor::decrypt`] does.
    ///
    /// # Errors
    /// [`DecryptError`]; then there is no text.
    pub async fn decrypt(&self, text: &[u8], format: Option<TextFormat>) -> Result<Decrypted, DecryptError> {
        let format = format.map_or_else(|| guess::whole(text, self.decryptor.keyring()), Ok)?;
        self.stream(format).whole(text).await
    }

    /// Decrypts a text that comes in pieces.
    pub fn stream(&self, format: TextFormat) -> TextStream<'_> {
        TextStream::new(self, format)
    }

    /// What became of the tokens of all texts so far.
    pub fn report(&self) -> Report {
        let mut report = self.report.lock().unwrap_or_else(PoisonError::into_inner).clone();
        report.set_calls(self.asker.calls());
        report
    }

    /// How the run decrypts.
    pub fn options(&self) -> &RunOptions {
        &self.options
    }

    /// Ends the run with its line for the audit (target `edgeseal::audit`), and gives the report of all texts.
    ///
    /// `failure` is the stable code of what ended it early.
    pub fn finish(self, failure: Option<&'static str>) -> Report {
        let report = self.report();
        audit::record(&self.span, &report, failure);
        audit::line(&self.decryptor, &self.options, &report, self.started.elapsed(), failure);
        report
    }
}

impl core::fmt::Debug for Run {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Run").field("options", &self.options).finish_non_exhaustive()
    }
}
