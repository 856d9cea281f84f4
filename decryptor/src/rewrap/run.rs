//! A run: texts that share answers, limits and a report.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use edgeseal::{Ciphertext, KeySize, NotRewrapped, RewrapAnswer, Selection, TextFormat};
use tracing::Span;

use super::{RewrapQuestion, RewrapReport, RewrapStream, Rewrapper};
use crate::run::asking::{Asker, Asks, Call};
use crate::{KeyError, Limits, Meter, Report, Unavailability, audit};

/// How a run moves tokens.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct RewrapOptions {
    /// Which of the tokens under the keys concerned, and what they have to prove.
    pub selection: Selection,
    /// Which tokens stay in place rather than fail the whole.
    pub keeping: Keeping,
    /// What the run may take.
    pub limits: Limits,
    /// Words for the audit line: who or what asked for the run. Never a value from a text.
    pub label: Option<String>,
}

/// Which tokens stay where they cannot be moved. Unless something else is said, none does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keeping {
    /// Those of a key that may not be used for this.
    pub denied: bool,
    /// Those that do not open, lack what is required, or are too long for the destination.
    pub failed: bool,
    /// Those whose key cannot be asked.
    pub unavailable: bool,
}

impl Keeping {
    pub(super) fn keeps(self, reason: NotRewrapped) -> bool {
        match reason {
            NotRewrapped::Denied(_) => self.denied,
            NotRewrapped::Failed | NotRewrapped::TooLong => self.failed,
            NotRewrapped::Unavailable => self.unavailable,
        }
    }
}

/// Texts whose tokens are moved with the same options, under common limits, with each distinct ciphertext asked for once: tokens that were equal are
/// equal afterwards, as long as the run remembers ([`Limits::remembered_answers`]).
pub struct RewrapRun {
    pub(super) questions: Questions,
    pub(super) options: RewrapOptions,
    /// The selection, with the keys concerned in it.
    pub(super) selection: Selection,
    pub(super) asker: Asker<RewrapAnswer>,
    pub(super) report: Mutex<Report>,
    pub(super) span: Span,
    started: Instant,
}

/// What is asked, and how long the answers are.
pub(super) struct Questions {
    pub(super) rewrapper: Rewrapper,
    /// In bytes, once there is an answer.
    length: Mutex<Option<usize>>,
}

impl RewrapRun {
    pub(super) fn new(rewrapper: Rewrapper, options: RewrapOptions) -> Self {
        let asker = Asker::new(&options.limits);
        let span = audit::rewrap_span(&options);
        let selection = rewrapper.from().iter().cloned().fold(options.selection.clone(), Selection::key);
        let questions = Questions { rewrapper, length: Mutex::default() };
        let (report, started) = (Mutex::default(), Instant::now());
        Self { questions, options, selection, asker, report, span, started }
    }

    /// Moves the tokens of a text that comes in pieces.
    pub fn stream(&self, format: TextFormat) -> RewrapStream<'_> {
        RewrapStream::new(self, format)
    }

    /// What became of the tokens of all texts so far.
    pub fn report(&self) -> RewrapReport {
        let mut report = self.report.lock().unwrap_or_else(PoisonError::into_inner).clone();
        report.set_calls(self.asker.calls());
        RewrapReport::new(&self.questions.rewrapper, report)
    }

    /// Ends the run with its line for the audit (target `edgeseal::audit`), and gives the report of all texts.
    ///
    /// `failure` is the stable code of what ended it early.
    pub fn finish(self, failure: Option<&'static str>) -> RewrapReport {
        let report = self.report();
        let caller = self.questions.rewrapper.caller();
        audit::rewrap_line(&self.span, &self.options, caller, &report, self.started.elapsed(), failure);
        report
    }
}

impl core::fmt::Debug for RewrapRun {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("RewrapRun").field("options", &self.options).finish_non_exhaustive()
    }
}

impl Questions {
    /// Refuses a ciphertext that the destination cannot have made, or that is none of it: keys have one size, and OAEP is random.
    fn check(&self, question: &RewrapQuestion<'_>, reply: &RewrapAnswer) -> Result<(), KeyError> {
        let RewrapAnswer::Ciphertext(new) = reply else { return Ok(()) };
        let mut length = self.length.lock().unwrap_or_else(PoisonError::into_inner);
        let size = KeySize::from_modulus_bytes(new.len());
        let spec = question.to_entry.key_spec();
        let is_one = size.is_some()
            && (spec.is_none() || spec == size)
            && length.is_none_or(|length| length == new.len())
            && **new != *question.ciphertext;
        if !is_one {
            let (key_id, reason) = (question.to_key_id.clone(), Unavailability::AnswerInvalid);
            return Err(KeyError::Unavailable { key_id, reason, request_id: None });
        }
        *length = Some(new.len());
        Ok(())
    }
}

impl Asks for Questions {
    type Reply = RewrapAnswer;

    fn call<'a>(
        &'a self,
        ciphertext: &'a Ciphertext,
        meter: &'a Meter,
    ) -> Result<Call<'a, RewrapAnswer>, KeyError> {
        let (key_id, to_key_id) = (ciphertext.key_id(), self.rewrapper.to().key_id());
        let keyring = self.rewrapper.keyring();
        let (Some(entry), Some(to_entry)) = (keyring.get(key_id), keyring.get(to_key_id)) else {
            let (key_id, reason) = (key_id.clone(), Unavailability::NoProvider);
            return Err(KeyError::Unavailable { key_id, reason, request_id: None });
        };
        let question = RewrapQuestion { key_id, entry, to_key_id, to_entry, ciphertext: ciphertext.bytes() };
        Ok(Box::pin(async move {
            let asking = async {
                let reply = self.rewrapper.provider().rewrap(question, meter).await?;
                self.check(&question, &reply)?;
                Ok(reply)
            };
            audit::asked(key_id, asking).await
        }))
    }
}
