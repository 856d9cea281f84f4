//! What is read, and what is not.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::command::arguments::named;
use crate::command::failure::Failure;
use crate::command::texts::{Inputs, Job, Source, Target};

/// The inputs, and what stands beside them.
pub(super) struct Walk {
    pub(super) inputs: Inputs,
    pub(super) folders: u64,
    pub(super) skipped: Skipped,
    /// Folders that cannot be read.
    pub(super) unreadable: Vec<(PathBuf, Failure)>,
    /// Links to folders that are not read.
    pub(super) not_followed: Vec<PathBuf>,
    /// Links that lead nowhere now: what they led to may be stored somewhere.
    pub(super) to_nothing: Vec<PathBuf>,
}

/// What is left out because it holds no data of its own, by the reason.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
pub(super) struct Skipped {
    /// Further names of files and folders that are read.
    pub(super) further_names: u64,
    /// Pipes, sockets and devices in folders.
    pub(super) special_files: u64,
}

impl Walk {
    pub(super) fn of(inputs: &[PathBuf]) -> Result<Self, Failure> {
        let mut walk = Self {
            inputs: Inputs { jobs: Vec::new(), several: false },
            folders: 0,
            skipped: Skipped::default(),
            unreadable: Vec::new(),
            not_followed: Vec::new(),
            to_nothing: Vec::new(),
        };
        let is_stdin = |path: &PathBuf| named(Some(path)).is_none();
        let [first, rest @ ..] = inputs else {
            walk.job(Source::Stdin);
            return Ok(walk);
        };
        if rest.is_empty() && is_stdin(first) {
            walk.job(Source::Stdin);
            return Ok(walk);
        }
        if inputs.iter().any(is_stdin) {
            return Err(Failure::usage("standard input, `-`, stands alone"));
        }
        walk.inputs.several = !rest.is_empty() || first.is_dir();
        let mut seen = Seen::default();
        for path in inputs {
            if path.is_dir() {
                walk.folder(path, &mut seen);
            } else {
                walk.file(path.clone(), &mut seen);
            }
        }
        // Once it is known what is read at all.
        for (path, real) in seen.links {
            if seen.folders.contains(&real) {
                add_one(&mut walk.skipped.further_names);
            } else {
                walk.not_followed.push(path);
            }
        }
        Ok(walk)
    }

    fn job(&mut self, source: Source) {
        self.inputs.jobs.push(Job { source, target: Target::Stdout });
    }

    fn file(&mut self, path: PathBuf, seen: &mut Seen) {
        // What cannot be followed fails when it is read.
        if fs::canonicalize(&path).is_ok_and(|real| !seen.files.insert(real)) {
            add_one(&mut self.skipped.further_names);
        } else {
            self.job(Source::File(path));
        }
    }

    fn folder(&mut self, folder: &Path, seen: &mut Seen) {
        if fs::canonicalize(folder).is_ok_and(|real| !seen.folders.insert(real)) {
            return add_one(&mut self.skipped.further_names);
        }
        let mut entries = match read_folder(folder) {
            Ok(entries) => entries,
            Err(error) => {
                let failure = Failure::reading(format_args!("`{}`", folder.display()), &error);
                return self.unreadable.push((folder.to_owned(), failure));
            }
        };
        add_one(&mut self.folders);
        entries.sort_by(|one, other| one.0.cmp(&other.0));
        for (path, kind) in entries {
            // EdgeSeal's own temporary files, too: what a killed run left holds stored tokens.
            if kind.is_dir() {
                self.folder(&path, seen);
            } else if kind.is_file() {
                self.file(path, seen);
            } else if kind.is_symlink() {
                self.link(path, seen);
            } else {
                add_one(&mut self.skipped.special_files);
            }
        }
    }

    fn link(&mut self, path: PathBuf, seen: &mut Seen) {
        match (fs::metadata(&path), fs::canonicalize(&path)) {
            (Ok(metadata), _) if metadata.is_file() => self.file(path, seen),
            (Ok(metadata), Ok(real)) if metadata.is_dir() => seen.links.push((path, real)),
            (Ok(_), _) => add_one(&mut self.skipped.special_files),
            (Err(error), _) if error.kind() == std::io::ErrorKind::NotFound => self.to_nothing.push(path),
            // What cannot be looked at may lead to something.
            (Err(_), _) => self.job(Source::File(path)),
        }
    }
}

/// What was come across, without links.
#[derive(Default)]
struct Seen {
    files: BTreeSet<PathBuf>,
    folders: BTreeSet<PathBuf>,
    links: Vec<(PathBuf, PathBuf)>,
}

fn read_folder(folder: &Path) -> std::io::Result<Vec<(PathBuf, fs::FileType)>> {
    fs::read_dir(folder)?
        .map(|entry| entry.and_then(|entry| Ok((entry.path(), entry.file_type()?))))
        .collect()
}

fn add_one(count: &mut u64) {
    *count = count.saturating_add(1);
}
