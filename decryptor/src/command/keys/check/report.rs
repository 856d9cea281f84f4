//! What was found, as a table and as JSON.

use edgeseal::KeyLocation;
use serde::Serialize;

use super::super::entry::spec_name;
use super::facts::{Canary, KeyFacts};
use super::finding::{Finding, Severity};
use crate::command::hex::hex;
use crate::command::table::{Column, Table};
use crate::command::terminal::printable;

/// Rules that are named in a cell of the table. JSON has all.
const RULES_SHOWN: usize = 3;

/// What was found about all keys.
#[derive(Serialize)]
pub(super) struct Report {
    offline: bool,
    errors: usize,
    warnings: usize,
    notes: usize,
    keys: Vec<Row>,
}

/// What was found about one key.
#[derive(Serialize)]
pub(super) struct Row {
    key: String,
    in_keyring: bool,
    /// A region, or `file`.
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kms_key_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spec: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deletion_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_to: Option<String>,
    spki_sha256: Fingerprints,
    rules: Vec<RuleOf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    canary: Option<&'static str>,
    findings: Vec<Finding>,
}

#[derive(Serialize)]
struct Fingerprints {
    #[serde(skip_serializing_if = "Option::is_none")]
    keyring: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    policies: Vec<FingerprintOf>,
}

#[derive(Serialize)]
struct FingerprintOf {
    policy: String,
    spki_sha256: String,
}

#[derive(Serialize)]
struct RuleOf {
    policy: String,
    rule: String,
}

impl Row {
    pub(super) fn new(key: &KeyFacts<'_>, findings: Vec<Finding>) -> Self {
        let location = key.entry.map(|entry| entry.location());
        let arn = location.and_then(|location| match location {
            KeyLocation::Kms(arn) => Some(arn.to_string()),
            _ => None,
        });
        let region = arn.as_deref().and_then(|arn| arn.split(':').nth(3));
        let description = key.description();
        let size = key
            .owners_key()
            .map(|key| key.size())
            .or_else(|| key.entry?.key_spec())
            .or_else(|| Some(key.policies.first()?.public_key.size()));
        let rules = key.policies.iter().flat_map(|policy| {
            policy
                .rules
                .iter()
                .map(|rule| RuleOf { policy: policy.file.to_owned(), rule: rule.name.to_string() })
        });
        let policies = key.policies.iter().map(|policy| FingerprintOf {
            policy: policy.file.to_owned(),
            spki_sha256: hex(policy.public_key.spki_sha256()),
        });
        Self {
            key: key.key_id.to_string(),
            in_keyring: key.entry.is_some(),
            location: location.map(|_| region.unwrap_or("file").to_owned()),
            spec: description
                .map(|description| description.spec.clone())
                .or_else(|| size.map(|size| spec_name(size).to_owned())),
            state: description.map(|description| description.state.clone()),
            deletion_date: description.and_then(|description| description.deletion_date.clone()),
            valid_to: description.and_then(|description| description.valid_to.clone()),
            spki_sha256: Fingerprints {
                keyring: key.entry.and_then(|entry| entry.spki_sha256()).map(|digest| hex(digest)),
                owner: key.owners_key().map(|key| hex(key.spki_sha256())),
                policies: policies.collect(),
            },
            rules: rules.collect(),
            canary: key.canary().map(Canary::word),
            kms_key_arn: arn,
            findings,
        }
    }

    fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).min()
    }

    fn cells(&self) -> [String; 7] {
        let or_nothing = |text: Option<&str>| text.unwrap_or("-").to_owned();
        let mut rules: Vec<&str> = Vec::new();
        for RuleOf { rule, .. } in &self.rules {
            if !rules.contains(&rule.as_str()) {
                rules.push(rule);
            }
        }
        let omitted = rules.len().saturating_sub(RULES_SHOWN);
        rules.truncate(RULES_SHOWN);
        let mut shown = rules.join(", ");
        if omitted > 0 {
            shown.push_str(&format!(", +{omitted}"));
        }
        [
            self.key.clone(),
            or_nothing(self.location.as_deref()),
            or_nothing(self.spec.as_deref()),
            or_nothing(self.state.as_deref()),
            if shown.is_empty() { "-".to_owned() } else { shown },
            or_nothing(self.canary),
            self.worst().map_or("ok", Severity::word).to_owned(),
        ]
    }
}

impl Report {
    pub(super) fn new(offline: bool, keys: Vec<Row>) -> Self {
        let count = |severity| {
            keys.iter().flat_map(|row| &row.findings).filter(|finding| finding.severity == severity).count()
        };
        let (errors, warnings, notes) =
            (count(Severity::Error), count(Severity::Warning), count(Severity::Note));
        Self { offline, errors, warnings, notes, keys }
    }

    pub(super) fn worst(&self) -> Option<Severity> {
        self.keys.iter().filter_map(Row::worst).min()
    }

    /// One line.
    pub(super) fn json(&self) -> String {
        // Strings and numbers always have a JSON text.
        format!("{}\n", serde_json::to_string(self).unwrap_or_default())
    }

    /// The table, and beneath it what was found and what to do about it.
    pub(super) fn table(&self) -> String {
        let columns = ["key", "location", "spec", "state", "rules", "canary", "found"].map(Column::Left);
        let mut table = Table::new(columns);
        for row in &self.keys {
            table.row(row.cells());
        }
        let mut text = table.to_string();
        for row in &self.keys {
            for Finding { code, severity, message, next } in &row.findings {
                let (severity, message) = (severity.word(), printable(message, |_| false));
                text.push_str(&format!("\n{severity}[{code}]: `{}`: {message}\n  next: {next}\n", row.key));
            }
        }
        let offline = if self.offline { "; offline: no key in AWS KMS was asked" } else { "" };
        text.push_str(&format!(
            "\n{}: {}, {}, {}{offline}\n",
            counted(self.keys.len(), "key"),
            counted(self.errors, "error"),
            counted(self.warnings, "warning"),
            counted(self.notes, "note"),
        ));
        text
    }
}

fn counted(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}
