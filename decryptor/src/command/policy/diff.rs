//! `edgeseal policy diff`.

use std::collections::BTreeSet;
use std::process::ExitCode;

use edgeseal::{ChangeEffect, ChangeSubject, PolicyChange};
use serde::Serialize;

use super::STDIN_TWICE;
use crate::command::arguments::DiffArguments;
use crate::command::failure::Failure;
use crate::command::output::Output;
use crate::command::{config, terminal};

#[derive(Serialize)]
struct Report<'a> {
    old: Summary<'a>,
    new: Summary<'a>,
    changes: Vec<Row<'a>>,
    /// What was acknowledged and did not happen.
    unused: Vec<String>,
    lost: usize,
}

#[derive(Serialize)]
struct Summary<'a> {
    file: String,
    sha256: &'a str,
}

#[derive(Serialize)]
struct Row<'a> {
    effect: &'static str,
    code: &'static str,
    #[serde(flatten)]
    subject: Subject,
    message: &'a str,
    /// Of what has to be acknowledged, whether it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledged: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Subject {
    Field(String),
    Key(String),
    Member(String),
}

pub(super) fn run(arguments: &DiffArguments) -> Result<ExitCode, Failure> {
    if arguments.reads_twice() {
        return Err(Failure::usage(STDIN_TWICE));
    }
    let old = config::policy_or_stdin(&arguments.old)?;
    let new = config::policy_or_stdin(&arguments.new)?;
    let changes = old.changes_to(&new);
    let open: Vec<&PolicyChange> =
        changes.iter().filter(|change| is_acknowledged(change, arguments) == Some(false)).collect();
    let unused = unused(&changes, arguments);

    let text = if arguments.json {
        let report = Report {
            old: Summary { file: arguments.old.display().to_string(), sha256: old.digest() },
            new: Summary { file: arguments.new.display().to_string(), sha256: new.digest() },
            changes: changes.iter().map(|change| row(change, arguments)).collect(),
            unused: unused.clone(),
            lost: open.len(),
        };
        // Names and words always have a JSON text.
        format!("{}\n", serde_json::to_string(&report).unwrap_or_default())
    } else {
        text(&changes, arguments)
    };
    Output::stdout().stage(text.as_bytes())?.commit()?;
    for option in &unused {
        terminal::note(&format!("warning[acknowledgement_unused]: `{option}` acknowledges nothing"));
    }
    let subjects = |effect| {
        let changes = open.iter().filter(|change| change.effect() == effect);
        changes.map(|change| change.subject().to_string()).collect::<BTreeSet<_>>()
    };
    let (lost, replaced) = (subjects(ChangeEffect::Loss), subjects(ChangeEffect::KeyReplaced));
    if !lost.is_empty() {
        let fields = lost.into_iter().collect::<Vec<_>>().join(", ");
        return Err(Failure::new("protection_lost", format!("values would lose their protection: {fields}")));
    }
    if !replaced.is_empty() {
        let keys = replaced.into_iter().collect::<Vec<_>>().join(", ");
        return Err(Failure::new("key_replaced", format!("another public key under the same id: {keys}")));
    }
    let weaker: BTreeSet<String> = open
        .iter()
        .filter(|change| change.effect() == ChangeEffect::Weaker)
        .map(|change| format!("{} ({})", change.code(), change.subject()))
        .collect();
    if !weaker.is_empty() {
        let what = weaker.into_iter().collect::<Vec<_>>().join(", ");
        return Err(Failure::new("policy_weaker", format!("the policy would be weaker: {what}")));
    }
    Ok(ExitCode::SUCCESS)
}

/// Of a change that has to be acknowledged, whether it is.
fn is_acknowledged(change: &PolicyChange, arguments: &DiffArguments) -> Option<bool> {
    match (change.effect(), change.subject()) {
        (ChangeEffect::Loss, ChangeSubject::Field(name)) => Some(arguments.allow_loss.contains(name)),
        (ChangeEffect::KeyReplaced, ChangeSubject::Key(id)) => Some(arguments.allow_key_change.contains(id)),
        (ChangeEffect::Loss | ChangeEffect::KeyReplaced, _) => Some(false),
        (ChangeEffect::Weaker, _) if arguments.strict => {
            Some(arguments.allow_weaker.iter().any(|allowed| is_named(change, allowed)))
        }
        _ => None,
    }
}

/// Whether this is the code of a change, or the member of the policy that it is about.
fn is_named(change: &PolicyChange, name: &str) -> bool {
    change.code() == name || matches!(change.subject(), ChangeSubject::Member(member) if *member == name)
}

/// Options that acknowledge nothing that has changed.
fn unused(changes: &[PolicyChange], arguments: &DiffArguments) -> Vec<String> {
    let has = |effect, subject: &ChangeSubject| {
        changes.iter().any(|change| change.effect() == effect && change.subject() == subject)
    };
    let losses = arguments.allow_loss.iter().filter_map(|name| {
        let is_used = has(ChangeEffect::Loss, &ChangeSubject::Field(name.clone()));
        (!is_used).then(|| format!("--allow-loss {name}"))
    });
    let keys = arguments.allow_key_change.iter().filter_map(|id| {
        let is_used = has(ChangeEffect::KeyReplaced, &ChangeSubject::Key(id.clone()));
        (!is_used).then(|| format!("--allow-key-change {id}"))
    });
    let weaker = arguments.allow_weaker.iter().filter_map(|name| {
        let mut weaker = changes.iter().filter(|change| change.effect() == ChangeEffect::Weaker);
        let is_used = weaker.any(|change| is_named(change, name));
        (!is_used).then(|| format!("--allow-weaker {name}"))
    });
    losses.chain(keys).chain(weaker).collect()
}

fn row<'a>(change: &'a PolicyChange, arguments: &DiffArguments) -> Row<'a> {
    Row {
        effect: change.effect().as_str(),
        code: change.code(),
        subject: match change.subject() {
            ChangeSubject::Field(name) => Subject::Field(name.to_string()),
            ChangeSubject::Key(id) => Subject::Key(id.to_string()),
            other => Subject::Member(other.to_string().trim_matches('`').to_owned()),
        },
        message: change.message(),
        acknowledged: is_acknowledged(change, arguments),
    }
}

fn text(changes: &[PolicyChange], arguments: &DiffArguments) -> String {
    if changes.is_empty() {
        return "nothing changes\n".to_owned();
    }
    let line = |change: &PolicyChange| {
        let acknowledged =
            if is_acknowledged(change, arguments) == Some(true) { " (acknowledged)" } else { "" };
        let line = format!("{}[{}]: {change}{acknowledged}", change.effect().as_str(), change.code());
        // Names may hold anything, a line feed among it.
        format!("{}\n", terminal::printable(&line, |_| false))
    };
    changes.iter().map(line).collect()
}
