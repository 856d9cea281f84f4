//! `edgeseal keys fetch`.

use std::process::ExitCode;

use edgeseal_decryptor::KmsKeys;

use super::entry::Entry;
use super::files::{Files, say};
use super::{Failure, call_failed, kms_keys, wait};
use crate::command::arguments::KeysFetchArguments;
use crate::command::terminal;

pub(super) fn run(arguments: &KeysFetchArguments) -> Result<ExitCode, Failure> {
    let of_arn = arguments.key.strip_prefix("arn:").and_then(|arn| arn.split(':').nth(2));
    let region = arguments.region.as_deref();
    if let (Some(of_arn), Some(region)) = (of_arn, region)
        && of_arn != region
    {
        return Err(Failure::usage("the ARN is of another region than --region"));
    }
    let files = Files::open(&arguments.files)?;
    let entry = wait(async { fetch(&kms_keys(of_arn.or(region)).await, arguments).await })?;
    if files.are_none() {
        entry.print()?;
        return Ok(ExitCode::SUCCESS);
    }
    let edited = files.enter(&entry)?;
    if edited.said.is_empty() {
        terminal::note(&format!("the key `{}` is already there", entry.key_id.as_str()));
        return Ok(ExitCode::SUCCESS);
    }
    if !arguments.dry_run {
        files.write(&edited)?;
    }
    say(&edited, arguments.dry_run)?;
    Ok(ExitCode::SUCCESS)
}

async fn fetch<'a>(kms: &KmsKeys, arguments: &'a KeysFetchArguments) -> Result<Entry<'a>, Failure> {
    let described = kms.describe(&arguments.key, arguments.region.as_deref()).await;
    let described = described.map_err(|error| call_failed(&error))?;
    // What the description says against the key is better known before anything else is asked.
    described.check_fit().map_err(|unfit| super::entry::Unfit::Key(unfit).failure(&described.arn))?;
    let public = kms.public_key(&described.arn).await.map_err(|error| call_failed(&error))?;
    Entry::new(&arguments.key_id, &described, &public).map_err(|unfit| unfit.failure(&described.arn))
}
