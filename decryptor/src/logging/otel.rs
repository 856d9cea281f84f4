//! Runs and questions to keys as OpenTelemetry spans, sent by OTLP over HTTP.
//!
//! Only spans of EdgeSeal itself are sent: they carry key ids, counts and codes. Events, and spans of other code, are not.

use core::pin::Pin;
use std::env;
use std::sync::OnceLock;
use std::time::Duration;

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::hyper::HyperClient;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::{Builder, Runtime};
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

use super::lines::is_ours;

/// How long a collector may take: beyond it, spans are lost and work goes on.
const PATIENCE: Duration = Duration::from_secs(5);

static PROVIDER: OnceLock<SdkTracerProvider> = OnceLock::new();

/// Sends spans to the collector of the environment; without one in it there is nothing to do.
pub(super) fn layer<S>() -> Option<impl Layer<S>>
where
    S: Subscriber + for<'s> LookupSpan<'s>,
{
    let wanted = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];
    if !wanted.iter().any(|name| env::var_os(name).is_some_and(|value| !value.is_empty())) {
        return None;
    }
    let Some(provider) = provider() else {
        tracing::warn!("no spans are sent: the exporter does not take its settings");
        return None;
    };
    let provider = PROVIDER.get_or_init(|| provider);
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("edgeseal"))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false);
    Some(layer.with_filter(filter_fn(|metadata| metadata.is_span() && is_ours(metadata))))
}

/// Waits until all spans that have ended are sent, or lost.
pub(super) fn flush() {
    if let Some(provider) = PROVIDER.get() {
        let _ = provider.force_flush();
    }
}

fn provider() -> Option<SdkTracerProvider> {
    let exporter = SpanExporter::builder().with_http().with_http_client(Client::new()?).build().ok()?;
    let mut resource = Resource::builder();
    if env::var_os("OTEL_SERVICE_NAME").is_none() {
        resource = resource.with_service_name("edgeseal-decryptor");
    }
    Some(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource.build()).build())
}

/// Sends on threads of its own: whoever exports has no asynchronous runtime, and whoever decrypts may be done with theirs.
#[derive(Debug)]
struct Client {
    runtime: Runtime,
    client: HyperClient<HttpsConnector<hyper_util::client::legacy::connect::HttpConnector>>,
}

impl Client {
    fn new() -> Option<Self> {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().ok()?;
        let connector =
            HttpsConnectorBuilder::new().with_native_roots().ok()?.https_or_http().enable_http1().build();
        Some(Self { runtime, client: HyperClient::new(connector, PATIENCE, None) })
    }
}

impl HttpClient for Client {
    fn send_bytes<'s, 'f>(
        &'s self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'f>>
    where
        's: 'f,
        Self: 'f,
    {
        let client = self.client.clone();
        let sent = self.runtime.spawn(async move { client.send_bytes(request).await });
        Box::pin(async move { sent.await? })
    }
}
