//! A body that a policy is tried on.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use edgeseal::{EncryptError, Encryptor, ExplainedBody, ExplainedValue, Outcome, Request, Target, TokenForm};
use getrandom::SysRng;
use serde::Serialize;

use super::finding::Finding;
use super::names::skeleton;
use crate::command::arguments::named;
use crate::command::encrypt::{JSON, NDJSON, type_of_name};
use crate::command::failure::Failure;
use crate::command::input;

/// What an edge function takes or gives (docs/DEPLOY.md): the longest body of CloudFront after encryption, and of the others before it, in bytes.
const LAMBDA_EDGE_AFTER: usize = 997_500;
const OTHERS_BEFORE: usize = 1_048_576;
/// So many places are named in a sentence.
const MOST_PLACES: usize = 3;

/// What was seen of one sample.
#[derive(Serialize)]
pub(super) struct Sample {
    pub(super) sample: String,
    /// As it was said or guessed.
    pub(super) content_type: String,
    /// What the policy reads it as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) format: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refused: Option<Refused>,
    pub(super) bytes_before: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bytes_after: Option<usize>,
    /// What rules decide about, and what looks as if one should.
    pub(super) values: Vec<Row>,
    /// Protected values that stand elsewhere in the body, if the policy has them counted.
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) leftovers: usize,
    #[serde(skip)]
    pub(super) findings: Vec<Finding>,
    /// The rules that decided about something.
    #[serde(skip)]
    pub(super) decided: BTreeSet<String>,
}

#[derive(Serialize)]
pub(super) struct Refused {
    pub(super) code: &'static str,
    pub(super) status: u16,
    pub(super) message: String,
}

/// A value, without it.
#[derive(Serialize)]
pub(super) struct Row {
    pub(super) pointer: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<usize>,
    /// `direct`, `envelope`, `classic`, or why it stays: `null`, `report`, `name`.
    pub(super) outcome: &'static str,
    /// The rule; of a name that stays, the rule whose name it looks like.
    pub(super) field: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) value_bytes: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) token_chars: Option<usize>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl Sample {
    pub(super) fn of(path: &Path, told: Option<&str>, encryptor: &Encryptor) -> Result<Self, Failure> {
        let body = input::read(named(Some(path)))?;
        let name = named(Some(path)).map_or_else(|| "-".to_owned(), |path| path.display().to_string());
        let (content_type, explained) = explain(encryptor, &body, told.or_else(|| type_of_name(path)));
        let mut sample = Self {
            sample: name,
            content_type: content_type.to_owned(),
            format: None,
            refused: None,
            bytes_before: body.len(),
            bytes_after: None,
            values: Vec::new(),
            leftovers: 0,
            findings: Vec::new(),
            decided: BTreeSet::new(),
        };
        match explained {
            Ok(explained) => sample.tell(&explained, encryptor),
            Err(error) => {
                let (code, status, message) = (error.code(), error.http_status(), error.to_string());
                sample.refused = Some(Refused { code, status, message });
            }
        }
        if sample.bytes_before > OTHERS_BEFORE {
            let message = format!(
                "the body is longer than Cloudflare Workers and Node.js servers take unless they are told: {OTHERS_BEFORE} bytes"
            );
            sample.warn("sample_too_long", message);
        }
        Ok(sample)
    }

    fn tell(&mut self, explained: &ExplainedBody, encryptor: &Encryptor) {
        self.format = Some(explained.format);
        self.bytes_after = Some(explained.output_bytes);
        self.leftovers = explained.report.leftovers();
        let protected = protected_names(encryptor);
        let (mut oversize, mut alike) = (Places::new(), Places::new());
        for value in &explained.values {
            let Some(row) = row(value, &protected) else { continue };
            match &value.outcome {
                Outcome::Encrypted { form: TokenForm::OversizeEnvelope, .. } => {
                    oversize.entry(row.field.clone()).or_default().push(place(value));
                }
                Outcome::Stayed => alike.entry(row.field.clone()).or_default().push(place(value)),
                _ => {}
            }
            if row.outcome != "name" {
                self.decided.insert(row.field.clone());
            }
            self.values.push(row);
        }
        for (field, places) in oversize {
            let are = if places.len() == 1 {
                "is longer than its key takes, and became an envelope token"
            } else {
                "are longer than its key takes, and became envelope tokens"
            };
            let message = format!(
                "{} of `{field}`, a rule of direct tokens, {are}: {}; with `mode` `envelope` all are",
                counted(places.len()),
                listed(&places)
            );
            self.warn("value_oversize", message);
        }
        for (field, places) in alike {
            let verb = if places.len() == 1 { "stays" } else { "stay" };
            let message = format!(
                "{} {verb} in plain text under a name like that of `{field}`: {}",
                counted(places.len()),
                listed(&places)
            );
            self.warn("name_stayed", message);
        }
        if explained.format == "pass" {
            self.warn(
                "sample_passed",
                format!("bodies of `{}` reach the origin as they are", self.content_type),
            );
        }
        if explained.output_bytes > LAMBDA_EDGE_AFTER {
            let message =
                format!("the encrypted body is longer than CloudFront takes back: {LAMBDA_EDGE_AFTER} bytes");
            self.warn("sample_too_long", message);
        }
    }

    fn warn(&mut self, code: &'static str, message: String) {
        self.findings.push(Finding::of_sample(code, &self.sample, message));
    }
}

/// By field, where values stand.
type Places = BTreeMap<String, Vec<String>>;

/// The body as what it is said to be; if nothing is said, as what it parses as, and if it is neither, the error is that of JSON.
fn explain<'t>(
    encryptor: &Encryptor,
    body: &[u8],
    told: Option<&'t str>,
) -> (&'t str, Result<ExplainedBody, EncryptError>) {
    let explain = |content_type| {
        let request = Request { content_type: Some(content_type), body: Some(body), ..Request::default() };
        encryptor.explain_body(&request, &mut SysRng)
    };
    if let Some(content_type) = told {
        return (content_type, explain(content_type));
    }
    match explain(JSON) {
        error @ Err(EncryptError::JsonInvalid { .. }) => match explain(NDJSON) {
            Err(EncryptError::JsonInvalid { .. }) => (JSON, error),
            explained => (NDJSON, explained),
        },
        explained => (JSON, explained),
    }
}

/// The names that rules protect, by what they look like, and the first rule of each.
fn protected_names(encryptor: &Encryptor) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for field in encryptor.policy().fields() {
        if let Target::Path(path) = field.target
            && let Some(name) = path.last_name()
        {
            names.entry(skeleton(name)).or_insert_with(|| field.name.to_string());
        }
    }
    names.remove("");
    names
}

/// `None` for a value that stays, and looks like nothing that is protected.
fn row(value: &ExplainedValue, protected: &BTreeMap<String, String>) -> Option<Row> {
    let mut row = Row {
        pointer: value.pointer.to_string(),
        line: value.line,
        outcome: "name",
        field: String::new(),
        key: None,
        value_bytes: None,
        token_chars: None,
    };
    match &value.outcome {
        Outcome::Encrypted { field, key, form, value_bytes, token_chars } => {
            row.outcome = match form {
                TokenForm::Direct => "direct",
                TokenForm::Classic => "classic",
                _ => "envelope",
            };
            row.field = field.to_string();
            row.key = Some(key.to_string());
            row.value_bytes = Some(*value_bytes);
            row.token_chars = Some(*token_chars);
        }
        Outcome::NullKept { field } => (row.outcome, row.field) = ("null", field.to_string()),
        Outcome::Reported { field } => (row.outcome, row.field) = ("report", field.to_string()),
        _ => row.field.clone_from(protected.get(&skeleton(value.name.as_deref()?))?),
    }
    Some(row)
}

fn place(value: &ExplainedValue) -> String {
    match value.line {
        Some(line) => format!("line {line} `{}`", value.pointer),
        None => format!("`{}`", value.pointer),
    }
}

fn listed(places: &[String]) -> String {
    let named: Vec<&str> = places.iter().take(MOST_PLACES).map(String::as_str).collect();
    match places.len().saturating_sub(MOST_PLACES) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

fn counted(count: usize) -> String {
    if count == 1 { "a value".to_owned() } else { format!("{count} values") }
}
