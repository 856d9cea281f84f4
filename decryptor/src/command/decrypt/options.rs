//! Arguments become what the library calls them.

use std::collections::BTreeSet;
use std::path::PathBuf;

use edgeseal::{KeyId, Keyring, NotDecrypted, Selection};
use edgeseal_decryptor::{Fallbacks, Limits, RunOptions};

use crate::command::arguments::{
    DecryptArguments, LimitArguments, OutcomeArguments, SelectionArguments, TextArguments, named,
};
use crate::command::config;
use crate::command::failure::Failure;
use crate::command::texts::{Asked, Belonging, real_path};

pub(super) fn run_options(arguments: &DecryptArguments, keyring: &Keyring) -> Result<RunOptions, Failure> {
    let mut options = RunOptions::default();
    options.selection = selection(&arguments.selection, keyring)?;
    options.fallbacks = fallbacks(&arguments.outcome, keyring)?;
    options.limits = limits(&arguments.limits);
    Ok(options)
}

/// What is read and written.
pub(crate) fn asked<'a>(inputs: &'a [PathBuf], texts: &'a TextArguments) -> Asked<'a> {
    Asked {
        inputs,
        output: texts.output.as_deref(),
        in_place: texts.in_place.as_deref(),
        report: texts.report.as_deref(),
        journal: texts.resume.as_deref(),
        stream: texts.stream,
        reads_only: texts.plan.is_some(),
    }
}

/// The run that a journal is of.
pub(super) fn belonging(arguments: &DecryptArguments) -> Belonging<'_> {
    let texts = &arguments.texts;
    let options =
        (&arguments.selection, &arguments.outcome, &texts.in_place, texts.format, texts.compression);
    Belonging {
        moves: None,
        keyring: &arguments.keyring,
        inputs: &arguments.inputs,
        output: texts.output.as_deref(),
        options: format!("{options:?}"),
    }
}

/// Arguments that each are right and do not go together.
pub(super) fn check(arguments: &DecryptArguments) -> Result<(), Failure> {
    let mut names = BTreeSet::new();
    if !arguments.selection.require_context.iter().all(|(name, _)| names.insert(name)) {
        return Err(Failure::usage("--require-context names one pair twice"));
    }
    check_texts(&arguments.texts)
}

/// The same of what is read and written.
pub(crate) fn check_texts(texts: &TextArguments) -> Result<(), Failure> {
    let written = named(texts.output.as_deref()).is_some() || texts.in_place.is_some();
    if texts.resume.is_some() && !written {
        return Err(Failure::usage("--resume needs --in-place or -o"));
    }
    if let (Some(journal), Some(report)) = (&texts.resume, named(texts.report.as_deref()))
        && real_path(journal) == real_path(report)
    {
        return Err(Failure::usage("--resume and --report name the same file"));
    }
    Ok(())
}

/// Which tokens, and what they have to prove.
pub(crate) fn selection(arguments: &SelectionArguments, keyring: &Keyring) -> Result<Selection, Failure> {
    let mut selection = Selection::default();
    for key_id in &arguments.keys {
        check_known("--key", key_id, keyring)?;
        selection = selection.key(key_id.clone());
    }
    selection = arguments.fields.iter().cloned().fold(selection, Selection::field);
    for path in &arguments.paths {
        selection = selection.path(path.clone()).map_err(|error| Failure::new(error.code(), error))?;
    }
    for path in &arguments.policies {
        selection = selection.policy(config::policy(path)?);
    }
    let context = arguments.require_context.iter();
    Ok(context.fold(selection, |selection, (name, value)| selection.require_context(name, value)))
}

/// Whether the selection asks for places that only JSON has.
pub(crate) fn needs_json(arguments: &SelectionArguments) -> bool {
    !arguments.paths.is_empty() || !arguments.policies.is_empty()
}

fn fallbacks(arguments: &OutcomeArguments, keyring: &Keyring) -> Result<Fallbacks, Failure> {
    let mut fallbacks = Fallbacks::default();
    for (option, reason, actions) in [
        ("--on-denied", NotDecrypted::Denied, &arguments.on_denied),
        ("--on-failed", NotDecrypted::Failed, &arguments.on_failed),
        ("--on-unavailable", NotDecrypted::Unavailable, &arguments.on_unavailable),
    ] {
        for action in actions {
            if let Some(key_id) = &action.key {
                check_known(option, key_id, keyring)?;
            }
            fallbacks = fallbacks.on(reason, action.key.clone(), action.fallback);
        }
    }
    Ok(fallbacks)
}

/// A misspelt key id would quietly do nothing.
pub(crate) fn check_known(option: &str, key_id: &KeyId, keyring: &Keyring) -> Result<(), Failure> {
    if keyring.get(key_id).is_some() {
        return Ok(());
    }
    Err(Failure::usage(&format!("{option} names the key `{key_id}`, which the keyring does not have")))
}

pub(crate) fn limits(arguments: &LimitArguments) -> Limits {
    let mut limits = Limits::default();
    limits.concurrency = arguments.concurrency.map_or(limits.concurrency, usize::from);
    limits.max_calls = arguments.max_calls;
    limits.calls_per_second = arguments.calls_per_second;
    limits.total = arguments.timeout;
    limits.remembered_answers = arguments.remember.unwrap_or(limits.remembered_answers);
    limits.max_piece_bytes = arguments.max_piece.unwrap_or(limits.max_piece_bytes);
    limits
}
