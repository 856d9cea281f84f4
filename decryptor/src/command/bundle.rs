//! `edgeseal bundle`.

mod archive;
mod code;
mod contents;
mod folder;
mod manifest;
mod options;
mod sha256;
mod summary;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use edgeseal::sizes::MAX_CONFIG_BYTES;

use super::arguments::{BundleArguments, BundleWork, NewBundle};
use super::failure::Failure;
use super::input::read_at_most;
use super::output::{Output, Readers};
use super::{keys, terminal};
use contents::{Contents, Refused};
use folder::NewFolder;
use summary::Summary;

/// The files of a bundle, by their names.
type Files = BTreeMap<String, Vec<u8>>;

/// No bundle is longer: a handler and a module have some hundred kilobytes, a policy 1 MiB at most.
const MAX_BUNDLE_BYTES: usize = 8 << 20;

pub(crate) fn run(arguments: &BundleArguments) -> Result<ExitCode, Failure> {
    match arguments.work() {
        Some(BundleWork::Make(new)) => make(&new, arguments.json),
        Some(BundleWork::Verify(path)) => verify(path, arguments.json),
        None => Err(Failure::usage("--policy, --target and --out, or --verify")),
    }
}

fn make(new: &NewBundle<'_>, as_json: bool) -> Result<ExitCode, Failure> {
    let policy = read_at_most(new.policy, MAX_CONFIG_BYTES)?;
    let options = options::to_json(new).ok_or_else(|| Failure::usage(options::NOT_FOR_WORKERS))?;
    let contents = Contents::new(new.target.into(), policy.to_vec(), options);
    // What is written passes the check that whoever gets it will make.
    let summary = contents.check().map(Summary::new).map_err(|refused| match refused {
        Refused::Policy(error) => Failure::config(new.policy, &error),
        refused => failure(new.out, refused),
    })?;
    if let Some(keyring) = new.keyring {
        keys::hold_against(new.policy, &policy, keyring)?;
    }
    let zip = archive::write(contents.files());
    if is_zip(new.out) {
        let out = Output::file(new.out, Readers::AsBefore)?.stage(&zip)?;
        tell(&summary, as_json)?;
        out.commit()?;
    } else {
        let out = NewFolder::stage(new.out, contents.files())?;
        tell(&summary, as_json)?;
        out.commit()?;
    }
    Ok(ExitCode::SUCCESS)
}

fn verify(path: &Path, as_json: bool) -> Result<ExitCode, Failure> {
    let is_folder = fs::metadata(path).is_ok_and(|metadata| metadata.is_dir());
    let files = if is_folder {
        folder::read(path)?
    } else {
        archive::read(&read_at_most(path, MAX_BUNDLE_BYTES)?)
            .map_err(|reason| failure(path, Refused::Invalid(reason)))?
    };
    let contents = Contents::from(files);
    let checked = contents.check().map_err(|refused| failure(path, refused))?;
    tell(&Summary::new(checked), as_json)?;
    Ok(ExitCode::SUCCESS)
}

/// Says what is in a bundle: warnings to whoever watches, the rest to standard output.
fn tell(summary: &Summary, as_json: bool) -> Result<(), Failure> {
    for warning in summary.warnings() {
        terminal::note(&warning.to_string());
    }
    let text = if as_json { summary.to_json() } else { summary.to_string() };
    Output::stdout().stage(text.as_bytes())?.commit()
}

fn is_zip(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"))
}

fn failure(path: &Path, refused: Refused) -> Failure {
    let code = refused.code();
    match refused {
        Refused::Policy(error) => Failure::config(&path.join(contents::POLICY), &error),
        Refused::Invalid(reason) | Refused::Foreign(reason) => {
            Failure::new(code, format_args!("{}: {reason}", path.display()))
        }
    }
}
