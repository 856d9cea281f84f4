//! How far a run over several inputs is.

use std::cell::{Cell, RefCell};
use std::io::{self, IsTerminal, Read, stderr};
use std::rc::Rc;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::inputs::Inputs;

const TEMPLATE: &str = "{bar:24} {bytes} of {total_bytes}, {msg}, {eta} left";
/// What is said of the run is asked for no more often than this.
const REFRESH: Duration = Duration::from_millis(250);

/// A line on standard error, if that is a terminal.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    files: usize,
    done: Cell<usize>,
    read_bytes: Rc<Cell<u64>>,
    shown: RefCell<Option<Instant>>,
}

impl Progress {
    pub(crate) fn new(inputs: &Inputs, wanted: bool) -> Self {
        let shows = wanted && inputs.several && stderr().is_terminal();
        let bar = shows.then(|| {
            let bytes =
                inputs.jobs.iter().filter_map(|job| job.source.file_bytes()).fold(0, u64::saturating_add);
            let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::stderr());
            match ProgressStyle::with_template(TEMPLATE) {
                Ok(style) => bar.with_style(style),
                Err(_) => bar,
            }
        });
        let files = inputs.jobs.len();
        Self { bar, files, done: Cell::new(0), read_bytes: Rc::default(), shown: RefCell::default() }
    }

    /// The same source; what is read from it is counted.
    pub(crate) fn counting(&self, source: Box<dyn Read>) -> Box<dyn Read> {
        if self.bar.is_none() {
            source
        } else {
            Box::new(Counting { source, bytes: self.read_bytes.clone() })
        }
    }

    /// A piece is done. What is said of the run is asked for when it is time to show it.
    pub(crate) fn piece(&self, say: impl FnOnce() -> String) {
        let Some(bar) = &self.bar else { return };
        let now = Instant::now();
        let due = self.shown.borrow().is_none_or(|shown| now.duration_since(shown) >= REFRESH);
        if due {
            self.shown.replace(Some(now));
            let (done, files) = (self.done.get(), self.files);
            bar.set_position(self.read_bytes.get());
            bar.set_message(format!("{done} of {files} files, {}", say()));
        }
    }

    /// A file is done.
    pub(crate) fn file(&self, say: impl FnOnce() -> String) {
        self.done.set(self.done.get().saturating_add(1));
        self.piece(say);
    }

    /// Says something while the line is away.
    pub(crate) fn aside(&self, say: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(say),
            None => say(),
        }
    }

    pub(crate) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

struct Counting {
    source: Box<dyn Read>,
    bytes: Rc<Cell<u64>>,
}

impl Read for Counting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.source.read(buffer)?;
        self.bytes.set(self.bytes.get().saturating_add(u64::try_from(length).unwrap_or(u64::MAX)));
        Ok(length)
    }
}
