//! What of a run is done, so that a later one does not do it again.
//!
//! Before a finished file takes its place, the journal notes what tells it from any other. So whenever the run is killed: what stands in the
//! journal and in its place is done, and anything else was never there.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use super::inputs::{Job, Target, real_path};
use crate::command::failure::Failure;
use crate::command::hex::hex;
use crate::command::output::{Identity, Output, Readers};

const VERSION: u64 = 1;

/// Which run a journal belongs to.
pub(crate) struct Belonging<'a> {
    /// Of a run that moves tokens: from where to where.
    pub(crate) moves: Option<Moves>,
    pub(crate) keyring: &'a Path,
    pub(crate) inputs: &'a [PathBuf],
    pub(crate) output: Option<&'a Path>,
    /// Everything else that decides what is written, in any words.
    pub(crate) options: String,
}

pub(crate) struct Journal {
    name: String,
    file: File,
    /// The finished files, and of those that are no input themselves, what they were made from.
    done: BTreeMap<String, Vec<Record>>,
}

/// Its first line: which run it belongs to.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    edgeseal_journal: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rewrap: Option<Moves>,
    keyring: String,
    inputs: Vec<String>,
    output: Option<String>,
    /// SHA-256 of everything else that decides what is written.
    options: String,
}

/// A run that moves tokens of these keys to that one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Moves {
    pub(crate) from: Vec<String>,
    pub(crate) to: String,
}

/// Every other line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    file: String,
    is: Identity,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<Identity>,
    /// Tokens that are in it as they were.
    #[serde(default, skip_serializing_if = "is_zero")]
    kept: u64,
}

impl Journal {
    /// Opens the journal of a run, or begins it.
    pub(crate) fn open(path: &Path, run: &Belonging<'_>) -> Result<Self, Failure> {
        let name = format!("`{}`", path.display());
        let header = Header::of(run);
        if fs::metadata(path).map_or(true, |metadata| metadata.len() == 0) {
            // Written as a whole: a journal without its first line never is.
            Output::file(path, Readers::Owner)?.stage(&line(&header))?.commit()?;
        }
        let unreadable = |error: io::Error| Failure::reading(&name, &error);
        let file = OpenOptions::new().read(true).write(true).open(path).map_err(unreadable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(refused(&name, "is in use")),
            // A file system without locks.
            Err(TryLockError::Error(_)) => {}
        }
        let mut journal = Self { name, file, done: BTreeMap::new() };
        let whole = journal.read(&header)?;
        // What was cut off when a run was killed goes.
        let truncated = journal.file.set_len(whole).and_then(|()| journal.file.seek(SeekFrom::End(0)));
        truncated.map_err(|error| Failure::writing(&journal.name, &error))?;
        Ok(journal)
    }

    /// Reads all records; gives the length of what is whole, in bytes.
    fn read(&mut self, expected: &Header) -> Result<u64, Failure> {
        let mut lines = BufReader::new(&self.file);
        let mut whole = 0_u64;
        let mut text = Vec::new();
        for number in 1_u64.. {
            text.clear();
            let length =
                lines.read_until(b'\n', &mut text).map_err(|error| Failure::reading(&self.name, &error))?;
            if length == 0 {
                break;
            }
            let is_whole = text.ends_with(b"\n");
            if number == 1 {
                let header: Option<Header> = serde_json::from_slice(&text).ok().filter(|_| is_whole);
                match header {
                    Some(header) if header == *expected => {}
                    Some(_) => return Err(refused(&self.name, "belongs to a run with other arguments")),
                    None => return Err(refused(&self.name, "is no journal of this release")),
                }
            } else if !is_whole {
                break;
            } else {
                let Ok(record) = serde_json::from_slice::<Record>(&text) else {
                    return Err(refused(&self.name, format_args!("is damaged in line {number}")));
                };
                self.done.entry(record.file.clone()).or_default().push(record);
            }
            whole = whole.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
        }
        Ok(whole)
    }

    /// Of a text that has been written to its place, and whose input is the one that it was: how many of its tokens were kept.
    pub(crate) fn done(&self, job: &Job) -> Option<u64> {
        let path = job.written()?;
        let metadata = fs::metadata(path).ok()?;
        let (is, from) = (Identity::of(&metadata), source_identity(job));
        let records = self.done.get(&file_name(path)).map(Vec::as_slice).unwrap_or_default();
        records.iter().find(|record| record.is == is && record.from == from).map(|record| record.kept)
    }

    /// Notes that a text is about to take its place.
    pub(crate) fn note(
        &mut self,
        job: &Job,
        is: Identity,
        from: Option<Identity>,
        kept: u64,
    ) -> Result<(), Failure> {
        let Some(path) = job.written() else { return Ok(()) };
        let record = Record { file: file_name(path), is, from, kept };
        let written = self.file.write_all(&line(&record)).and_then(|()| self.file.sync_data());
        written.map_err(|error| Failure::writing(&self.name, &error))
    }
}

/// What tells the input from any other, unless it is replaced.
pub(crate) fn source_identity(job: &Job) -> Option<Identity> {
    let path = job.source.path().filter(|_| !matches!(job.target, Target::InPlace { .. }))?;
    Some(Identity::of(&fs::metadata(path).ok()?))
}

impl Header {
    fn of(run: &Belonging<'_>) -> Self {
        let options = digest(&SHA256, run.options.as_bytes());
        Self {
            edgeseal_journal: VERSION,
            rewrap: run.moves.clone(),
            keyring: file_name(run.keyring),
            inputs: run.inputs.iter().map(|path| file_name(path)).collect(),
            output: run.output.map(file_name),
            options: hex(options.as_ref()),
        }
    }
}

/// The same for every way to write a path. Of names that are not Unicode, two can look alike: the identities tell them apart.
fn file_name(path: &Path) -> String {
    real_path(path).to_string_lossy().into_owned()
}

fn line(value: &impl Serialize) -> Vec<u8> {
    // Names and numbers always have a JSON text.
    let mut line = serde_json::to_vec(value).unwrap_or_default();
    line.push(b'\n');
    line
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

fn refused(name: &str, why: impl core::fmt::Display) -> Failure {
    Failure::new("journal_refused", format_args!("the journal {name} {why}"))
}
