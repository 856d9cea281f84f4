//! Policy and keyring files that are replaced by their edited texts.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use edgeseal::sizes::MAX_CONFIG_BYTES;

use super::{Edit, edit};
use crate::command::failure::Failure;
use crate::command::input::read_at_most;
use crate::command::output::{Identity, Output, Readers, Staged};

/// A file that is to be edited, as it was when it was read.
pub(crate) struct ConfigFile {
    path: PathBuf,
    /// Nothing, if there is no such file yet.
    text: Option<Vec<u8>>,
    before: Option<Identity>,
    output: Option<Output>,
}

/// A file with its new content beside it.
pub(crate) struct StagedFile {
    path: PathBuf,
    before: Option<Identity>,
    staged: Staged,
}

impl ConfigFile {
    /// Reads a file.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let name = format!("`{}`", path.display());
        let before = match fs::metadata(path) {
            Ok(metadata) if metadata.is_file() => Some(Identity::of(&metadata)),
            // A pipe or a device cannot be replaced.
            Ok(_) => {
                return Err(Failure::new(
                    "io_failed",
                    format_args!("cannot edit {name}: it is not a regular file"),
                ));
            }
            Err(error) if error.kind() == ErrorKind::NotFound && fs::symlink_metadata(path).is_err() => None,
            Err(error) => return Err(Failure::reading(name, &error)),
        };
        let text = match before {
            Some(_) => Some(read_at_most(path, MAX_CONFIG_BYTES)?.to_vec()),
            None => None,
        };
        Ok(Self { path: path.to_owned(), text, before, output: None })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What it holds, unless there is no such file yet.
    pub(crate) fn text(&self) -> Option<&[u8]> {
        self.text.as_deref()
    }

    /// What it would hold with these edits. Whoever asks has the text read by the loaders next.
    pub(crate) fn edited(&self, edits: &[Edit<'_>]) -> Result<String, Failure> {
        let text = self.text().and_then(|text| std::str::from_utf8(text).ok());
        text.and_then(|text| edit(text, edits)).ok_or_else(|| {
            let message = format_args!("`{}` cannot be edited in place", self.path.display());
            Failure::new("edit_failed", message)
        })
    }

    /// Finds out whether it can be written.
    pub(crate) fn reserve(&mut self) -> Result<(), Failure> {
        if self.output.is_none() {
            self.output = Some(Output::file(&self.path, Readers::AsBefore)?);
        }
        Ok(())
    }

    /// Writes the new content beside its place.
    pub(crate) fn stage(mut self, text: &str) -> Result<StagedFile, Failure> {
        self.reserve()?;
        let changed = || Failure::new("input_changed", changed(&self.path));
        let output = self.output.take().ok_or_else(changed)?;
        let staged = output.stage(text.as_bytes())?;
        Ok(StagedFile { path: self.path, before: self.before, staged })
    }
}

/// Puts every file in its place, in this order, if none was changed since it was read.
pub(crate) fn commit(files: Vec<StagedFile>) -> Result<(), Failure> {
    for file in &files {
        let now = fs::metadata(&file.path).ok().map(|metadata| Identity::of(&metadata));
        if now != file.before {
            return Err(Failure::new("input_changed", changed(&file.path)));
        }
    }
    for file in files {
        file.staged.commit()?;
    }
    Ok(())
}

fn changed(path: &Path) -> String {
    format!("`{}` was changed since it was read, and nothing was written", path.display())
}
