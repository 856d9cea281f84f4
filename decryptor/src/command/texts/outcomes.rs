//! What became of the inputs, and how it is told.

use serde::Serialize;

/// What became of each of several inputs, with what is counted of one.
pub(crate) struct Outcomes<C> {
    files: Vec<FileOutcome<C>>,
}

#[derive(Serialize)]
struct FileOutcome<C> {
    file: String,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(flatten)]
    counts: Option<C>,
}

impl<C> Default for Outcomes<C> {
    fn default() -> Self {
        Self { files: Vec::new() }
    }
}

impl<C: Serialize> Outcomes<C> {
    pub(crate) fn done(&mut self, file: String, counts: C, is_changed: bool) {
        let outcome = if is_changed { "done" } else { "unchanged" };
        self.files.push(FileOutcome { file, outcome, code: None, counts: Some(counts) });
    }

    /// By an earlier run with the same journal.
    pub(crate) fn done_before(&mut self, file: String) {
        self.files.push(FileOutcome { file, outcome: "done_before", code: None, counts: None });
    }

    pub(crate) fn failed(&mut self, file: String, code: &'static str) {
        self.files.push(FileOutcome { file, outcome: "failed", code: Some(code), counts: None });
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
