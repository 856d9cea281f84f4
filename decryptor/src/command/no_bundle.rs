//! `edgeseal bundle`, where the command was built without the feature `bundle`.

use std::process::ExitCode;

use super::arguments::BundleArguments;
use super::failure::Failure;

pub(crate) fn run(_: &BundleArguments) -> Result<ExitCode, Failure> {
    Err(Failure::new(
        "bundle_unavailable",
        "this command was built without the files that a bundle is made of",
    ))
}
