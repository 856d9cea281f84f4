//! Which handler a request goes to, and what comes before and after all of them.

use std::sync::Arc;

use axum::body::HttpBody;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Extension, Router};
use edgeseal_decryptor::RunOptions;
use tokio::time::Instant;

use super::paced::Pace;
use super::problem::Problem;
use super::request_id::{REQUEST_ID_HEADER, RequestId};
use super::service::Service;
use super::{decrypt, health, openapi};

/// A resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    Decrypt,
    Health,
    Readiness,
    Metrics,
    Description,
}

impl Route {
    pub(super) const ALL: [Self; 5] =
        [Self::Decrypt, Self::Health, Self::Readiness, Self::Metrics, Self::Description];

    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Decrypt => "/v1/decrypt",
            Self::Health => "/healthz",
            Self::Readiness => "/readyz",
            Self::Metrics => "/metrics",
            Self::Description => "/openapi.json",
        }
    }

    /// The methods, as the header Allow has them.
    pub(super) fn allow(self) -> &'static str {
        match self {
            Self::Decrypt => "POST",
            _ => "GET, HEAD",
        }
    }

    /// Whether it is for whoever can connect: what keeps the service alive has no token.
    pub(super) fn is_open(self) -> bool {
        matches!(self, Self::Health | Self::Readiness)
    }

    fn of(uri: &Uri) -> Option<Self> {
        Self::ALL.into_iter().find(|route| route.path() == uri.path())
    }

    fn handler(self) -> MethodRouter<Arc<Service>> {
        match self {
            Self::Decrypt => post(decrypt::decrypt),
            Self::Health => get(health::alive),
            Self::Readiness => get(health::ready),
            Self::Metrics => get(health::metrics),
            Self::Description => get(openapi::description),
        }
    }
}

/// The other side of a connection.
#[derive(Clone)]
pub(super) struct Peer {
    pub(super) pace: Arc<Pace>,
    /// For the audit.
    pub(super) name: Option<Arc<str>>,
}

/// A request that was let in.
#[derive(Clone)]
pub(super) struct Caller {
    /// For the audit: the request, and who asks.
    pub(super) label: String,
    pub(super) started: Instant,
    pub(super) pace: Arc<Pace>,
}

pub(super) fn router(service: Arc<Service>) -> Router {
    let routes = Route::ALL.into_iter();
    routes
        .fold(Router::new(), |router, route| router.route(route.path(), route.handler()))
        .fallback(|| async { Problem::new("not_found", "there is no such resource") })
        .method_not_allowed_fallback(|uri: Uri| async move {
            Problem::method_not_allowed(Route::of(&uri).map_or("", Route::allow))
        })
        .layer(from_fn_with_state(service.clone(), around))
        .with_state(service)
}

/// Lets a request in or refuses it, counts it, and completes the answer.
async fn around(
    State(service): State<Arc<Service>>,
    Extension(peer): Extension<Peer>,
    request: Request,
    next: Next,
) -> Response {
    let counted = Counted { service: &service, started: Instant::now() };
    let (mut head, body) = request.into_parts();
    peer.pace.begin_request(!body.is_end_stream());
    let id = RequestId::of(&head.headers);
    let mut label = format!("http {}", id.as_str());
    if let Some(name) = &peer.name {
        label = format!("{label} {name}");
    }
    let route = Route::of(&head.uri);
    let answered = match let_in(&service, route, &head, &mut label) {
        Ok(()) => {
            let caller = Caller { label, started: counted.started, pace: peer.pace.clone() };
            head.extensions.insert(caller);
            next.run(Request::from_parts(head, body)).await
        }
        Err(problem) => {
            if route == Some(Route::Decrypt) {
                // Whoever is sent away leaves a line for the audit, too.
                let mut options = RunOptions::default();
                options.limits = service.limits();
                options.label = Some(label);
                service.decryptor.run(options).finish(Some(problem.code()));
            }
            problem.into_response()
        }
    };
    let problem = answered.extensions().get::<Problem>();
    let code = problem.map_or("ok", Problem::code);
    let mut answer = match problem {
        Some(problem) => problem.answer(id.as_str()),
        None => answered,
    };
    let headers = answer.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(id) = HeaderValue::from_str(id.as_str()) {
        headers.insert(REQUEST_ID_HEADER, id);
    }
    counted.end(answer.status().as_u16(), code);
    peer.pace.end_request();
    answer
}

fn let_in(service: &Service, route: Option<Route>, head: &Parts, label: &mut String) -> Result<(), Problem> {
    service.access.check_target(head)?;
    if route.is_some_and(Route::is_open) {
        return Ok(());
    }
    if let Some(token) = service.access.authenticate(&head.headers)? {
        *label = format!("{label} {token}");
    }
    Ok(())
}

/// Counts a request, also one whose client has gone.
struct Counted<'s> {
    service: &'s Service,
    started: Instant,
}

impl Counted<'_> {
    fn end(self, status: u16, code: &'static str) {
        self.service.metrics.request(status, code, self.started.elapsed());
        core::mem::forget(self);
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.service.metrics.request(0, decrypt::CLIENT_GONE, self.started.elapsed());
    }
}
