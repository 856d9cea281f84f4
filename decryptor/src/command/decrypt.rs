//! `edgeseal decrypt`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use edgeseal::{Selection, TextFormat};
use edgeseal_decryptor::{AwsKms, Decryptor, Report, RunOptions};

use super::arguments::DecryptArguments;
use super::encrypt::open_report;
use super::failure::Failure;
use super::output::{Output, Readers};
use super::{config, input, terminal};

/// Done, and some tokens were left in place.
const EXIT_KEPT: u8 = 3;

pub(crate) fn run(arguments: &DecryptArguments) -> Result<ExitCode, Failure> {
    let selection = selection(arguments)?;
    let keyring = config::keyring(&arguments.keyring)?;
    let files = &arguments.files;
    let output =
        files.output().map_or_else(|| Ok(Output::stdout()), |path| Output::file(path, Readers::Owner))?;
    let report = open_report(arguments.report.as_deref(), &output)?;
    let text = input::read(files.input())?;

    let format = arguments.format.map(TextFormat::from).or_else(|| files.input().and_then(format_of_name));
    let runtime = tokio::runtime::Runtime::new().map_err(|error| Failure::new("io_failed", error))?;
    let folder = arguments.keyring.parent().unwrap_or(Path::new(""));
    let mut options = RunOptions::default();
    options.selection = selection;
    let (decryptor, decrypted) = runtime.block_on(async {
        let kms = AwsKms::from_environment(Default::default()).await;
        let decryptor = Decryptor::new(keyring).with_local_keys(folder).with_provider(kms);
        let decrypted = decryptor.run(options).decrypt(&text, format).await;
        (decryptor, decrypted)
    });
    for warning in decryptor.warnings() {
        terminal::note(&format!("warning: {warning}"));
    }
    let decrypted = decrypted?;

    let line = format!("{}\n", decrypted.report.to_json());
    let report = report.map(|report| report.stage(line.as_bytes())).transpose()?;
    let output = output.stage(&decrypted.body)?;
    // The text last: if it is there, everything is.
    report.map_or(Ok(()), |report| report.commit())?;
    output.commit()?;
    if decrypted.report.kept() == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    tell_kept(&decrypted.report);
    Ok(ExitCode::from(EXIT_KEPT))
}

fn selection(arguments: &DecryptArguments) -> Result<Selection, Failure> {
    let mut context = BTreeMap::new();
    for (name, value) in &arguments.require_context {
        if context.insert(name, value).is_some() {
            return Err(Failure::usage("--require-context names one pair twice"));
        }
    }
    let pairs = context.into_iter();
    Ok(pairs.fold(Selection::default(), |selection, (name, value)| selection.require_context(name, value)))
}

fn format_of_name(path: &Path) -> Option<TextFormat> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "json" => Some(TextFormat::Json),
        "ndjson" | "jsonl" => Some(TextFormat::NdJson),
        _ => None,
    }
}

/// How many tokens were left in place, and why. Where each stands is in the report.
fn tell_kept(report: &Report) {
    let reasons: Vec<String> =
        report.reasons().iter().map(|(code, count)| format!("{code} {count}")).collect();
    terminal::note(&format!(
        "{} of {} tokens left in place: {}",
        report.kept(),
        report.found(),
        reasons.join(", ")
    ));
    terminal::help("--report says where each stands");
}
