//! The line that a run leaves for an audit: who asked, under which keys, how many, and how it ended. No value and no token.

use std::time::Duration;

use crate::{Decryptor, Report, RunOptions};

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
    tracing::info!(
        target: "edgeseal::audit",
        outcome,
        code = failure,
        found = report.found(),
        decrypted = report.decrypted(),
        kept = report.kept(),
        skipped = report.skipped(),
        calls = report.calls(),
        callers = decryptor.callers().join(" "),
        label = options.label.as_deref(),
        milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
        "decrypt"
    );
}
