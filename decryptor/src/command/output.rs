//! What is written: all of it or nothing.

use std::fs::{self, OpenOptions};
use std::io::{self, Write, stderr, stdout};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::failure::Failure;

/// A place to write to, found to be writable as far as that can be told.
pub(crate) struct Output {
    /// What messages call it.
    name: String,
    place: Place,
}

/// Content that is as good as written.
pub(crate) struct Staged<'b> {
    output: Output,
    bytes: &'b [u8],
}

enum Place {
    Stdout,
    Stderr,
    /// A pipe or a device, which cannot be replaced.
    Device(PathBuf),
    /// A file, replaced by a temporary one beside it.
    File {
        path: PathBuf,
        temporary: NamedTempFile,
    },
}

/// Who may read a file that is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Its owner alone, whoever could read the file before.
    Owner,
    /// Those who could read the file before; of a new file, whom the umask says.
    AsBefore,
}

impl Output {
    pub(crate) fn stdout() -> Self {
        Self { name: "standard output".to_owned(), place: Place::Stdout }
    }

    pub(crate) fn stderr() -> Self {
        Self { name: "standard error".to_owned(), place: Place::Stderr }
    }

    /// A file that is made or replaced once its content is there.
    pub(crate) fn file(path: &Path, readers: Readers) -> Result<Self, Failure> {
        let name = format!("`{}`", path.display());
        match Place::find(path, readers) {
            Ok(place) => Ok(Self { name, place }),
            Err(error) => Err(Failure::writing(name, &error)),
        }
    }

    /// Whether both replace the same file.
    pub(crate) fn is_same_file(&self, other: &Self) -> bool {
        match (&self.place, &other.place) {
            (Place::File { path: one, .. }, Place::File { path: other, .. }) => one == other,
            _ => false,
        }
    }

    /// Writes the content where nobody looks for it.
    pub(crate) fn stage(mut self, bytes: &[u8]) -> Result<Staged<'_>, Failure> {
        if let Place::File { temporary, .. } = &mut self.place {
            let file = temporary.as_file_mut();
            // Else a crash of the machine could leave the new name with nothing in it.
            file.write_all(bytes)
                .and_then(|()| file.sync_all())
                .map_err(|error| Failure::writing(&self.name, &error))?;
        }
        Ok(Staged { output: self, bytes })
    }
}

impl Staged<'_> {
    /// Puts the content in its place.
    pub(crate) fn commit(self) -> Result<(), Failure> {
        let bytes = self.bytes;
        let written = match self.output.place {
            Place::Stdout => write_to(stdout().lock(), bytes),
            Place::Stderr => write_to(stderr().lock(), bytes),
            Place::Device(path) => {
                OpenOptions::new().write(true).open(path).and_then(|device| write_to(device, bytes))
            }
            Place::File { path, temporary } => {
                temporary.persist(path).map(drop).map_err(|refused| refused.error)
            }
        };
        written.map_err(|error| Failure::writing(&self.output.name, &error))
    }
}

fn write_to(mut stream: impl Write, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes)?;
    stream.flush()
}

impl Place {
    fn find(path: &Path, readers: Readers) -> io::Result<Self> {
        if path.as_os_str().as_encoded_bytes().ends_with(b"/") {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let (path, before) = match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(metadata) if !metadata.is_file() => return Ok(Self::Device(path.to_owned())),
            // The file that a link leads to is replaced, not the link.
            Ok(metadata) => (fs::canonicalize(path)?, Some(metadata.permissions())),
            Err(error) if error.kind() == io::ErrorKind::NotFound && fs::symlink_metadata(path).is_err() => {
                (absolute(path)?, None)
            }
            Err(error) => return Err(error),
        };
        let folder = path.parent().ok_or(io::ErrorKind::IsADirectory)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".edgeseal-");
        #[cfg(unix)]
        if readers == Readers::AsBefore && before.is_none() {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        // Without a word about it, a temporary file is its owner's alone. Its name says nothing to anybody: the error's kind is enough.
        let temporary = builder.tempfile_in(folder).map_err(|error| error.kind())?;
        if let (Readers::AsBefore, Some(permissions)) = (readers, before) {
            temporary.as_file().set_permissions(permissions)?;
        }
        Ok(Self::File { path, temporary })
    }
}

/// The path of a file that is not there yet, with its folder's links resolved.
pub(crate) fn absolute(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or(io::ErrorKind::NotFound)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    Ok(fs::canonicalize(folder.unwrap_or(Path::new(".")))?.join(name))
}
