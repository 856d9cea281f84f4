//! How it is told what became of the tokens.

use edgeseal::Fallback;
use edgeseal_decryptor::Report;
use serde::Serialize;

use crate::command::arguments::OutcomeArguments;
use crate::command::terminal;

/// What is counted of one of several inputs.
#[derive(Serialize)]
pub(super) struct Counts {
    found: u64,
    decrypted: u64,
    kept: u64,
}

impl Counts {
    pub(super) fn of(report: &Report) -> Self {
        Self { found: report.found(), decrypted: report.decrypted(), kept: report.kept() }
    }
}

/// How many tokens were not decrypted, and why. Where each stands is in the report.
pub(super) fn tell_kept(report: &Report, arguments: &OutcomeArguments) {
    let reasons: Vec<String> =
        report.reasons().iter().map(|(code, count)| format!("{code} {count}")).collect();
    let actions = [&arguments.on_denied, &arguments.on_failed, &arguments.on_unavailable];
    let all_stay = actions.into_iter().flatten().all(|action| action.fallback == Fallback::Keep);
    terminal::note(&format!(
        "{} of {} tokens {}: {}",
        report.kept(),
        report.found(),
        if all_stay { "left in place" } else { "not decrypted" },
        reasons.join(", ")
    ));
    terminal::help("--report says where each stands");
}
