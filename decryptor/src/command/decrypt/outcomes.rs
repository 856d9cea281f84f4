//! What became of the inputs, and how it is told.

use edgeseal::Fallback;
use edgeseal_decryptor::Report;
use serde::Serialize;

use crate::command::arguments::OutcomeArguments;
use crate::command::terminal;

/// What became of each of several inputs.
#[derive(Default)]
pub(super) struct Outcomes {
    pub(super) files: Vec<FileOutcome>,
}

#[derive(Serialize)]
pub(super) struct FileOutcome {
    file: String,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decrypted: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kept: Option<u64>,
}

impl Outcomes {
    pub(super) fn done(&mut self, file: String, report: &Report) {
        self.files.push(FileOutcome {
            file,
            outcome: "done",
            code: None,
            found: Some(report.found()),
            decrypted: Some(report.decrypted()),
            kept: Some(report.kept()),
        });
    }

    /// By an earlier run with the same journal.
    pub(super) fn done_before(&mut self, file: String) {
        self.push(file, "done_before", None);
    }

    pub(super) fn failed(&mut self, file: String, code: &'static str) {
        self.push(file, "failed", Some(code));
    }

    fn push(&mut self, file: String, outcome: &'static str, code: Option<&'static str>) {
        self.files.push(FileOutcome { file, outcome, code, found: None, decrypted: None, kept: None });
    }

    /// The report of the whole run, one line of JSON; of several inputs, with a list of them.
    pub(super) fn report_line(&self, report: &Report, several: bool) -> String {
        #[derive(Serialize)]
        struct Whole<'r> {
            #[serde(flatten)]
            report: &'r Report,
            files: &'r [FileOutcome],
        }
        if !several {
            return format!("{}\n", report.to_json());
        }
        // Labels, names and numbers always have a JSON text.
        let line = serde_json::to_string(&Whole { report, files: &self.files }).unwrap_or_default();
        format!("{line}\n")
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
