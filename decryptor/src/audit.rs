//! What a run leaves for an audit: a line that says who asked, under which keys, how many, and how it ended; and the same as spans. No value and
//! no token.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use edgeseal::KeyId;
use serde::Serialize;
use tracing::field::Empty;
use tracing::{Instrument, Span};

use crate::run::asking::Reply;
use crate::{Decryptor, KeyError, Report, RewrapOptions, RewrapReport, RunOptions};

/// The tracing target of audit lines.
pub(crate) const TARGET: &str = "edgeseal::audit";

/// The fields whose text is JSON: tracing knows no objects. They are objects and arrays in a line of [`crate::logging`].
#[cfg(any(feature = "command", feature = "lambda"))]
pub(crate) const JSON_FIELDS: [&str; 4] = ["callers", "context", "reasons", "keys"];

/// The span of a run. What came of it is recorded when it ends.
pub(crate) fn span(options: &RunOptions) -> Span {
    tracing::info_span!(
        target: "edgeseal::run",
        "edgeseal.run",
        label = options.label.as_deref(),
        found = Empty,
        decrypted = Empty,
        kept = Empty,
        skipped = Empty,
        calls = Empty,
        code = Empty,
    )
}

pub(crate) fn record(span: &Span, report: &Report, failure: Option<&'static str>) {
    span.record("found", report.found()).record("decrypted", report.decrypted());
    span.record("kept", report.kept()).record("skipped", report.skipped()).record("calls", report.calls());
    span.record("code", failure);
}

/// A question to a key, in a span of its own that says what came of it.
pub(crate) async fn asked<R: Reply>(
    key_id: &KeyId,
    asking: impl Future<Output = Result<R, KeyError>>,
) -> Result<R, KeyError> {
    let span =
        tracing::info_span!(target: "edgeseal::ask", "edgeseal.ask", key = key_id.as_str(), outcome = Empty);
    let reply = asking.instrument(span.clone()).await;
    let outcome = match &reply {
        Ok(reply) => reply.outcome(),
        Err(KeyError::Unavailable { reason, .. }) => reason.code(),
        Err(error) => error.code(),
    };
    span.record("outcome", outcome);
    reply
}

pub(crate) fn line(
    decryptor: &Decryptor,
    options: &RunOptions,
    report: &Report,
    elapsed: Duration,
    failure: Option<&'static str>,
) {
    let outcome = match failure {
        Some(_) => "failed",
        None if report.kept() > 0 => "kept",
        None => "decrypted",
    };
    // Values may come from a client of the service.
    let context: BTreeSet<&str> = options.selection.context().map(|(name, _)| name).collect();
    // What else stands in a token where a key id should be is a part of a text.
    let known = report.keys().iter().filter(|(id, _)| decryptor.keyring().get(id).is_some());
    let keys: BTreeMap<&str, _> = known.map(|(id, counts)| (id.as_str(), counts)).collect();
    tracing::info!(
        target: TARGET,
        outcome,
        code = failure,
        label = options.label.as_deref(),
        callers = json(&decryptor.callers()),
        context = json(&context),
        found = report.found(),
        decrypted = report.decrypted(),
        kept = report.kept(),
        skipped = report.skipped(),
        reasons = json(report.reasons()),
        calls = report.calls(),
        keys = json(&keys),
        milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
        version = env!("CARGO_PKG_VERSION"),
        "decrypt"
    );
}

/// The span of a run that moves tokens.
pub(crate) fn rewrap_span(options: &RewrapOptions) -> Span {
    tracing::info_span!(
        target: "edgeseal::run",
        "edgeseal.rewrap",
        label = options.label.as_deref(),
        found = Empty,
        rewrapped = Empty,
        kept = Empty,
        skipped = Empty,
        calls = Empty,
        code = Empty,
    )
}

pub(crate) fn rewrap_line(
    span: &Span,
    options: &RewrapOptions,
    caller: Option<String>,
    report: &RewrapReport,
    elapsed: Duration,
    failure: Option<&'static str>,
) {
    span.record("found", report.found()).record("rewrapped", report.rewrapped());
    span.record("kept", report.kept()).record("skipped", report.skipped()).record("calls", report.calls());
    span.record("code", failure);
    let outcome = match failure {
        Some(_) => "failed",
        None if report.kept() > 0 => "kept",
        None => "rewrapped",
    };
    let callers: Vec<String> = caller.into_iter().collect();
    let context: BTreeSet<&str> = options.selection.context().map(|(name, _)| name).collect();
    // Of the keys concerned alone: what else stands in a token where a key id should be is a part of a text.
    let keys: BTreeMap<&str, _> = report.keys_concerned().map(|(id, counts)| (id.as_str(), counts)).collect();
    tracing::info!(
        target: TARGET,
        outcome,
        code = failure,
        label = options.label.as_deref(),
        callers = json(&callers),
        context = json(&context),
        to = report.to().as_str(),
        found = report.found(),
        rewrapped = report.rewrapped(),
        kept = report.kept(),
        skipped = report.skipped(),
        reasons = json(report.reasons()),
        calls = report.calls(),
        keys = json(&keys),
        milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
        version = env!("CARGO_PKG_VERSION"),
        "rewrap"
    );
}

/// Labels and numbers always have a JSON text.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
