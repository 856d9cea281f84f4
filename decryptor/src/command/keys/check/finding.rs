//! What is wrong with a key, and what to do about it.

use core::fmt;

use serde::Serialize;

/// How much a finding weighs. The worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Severity {
    /// Data is or would be lost, or the gate was asked to hold.
    Error,
    /// To be looked at.
    Warning,
    /// To be known.
    Note,
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// Stable; `docs/KEYS.md` has all of them.
    pub(super) code: &'static str,
    pub(super) severity: Severity,
    pub(super) message: String,
    /// The next step.
    pub(super) next: String,
}

impl Severity {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// The findings about one key, in the order in which they were found.
#[derive(Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    pub(super) fn push(
        &mut self,
        severity: Severity,
        code: &'static str,
        message: impl fmt::Display,
        next: impl fmt::Display,
    ) {
        self.0.push(Finding { code, severity, message: message.to_string(), next: next.to_string() });
    }

    /// Whether something with this code was found.
    pub(super) fn has(&self, code: &str) -> bool {
        self.0.iter().any(|finding| finding.code == code)
    }

    pub(super) fn has_error(&self) -> bool {
        self.0.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// The worst first; else as they were found.
    pub(super) fn sorted(mut self) -> Vec<Finding> {
        self.0.sort_by_key(|finding| finding.severity);
        self.0
    }
}
