//! What tells one file from any other, also after it has been renamed.

use std::fs::Metadata;

use serde::{Deserialize, Serialize};

/// Device, file number, length in bytes, and time of the last change in nanoseconds. Renaming a file changes none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Identity {
    device: u64,
    inode: u64,
    bytes: u64,
    modified_ns: i64,
}

impl Identity {
    #[cfg(unix)]
    pub(crate) fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            bytes: metadata.size(),
            modified_ns: metadata.mtime().saturating_mul(1_000_000_000).saturating_add(metadata.mtime_nsec()),
        }
    }

    /// Without file numbers, the time has to do.
    #[cfg(not(unix))]
    pub(crate) fn of(metadata: &Metadata) -> Self {
        let modified =
            metadata.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        Self {
            device: 0,
            inode: 0,
            bytes: metadata.len(),
            modified_ns: modified.and_then(|time| i64::try_from(time.as_nanos()).ok()).unwrap_or(0),
        }
    }
}
