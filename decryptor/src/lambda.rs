//! The AWS Lambda function: events in, events with plaintext out.
//!
//! `bootstrap` of this package is [`run`] and nothing more. What it is configured by and which events it knows is in `docs/LAMBDA.md`.
//!
//! A function of your own can keep its other work and have a [`Function`] answer the events:
//!
//! ```no_run
//! use edgeseal_decryptor::lambda::{Function, Invocation, Settings};
//!
//! # async fn example(event: serde_json::Value, invocation: Invocation) -> Result<(), Box<dyn std::error::Error>> {
//! let function = Function::new(Settings::from_environment()?).await;
//! let answer = function.answer(event, invocation).await?;
//! # Ok(()) }
//! ```

mod attributes;
mod batch;
mod event;
mod failure;
mod firehose;
mod function;
mod http;
mod init;
mod media_type;
mod pipe;
mod record;
mod settings;
mod texts;

use std::process::ExitCode;
use std::sync::Arc;

use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;

use crate::logging;
pub use failure::Failure;
pub use function::{Function, Invocation};
pub use settings::{Settings, SettingsError};

/// Runs the function for as long as Lambda wants it; what it is configured by is in the environment.
///
/// What keeps it from starting is told to Lambda, and logged.
pub fn run() -> ExitCode {
    let settings = Settings::from_environment();
    let level = settings.as_ref().map_or(logging::Level::Info, Settings::log_level);
    // Standard error can always be opened.
    let _ = logging::start(logging::Destination::Stderr, level, logging::Format::Json);
    let Ok(runtime) = tokio::runtime::Runtime::new() else { return ExitCode::FAILURE };
    runtime.block_on(async {
        let ended = match settings {
            Ok(settings) => serve(Arc::new(Function::new(settings).await)).await,
            Err(error) => Err(error),
        };
        match ended {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                tracing::error!(code = error.code(), "the function does not start: {error}");
                init::report(&error).await;
                ExitCode::FAILURE
            }
        }
    })
}

async fn serve(function: Arc<Function>) -> Result<(), SettingsError> {
    init::check()?;
    let answer = service_fn(move |event: LambdaEvent<Value>| {
        let function = function.clone();
        async move {
            let invocation = Invocation::of(&event.context);
            function.answer(event.payload, invocation).await
        }
    });
    let ended = lambda_runtime::run(answer).await;
    if ended.is_err() {
        // Its words may quote an event.
        tracing::error!(code = "runtime_failed", "the connection to Lambda ended");
    }
    Ok(())
}
