//! The line that a run leaves for an audit: who asked, under which keys, how many, and how it ended. No value and no token.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::{Decryptor, Report, RunOptions};

/// The tracing target of audit lines.
pub(crate) const TARGET: &str = "edgeseal::audit";

/// The fields whose text is JSON: tracing knows no objects. They are objects and arrays in a line of [`crate::logging`].
#[cfg(any(feature = "command", feature = "lambda"))]
pub(crate) const JSON_FIELDS: [&str; 4] = ["callers", "context", "reasons", "keys"];

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
    let context: BTreeMap<&str, &str> = options.selection.context().collect();
    let keys: BTreeMap<&str, _> = report.keys().iter().map(|(id, counts)| (id.as_str(), counts)).collect();
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

/// Labels and numbers always have a JSON text.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
