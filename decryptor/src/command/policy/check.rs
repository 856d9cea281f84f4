//! `edgeseal policy check`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::process::ExitCode;

use edgeseal::{Encryptor, Policy, Target};
use serde::Serialize;

use super::STDIN_TWICE;
use super::finding::Finding;
use super::sample::{Row, Sample};
use crate::command::arguments::CheckArguments;
use crate::command::failure::Failure;
use crate::command::output::Output;
use crate::command::table::{Column, Table};
use crate::command::{config, terminal};

/// So many values of a sample are in its table; all are in the JSON.
const MOST_ROWS: usize = 100;

#[derive(Serialize)]
struct Report {
    policy: PolicySummary,
    warnings: Vec<Finding>,
    notes: Vec<Finding>,
    samples: Vec<Sample>,
}

#[derive(Serialize)]
struct PolicySummary {
    file: String,
    sha256: String,
    rules: usize,
    keys: Vec<String>,
}

pub(super) fn run(arguments: &CheckArguments) -> Result<ExitCode, Failure> {
    if arguments.reads_twice() {
        return Err(Failure::usage(STDIN_TWICE));
    }
    let policy = config::policy_or_stdin(&arguments.policy)?;
    let encryptor = Encryptor::new(policy);
    let told = arguments.sample_type.as_deref();
    let samples = arguments.samples.iter().map(|path| Sample::of(path, told, &encryptor));
    let samples = samples.collect::<Result<Vec<_>, _>>()?;
    let report = Report::new(arguments, encryptor.policy(), samples);

    let text = if arguments.json {
        // Names and numbers always have a JSON text.
        format!("{}\n", serde_json::to_string(&report).unwrap_or_default())
    } else {
        report.text()
    };
    Output::stdout().stage(text.as_bytes())?.commit()?;
    let refused = report.samples.iter().filter(|sample| sample.refused.is_some()).count();
    if refused > 0 {
        let of = report.samples.len();
        let message = format!("{refused} of {} would be refused at the edge", counted(of, "sample"));
        return Err(Failure::new("sample_refused", message));
    }
    match report.warnings.len() {
        0 => Ok(ExitCode::SUCCESS),
        count if arguments.strict => {
            let (warnings, them) = if count == 1 { ("warning", "it is") } else { ("warnings", "they are") };
            let message = format!("{count} {warnings}, and --strict says that {them} a failure");
            Err(Failure::new("policy_warnings", message))
        }
        _ => Ok(ExitCode::from(3)),
    }
}

impl Report {
    fn new(arguments: &CheckArguments, policy: &Policy, mut samples: Vec<Sample>) -> Self {
        let (notes, warnings): (Vec<_>, Vec<_>) =
            policy.review_closely().into_iter().partition(edgeseal::PolicyWarning::is_note);
        let mut warnings: Vec<Finding> = warnings.iter().map(Finding::of_policy).collect();
        warnings.extend(samples.iter_mut().flat_map(|sample| sample.findings.drain(..)));
        warnings.extend(silent_rules(policy, &samples));
        Self {
            policy: PolicySummary {
                file: arguments.policy.display().to_string(),
                sha256: policy.digest().to_owned(),
                rules: policy.fields().count(),
                keys: policy.keys().map(|(id, _)| id.to_string()).collect(),
            },
            warnings,
            notes: notes.iter().map(Finding::of_policy).collect(),
            samples,
        }
    }

    /// For people.
    fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "{}: {}, {}: {}",
            self.policy.file,
            counted(self.policy.rules, "rule"),
            counted(self.policy.keys.len(), "key"),
            self.policy.keys.join(", ")
        );
        for sample in &self.samples {
            let _ = writeln!(text);
            sample_text(sample, &mut text);
        }
        if !self.warnings.is_empty() || !self.notes.is_empty() {
            let _ = writeln!(text);
        }
        for warning in &self.warnings {
            let _ = writeln!(text, "{}", one_line(&format!("warning{warning}")));
        }
        for note in &self.notes {
            let _ = writeln!(text, "{}", one_line(&format!("note{note}")));
        }
        if self.warnings.is_empty() && self.samples.iter().all(|sample| sample.refused.is_none()) {
            let _ = writeln!(text, "\nno warnings");
        }
        terminal::printable(&text, |character| character == '\n')
    }
}

/// Names may hold anything, a line feed among it.
fn one_line(text: &str) -> String {
    terminal::printable(text, |_| false)
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// Rules for bodies that decided about nothing in any sample that was read.
fn silent_rules(policy: &Policy, samples: &[Sample]) -> Vec<Finding> {
    let is_read = |sample: &&Sample| sample.format.is_some_and(|format| format != "pass");
    let read: Vec<&Sample> = samples.iter().filter(is_read).collect();
    if read.is_empty() {
        return Vec::new();
    }
    let decided: BTreeSet<&String> = read.iter().flat_map(|sample| &sample.decided).collect();
    let rules = policy.fields().enumerate().filter(|(_, field)| matches!(field.target, Target::Path(_)));
    let silent = rules.filter(|(_, field)| !decided.contains(&field.name.to_string()));
    silent
        .map(|(index, field)| Finding {
            code: "rule_silent",
            pointer: Some(format!("/fields/{index}")),
            sample: None,
            message: format!("`{}` decides about no value of any sample", field.name),
        })
        .collect()
}

fn sample_text(sample: &Sample, text: &mut String) {
    let Sample { content_type, bytes_before, .. } = sample;
    let name = one_line(&sample.sample);
    if let Some(refused) = &sample.refused {
        let _ = writeln!(
            text,
            "sample {name}: {content_type}, {bytes_before} bytes: refused with {}, {}: {}",
            refused.status, refused.code, refused.message
        );
        return;
    }
    let after = sample.bytes_after.unwrap_or_default();
    let read = sample.format.unwrap_or_default();
    let read = if read == "pass" { "passed".to_owned() } else { format!("read as {read}") };
    let _ = writeln!(text, "sample {name}: {content_type}, {read}, {bytes_before} bytes, {after} after");
    if sample.leftovers > 0 {
        let _ = writeln!(text, "protected values that stand elsewhere in it: {}", sample.leftovers);
    }
    if sample.values.is_empty() {
        let _ = writeln!(text, "no rule decides about a value");
        return;
    }
    let mut table = Table::new([
        Column::Left("value"),
        Column::Left("field"),
        Column::Left("key"),
        Column::Left("token"),
        Column::Right("bytes"),
        Column::Right("characters"),
    ]);
    for row in sample.values.iter().take(MOST_ROWS) {
        table.row(cells(row));
    }
    let _ = write!(text, "{table}");
    let more = sample.values.len().saturating_sub(MOST_ROWS);
    if more > 0 {
        let _ = writeln!(text, "and {more} more; --json has all");
    }
}

fn cells(row: &Row) -> [String; 6] {
    let number = |number: Option<usize>| number.map(|number| number.to_string()).unwrap_or_default();
    let outcome = match row.outcome {
        "null" => "none: null",
        "report" => "none: counted",
        "name" => "none: stays",
        form => form,
    };
    let pointer = one_line(&row.pointer);
    let pointer = if pointer.is_empty() { "(all of it)".to_owned() } else { pointer };
    [
        row.line.map_or_else(|| pointer.clone(), |line| format!("{line}:{pointer}")),
        row.field.clone(),
        row.key.clone().unwrap_or_default(),
        outcome.to_owned(),
        number(row.value_bytes),
        number(row.token_chars),
    ]
}
