//! `POST /v1/decrypt`.

use std::sync::Arc;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use edgeseal::TextFormat;
use edgeseal_decryptor::{Report, Run, RunOptions};
use tokio::time::{Instant, timeout_at};
use zeroize::Zeroizing;

use super::admission::Place;
use super::parameters::Parameters;
use super::problem::Problem;
use super::router::Caller;
use super::service::Service;
use super::{body, media};

/// What the audit and the metrics have of a request whose client did not wait for the answer.
pub(super) const CLIENT_GONE: &str = "client_gone";

/// The headers that say what became of the tokens.
pub(super) const TOKEN_HEADERS: [HeaderName; 4] = [
    HeaderName::from_static("edgeseal-tokens-found"),
    HeaderName::from_static("edgeseal-tokens-decrypted"),
    HeaderName::from_static("edgeseal-tokens-kept"),
    HeaderName::from_static("edgeseal-tokens-skipped"),
];

pub(super) async fn decrypt(
    State(service): State<Arc<Service>>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response, Problem> {
    let (head, body) = request.into_parts();
    let mut options = RunOptions::default();
    options.limits = service.limits();
    options.label = Some(caller.label.clone());
    let plan = Plan::of(&service, &head, &mut options);
    // A run of its own: what is remembered ends with the request, so that a permission that is taken away counts at once.
    let run = Audited { service: &service, run: Some(service.decryptor.run(options)) };
    let answered = match (plan, &run.run) {
        (Ok(plan), Some(run)) => answer(&service, &caller, run, plan, body).await,
        (Ok(_), None) => Err(Problem::new("internal", "the service failed")),
        (Err(problem), _) => Err(problem),
    };
    service.tell_warnings();
    run.finish(answered.as_ref().err().map(Problem::code));
    answered
}

/// What is asked for.
struct Plan {
    format: TextFormat,
    content_type: HeaderValue,
    report_only: bool,
    declared_bytes: Option<usize>,
}

impl Plan {
    fn of(service: &Service, head: &Parts, options: &mut RunOptions) -> Result<Self, Problem> {
        let parameters = Parameters::of(&head.uri)?;
        options.selection = service.restrictions.narrow(parameters.narrowing)?;
        options.fallbacks = parameters.fallbacks;
        let format = media::format(&head.headers, parameters.format)?;
        let declared_bytes = body::declared(&head.headers, service.max_body)?;
        let usual = HeaderValue::from_static("application/octet-stream");
        let content_type = head.headers.get(header::CONTENT_TYPE).cloned().unwrap_or(usual);
        Ok(Self { format, content_type, report_only: parameters.report_only, declared_bytes })
    }
}

async fn answer(
    service: &Service,
    caller: &Caller,
    run: &Run,
    plan: Plan,
    body: Body,
) -> Result<Response, Problem> {
    let deadline = caller.started.checked_add(service.request_timeout).unwrap_or_else(Instant::now);
    // Whoever waits has not sent a body yet, or it waits with the operating system.
    let place = service.admission.enter(deadline).await?;
    let text =
        body::read(body, plan.declared_bytes, service.max_body, deadline, service.body_timeout).await?;
    caller.pace.body_is_read();
    let decrypted = timeout_at(deadline, run.decrypt(&text, Some(plan.format))).await;
    let decrypted =
        decrypted.map_err(|_| Problem::new("deadline_passed", "the time that is allowed has passed"))??;
    let report = decrypted.report;
    service.metrics.tokens(&report, service.decryptor.keyring());
    let (bytes, content_type) = if plan.report_only {
        // The run's has the calls, too.
        (Zeroizing::new(run.report().to_json().into_bytes()), HeaderValue::from_static("application/json"))
    } else {
        (decrypted.body, plan.content_type)
    };
    service.metrics.bytes(text.len(), bytes.len());
    let mut response = Body::from(Bytes::from_owner(Sent { bytes, _place: place })).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, content_type);
    for (name, count) in TOKEN_HEADERS.into_iter().zip(counts(&report)) {
        headers.insert(name, HeaderValue::from(count));
    }
    Ok(response)
}

/// In the order of [`TOKEN_HEADERS`].
fn counts(report: &Report) -> [u64; 4] {
    [report.found(), report.decrypted(), report.kept(), report.skipped()]
}

/// An answer on its way. When hyper has done with it, it is zeroed, and its place is another's.
struct Sent {
    bytes: Zeroizing<Vec<u8>>,
    _place: Place,
}

impl AsRef<[u8]> for Sent {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// A run that leaves its line for the audit, also if the client goes away.
struct Audited<'s> {
    service: &'s Service,
    run: Option<Run>,
}

impl Audited<'_> {
    fn finish(mut self, failure: Option<&'static str>) {
        self.end(failure);
    }

    fn end(&mut self, failure: Option<&'static str>) {
        if let Some(run) = self.run.take() {
            self.service.metrics.calls(&run.finish(failure));
        }
    }
}

impl Drop for Audited<'_> {
    fn drop(&mut self) {
        self.end(Some(CLIENT_GONE));
    }
}
