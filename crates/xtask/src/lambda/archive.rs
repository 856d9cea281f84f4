//! A ZIP archive (PKWARE APPNOTE 6.3) that is the same whenever it is made of the same: no times, no owners.

use std::io::Write;

use anyhow::Result;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// A file.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) content: Vec<u8>,
    /// Of Unix.
    pub(crate) mode: u32,
}

/// 2.0: files that are deflated.
const VERSION_NEEDED: u16 = 20;
/// Version 2.0 of the format; what follows are a Unix system's file attributes.
const MADE_BY: u16 = (3 << 8) | 20;
const DEFLATED: u16 = 8;
/// 1980-01-01, the first day that the format knows.
const DATE: u16 = (1 << 5) | 1;
const REGULAR_FILE: u32 = 0o100_000;

pub(crate) fn write(entries: &[Entry]) -> Result<Vec<u8>> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let mut crc = Crc::new();
        crc.update(&entry.content);
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&entry.content)?;
        let deflated = encoder.finish()?;

        let mut common = Vec::new();
        common.extend(VERSION_NEEDED.to_le_bytes());
        // No flags.
        common.extend([0; 2]);
        common.extend(DEFLATED.to_le_bytes());
        // Midnight.
        common.extend([0; 2]);
        common.extend(DATE.to_le_bytes());
        common.extend(crc.sum().to_le_bytes());
        common.extend(u32::try_from(deflated.len())?.to_le_bytes());
        common.extend(u32::try_from(entry.content.len())?.to_le_bytes());
        common.extend(u16::try_from(entry.name.len())?.to_le_bytes());
        // No extra field.
        common.extend([0; 2]);

        directory.extend(b"PK\x01\x02");
        directory.extend(MADE_BY.to_le_bytes());
        directory.extend(&common);
        // No comment, on disk 0, no internal attributes.
        directory.extend([0; 6]);
        directory.extend(((REGULAR_FILE | entry.mode) << 16).to_le_bytes());
        directory.extend(u32::try_from(archive.len())?.to_le_bytes());
        directory.extend(entry.name.as_bytes());

        archive.extend(b"PK\x03\x04");
        archive.extend(&common);
        archive.extend(entry.name.as_bytes());
        archive.extend(deflated);
    }
    let start = u32::try_from(archive.len())?;
    let count = u16::try_from(entries.len())?;
    archive.extend(&directory);
    archive.extend(b"PK\x05\x06");
    archive.extend([0; 4]);
    archive.extend(count.to_le_bytes());
    archive.extend(count.to_le_bytes());
    archive.extend(u32::try_from(directory.len())?.to_le_bytes());
    archive.extend(start.to_le_bytes());
    // No comment.
    archive.extend([0; 2]);
    Ok(archive)
}
