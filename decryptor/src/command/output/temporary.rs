//! Files that are written beside the place they will take.
//!
//! Whatever ends the command, none stays: an error or a signal removes them, and what a killed command leaves is removed by the next one that
//! writes to the folder. It tells a left-over by its lock, which nobody holds any more.

use std::collections::BTreeSet;
use std::fs::{self, File, Permissions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::interrupt;

/// What their names begin with. Nobody else's do.
pub(crate) const PREFIX: &str = ".edgeseal-";
const SUFFIX: &str = ".tmp";
/// Letters and digits between the two.
const RANDOM_CHARACTERS: usize = 12;
/// Another command may take a new file for a left-over once or twice, between its making and its locking.
const ATTEMPTS: usize = 16;

/// The files of this process, and the folders that it has cleaned. Held while a file is made, renamed or removed, so that a signal finds every
/// one, and none half-way.
static STATE: Mutex<State> = Mutex::new(State { files: BTreeSet::new(), cleaned: BTreeSet::new() });

struct State {
    files: BTreeSet<PathBuf>,
    cleaned: BTreeSet<PathBuf>,
}

/// A temporary file, locked. It is removed unless it is put in its place.
pub(super) struct Temporary {
    file: File,
    path: PathBuf,
}

impl Temporary {
    /// A new file. Unless something else is said, it is its owner's alone.
    pub(super) fn beside(folder: &Path, permissions: Option<Permissions>) -> io::Result<Self> {
        interrupt::watch();
        let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
        if state.cleaned.insert(folder.to_owned()) {
            remove_left_overs(folder);
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX).suffix(SUFFIX).rand_bytes(RANDOM_CHARACTERS);
        if let Some(permissions) = permissions {
            builder.permissions(permissions);
        }
        for _ in 0..ATTEMPTS {
            // Its name says nothing to anybody: the error's kind is enough.
            let made = builder.tempfile_in(folder).map_err(|error| error.kind())?;
            if is_ours(made.as_file()) {
                let (file, path) = made.keep().map_err(|error| error.error.kind())?;
                state.files.insert(path.clone());
                return Ok(Self { file, path });
            }
        }
        Err(io::ErrorKind::ResourceBusy.into())
    }

    pub(super) fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Gives it its name, in the place of whatever has that.
    pub(super) fn persist(self, to: &Path) -> io::Result<()> {
        let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
        fs::rename(&self.path, to)?;
        state.files.remove(&self.path);
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
        if state.files.remove(&self.path) {
            // What cannot be removed now is removed by a later run.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Removes every file of this process, and then does what ends it: nothing else is made or renamed meanwhile.
pub(super) fn remove_all_and(end: impl FnOnce()) {
    let state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
    for path in &state.files {
        let _ = fs::remove_file(path);
    }
    end();
}

/// Locks a new file, if nobody took it for a left-over first.
fn is_ours(file: &File) -> bool {
    match file.try_lock() {
        Ok(()) => is_linked(file),
        Err(TryLockError::WouldBlock) => false,
        // A file system without locks: there, nobody can take it for a left-over.
        Err(TryLockError::Error(_)) => true,
    }
}

#[cfg(unix)]
fn is_linked(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt;
    file.metadata().is_ok_and(|metadata| metadata.nlink() > 0)
}

#[cfg(not(unix))]
fn is_linked(_: &File) -> bool {
    true
}

/// Removes what killed commands left in a folder.
fn remove_left_overs(folder: &Path) {
    // Whether there are any cannot be told: then they stay.
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && entry.file_name().to_str().is_some_and(is_temporary_name) {
            let path = entry.path();
            if let Ok(file) = File::open(&path)
                && file.try_lock().is_ok()
            {
                let _ = fs::remove_file(&path);
            }
        }
    }
}

pub(crate) fn is_temporary_name(name: &str) -> bool {
    let random = name.strip_prefix(PREFIX).and_then(|name| name.strip_suffix(SUFFIX));
    random.is_some_and(|random| {
        random.len() == RANDOM_CHARACTERS && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn left_overs_are_removed_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        let left = folder.path().join(".edgeseal-AbCdEf012345.tmp");
        let used = folder.path().join(".edgeseal-ZbCdEf012345.tmp");
        let others = [".edgeseal-notes.tmp", ".edgeseal-AbCdEf012345", "x.tmp"];
        for name in others {
            fs::write(folder.path().join(name), "").unwrap();
        }
        fs::write(left, "").unwrap();
        fs::create_dir(folder.path().join(".edgeseal-YbCdEf012345.tmp")).unwrap();
        let used_file = File::create(&used).unwrap();
        used_file.lock().unwrap();
        remove_left_overs(folder.path());
        let expected =
            [others[1], ".edgeseal-YbCdEf012345.tmp", ".edgeseal-ZbCdEf012345.tmp", others[0], others[2]];
        assert_eq!(names(folder.path()), expected);
    }

    #[test]
    fn a_file_is_not_taken_for_a_left_over_while_it_is_in_use() {
        let folder = tempfile::tempdir().unwrap();
        let temporary = Temporary::beside(folder.path(), None).unwrap();
        remove_left_overs(folder.path());
        assert_eq!(names(folder.path()).len(), 1);
        assert!(names(folder.path()).iter().all(|name| is_temporary_name(name)));
        temporary.persist(&folder.path().join("x")).unwrap();
        assert_eq!(names(folder.path()), ["x"]);
        drop(Temporary::beside(folder.path(), None).unwrap());
        assert_eq!(names(folder.path()), ["x"]);
    }
}
