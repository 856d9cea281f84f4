//! Answers events: one run for each.

use std::time::{Duration, SystemTime};

use edgeseal::{KeyLocation, TextFormat};
use lambda_runtime::Context;
use serde_json::Value;

use super::event::Event;
use super::http::{self, Request, Style};
use super::texts::Texts;
use super::{Failure, Settings, batch, firehose, pipe};
use crate::{AwsKms, Decryptor, Run, RunOptions};

/// What is left for the answer when time runs out: this much, and of a short invocation a tenth.
const MARGIN: Duration = Duration::from_millis(500);

/// Answers events.
#[derive(Debug)]
pub struct Function {
    decryptor: Decryptor,
    options: RunOptions,
    format: Option<TextFormat>,
}

/// One event's call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invocation {
    /// What Lambda calls it: the label of its audit line.
    pub request_id: String,
    /// When Lambda ends it.
    pub deadline: Option<SystemTime>,
}

impl Invocation {
    /// As Lambda tells it.
    pub fn of(context: &Context) -> Self {
        Self { request_id: context.request_id.clone(), deadline: Some(context.deadline()) }
    }

    /// How long its run may take.
    fn time(&self) -> Option<Duration> {
        let left = self.deadline?.duration_since(SystemTime::now()).unwrap_or_default();
        let tenth = left.checked_div(10).unwrap_or_default();
        Some(left.saturating_sub(MARGIN.min(tenth)))
    }
}

impl Function {
    /// With the keys where the keyring says they are: in AWS KMS, or in files.
    pub async fn new(settings: Settings) -> Self {
        let in_kms = |location: &KeyLocation| matches!(location, KeyLocation::Kms(_));
        let needs_kms = settings.keyring.iter().any(|(_, entry)| in_kms(entry.location()));
        let mut decryptor = Decryptor::new(settings.keyring).with_local_keys(settings.folder);
        if needs_kms {
            decryptor = decryptor.with_provider(AwsKms::from_environment(Default::default()).await);
        }
        Self { decryptor, options: settings.options, format: settings.format }
    }

    /// Answers an event. Ends with an audit line, whose label is the request id.
    ///
    /// # Errors
    /// [`Failure`], for an event of no known shape, and for one of a pipe. The others have answers that say what failed.
    pub async fn answer(&self, event: Value, invocation: Invocation) -> Result<Value, Failure> {
        let mut options = self.options.clone();
        options.limits.total = invocation.time();
        options.label = Some(invocation.request_id);
        // As many calls at once as the settings say, over all records of an event.
        let event = Event::recognise(event);
        let at_once = match &event {
            Ok(Event::Pipe(records) | Event::Batch(records) | Event::Firehose(records)) => {
                records.len().clamp(1, options.limits.concurrency.max(1))
            }
            _ => 1,
        };
        let each = options.limits.concurrency.checked_div(at_once).unwrap_or_default().max(1);
        options.limits.concurrency = each;
        let run = self.decryptor.run(options);
        let (answer, failure) = match event {
            Ok(event) => self.answer_in(&run, event, at_once).await,
            Err(failure) => (Err(failure.clone()), Some(failure)),
        };
        if let Some(failure) = &failure {
            tracing::error!(
                code = failure.code(),
                label = run.options().label.as_deref(),
                "not everything is decrypted: {failure}"
            );
        }
        run.finish(failure.as_ref().map(Failure::code));
        // Between events the process is frozen.
        #[cfg(feature = "otel")]
        let _ = tokio::task::spawn_blocking(crate::logging::flush).await;
        answer
    }

    /// The answer, and what failed first, which the answer may say too.
    async fn answer_in(
        &self,
        run: &Run,
        event: Event,
        at_once: usize,
    ) -> (Result<Value, Failure>, Option<Failure>) {
        let texts = Texts { run, format: self.format };
        let answered = match event {
            Event::Pipe(records) => {
                let answer = pipe::answer(records, &texts, at_once).await;
                let failure = answer.as_ref().err().cloned();
                return (answer, failure);
            }
            Event::Http(event) => {
                let style = Style::of(&event);
                return match Request::read(&event, self.format) {
                    Ok(request) => said(request.answer(run, style).await, style),
                    Err(failure) => said(Err(failure), style),
                };
            }
            Event::Body(body) => {
                let request = Request::of_body(body, self.format);
                return said(request.answer(run, Style::default()).await, Style::default());
            }
            Event::Batch(records) => batch::answer(records, &texts, at_once).await,
            Event::Firehose(records) => firehose::answer(records, &texts, at_once).await,
        };
        match answered {
            Ok(answered) => (Ok(answered.answer), answered.failure),
            Err(failure) => (Err(failure.clone()), Some(failure)),
        }
    }
}

/// An HTTP answer, which says what failed.
fn said(answer: Result<Value, Failure>, style: Style) -> (Result<Value, Failure>, Option<Failure>) {
    match answer {
        Ok(answer) => (Ok(answer), None),
        Err(failure) => (Ok(http::problem(&failure, style)), Some(failure)),
    }
}
