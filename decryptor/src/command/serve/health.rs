//! What keeps the service alive, and what watches it.

use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use edgeseal::KeyLocation;

use super::metrics::Gauges;
use super::problem::Problem;
use super::service::Service;

/// `GET /healthz`: the process answers.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: it can decrypt, as far as that can be told without asking anybody.
pub(super) async fn ready(State(service): State<Arc<Service>>) -> Result<&'static str, Problem> {
    if service.stopping.load(Ordering::Relaxed) {
        return Err(Problem::new("not_ready", "the service is ending"));
    }
    // Whoever asks here need not say who they are: which key it is is in the log of the one who does.
    if !keys_are_readable(&service) {
        return Err(Problem::new("not_ready", "a private key file cannot be read"));
    }
    Ok("ready\n")
}

/// `GET /metrics`.
pub(super) async fn metrics(State(service): State<Arc<Service>>) -> impl IntoResponse {
    let now = Gauges {
        working: service.admission.working(),
        waiting: service.admission.waiting(),
        connections: service.connections.load(Ordering::Relaxed),
    };
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], service.metrics.text(&now))
}

fn keys_are_readable(service: &Service) -> bool {
    service.decryptor.keyring().iter().all(|(_, entry)| match entry.location() {
        KeyLocation::File(file) => {
            let path = service.folder.join(file.as_ref());
            // Opening what is no file could take for ever.
            path.is_file() && File::open(path).is_ok()
        }
        _ => true,
    })
}
