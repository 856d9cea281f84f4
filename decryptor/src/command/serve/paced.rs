//! A connection that is cut when the other side is too slow.
//!
//! Whoever opens connections and sends a byte now and then, or takes answers a byte at a time, would else hold them for ever. hyper has one time for a
//! head and the wait before it, and none for writing; here each has its own. The body of a request is timed by whoever reads it.

use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::io::{self, IoSlice};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// Time and bytes for what a client still sends after its answer: closing at once would make the answer be lost on the way.
const LINGER: Duration = Duration::from_secs(2);
const LINGER_BYTES: usize = 1 << 20;

/// How long the other side may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    pub(super) head: Duration,
    pub(super) idle: Duration,
    pub(super) write: Duration,
}

/// What a connection is doing. Its stream and its requests say so.
#[derive(Debug)]
pub(super) struct Pace {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    since: Instant,
    /// A write waits for the other side.
    write_waits_since: Option<Instant>,
    /// The body of the last request was not read to its end.
    unread: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing of the next request has come.
    Idle,
    /// A part of a head has.
    Head,
    /// A request is being answered.
    Busy,
    /// All was said; what still comes is thrown away.
    Lingering,
}

impl Pace {
    /// A connection that was just made: it is not idle before its first request.
    pub(super) fn new() -> Arc<Self> {
        let state =
            State { phase: Phase::Head, since: Instant::now(), write_waits_since: None, unread: false };
        Arc::new(Self { state: Mutex::new(state), changed: Notify::new() })
    }

    /// The head of a request has come.
    pub(super) fn begin_request(&self, has_body: bool) {
        self.enter(Phase::Busy);
        self.change(|state| state.unread = has_body);
    }

    /// So has its body.
    pub(super) fn body_is_read(&self) {
        self.change(|state| state.unread = false);
    }

    /// The answer is there.
    pub(super) fn end_request(&self) {
        self.enter(Phase::Idle);
    }

    /// Ends when the other side has been too slow.
    pub(super) async fn is_lost(&self, times: &Times) {
        loop {
            // What changes from here on is noticed.
            let changed = self.changed.notified();
            match self.deadline(times) {
                Some(deadline) if deadline <= Instant::now() => return,
                Some(deadline) => tokio::select! {
                    () = sleep_until(deadline) => {}
                    () = changed => {}
                },
                None => changed.await,
            }
        }
    }

    fn deadline(&self, times: &Times) -> Option<Instant> {
        self.change(|state| {
            let most = match state.phase {
                Phase::Idle => Some(times.idle),
                Phase::Head => Some(times.head),
                Phase::Busy => None,
                Phase::Lingering => Some(LINGER),
            };
            let phase = most.and_then(|most| state.since.checked_add(most));
            let write = state.write_waits_since.and_then(|since| since.checked_add(times.write));
            // While an answer is being taken, the next request may take its time.
            write.or(phase)
        })
    }

    fn has_read(&self) {
        if self.change(|state| state.phase == Phase::Idle) {
            self.enter(Phase::Head);
        }
    }

    fn writes(&self, waits: bool) {
        let now = Instant::now();
        let is_new = self.change(|state| {
            if !waits && state.phase != Phase::Lingering {
                state.since = now;
            }
            let is_new = waits != state.write_waits_since.is_some();
            if is_new {
                state.write_waits_since = waits.then_some(now);
            }
            is_new
        });
        if is_new {
            self.changed.notify_one();
        }
    }

    fn may_have_more(&self) -> bool {
        self.change(|state| state.unread || state.phase == Phase::Head)
    }

    fn enter(&self, phase: Phase) {
        self.change(|state| (state.phase, state.since) = (phase, Instant::now()));
        self.changed.notify_one();
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A stream that says what it is doing, and ends in a way that lets the last answer arrive.
pub(super) struct Paced<S> {
    stream: S,
    pace: Arc<Pace>,
    /// Bytes that may still come after our last.
    lingering: Option<usize>,
}

impl<S> Paced<S> {
    pub(super) fn new(stream: S, pace: Arc<Pace>) -> Self {
        Self { stream, pace, lingering: None }
    }

    fn written<T>(&self, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        self.pace.writes(written.is_pending());
        written
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(cx, buf);
        if buf.filled().len() > before {
            this.pace.has_read();
        }
        read
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(cx, buf);
        this.written(written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, bufs);
        this.written(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.stream).poll_flush(cx);
        // hyper flushes often, mostly nothing: that is no sign of life.
        if flushed.is_pending() || this.pace.change(|state| state.write_waits_since.is_some()) {
            return this.written(flushed);
        }
        flushed
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.lingering.is_none() {
            let shut = Pin::new(&mut this.stream).poll_shutdown(cx);
            ready!(this.written(shut))?;
            this.lingering = Some(if this.pace.may_have_more() { LINGER_BYTES } else { 0 });
            this.pace.enter(Phase::Lingering);
        }
        let mut scrap = [0; 4_096];
        while let Some(bytes) = this.lingering.filter(|bytes| *bytes > 0) {
            let mut buf = ReadBuf::new(&mut scrap);
            let read = ready!(Pin::new(&mut this.stream).poll_read(cx, &mut buf));
            if read.is_err() || buf.filled().is_empty() {
                break;
            }
            this.lingering = Some(bytes.saturating_sub(buf.filled().len()));
        }
        this.lingering = Some(0);
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMES: Times = Times {
        head: Duration::from_secs(1),
        idle: Duration::from_secs(10),
        write: Duration::from_secs(100),
    };

    fn seconds_left(pace: &Pace) -> Option<u64> {
        let since = pace.change(|state| state.write_waits_since.unwrap_or(state.since));
        pace.deadline(&TIMES).map(|deadline| deadline.duration_since(since).as_secs())
    }

    #[test]
    fn each_phase_has_its_time() {
        let pace = Pace::new();
        assert_eq!(seconds_left(&pace), Some(1));
        pace.begin_request(true);
        assert_eq!(seconds_left(&pace), None);
        assert!(pace.may_have_more());
        pace.body_is_read();
        assert!(!pace.may_have_more());
        pace.writes(true);
        assert_eq!(seconds_left(&pace), Some(100));
        pace.end_request();
        assert_eq!(seconds_left(&pace), Some(100));
        pace.writes(false);
        assert_eq!(seconds_left(&pace), Some(10));
        pace.has_read();
        assert_eq!(seconds_left(&pace), Some(1));
        assert!(pace.may_have_more());
        // More bytes of the same head do not begin its time anew.
        let since = pace.change(|state| state.since);
        pace.has_read();
        assert_eq!(pace.change(|state| state.since), since);
    }

    #[tokio::test]
    async fn what_a_client_still_sends_is_taken_before_the_connection_is_closed() {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};

        for unread in [true, false] {
            let (ours, mut theirs) = tokio::io::duplex(64);
            let pace = Pace::new();
            pace.begin_request(unread);
            let mut paced = Paced::new(ours, pace);
            let closing = async move { paced.shutdown().await.expect("shuts down") };
            let sending = async move {
                let sent = theirs.write_all(&[b'x'; 100_000]).await;
                theirs.shutdown().await.expect("shuts down");
                (sent.is_ok(), theirs.read(&mut [0]).await.expect("ends in order"))
            };
            assert_eq!(tokio::join!(closing, sending).1, (unread, 0));
        }
    }
}
