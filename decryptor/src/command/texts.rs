//! Texts that a command reads, and writes again: files, folders and pipes, compressed or not.

mod batch;
mod compression;
mod formats;
mod inputs;
mod journal;
mod outcomes;
mod progress;
mod text;
mod writing;

pub(crate) use batch::{Batch, Done, Work};
pub(crate) use compression::Compression;
pub(crate) use formats::Formats;
pub(crate) use inputs::{Asked, Inputs, Job, Target, real_path};
pub(crate) use journal::{Belonging, Journal, Moves};
use outcomes::Outcomes;
pub(crate) use progress::Progress;
pub(crate) use text::{Source, Text};
pub(crate) use writing::{Before, Finished, Manner};
