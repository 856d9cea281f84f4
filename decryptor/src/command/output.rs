//! What is written: all of it or nothing.

mod held;
mod identity;
mod interrupt;
mod temporary;

use std::fs::{self, OpenOptions};
use std::io::{self, Seek, Write, stderr, stdout};
use std::path::{Path, PathBuf};

use super::failure::Failure;
use held::Held;
pub(crate) use identity::Identity;
use temporary::Temporary;
pub(crate) use temporary::is_temporary_name;

/// A place to write to, found to be writable as far as that can be told.
pub(crate) struct Output {
    /// What messages call it.
    name: String,
    place: Place,
    /// How many bytes of it may be held back.
    most_held: Option<usize>,
}

/// Content that is as good as written.
pub(crate) struct Staged(Output);

enum Place {
    /// A stream, written when everything is there.
    Held { stream: Stream, held: Held },
    /// A stream that is written as it comes.
    Live(Box<dyn Write>),
    /// A file, replaced by a temporary one beside it.
    File { path: PathBuf, temporary: Temporary },
}

enum Stream {
    Stdout,
    Stderr,
    /// A pipe or a device, which cannot be replaced.
    Device(PathBuf),
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
        Self::stream("standard output".to_owned(), Stream::Stdout)
    }

    pub(crate) fn stderr() -> Self {
        Self::stream("standard error".to_owned(), Stream::Stderr)
    }

    /// A file that is made or replaced once its content is there.
    pub(crate) fn file(path: &Path, readers: Readers) -> Result<Self, Failure> {
        let name = format!("`{}`", path.display());
        match Place::find(path, readers) {
            Ok(Found::Device) => Ok(Self::stream(name, Stream::Device(path.to_owned()))),
            Ok(Found::File { path, temporary }) => {
                Ok(Self { name, place: Place::File { path, temporary }, most_held: None })
            }
            Err(error) => Err(Failure::writing(name, &error)),
        }
    }

    fn stream(name: String, stream: Stream) -> Self {
        Self { name, place: Place::Held { stream, held: Held::default() }, most_held: None }
    }

    /// What messages call it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is held back in memory until it is whole.
    pub(crate) fn is_held_back(&self) -> bool {
        matches!(self.place, Place::Held { .. })
    }

    /// Refuses to hold back more than this.
    #[must_use]
    pub(crate) fn holding_at_most(mut self, bytes: usize) -> Self {
        self.most_held = Some(bytes);
        self
    }

    /// Writes a stream as the content comes; a file stays all or nothing.
    pub(crate) fn live(mut self) -> Result<Self, Failure> {
        if let Place::Held { stream, .. } = &self.place {
            let opened: io::Result<Box<dyn Write>> = match stream {
                Stream::Stdout => unbuffered_stdout(),
                Stream::Stderr => Ok(Box::new(stderr())),
                Stream::Device(path) => open_device(path).map(|device| Box::new(device) as Box<dyn Write>),
            };
            self.place = Place::Live(opened.map_err(|error| Failure::writing(&self.name, &error))?);
        }
        Ok(self)
    }

    /// Whether both replace the same file.
    pub(crate) fn is_same_file(&self, other: &Self) -> bool {
        match (&self.place, &other.place) {
            (Place::File { path: one, .. }, Place::File { path: other, .. }) => one == other,
            _ => false,
        }
    }

    /// Adds to the content, where nobody looks for it unless it is live.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let written = match &mut self.place {
            Place::Held { held, .. } => {
                if self.most_held.is_some_and(|most| held.bytes().saturating_add(bytes.len()) > most) {
                    return Err(Failure::held_back(&self.name, self.most_held.unwrap_or(0)));
                }
                held.push(bytes);
                Ok(())
            }
            Place::Live(stream) => stream.write_all(bytes).and_then(|()| stream.flush()),
            Place::File { temporary, .. } => temporary.file().write_all(bytes),
        };
        written.map_err(|error| Failure::writing(&self.name, &error))
    }

    /// Ends the content.
    pub(crate) fn finish(mut self) -> Result<Staged, Failure> {
        if let Place::File { temporary, .. } = &mut self.place {
            // Else a crash of the machine could leave the new name with nothing in it.
            temporary.file().sync_all().map_err(|error| Failure::writing(&self.name, &error))?;
        }
        Ok(Staged(self))
    }

    /// All of the content at once.
    pub(crate) fn stage(mut self, bytes: &[u8]) -> Result<Staged, Failure> {
        self.write(bytes)?;
        self.finish()
    }
}

impl Staged {
    /// The content of a file, to be read from its beginning.
    pub(crate) fn read_again(&mut self) -> Result<Option<fs::File>, Failure> {
        let Place::File { temporary, .. } = &mut self.0.place else { return Ok(None) };
        let again = temporary.file().try_clone().and_then(|mut file| file.rewind().map(|()| file));
        again.map(Some).map_err(|error| Failure::reading(&self.0.name, &error))
    }

    /// What tells the file from any other, before and after it is put in its place.
    pub(crate) fn identity(&mut self) -> Result<Option<Identity>, Failure> {
        let Place::File { temporary, .. } = &mut self.0.place else { return Ok(None) };
        let metadata = temporary.file().metadata().map_err(|error| Failure::writing(&self.0.name, &error))?;
        Ok(Some(Identity::of(&metadata)))
    }

    /// Puts the content in its place.
    pub(crate) fn commit(self) -> Result<(), Failure> {
        let written = match self.0.place {
            Place::Held { stream: Stream::Stdout, held } => held.write_to(stdout().lock()),
            Place::Held { stream: Stream::Stderr, held } => held.write_to(stderr().lock()),
            Place::Held { stream: Stream::Device(path), held } => {
                open_device(&path).and_then(|device| held.write_to(device))
            }
            Place::Live(_) => Ok(()),
            Place::File { path, temporary } => temporary.persist(&path),
        };
        written.map_err(|error| Failure::writing(&self.0.name, &error))
    }
}

/// The buffer of the standard library would keep the last kilobyte until the next one comes.
#[cfg(unix)]
fn unbuffered_stdout() -> io::Result<Box<dyn Write>> {
    use std::os::fd::AsFd;
    Ok(Box::new(fs::File::from(stdout().as_fd().try_clone_to_owned()?)))
}

#[cfg(not(unix))]
fn unbuffered_stdout() -> io::Result<Box<dyn Write>> {
    Ok(Box::new(stdout()))
}

fn open_device(path: &Path) -> io::Result<fs::File> {
    OpenOptions::new().write(true).open(path)
}

enum Found {
    Device,
    File { path: PathBuf, temporary: Temporary },
}

impl Place {
    fn find(path: &Path, readers: Readers) -> io::Result<Found> {
        if path.as_os_str().as_encoded_bytes().ends_with(b"/") {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let (path, before) = match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(metadata) if !metadata.is_file() => return Ok(Found::Device),
            // The file that a link leads to is replaced, not the link.
            Ok(metadata) => (fs::canonicalize(path)?, Some(metadata)),
            Err(error) if error.kind() == io::ErrorKind::NotFound && fs::symlink_metadata(path).is_err() => {
                (absolute(path)?, None)
            }
            Err(error) => return Err(error),
        };
        let folder = path.parent().ok_or(io::ErrorKind::IsADirectory)?;
        let mut temporary = Temporary::beside(folder, permissions_at_first(readers, before.is_some()))?;
        if let (Readers::AsBefore, Some(before)) = (readers, before) {
            keep_owner(temporary.file(), &before)?;
            temporary.file().set_permissions(before.permissions())?;
        }
        Ok(Found::File { path, temporary })
    }
}

/// Gives a file the owner and the group of the one that it replaces: who could read that can read this.
#[cfg(unix)]
fn keep_owner(file: &fs::File, before: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let now = file.metadata()?;
    if (now.uid(), now.gid()) == (before.uid(), before.gid()) {
        return Ok(());
    }
    let kept = fchown(file, Some(before.uid()), Some(before.gid()));
    kept.map_err(|error| io::Error::new(error.kind(), format!("its owner and group cannot be kept: {error}")))
}

#[cfg(not(unix))]
fn keep_owner(_: &fs::File, _: &fs::Metadata) -> io::Result<()> {
    Ok(())
}

/// Without a word about it, a temporary file is its owner's alone.
#[cfg(unix)]
fn permissions_at_first(readers: Readers, exists: bool) -> Option<fs::Permissions> {
    use std::os::unix::fs::PermissionsExt;
    (readers == Readers::AsBefore && !exists).then(|| fs::Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn permissions_at_first(_: Readers, _: bool) -> Option<fs::Permissions> {
    None
}

/// The path of a file that is not there yet, with its folder's links resolved.
pub(crate) fn absolute(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or(io::ErrorKind::NotFound)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    Ok(fs::canonicalize(folder.unwrap_or(Path::new(".")))?.join(name))
}
