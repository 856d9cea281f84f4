//! What a program of this package says about its work: lines for whoever runs it, and lines for an audit. Never a value.
//!
//! No line holds plaintext, a token or bytes of a body, at any level, and by construction rather than by care: only events of EdgeSeal itself
//! are written with their words and fields. Of all other code (the AWS SDK, HTTP, TLS, the Lambda runtime), whose events may hold requests and
//! replies, a warning or an error is a line that says where in the source it comes from, and nothing else.

#[cfg(feature = "command")]
mod arguments;
mod fields;
mod lines;
#[cfg(feature = "otel")]
mod otel;
mod sink;

use std::io;
use std::path::PathBuf;

use tracing_subscriber::Layer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

#[cfg(feature = "command")]
pub use arguments::LogArguments;
use lines::Lines;
use sink::Sink;

/// Where lines go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Nowhere.
    Nowhere,
    /// Standard error.
    Stderr,
    /// The end of a file, which is made with mode 0600 if it is not there.
    File(PathBuf),
}

/// How lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON object to a line; described in `docs/LAMBDA.md`. Audit lines are written whatever the level.
    Json,
    /// For a terminal, without audit lines.
    Text,
}

/// What is worth a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "command", derive(clap::ValueEnum))]
pub enum Level {
    /// Nothing.
    Off,
    /// What failed.
    Error,
    /// What should be looked at.
    Warn,
    /// What was done.
    Info,
    /// How it was done.
    Debug,
    /// Every step.
    Trace,
}

impl Level {
    /// Reads `off`, `error`, `warn`, `info`, `debug` or `trace`.
    pub fn new(text: &str) -> Option<Self> {
        Some(match text {
            "off" => Self::Off,
            "error" => Self::Error,
            "warn" => Self::Warn,
            "info" => Self::Info,
            "debug" => Self::Debug,
            "trace" => Self::Trace,
            _ => return None,
        })
    }
}

/// Has the lines of this process written from now on, and keeps the words of a panic from standard error: they may quote a text.
///
/// The first call counts; later ones change nothing.
///
/// # Errors
/// If the file cannot be opened.
pub fn start(destination: Destination, level: Level, format: Format) -> io::Result<()> {
    let sink = Sink::open(destination)?;
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        sink::to_stderr(format!("edgeseal: error[internal]: panic at {place}\n").as_bytes());
    }));
    let lines = Lines::new(sink, level, format);
    let wanted = lines.filter();
    let registry = tracing_subscriber::registry().with(lines.with_filter(wanted));
    #[cfg(feature = "otel")]
    let registry = registry.with(otel::layer());
    // If another has been set, whoever embeds this has their own.
    let _ = registry.try_init();
    Ok(())
}

/// Sends what has not been sent yet. Spans go out now and then; before a process ends or sleeps, the rest has to. Without the feature `otel`
/// there is nothing to send.
///
/// It waits: in asynchronous code it belongs on a thread that may.
pub fn flush() {
    #[cfg(feature = "otel")]
    otel::flush();
}
