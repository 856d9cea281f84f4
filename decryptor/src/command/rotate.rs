//! `edgeseal rotate`.

mod check;
mod summary;

use std::process::ExitCode;

use edgeseal::{KeyId, Keyring, Policy};

use super::arguments::RotateArguments;
use super::edit::{Change, ConfigFile, Edit, Step, commit};
use super::failure::Failure;
use super::output::Output;
use super::{config, terminal};
use summary::Summary;

/// A rule that is to use another key.
struct Move<'p> {
    /// Its place in the policy.
    index: usize,
    name: &'p str,
    from: &'p KeyId,
    to: &'p KeyId,
}

pub(crate) fn run(arguments: &RotateArguments) -> Result<ExitCode, Failure> {
    if arguments.from.is_some() && arguments.from == arguments.to {
        return Err(Failure::usage("--from and --to name the same key"));
    }
    let file = ConfigFile::open(&arguments.policy)?;
    let Some(text) = file.text() else { return Err(missing(&file)) };
    let policy = Policy::from_json(text).map_err(|error| Failure::config(file.path(), &error))?;
    let keyring = config::keyring(&arguments.keyring)?;

    check_names(&policy, &keyring, arguments)?;
    let moves = match &arguments.to {
        Some(to) => moves(&policy, arguments, to),
        None => Vec::new(),
    };
    match (&arguments.to, &arguments.from) {
        (Some(to), _) => {
            check::new_key(&policy, &keyring, to)?;
            check::old_keys(&keyring, &moves)?;
            check::differs(
                &policy,
                &keyring,
                arguments.from.iter().chain(moves.iter().map(|rule| rule.from)),
                to,
            )?;
        }
        (None, Some(from)) => check::no_rule_uses(&policy, from)?,
        // The arguments always have one of them.
        (None, None) => {}
    }

    let unused = unused(&policy, arguments, &moves);
    let (pruned, kept) = if arguments.prune { prunable(&policy, &unused) } else { (Vec::new(), Vec::new()) };
    let edits = edits(&moves, &pruned);
    if edits.is_empty() {
        terminal::note("nothing to change");
        say(&Summary::new(arguments, &moves, &unused, &pruned, policy.digest()), arguments)?;
        say_unpruned(&kept);
        return Ok(ExitCode::SUCCESS);
    }
    let edited = file.edited(&edits)?;
    let rotated = Policy::from_json(edited.as_bytes());
    let rotated =
        rotated.map_err(|error| refused(format!("the policy would not be one any more: {error}")))?;
    if let Some(to) = &arguments.to {
        check::modes(&rotated, &keyring, to, &moves)?;
    }
    if !arguments.dry_run {
        commit(vec![file.stage(&edited)?])?;
    }
    say(&Summary::new(arguments, &moves, &unused, &pruned, rotated.digest()), arguments)?;
    say_unpruned(&kept);
    Ok(ExitCode::SUCCESS)
}

fn edits<'a>(moves: &[Move<'a>], pruned: &[&'a KeyId]) -> Vec<Edit<'a>> {
    let mut edits: Vec<Edit<'a>> = moves
        .iter()
        .map(|rule| Edit {
            place: vec![Step::Member("fields"), Step::Element(rule.index), Step::Member("key")],
            change: Change::Text(rule.to.as_str()),
        })
        .collect();
    if !pruned.is_empty() {
        let names = pruned.iter().map(|key| key.as_str()).collect();
        edits.push(Edit { place: vec![Step::Member("keys")], change: Change::Remove(names) });
    }
    edits
}

fn say(summary: &Summary<'_>, arguments: &RotateArguments) -> Result<(), Failure> {
    let said = if arguments.json { summary.json() } else { summary.text(arguments) };
    Output::stdout().stage(said.as_bytes())?.commit()
}

fn missing(file: &ConfigFile) -> Failure {
    let message = format_args!("cannot read `{}`: there is no such file", file.path().display());
    Failure::new("io_failed", message)
}

/// Rules and keys that the arguments name are there.
fn check_names(policy: &Policy, keyring: &Keyring, arguments: &RotateArguments) -> Result<(), Failure> {
    for name in &arguments.fields {
        if !policy.fields().any(|field| field.name == name) {
            return Err(refused(format!("the policy has no rule `{}`", name.as_str())));
        }
    }
    if let Some(from) = &arguments.from {
        // A key that neither knows is a slip of the pen; one that no rule uses any more has been rotated away.
        let is_known = keyring.get(from).is_some() || policy.keys().any(|(id, _)| id == from);
        if !is_known {
            return Err(refused(format!("neither the policy nor the keyring has a key `{}`", from.as_str())));
        }
    }
    Ok(())
}

/// The rules that are meant and use another key than the new one.
fn moves<'p>(policy: &'p Policy, arguments: &RotateArguments, to: &'p KeyId) -> Vec<Move<'p>> {
    let fields = policy.fields().enumerate();
    let meant = fields.filter(|(_, field)| match &arguments.from {
        Some(from) => field.key == from,
        None => arguments.fields.contains(field.name) && field.key != to,
    });
    meant.map(|(index, field)| Move { index, name: field.name.as_str(), from: field.key, to }).collect()
}

/// Keys that were used, or are said to be the old one, and that no rule uses after this. In the order of the policy.
fn unused<'p>(policy: &'p Policy, arguments: &RotateArguments, moves: &[Move<'_>]) -> Vec<&'p KeyId> {
    let stays = |key: &KeyId| {
        policy
            .fields()
            .enumerate()
            .any(|(index, field)| field.key == key && !moves.iter().any(|rule| rule.index == index))
    };
    let is_old =
        |key: &KeyId| arguments.from.as_ref() == Some(key) || moves.iter().any(|rule| rule.from == key);
    policy.keys().map(|(id, _)| id).filter(|key| is_old(key) && !stays(key)).collect()
}

/// Which of the keys may go, and which may not.
fn prunable<'p>(policy: &Policy, unused: &[&'p KeyId]) -> (Vec<&'p KeyId>, Vec<&'p KeyId>) {
    unused.iter().partition(|key| policy.tags(key).is_none())
}

fn say_unpruned(kept: &[&KeyId]) {
    for key in kept {
        terminal::note(&format!(
            "note: `{}` stays in the policy: it has classic tags, by which its tokens are refused when they come from outside",
            key.as_str()
        ));
    }
}

fn refused(message: String) -> Failure {
    Failure::new("rotation_refused", message)
}
