//! Bundles as folders.

use std::env;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::contents::{Contents, Refused};
use super::{Files, MAX_BUNDLE_BYTES};
use crate::command::advice;
use crate::command::failure::Failure;
use crate::command::input::read_at_most;
use crate::command::output::absolute;

/// More than any bundle has.
const MAX_FILES: usize = 16;

/// The files of a folder that has nothing but files.
pub(super) fn read(folder: &Path) -> Result<Files, Failure> {
    let reading = |error: io::Error| Failure::reading(format_args!("`{}`", folder.display()), &error);
    let invalid = |reason: &str| super::failure(folder, Refused::Invalid(reason.to_owned()));
    let mut files = Files::new();
    let mut left = MAX_BUNDLE_BYTES;
    for entry in fs::read_dir(folder).map_err(reading)? {
        let entry = entry.map_err(reading)?;
        // What a link leads to may be something else tomorrow.
        if !entry.file_type().map_err(reading)?.is_file() {
            return Err(invalid("it holds something else than files"));
        }
        let name = entry.file_name().into_string();
        let content = read_at_most(&entry.path(), left)?;
        left = left.checked_sub(content.len()).ok_or_else(|| invalid("it is longer than any bundle"))?;
        let Ok(name) = name else { return Err(invalid("a file has a name that no file of a bundle has")) };
        files.insert(name, content.to_vec());
        if files.len() > MAX_FILES {
            return Err(invalid("it has more files than any bundle"));
        }
    }
    Ok(files)
}

/// A folder that is written, and not yet in its place.
pub(super) struct NewFolder {
    /// What messages call it.
    name: String,
    path: PathBuf,
    replaces: bool,
    /// Beside its place. Goes with all that is left in it.
    beside: TempDir,
}

/// Names in the folder beside.
const NEW: &str = "new";
const OLD: &str = "old";

impl NewFolder {
    pub(super) fn stage(path: &Path, files: &Files) -> Result<Self, Failure> {
        let name = format!("`{}`", path.display());
        let writing = |error: io::Error| Failure::writing(&name, &error);
        let (path, replaces) = place(path)?;
        let parent = path.parent().ok_or_else(|| writing(io::ErrorKind::AlreadyExists.into()))?;
        // The names of temporary files say nothing to anybody: the error's kind is enough.
        let beside = tempfile::Builder::new()
            .prefix(".edgeseal-")
            .tempdir_in(parent)
            .map_err(|error| writing(error.kind().into()))?;
        let new = beside.path().join(NEW);
        fs::create_dir(&new).map_err(|error| writing(error.kind().into()))?;
        for (file, content) in files {
            File::create_new(new.join(file))
                .and_then(|mut file| file.write_all(content).and_then(|()| file.sync_all()))
                .map_err(writing)?;
        }
        Ok(Self { name, path, replaces, beside })
    }

    pub(super) fn commit(self) -> Result<(), Failure> {
        let (new, old) = (self.beside.path().join(NEW), self.beside.path().join(OLD));
        let moved = || {
            if self.replaces {
                fs::rename(&self.path, &old)?;
            }
            fs::rename(&new, &self.path).inspect_err(|_| {
                // There is an error on its way already.
                let _ = fs::rename(&old, &self.path);
            })
        };
        moved().map_err(|error| Failure::writing(&self.name, &error))
    }
}

/// Where a folder goes, and whether there is one to be replaced: an empty one, or a bundle from which nothing is lost.
fn place(path: &Path) -> Result<(PathBuf, bool), Failure> {
    let writing = |error: io::Error| Failure::writing(format_args!("`{}`", path.display()), &error);
    let kept = || Failure::Error {
        code: "file_exists",
        message: format!(
            "`{}` exists, and is neither empty nor a bundle in which nothing was changed",
            path.display()
        ),
        help: Some(advice::ON_FOLDER),
    };
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => {
            let real = fs::canonicalize(path).map_err(writing)?;
            if env::current_dir().and_then(fs::canonicalize).is_ok_and(|here| here.starts_with(&real)) {
                return Err(Failure::usage("--out cannot be the folder that the command runs in"));
            }
            let files = read(path).map_err(|_| kept())?;
            if files.is_empty() || Contents::from(files).manifest().is_ok() {
                Ok((real, true))
            } else {
                Err(kept())
            }
        }
        Ok(_) => Err(kept()),
        Err(error) if error.kind() == io::ErrorKind::NotFound && fs::symlink_metadata(path).is_err() => {
            absolute(path).map(|path| (path, false)).map_err(writing)
        }
        Err(error) => Err(writing(error)),
    }
}
