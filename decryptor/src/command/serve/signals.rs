//! What the operating system has to say.

use std::io;

/// What ends the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Interrupted,
    Terminated,
}

impl End {
    /// As a shell has it: 128 and the number of the signal.
    pub(super) fn exit_status(self) -> u8 {
        match self {
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }
}

#[cfg(unix)]
pub(super) struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    pub(super) fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// SIGHUP does not end it.
    pub(super) async fn wait_for_end(&mut self, on_hang_up: impl Fn()) -> End {
        loop {
            tokio::select! {
                _ = self.interrupt.recv() => return End::Interrupted,
                _ = self.terminate.recv() => return End::Terminated,
                _ = self.hang_up.recv() => on_hang_up(),
            }
        }
    }
}

#[cfg(not(unix))]
pub(super) struct Signals;

#[cfg(not(unix))]
impl Signals {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self)
    }

    pub(super) async fn wait_for_end(&mut self, _: impl Fn()) -> End {
        // Where there is nothing to wait for, the service runs until it is killed.
        if tokio::signal::ctrl_c().await.is_err() {
            core::future::pending::<()>().await;
        }
        End::Interrupted
    }
}
