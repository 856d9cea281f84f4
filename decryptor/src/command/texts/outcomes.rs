//! What became of the inputs, and how it is told.

use serde::Serialize;

/// What became of each of several inputs, with what is counted of one.
pub(crate) struct Outcomes<C> {
    files: Vec<FileOutcome<C>>,
    kept_before: u64,
}

#[derive(Serialize)]
struct FileOutcome<C> {
    file: String,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    /// By an earlier run.
    #[serde(skip_serializing_if = "Option::is_none")]
    kept_before: Option<u64>,
    #[serde(flatten)]
    counts: Option<C>,
}

impl<C> Default for Outcomes<C> {
    fn default() -> Self {
        Self { files: Vec::new(), kept_before: 0 }
    }
}

impl<C: Serialize> Outcomes<C> {
    pub(crate) fn done(&mut self, file: String, counts: C, is_changed: bool) {
        let outcome = if is_changed { "done" } else { "unchanged" };
        self.files.push(FileOutcome { file, outcome, code: None, kept_before: None, counts: Some(counts) });
    }

    /// By an earlier run with the same journal, which kept so many tokens.
    pub(crate) fn done_before(&mut self, file: String, kept: u64) {
        self.kept_before(kept);
        let outcome = "done_before";
        self.files.push(FileOutcome { file, outcome, code: None, kept_before: Some(kept), counts: None });
    }

    pub(crate) fn kept_before(&mut self, kept: u64) {
        self.kept_before = self.kept_before.saturating_add(kept);
    }

    /// Tokens that earlier runs with the same journal kept.
    pub(crate) fn all_kept_before(&self) -> u64 {
        self.kept_before
    }

    pub(crate) fn failed(&mut self, file: String, code: &'static str) {
        self.files.push(FileOutcome {
            file,
            outcome: "failed",
            code: Some(code),
            kept_before: None,
            counts: None,
        });
    }

    /// The report of the whole run, one line of JSON; of several inputs, with a list of them.
    pub(crate) fn report_line(&self, report: &impl Serialize, several: bool) -> String {
        #[derive(Serialize)]
        struct Whole<'r, R, C> {
            #[serde(flatten)]
            report: &'r R,
            #[serde(skip_serializing_if = "Option::is_none")]
            files: Option<&'r [FileOutcome<C>]>,
        }
        // Labels, names and numbers always have a JSON text.
        let whole = Whole { report, files: several.then_some(&self.files) };
        format!("{}\n", serde_json::to_string(&whole).unwrap_or_default())
    }
}
