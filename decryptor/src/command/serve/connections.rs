//! Accepts connections and serves them: HTTP/1.1, so many at once, until the service ends.

use core::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::{Extension, Router};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};

use super::listener::{Accepted, Listener, Stream};
use super::paced::{Pace, Paced, Times};
use super::router::{self, Peer};
use super::service::Service;
use super::tls;
use crate::command::arguments::ServiceLimitArguments;

/// Longest head of a request, in bytes, but for what hyper reads at once: with more than twice as much, it answers with 431.
const MAX_HEAD_BYTES: usize = 1 << 15;
const MAX_HEADERS: usize = 100;

/// After an error of the operating system, most likely that there are too many files: others may close some.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

#[derive(Clone)]
pub(super) struct Connections {
    service: Arc<Service>,
    router: Router,
    places: Arc<Semaphore>,
    most: u16,
    times: Times,
    stopping: watch::Receiver<bool>,
}

impl Connections {
    pub(super) fn new(
        service: Arc<Service>,
        limits: &ServiceLimitArguments,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        let times =
            Times { head: limits.head_timeout, idle: limits.idle_timeout, write: limits.body_timeout };
        let most = limits.max_connections;
        let places = Arc::new(Semaphore::new(usize::from(most)));
        Self { router: router::router(service.clone()), service, places, most, times, stopping }
    }

    /// Accepts connections until the service ends. Then the listener is closed.
    pub(super) async fn accept_all(self, listener: Listener) {
        let mut stopping = self.stopping.clone();
        loop {
            let accepted = tokio::select! {
                biased;
                _ = stopping.wait_for(|stop| *stop) => return,
                // Without a place, connections wait in the operating system.
                accepted = async {
                    let place = self.places.clone().acquire_owned().await;
                    (place, listener.accept().await)
                } => accepted,
            };
            let (Ok(place), accepted) = accepted else { return };
            match accepted {
                Ok(accepted) => {
                    let connections = self.clone();
                    tokio::spawn(async move {
                        // In this order: whoever gets the place is counted after this one.
                        let _place = place;
                        let _open = Open::new(&connections.service);
                        connections.serve(accepted).await;
                    });
                }
                Err(_) => sleep(ACCEPT_PAUSE).await,
            }
        }
    }

    /// Waits until all connections have ended; `false` if that takes too long.
    pub(super) async fn all_ended(&self, most: Duration) -> bool {
        timeout(most, self.places.acquire_many(u32::from(self.most))).await.is_ok()
    }

    async fn serve(&self, accepted: Accepted) {
        let Accepted { stream, peer } = accepted;
        let Some(tls) = &self.service.access.tls else { return self.speak(stream, peer).await };
        let handshake = tls.acceptor().accept(stream);
        // Whoever fails here, or is not welcome, has been told by the handshake.
        let Ok(Ok(stream)) = timeout(self.times.head, handshake).await else { return };
        let certificate = tls::peer(stream.get_ref().1);
        let names: Vec<String> = peer.into_iter().chain(certificate).collect();
        self.speak(Box::new(stream), Some(names.join(" ")).filter(|names| !names.is_empty())).await;
    }

    async fn speak(&self, stream: Box<dyn Stream>, name: Option<String>) {
        let pace = Pace::new();
        let io = TokioIo::new(Paced::new(stream, pace.clone()));
        let router =
            self.router.clone().layer(Extension(Peer { pace: pace.clone(), name: name.map(Into::into) }));
        let mut builder = Builder::new(TokioExecutor::new()).http1_only();
        // Times are those of `Paced`.
        builder.http1().header_read_timeout(None).max_buf_size(MAX_HEAD_BYTES).max_headers(MAX_HEADERS);
        let mut connection = pin!(builder.serve_connection(io, TowerToHyperService::new(router)));
        let mut stopping = self.stopping.clone();
        let mut told = false;
        loop {
            // However a connection ends, there is nobody to be told but its client.
            tokio::select! {
                _ = connection.as_mut() => return,
                () = pace.is_lost(&self.times) => return,
                _ = stopping.wait_for(|stop| *stop), if !told => {
                    connection.as_mut().graceful_shutdown();
                    told = true;
                }
            }
        }
    }
}

/// Counts a connection while it is open.
struct Open<'s>(&'s Service);

impl<'s> Open<'s> {
    fn new(service: &'s Service) -> Self {
        service.connections.fetch_add(1, Ordering::Relaxed);
        Self(service)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Ordering::Relaxed);
    }
}
