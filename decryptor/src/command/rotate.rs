//! `edgeseal rotate`.

mod check;

use std::process::ExitCode;

use edgeseal::{KeyId, Keyring, Policy};

use super::arguments::RotateArguments;
use super::edit::{Change, ConfigFile, Edit, Step, commit};
use super::failure::Failure;
use super::output::Output;
use super::{config, terminal};

/// A rule that is to use another key.
struct Move<'p> {
    /// Its place in the policy.
    index: usize,
    name: &'p str,
    from: &'p KeyId,
}

pub(crate) fn run(arguments: &RotateArguments) -> Result<ExitCode, Failure> {
    if arguments.from.as_ref() == Some(&arguments.to) {
        return Err(Failure::usage("--from and --to name the same key"));
    }
    let file = ConfigFile::open(&arguments.policy)?;
    let Some(text) = file.text() else { return Err(missing(&file)) };
    let policy = Policy::from_json(text).map_err(|error| Failure::config(file.path(), &error))?;
    let keyring = config::keyring(&arguments.keyring)?;

    let moves = moves(&policy, &keyring, arguments)?;
    check::new_key(&policy, &keyring, &arguments.to)?;
    check::old_keys(&keyring, &moves)?;

    let unused = unused(&policy, arguments, &moves);
    let (pruned, kept) = if arguments.prune { prunable(&policy, &unused) } else { (Vec::new(), Vec::new()) };
    if moves.is_empty() && pruned.is_empty() {
        terminal::note("nothing to change");
        say_unpruned(&kept);
        return Ok(ExitCode::SUCCESS);
    }
    let mut edits: Vec<Edit<'_>> = moves
        .iter()
        .map(|rule| Edit {
            place: vec![Step::Member("fields"), Step::Element(rule.index), Step::Member("key")],
            change: Change::Text(arguments.to.as_str()),
        })
        .collect();
    if !pruned.is_empty() {
        let names = pruned.iter().map(|key| key.as_str()).collect();
        edits.push(Edit { place: vec![Step::Member("keys")], change: Change::Remove(names) });
    }
    let edited = file.edited(&edits)?;
    let rotated = Policy::from_json(edited.as_bytes());
    let rotated =
        rotated.map_err(|error| refused(format!("the policy would not be one any more: {error}")))?;
    check::modes(&rotated, &keyring, &arguments.to, &moves)?;

    let mut said = String::new();
    for rule in &moves {
        said.push_str(&format!("{}: {} -> {}\n", rule.name, rule.from.as_str(), arguments.to.as_str()));
    }
    for key in &unused {
        let becomes = if pruned.contains(key) {
            "no rule uses it any more; it is taken out of the policy"
        } else {
            "no rule uses it any more"
        };
        said.push_str(&format!("{}: {becomes}\n", key.as_str()));
    }
    let name = arguments.policy.display();
    let (would, digest) = (if arguments.dry_run { "would be" } else { "is" }, rotated.digest());
    said.push_str(&format!("{name} {would} changed, SHA-256 {digest}\n"));
    said.push_str(&next_steps(&moves, arguments));
    if !arguments.dry_run {
        commit(vec![file.stage(&edited)?])?;
    }
    Output::stdout().stage(said.as_bytes())?.commit()?;
    say_unpruned(&kept);
    Ok(ExitCode::SUCCESS)
}

fn missing(file: &ConfigFile) -> Failure {
    let message = format_args!("cannot read `{}`: there is no such file", file.path().display());
    Failure::new("io_failed", message)
}

/// The rules that are meant and use another key than the new one.
fn moves<'p>(
    policy: &'p Policy,
    keyring: &Keyring,
    arguments: &RotateArguments,
) -> Result<Vec<Move<'p>>, Failure> {
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
    let fields = policy.fields().enumerate();
    let meant = fields.filter(|(_, field)| match &arguments.from {
        Some(from) => field.key == from,
        None => arguments.fields.contains(field.name) && field.key != &arguments.to,
    });
    let moved = meant.map(|(index, field)| Move { index, name: field.name.as_str(), from: field.key });
    Ok(moved.collect())
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

fn next_steps(moves: &[Move<'_>], arguments: &RotateArguments) -> String {
    let mut old: Vec<&str> = moves.iter().map(|rule| rule.from.as_str()).collect();
    old.sort_unstable();
    old.dedup();
    if old.is_empty() {
        return "to do: deploy the policy\n".to_owned();
    }
    let (keyring, to) = (arguments.keyring.display(), arguments.to.as_str());
    let mut said =
        String::from("to do:\n  deploy the policy; the keyring has to be with every reader before that\n");
    for key in old {
        said.push_str(&format!(
            "  edgeseal inspect -k {keyring} --key {key} ...: what is still under {key}\n"
        ));
        said.push_str(&format!("  edgeseal rewrap -k {keyring} --from {key} --to {to} ...: moves it\n"));
    }
    said.push_str("  leave the old keys in the keyring and in AWS KMS until nothing is under them\n");
    said
}

fn refused(message: String) -> Failure {
    Failure::new("rotation_refused", message)
}
