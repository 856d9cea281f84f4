//! `edgeseal serve`: the decryptor over HTTP, for programs in other languages on the same host.
//!
//! A connection goes from the `listener` through `paced`, which cuts whoever is too slow, to `hyper`; a request through the `router`, which lets it in
//! or refuses it, to its handler.

mod access;
mod admission;
mod body;
mod connections;
mod decrypt;
mod health;
mod host;
mod listen;
mod listener;
mod media;
mod metrics;
mod openapi;
mod paced;
mod parameters;
mod problem;
mod request_id;
mod restrictions;
mod router;
mod service;
mod signals;
mod tls;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use edgeseal::{KeyLocation, Keyring};
use edgeseal_decryptor::{AwsKms, Decryptor};
use tokio::sync::watch;

use super::arguments::ServeArguments;
use super::failure::Failure;
use super::{config, terminal};
use access::Access;
use connections::Connections;
pub(crate) use listen::Listen;
use listener::Listener;
use restrictions::Restrictions;
use service::Service;
use signals::Signals;

pub(crate) fn run(arguments: &ServeArguments) -> Result<ExitCode, Failure> {
    log_to_stderr();
    let runtime = tokio::runtime::Runtime::new().map_err(|error| Failure::new("io_failed", error))?;
    let ended = runtime.block_on(serve(arguments));
    // Whoever is still at work after the time that was given for it is not waited for.
    runtime.shutdown_background();
    ended
}

async fn serve(arguments: &ServeArguments) -> Result<ExitCode, Failure> {
    let access = Access::new(&arguments.listen, &arguments.access)?;
    let restrictions = Restrictions::new(&arguments.restrictions)?;
    let keyring = config::keyring(&arguments.keyring)?;
    let folder = arguments.keyring.parent().unwrap_or(Path::new(""));
    let decryptor = decryptor(keyring, folder).await;
    let service =
        Arc::new(Service::new(decryptor, folder.to_owned(), access, restrictions, &arguments.limits));

    // Before anybody can know that the service is there.
    let mut signals = Signals::new().map_err(|error| Failure::new("io_failed", error))?;
    let listener = Listener::bind(&arguments.listen, arguments.access.socket_mode).await?;
    if !service.access.authenticates() && listener.is_open_to_all_users() {
        terminal::note("warning: no authentication: every user of this host may have tokens decrypted");
    }
    terminal::note(&format!("listening on {}", listener.name(service.access.tls.is_some())));

    let (stop, stopping) = watch::channel(false);
    let connections = Connections::new(service.clone(), &arguments.limits, stopping);
    let accepting = tokio::spawn(connections.clone().accept_all(listener));
    signals.wait_for_end(|| service.access.reload()).await;

    service.stopping.store(true, Ordering::Relaxed);
    let _ = stop.send(true);
    // The listener goes with it, and its socket file.
    let _ = accepting.await;
    terminal::note("ending: requests under way are answered first");
    tokio::select! {
        all = connections.all_ended(arguments.limits.shutdown_timeout) => {
            if !all {
                terminal::note("warning: requests that took too long were cut");
            }
            Ok(ExitCode::SUCCESS)
        }
        again = signals.wait_for_end(|| ()) => Ok(ExitCode::from(again.exit_status())),
    }
}

/// Without a key in AWS KMS, nothing of AWS is looked for.
async fn decryptor(keyring: Keyring, folder: &Path) -> Decryptor {
    let has_kms = keyring.iter().any(|(_, entry)| matches!(entry.location(), KeyLocation::Kms(_)));
    let decryptor = Decryptor::new(keyring).with_local_keys(folder);
    if has_kms {
        decryptor.with_provider(AwsKms::from_environment(Default::default()).await)
    } else {
        decryptor
    }
}

/// The audit has to go somewhere.
fn log_to_stderr() {
    use edgeseal_decryptor::logging::{Destination, Format, Level, start};

    // Standard error can always be opened.
    let _ = start(Destination::Stderr, Level::Info, Format::Json);
}
