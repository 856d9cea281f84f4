//! Arguments become what the library calls them.

use std::path::Path;

use edgeseal::sizes::MAX_CONFIG_BYTES;
use edgeseal::{Keyring, Policy, PublicKey, Selection};
use edgeseal_decryptor::{Keeping, LocalRewrap, RewrapOptions, RewrapRefused, Rewrapper};

use crate::command::arguments::{KeepOrFail, RewrapArguments, RewrapSelectionArguments, SelectionArguments};
use crate::command::decrypt::options::{check_known, limits};
use crate::command::failure::Failure;
use crate::command::input::read_at_most;
use crate::command::lazy_kms::LazyKms;
use crate::command::texts::{Belonging, Moves};

/// Arguments that each are right and do not go together.
pub(super) fn check(arguments: &RewrapArguments, keyring: &Keyring) -> Result<(), Failure> {
    arguments.from.iter().try_for_each(|key_id| check_known("--from", key_id, keyring))?;
    check_known("--to", &arguments.to, keyring)?;
    if arguments.from.contains(&arguments.to) {
        return Err(Failure::usage("--from and --to name the same key"));
    }
    Ok(())
}

/// As when tokens are decrypted; the keys are named elsewhere.
pub(super) fn selected(arguments: &RewrapSelectionArguments) -> SelectionArguments {
    SelectionArguments {
        keys: Vec::new(),
        fields: arguments.fields.clone(),
        paths: arguments.paths.clone(),
        require_context: Vec::new(),
        policies: arguments.policies.clone(),
    }
}

pub(super) fn run_options(arguments: &RewrapArguments, selection: Selection) -> RewrapOptions {
    let outcome = arguments.outcome;
    let mut options = RewrapOptions::default();
    options.selection = selection;
    options.keeping = Keeping {
        denied: outcome.on_denied == KeepOrFail::Keep,
        failed: outcome.on_failed == KeepOrFail::Keep,
        unavailable: outcome.on_unavailable == KeepOrFail::Keep,
    };
    options.limits = limits(&arguments.limits);
    options
}

/// The run that a journal is of.
pub(super) fn belonging(arguments: &RewrapArguments) -> Belonging<'_> {
    let texts = &arguments.texts;
    let options = (
        &arguments.selection,
        &arguments.outcome,
        &arguments.local,
        &texts.in_place,
        texts.format,
        texts.compression,
    );
    let from = arguments.from.iter().map(ToString::to_string).collect();
    Belonging {
        moves: Some(Moves { from, to: arguments.to.to_string() }),
        keyring: &arguments.keyring,
        inputs: &arguments.inputs,
        output: texts.output.as_deref(),
        options: format!("{options:?}"),
    }
}

/// What moves tokens, where the keyring says that the keys are.
pub(super) fn rewrapper(arguments: &RewrapArguments, keyring: &Keyring) -> Result<Rewrapper, Failure> {
    let (from, to) = (arguments.from.as_slice(), &arguments.to);
    let made = if arguments.local.local {
        Rewrapper::locally(keyring.clone(), from, to, local(arguments, keyring)?)
    } else {
        let kms = LazyKms::new(&arguments.limits);
        Rewrapper::within_kms(keyring.clone(), from, to, kms)
    };
    made.map_err(|error| refused(&error))
}

fn local(arguments: &RewrapArguments, keyring: &Keyring) -> Result<LocalRewrap, Failure> {
    let folder = arguments.keyring.parent().unwrap_or(Path::new(""));
    let to = &arguments.to;
    match &arguments.local.to_public_key {
        Some(path) => {
            let public_key = public_key(arguments, path)?;
            LocalRewrap::with_public_key(folder, keyring, to, public_key).map_err(|error| refused(&error))
        }
        None => Ok(LocalRewrap::new(folder)),
    }
}

/// Of a PEM file, or of a policy that has the key.
fn public_key(arguments: &RewrapArguments, path: &Path) -> Result<PublicKey, Failure> {
    let text = read_at_most(path, MAX_CONFIG_BYTES)?;
    if text.trim_ascii_start().starts_with(b"{") {
        let policy = Policy::from_json(&text).map_err(|error| Failure::config(path, &error))?;
        let mut keys = policy.keys();
        return keys.find(|(key_id, _)| **key_id == arguments.to).map(|(_, key)| key.clone()).ok_or_else(
            || {
                Failure::usage(&format!(
                    "--to-public-key names a policy that does not have the key `{}`",
                    arguments.to
                ))
            },
        );
    }
    PublicKey::from_pem(&String::from_utf8_lossy(&text))
        .map_err(|error| Failure::new(error.code(), format_args!("{}: {error}", path.display())))
}

/// What to do depends on why.
fn refused(error: &RewrapRefused) -> Failure {
    let help = match error {
        RewrapRefused::Regions { .. } => {
            "a multi-Region key has an ARN in each of its Regions: name those of one Region in the keyring, or make the new key in the Region of the old one"
        }
        RewrapRefused::LeavesKms { .. } => {
            "who may decrypt can `edgeseal decrypt` and encrypt again; a key in a file is for development"
        }
        RewrapRefused::NotInKms { .. } => "--local moves tokens of keys in files, in this process",
        RewrapRefused::NotInFile { .. } => "without --local, tokens are moved within AWS KMS",
        RewrapRefused::NoPublicKey { .. } => "--to-public-key names a file with it, or a policy that has it",
        RewrapRefused::WrongPublicKey { .. } => {
            "take the public key whose `spki_sha256` and `key_spec` the keyring has"
        }
        _ => return Failure::new(error.code(), error),
    };
    Failure::Error { code: error.code(), message: error.to_string(), help: Some(help) }
}
