//! What a run may take.

use core::time::Duration;

/// What a run may take. The defaults suit a job with one reader.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Limits {
    /// Calls under way at once.
    pub concurrency: usize,
    /// Calls of the whole run, attempts that are repeated included.
    pub max_calls: Option<u64>,
    /// Calls begun per second.
    pub calls_per_second: Option<f64>,
    /// Time for the whole run.
    pub total: Option<Duration>,
    /// Answers that are remembered, so that equal ciphertexts are asked for once. The least recently used go first; each is
    /// zeroed when it goes.
    pub remembered_answers: usize,
    /// Longest piece of a text that has to be held at once, in bytes: a line of NDJSON, a record of CSV, a string of JSON.
    pub max_piece_bytes: usize,
    /// Tokens whose positions are reported. All are counted. Beyond 10,000, those of what is damaged in JSON have no pointer.
    pub max_positions: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            concurrency: 16,
            max_calls: None,
            calls_per_second: None,
            total: None,
            remembered_answers: 100_000,
            max_piece_bytes: 64 << 20,
            max_positions: 10_000,
        }
    }
}
