//! A connection that is cut when the other side is too slow.
//!
//! Whoever opens connections and sends a byte now and then, or takes answers a byte at a time, would else hold them for ever. hyper has one time for a
//! head and the wait before it; here each has its own, and writing has one too. The body of a request is timed by whoever reads it.

use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::io::{self, IoSlice};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

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

/// What a connection is doing. Its requests say so.
#[derive(Debug)]
pub(super) struct Pace(Mutex<State>);

#[derive(Debug)]
struct State {
    phase: Phase,
    since: Instant,
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
}

impl Pace {
    /// A connection that was just made: it is not idle before its first request.
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(State { phase: Phase::Head, since: Instant::now(), unread: false })))
    }

    /// The head of a request has come.
    pub(super) fn begin_request(&self, has_body: bool) {
        self.change(|state| (state.phase, state.unread) = (Phase::Busy, has_body));
    }

    /// So has its body.
    pub(super) fn body_is_read(&self) {
        self.change(|state| state.unread = false);
    }

    /// The answer is there.
    pub(super) fn end_request(&self) {
        self.change(|state| (state.phase, state.since) = (Phase::Idle, Instant::now()));
    }

    fn has_read(&self) {
        self.change(|state| {
            if state.phase == Phase::Idle {
                (state.phase, state.since) = (Phase::Head, Instant::now());
            }
        });
    }

    fn has_written(&self) {
        self.change(|state| state.since = Instant::now());
    }

    fn deadline(&self, times: &Times) -> Option<Instant> {
        self.change(|state| match state.phase {
            Phase::Idle => state.since.checked_add(times.idle),
            Phase::Head => state.since.checked_add(times.head),
            Phase::Busy => None,
        })
    }

    fn may_have_more(&self) -> bool {
        self.change(|state| state.unread || state.phase == Phase::Head)
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A stream that fails with [`io::ErrorKind::TimedOut`].
pub(super) struct Paced<S> {
    stream: S,
    pace: Arc<Pace>,
    times: Times,
    reading: Pin<Box<Sleep>>,
    writing: Pin<Box<Sleep>>,
    /// A write waits for the other side, and `writing` is set.
    write_waits: bool,
    /// Bytes that may still come after our last.
    lingering: Option<usize>,
}

impl<S> Paced<S> {
    pub(super) fn new(stream: S, pace: Arc<Pace>, times: Times) -> Self {
        let timer = || Box::pin(sleep_until(Instant::now()));
        Self { stream, pace, times, reading: timer(), writing: timer(), write_waits: false, lingering: None }
    }

    /// What a write came to; an error if the other side takes nothing for too long.
    fn written<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.write_waits = false;
            self.pace.has_written();
            return written;
        }
        if !self.write_waits {
            self.write_waits = true;
            let deadline = Instant::now().checked_add(self.times.write);
            self.writing.as_mut().reset(deadline.unwrap_or_else(Instant::now));
        }
        ready!(self.writing.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        if let Poll::Ready(read) = Pin::new(&mut this.stream).poll_read(cx, buf) {
            if buf.filled().len() > before {
                this.pace.has_read();
            }
            return Poll::Ready(read);
        }
        // The time may have been moved since the timer was set.
        while let Some(deadline) = this.pace.deadline(&this.times) {
            if this.reading.deadline() != deadline {
                this.reading.as_mut().reset(deadline);
            }
            ready!(this.reading.as_mut().poll(cx));
            if this.pace.deadline(&this.times).is_some_and(|deadline| deadline <= Instant::now()) {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
        }
        Poll::Pending
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(cx, buf);
        this.written(cx, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, bufs);
        this.written(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        match Pin::new(&mut this.stream).poll_flush(cx) {
            // Nothing was written: the other side has not moved.
            Poll::Ready(flushed) => {
                this.write_waits = false;
                Poll::Ready(flushed)
            }
            Poll::Pending => this.written(cx, Poll::Pending),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.lingering.is_none() {
            let shut = Pin::new(&mut this.stream).poll_shutdown(cx);
            ready!(this.written(cx, shut))?;
            this.lingering = Some(if this.pace.may_have_more() { LINGER_BYTES } else { 0 });
            this.reading.as_mut().reset(Instant::now().checked_add(LINGER).unwrap_or_else(Instant::now));
        }
        let mut scrap = [0; 4_096];
        while let Some(bytes) = this.lingering.filter(|bytes| *bytes > 0) {
            let mut buf = ReadBuf::new(&mut scrap);
            match Pin::new(&mut this.stream).poll_read(cx, &mut buf) {
                Poll::Ready(Ok(())) if !buf.filled().is_empty() => {
                    this.lingering = Some(bytes.saturating_sub(buf.filled().len()));
                }
                Poll::Ready(_) => break,
                Poll::Pending => {
                    ready!(this.reading.as_mut().poll(cx));
                    break;
                }
            }
        }
        this.lingering = Some(0);
        Poll::Ready(Ok(()))
    }
}
