//! `edgeseal rewrap`.

mod local;
mod moving;
mod options;
mod verify;

use std::path::Path;
use std::process::ExitCode;

use edgeseal_decryptor::{RewrapReport, Rewrapper};

use super::arguments::RewrapArguments;
use super::decrypt::options::{asked, check_texts, needs_json, selection};
use super::decrypt::planning::Planning;
use super::failure::Failure;
use super::output::Readers;
use super::texts::{Batch, Formats, Inputs, Manner, Progress};
use super::{config, terminal};
use moving::Moving;

pub(crate) fn run(arguments: &RewrapArguments) -> Result<ExitCode, Failure> {
    check_texts(&arguments.texts)?;
    let log = arguments.log.log.as_deref().unwrap_or(Path::new("-"));
    arguments.log.start().map_err(|error| Failure::writing(format_args!("`{}`", log.display()), &error))?;
    let keyring = config::keyring(&arguments.keyring)?;
    options::check(arguments, &keyring)?;
    let inputs = Inputs::find(&asked(&arguments.inputs, &arguments.texts))?;
    let selected = options::selected(&arguments.selection);
    let formats = Formats::new(arguments.texts.format, needs_json(&selected), &inputs)?;
    let selection = selection(&selected, &keyring)?;
    let rewrapper = options::rewrapper(arguments, &keyring)?;
    if let Some(form) = arguments.texts.plan {
        let rate = arguments.limits.calls_per_second;
        let planning = Planning { form, keyring: &keyring, inputs: &inputs, formats: &formats, rate };
        return planning.of_rewrap(&rewrapper, selection);
    }
    let runtime = tokio::runtime::Runtime::new().map_err(|error| Failure::new("io_failed", error))?;
    let progress = Progress::new(&inputs, !arguments.texts.no_progress);
    let run = rewrapper.run(options::run_options(arguments, selection));
    let moving = Moving {
        run: &run,
        rewrapper: &rewrapper,
        runtime: &runtime,
        formats: &formats,
        manner: Manner {
            readers: Readers::AsBefore,
            compression: arguments.texts.compression,
            stream: arguments.texts.stream,
            several: inputs.several,
        },
        progress: &progress,
        verifies: !arguments.no_verify,
        local: local::of(arguments, &keyring),
    };
    let batch = Batch { inputs: &inputs, texts: &arguments.texts, belonging: options::belonging(arguments) };
    let ended = batch.run(&moving)?;
    let report = run.finish(ended.failure());
    for warning in rewrapper.warnings() {
        terminal::note(&format!("warning: {warning}"));
    }
    ended.conclude(&report, report.kept(), || tell_kept(&report, &rewrapper))
}

/// How many tokens are as they were, and why. Where each stands is in the report.
fn tell_kept(report: &RewrapReport, rewrapper: &Rewrapper) {
    let reasons: Vec<String> =
        report.reasons().iter().map(|(code, count)| format!("{code} {count}")).collect();
    terminal::note(&format!(
        "{} of {} tokens not moved to `{}`: {}",
        report.kept(),
        report.found(),
        rewrapper.to().key_id(),
        reasons.join(", ")
    ));
    terminal::help("--report says where each stands");
}
