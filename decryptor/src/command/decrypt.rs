//! `edgeseal decrypt`.

pub(crate) mod options;
mod outcomes;
pub(crate) mod planning;
mod work;

use std::path::Path;
use std::process::ExitCode;

use edgeseal::Keyring;
use edgeseal_decryptor::Decryptor;

use super::arguments::DecryptArguments;
use super::failure::Failure;
use super::lazy_kms::LazyKms;
use super::output::Readers;
use super::texts::{Batch, Formats, Inputs, Manner, Progress};
use super::{config, terminal};
use planning::Planning;
use work::Decrypting;

pub(crate) fn run(arguments: &DecryptArguments) -> Result<ExitCode, Failure> {
    options::check(arguments)?;
    let log = arguments.log.log.as_deref().unwrap_or(Path::new("-"));
    arguments.log.start().map_err(|error| Failure::writing(format_args!("`{}`", log.display()), &error))?;
    let keyring = config::keyring(&arguments.keyring)?;
    let inputs = Inputs::find(&options::asked(&arguments.inputs, &arguments.texts))?;
    let formats = Formats::new(arguments.texts.format, options::needs_json(&arguments.selection), &inputs)?;
    if let Some(form) = arguments.texts.plan {
        let rate = arguments.limits.calls_per_second;
        let planning = Planning { form, keyring: &keyring, inputs: &inputs, formats: &formats, rate };
        return planning.of_decrypt(options::selection(&arguments.selection, &keyring)?);
    }
    let options = options::run_options(arguments, &keyring)?;
    let runtime = tokio::runtime::Runtime::new().map_err(|error| Failure::new("io_failed", error))?;
    let decryptor = decryptor(arguments, keyring.clone());
    let progress = Progress::new(&inputs, !arguments.texts.no_progress);
    let run = decryptor.run(options);
    let work = Decrypting {
        run: &run,
        runtime: &runtime,
        keyring: &keyring,
        formats: &formats,
        manner: Manner {
            readers: Readers::Owner,
            compression: arguments.texts.compression,
            stream: arguments.texts.stream,
            several: inputs.several,
        },
        progress: &progress,
    };
    let batch = Batch { inputs: &inputs, texts: &arguments.texts, belonging: options::belonging(arguments) };
    let ended = batch.run(&work)?;
    let report = run.finish(ended.failure());
    for warning in decryptor.warnings() {
        terminal::note(&format!("warning: {warning}"));
    }
    ended.conclude(&report, report.kept(), || outcomes::tell_kept(&report, &arguments.outcome))
}

/// Every key where the keyring says it is.
fn decryptor(arguments: &DecryptArguments, keyring: Keyring) -> Decryptor {
    let folder = arguments.keyring.parent().unwrap_or(Path::new(""));
    let kms = LazyKms::new(&arguments.limits);
    Decryptor::new(keyring).with_local_keys(folder).with_provider(kms)
}
