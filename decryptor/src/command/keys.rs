//! `edgeseal keys`.

mod check;
mod create;
mod entry;
mod fetch;
mod files;

use std::future::Future;
use std::process::ExitCode;
use std::time::Duration;

use edgeseal_decryptor::{AwsKms, KmsCallError, KmsCallReason, KmsKeys, KmsTimeouts};

use super::advice;
use super::arguments::{KeysArguments, KeysWork};
use super::failure::Failure;
#[cfg(feature = "bundle")]
pub(crate) use check::hold_against;

/// Patient: a call that is given up may have been done all the same.
const TIMEOUTS: KmsTimeouts = KmsTimeouts { attempt: Duration::from_secs(30), call: Duration::from_secs(60) };

pub(crate) fn run(arguments: &KeysArguments) -> Result<ExitCode, Failure> {
    match &arguments.work {
        KeysWork::Create(arguments) => create::run(arguments),
        KeysWork::Fetch(arguments) => fetch::run(arguments),
        KeysWork::Check(arguments) => check::run(arguments),
    }
}

/// Does what has to be waited for.
fn wait<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Failure::new("io_failed", error))?.block_on(work)
}

/// Asks as the environment says; of the region too, unless it is known.
async fn kms_keys(region: Option<&str>) -> KmsKeys {
    KmsKeys::new(match region {
        Some(region) => AwsKms::from_environment_in(region, TIMEOUTS).await,
        None => AwsKms::from_environment(TIMEOUTS).await,
    })
}

fn call_failed(error: &KmsCallError) -> Failure {
    let failure = Failure::new(error.code(), error);
    match error.reason {
        KmsCallReason::Denied => failure.with_help(advice::ON_PERMISSIONS),
        KmsCallReason::Unavailable(_) => failure.without_help(),
        _ => failure,
    }
}
