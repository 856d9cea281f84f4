//! The socket on which the service listens, and its file.

use std::io;
use std::path::Path;
#[cfg(unix)]
use std::path::PathBuf;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::net::{UnixListener, UnixStream};

use super::listen::Listen;
use crate::command::failure::Failure;

/// A connection, of whatever sort.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A connection, and what the operating system says of the other side.
pub(super) struct Accepted {
    pub(super) stream: Box<dyn Stream>,
    /// For the audit: a user id of this host, or an address that is not of this host.
    pub(super) peer: Option<String>,
}

pub(super) enum Listener {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(UnixListener, SocketFile),
}

impl Listener {
    pub(super) async fn bind(listen: &Listen, mode: u32) -> Result<Self, Failure> {
        match listen {
            Listen::Tcp(address) => match TcpListener::bind(address).await {
                Ok(listener) => Ok(Self::Tcp(listener)),
                Err(error) => {
                    Err(Failure::new("io_failed", format_args!("cannot listen on {address}: {error}")))
                }
            },
            #[cfg(unix)]
            Listen::Unix(path) => bind_unix(path, mode).await.map_err(|error| failed(path, &error)),
            #[cfg(not(unix))]
            Listen::Unix(path) => Err(failed(path, &io::ErrorKind::Unsupported.into())),
        }
    }

    /// What a client would be told.
    pub(super) fn name(&self, tls: bool) -> String {
        match self {
            Self::Tcp(listener) => {
                let scheme = if tls { "https" } else { "http" };
                listener
                    .local_addr()
                    .map_or_else(|_| scheme.to_owned(), |address| format!("{scheme}://{address}"))
            }
            #[cfg(unix)]
            Self::Unix(_, file) => format!("unix:{}", file.path.display()),
        }
    }

    /// Whether the operating system keeps no user of this host away.
    pub(super) fn is_open_to_all_users(&self) -> bool {
        match self {
            Self::Tcp(_) => true,
            #[cfg(unix)]
            Self::Unix(_, file) => file.mode & 0o002 != 0,
        }
    }

    pub(super) async fn accept(&self) -> io::Result<Accepted> {
        match self {
            Self::Tcp(listener) => {
                let (stream, address) = listener.accept().await?;
                // An answer is written at once; waiting for more would only make it late.
                let _ = stream.set_nodelay(true);
                let peer = (!address.ip().is_loopback()).then(|| format!("ip:{}", address.ip()));
                Ok(Accepted { stream: Box::new(stream), peer })
            }
            #[cfg(unix)]
            Self::Unix(listener, _) => {
                let (stream, _) = listener.accept().await?;
                let peer = stream.peer_cred().ok().map(|credentials| format!("uid:{}", credentials.uid()));
                Ok(Accepted { stream: Box::new(stream), peer })
            }
        }
    }
}

/// The file of a Unix socket; it goes when the service does.
#[cfg(unix)]
pub(super) struct SocketFile {
    path: PathBuf,
    mode: u32,
    /// Device and inode: another service may have put its own in place.
    identity: (u64, u64),
}

#[cfg(unix)]
impl Drop for SocketFile {
    fn drop(&mut self) {
        if identity(&self.path).is_ok_and(|identity| identity == self.identity) {
            // Nobody is left to be told.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Binds where nobody else can connect, and then moves the socket to its place: it is never there with other permissions.
#[cfg(unix)]
async fn bind_unix(path: &Path, mode: u32) -> io::Result<Listener> {
    use std::os::unix::fs::{FileTypeExt, PermissionsExt};

    match std::fs::symlink_metadata(path) {
        Ok(metadata) if !metadata.file_type().is_socket() => {
            return Err(io::Error::other("something else than a socket is there"));
        }
        Ok(_) => match UnixStream::connect(path).await {
            // Nobody listens any more.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
            Ok(_) => return Err(io::Error::other("another service listens there")),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let private = tempfile::Builder::new().prefix(".es-").tempdir_in(folder).map_err(|error| error.kind())?;
    let hidden = private.path().join("s");
    let listener = UnixListener::bind(&hidden)?;
    std::fs::set_permissions(&hidden, std::fs::Permissions::from_mode(mode))?;
    let identity = identity(&hidden)?;
    std::fs::rename(&hidden, path)?;
    Ok(Listener::Unix(listener, SocketFile { path: path.to_owned(), mode, identity }))
}

#[cfg(unix)]
fn identity(path: &Path) -> io::Result<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    std::fs::symlink_metadata(path).map(|metadata| (metadata.dev(), metadata.ino()))
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    Failure::new("io_failed", format_args!("cannot listen on `{}`: {error}", path.display()))
}
