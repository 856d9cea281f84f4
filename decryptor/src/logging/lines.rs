//! Events as lines.

use core::fmt::Write;

use serde_json::Value;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{FilterFn, LevelFilter, filter_fn};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::layer::Context;

use super::fields::Fields;
use super::sink::Sink;
use super::{Format, Level};
use crate::audit;

/// The crates whose events are written with their words: the library, the command, and this.
const OURS: [&str; 2] = ["edgeseal", "edgeseal_decryptor"];

/// Writes each event as a line.
pub(super) struct Lines {
    sink: Sink,
    level: Level,
    format: Format,
}

impl Lines {
    pub(super) fn new(sink: Sink, level: Level, format: Format) -> Self {
        Self { sink, level, format }
    }

    /// Which events are written. Spans are not.
    pub(super) fn filter(&self) -> FilterFn<impl Fn(&Metadata<'_>) -> bool + use<>> {
        let (level, format) = (self.level, self.format);
        filter_fn(move |metadata| metadata.is_event() && is_wanted(metadata, level, format))
    }
}

fn is_wanted(metadata: &Metadata<'_>, level: Level, format: Format) -> bool {
    if metadata.target() == audit::TARGET {
        return format == Format::Json;
    }
    let told = *metadata.level() <= limit(level);
    if is_ours(metadata) {
        return told;
    }
    // What is not said aloud is of no use on a terminal.
    told && format == Format::Json && *metadata.level() <= LevelFilter::WARN
}

/// Whether EdgeSeal itself says it.
pub(super) fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.target().split("::").next().is_some_and(|name| OURS.contains(&name))
}

fn limit(level: Level) -> LevelFilter {
    match level {
        Level::Off => LevelFilter::OFF,
        Level::Error => LevelFilter::ERROR,
        Level::Warn => LevelFilter::WARN,
        Level::Info => LevelFilter::INFO,
        Level::Debug => LevelFilter::DEBUG,
        Level::Trace => LevelFilter::TRACE,
    }
}

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        let mut fields = Fields { of_audit: metadata.target() == audit::TARGET, ..Fields::default() };
        if is_ours(metadata) {
            event.record(&mut fields);
        } else {
            // Where it was said, and not what: the values of these are constants of the source.
            fields.message = "not ours: the words are withheld".to_owned();
            fields.others.extend(metadata.line().map(|line| ("line", Value::from(line))));
        }
        self.sink.write(
            match self.format {
                Format::Json => json(metadata, &fields),
                Format::Text => text(metadata, &fields),
            }
            .as_bytes(),
        );
    }
}

fn json(metadata: &Metadata<'_>, fields: &Fields) -> String {
    let mut timestamp = String::new();
    // A clock that cannot be told leaves it empty.
    let _ = SystemTime.format_time(&mut Writer::new(&mut timestamp));
    let mut line = String::from("{");
    let mut put = |name: &str, value: &Value| {
        let separator = if line.len() > 1 { "," } else { "" };
        let _ = write!(line, "{separator}{}:{value}", Value::from(name));
    };
    put("timestamp", &timestamp.into());
    put("level", &metadata.level().as_str().into());
    put("target", &metadata.target().into());
    put("message", &fields.message.as_str().into());
    for (name, value) in &fields.others {
        put(name, value);
    }
    line.push_str("}\n");
    line
}

fn text(metadata: &Metadata<'_>, fields: &Fields) -> String {
    let mut line = format!("edgeseal: {}: ", metadata.level().as_str().to_ascii_lowercase());
    // A terminal obeys control characters.
    line.extend(fields.message.chars().filter(|character| !character.is_control()));
    for (name, value) in &fields.others {
        let _ = write!(line, " {name}={value}");
    }
    line.push('\n');
    line
}
