//! `edgeseal keys check`: whether policies, keyring and the owners of the private keys agree.

mod asking;
mod canary;
mod compare;
mod facts;
mod finding;
#[cfg(feature = "bundle")]
mod gate;
mod policies;
mod report;

use std::collections::BTreeSet;
use std::process::ExitCode;

use edgeseal::{KeyId, Keyring};

use super::super::arguments::{KeysCheckArguments, RequiredKey};
use super::super::config;
use super::super::failure::Failure;
use super::super::output::Output;
use asking::{Asker, Depth};
use compare::Demands;
use facts::{KeyFacts, PolicyFacts, RuleFacts};
use finding::Severity;
#[cfg(feature = "bundle")]
pub(crate) use gate::hold_against;
use policies::PolicyFile;
use report::{Report, Row};

/// Nothing is wrong, and something is to be looked at.
const EXIT_WARNINGS: u8 = 3;

pub(super) fn run(arguments: &KeysCheckArguments) -> Result<ExitCode, Failure> {
    let policies: Vec<PolicyFile> =
        arguments.policies.iter().map(|path| PolicyFile::read(path)).collect::<Result<_, _>>()?;
    let keyring = config::keyring(&arguments.keyring)?;
    let mut keys = facts_of(&policies, &keyring);
    let left_out = choose(arguments, &mut keys)?;

    let depth = match (arguments.offline, arguments.no_decrypt) {
        (true, false) => Depth::Offline,
        (_, true) => Depth::NoDecrypt,
        (false, false) => Depth::Decrypt,
    };
    let runtime = tokio::runtime::Runtime::new().map_err(|error| Failure::new("io_failed", error))?;
    let owners = runtime.block_on(async {
        Asker::new(depth, &keyring, &arguments.keyring, &policies, &keys).await.ask(&keys).await
    });
    for (key, owner) in keys.iter_mut().zip(owners) {
        key.owner = owner;
    }

    let rows = keys.iter().map(|key| {
        let decrypt = arguments.require_decrypt.iter().any(|required| match required {
            RequiredKey::All => key.entry.is_some(),
            RequiredKey::Key(key_id) => key_id == key.key_id,
        });
        Row::new(key, compare::findings(key, keys.iter().chain(&left_out), Demands { decrypt }))
    });
    let report = Report::new(arguments.offline, rows.collect());
    let text = if arguments.json { report.json() } else { report.table() };
    Output::stdout().stage(text.as_bytes())?.commit()?;
    Ok(match report.worst() {
        Some(Severity::Error) => ExitCode::FAILURE,
        Some(Severity::Warning) if arguments.strict => ExitCode::FAILURE,
        Some(Severity::Warning) => ExitCode::from(EXIT_WARNINGS),
        Some(Severity::Note) | None => ExitCode::SUCCESS,
    })
}

/// What the files say of each key that is in any of them, in the order of the key ids.
fn facts_of<'a>(policies: &'a [PolicyFile], keyring: &'a Keyring) -> Vec<KeyFacts<'a>> {
    let of_policies = policies.iter().flat_map(|file| file.policy.keys().map(|(key_id, _)| key_id));
    let key_ids: BTreeSet<&KeyId> = keyring.iter().map(|(key_id, _)| key_id).chain(of_policies).collect();
    let of_policy = |key_id: &KeyId, file: &'a PolicyFile| {
        let (_, public_key) = file.policy.keys().find(|(id, _)| *id == key_id)?;
        let rules = file.policy.fields().filter(|field| field.key == key_id);
        Some(PolicyFacts {
            file: &file.name,
            public_key,
            tags: file.policy.tags(key_id),
            rules: rules.map(|field| RuleFacts { name: field.name, modes: field.modes }).collect(),
        })
    };
    key_ids
        .into_iter()
        .map(|key_id| KeyFacts {
            key_id,
            entry: keyring.get(key_id),
            policies: policies.iter().filter_map(|file| of_policy(key_id, file)).collect(),
            owner: None,
        })
        .collect()
}

/// Leaves the keys of `--key`, and gives the others. A misspelt key id would quietly check nothing.
fn choose<'a>(
    arguments: &KeysCheckArguments,
    keys: &mut Vec<KeyFacts<'a>>,
) -> Result<Vec<KeyFacts<'a>>, Failure> {
    let required = arguments.require_decrypt.iter().filter_map(|required| match required {
        RequiredKey::All => None,
        RequiredKey::Key(key_id) => Some(key_id),
    });
    let named = arguments.keys.iter().map(|key_id| ("--key", key_id));
    for (option, key_id) in named.chain(required.map(|key_id| ("--require-decrypt", key_id))) {
        if !keys.iter().any(|key| key.key_id == key_id) {
            return Err(Failure::usage(&format!(
                "{option} names the key `{key_id}`, which neither the keyring nor a policy has"
            )));
        }
        if option == "--require-decrypt" && !arguments.keys.is_empty() && !arguments.keys.contains(key_id) {
            return Err(Failure::usage(&format!(
                "--require-decrypt names the key `{key_id}`, which --key leaves out"
            )));
        }
    }
    if arguments.keys.is_empty() {
        return Ok(Vec::new());
    }
    Ok(keys.extract_if(.., |key| !arguments.keys.contains(key.key_id)).collect())
}
