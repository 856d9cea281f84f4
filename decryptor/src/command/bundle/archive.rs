//! Bundles as ZIP archives (PKWARE APPNOTE 6.3), in the one way in which this command writes them: entries sorted by name, stored as
//! they are, all from 1980-01-01 and with mode 0644, nothing before, between or after them.
//!
//! Nothing is compressed: then the bytes do not depend on anybody's compressor, and no entry is longer than the archive. What is read has
//! to be what would be written, so every reader of ZIP archives, however lenient, finds the files that were checked.

use flate2::Crc;

use super::Files;
use super::contents::{is_plain, shown};

const LOCAL: [u8; 4] = *b"PK\x03\x04";
const CENTRAL: [u8; 4] = *b"PK\x01\x02";
const END: [u8; 4] = *b"PK\x05\x06";
/// 1.0: files that are stored.
const VERSION_NEEDED: u16 = 10;
/// Version 2.0 of the format; what follows are a Unix system's file attributes.
const MADE_BY: u16 = (3 << 8) | 20;
/// 1980-01-01, the first day that the format knows.
const DATE: u16 = (1 << 5) | 1;
/// A regular file that everybody can read: Lambda runs as another user than its owner.
const ATTRIBUTES: u32 = 0o100_644 << 16;
/// The fixed part of an entry's local header, after the signature.
const LOCAL_BYTES: usize = 26;

pub(super) fn write(files: &Files) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let mut crc = Crc::new();
        crc.update(content);
        // Flags, method, time: all 0.
        let mut common = Vec::with_capacity(LOCAL_BYTES);
        common.extend(VERSION_NEEDED.to_le_bytes());
        common.extend([0; 6]);
        common.extend(DATE.to_le_bytes());
        common.extend(crc.sum().to_le_bytes());
        common.extend(number(content.len()).to_le_bytes());
        common.extend(number(content.len()).to_le_bytes());
        common.extend(short(name.len()).to_le_bytes());
        // No extra field.
        common.extend([0; 2]);

        directory.extend(CENTRAL);
        directory.extend(MADE_BY.to_le_bytes());
        directory.extend(&common);
        // No comment, on disk 0, no internal attributes.
        directory.extend([0; 6]);
        directory.extend(ATTRIBUTES.to_le_bytes());
        directory.extend(number(archive.len()).to_le_bytes());
        directory.extend(name.as_bytes());

        archive.extend(LOCAL);
        archive.extend(&common);
        archive.extend(name.as_bytes());
        archive.extend(content);
    }
    let start = archive.len();
    archive.extend(&directory);
    archive.extend(END);
    archive.extend([0; 4]);
    archive.extend(short(files.len()).to_le_bytes());
    archive.extend(short(files.len()).to_le_bytes());
    archive.extend(number(directory.len()).to_le_bytes());
    archive.extend(number(start).to_le_bytes());
    // No comment.
    archive.extend([0; 2]);
    archive
}

/// The files of an archive; the error says why it is none that this command wrote.
pub(super) fn read(archive: &[u8]) -> Result<Files, String> {
    if archive.len() > super::MAX_BUNDLE_BYTES {
        return Err(format!("it is longer than {} bytes, and no bundle is", super::MAX_BUNDLE_BYTES));
    }
    if !archive.starts_with(&LOCAL) {
        return Err("it is no ZIP archive of files".to_owned());
    }
    let mut files = Files::new();
    let mut rest = archive;
    while let Some(entry) = rest.strip_prefix(&LOCAL) {
        let (name, content, after) = entry_of(entry)?;
        if files.insert(name.to_owned(), content.to_vec()).is_some() {
            return Err(format!("two entries are called `{name}`"));
        }
        rest = after;
    }
    if write(&files) == archive {
        Ok(files)
    } else {
        Err("the archive is not as this command writes it, entry by entry in order and nothing beside them"
            .to_owned())
    }
}

/// Name, content, and what follows.
fn entry_of(entry: &[u8]) -> Result<(&str, &[u8], &[u8]), String> {
    let ends = || "the archive ends within an entry".to_owned();
    let (header, rest) = entry.split_first_chunk::<LOCAL_BYTES>().ok_or_else(ends)?;
    let short_at =
        |at| header.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u16::from_le_bytes(*bytes));
    let number_at =
        |at| header.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u32::from_le_bytes(*bytes));
    let (name, rest) = rest.split_at_checked(short_at(22).into()).ok_or_else(ends)?;
    let name = core::str::from_utf8(name).ok().filter(|name| is_plain(name)).ok_or_else(|| {
        format!(
            "an entry is called `{}`, which is no name of a bundle's file",
            shown(&String::from_utf8_lossy(name))
        )
    })?;
    let (flags, method, stored, size) = (short_at(2), short_at(4), number_at(14), number_at(18));
    if (flags, method) != (0, 0) || stored != size {
        return Err(format!(
            "`{name}` is compressed, encrypted or of unknown length, and nothing in a bundle is"
        ));
    }
    let (_, rest) = rest.split_at_checked(short_at(24).into()).ok_or_else(ends)?;
    let size = usize::try_from(size).map_err(|_| ends())?;
    let (content, rest) = rest.split_at_checked(size).ok_or_else(ends)?;
    Ok((name, content, rest))
}

/// A length in a bundle, which has a few million bytes.
fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The length of a name, or the number of files.
fn short(length: usize) -> u16 {
    u16::try_from(length).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Files {
        [("a.mjs", &b"export {};"[..]), ("b.json", b"{}"), ("c", b"")]
            .map(|(name, content)| (name.to_owned(), content.to_vec()))
            .into()
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(read(&write(&files())), Ok(files()));
    }

    #[test]
    fn a_bit_that_is_changed_anywhere_is_noticed() {
        let archive = write(&files());
        for at in 0..archive.len() {
            for bit in 0..8 {
                let mut changed = archive.clone();
                changed[at] ^= 1 << bit;
                assert!(read(&changed).is_err(), "{at} {bit}");
            }
        }
    }

    #[test]
    fn an_archive_that_is_cut_or_longer_is_refused() {
        let archive = write(&files());
        for length in 0..archive.len() {
            assert!(read(&archive[..length]).is_err(), "{length}");
        }
        assert!(read(&[&archive[..], b"\0"].concat()).is_err());
        assert!(read(&[b"\0", &archive[..]].concat()).is_err());
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for name in ["../a", "/a", "a/b", "a\\b", "C:a", ".a", "", "a\0", "a\n", "é", &"a".repeat(65)] {
            let archive = write(&[(name.to_owned(), b"x".to_vec())].into());
            let refused = read(&archive).expect_err(name);
            assert!(refused.contains("no name of a bundle's file"), "{name}: {refused}");
        }
    }

    #[test]
    fn a_declared_length_is_believed_only_as_far_as_there_are_bytes() {
        let mut archive = write(&files());
        for at in [18, 22] {
            archive[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        }
        assert_eq!(read(&archive), Err("the archive ends within an entry".to_owned()));
    }

    #[test]
    fn entries_in_another_order_are_refused() {
        let files = files();
        let one = |name: &str| {
            let archive = write(&[(name.to_owned(), files[name].clone())].into());
            let end = LOCAL.len() + LOCAL_BYTES + name.len() + files[name].len();
            archive[..end].to_vec()
        };
        let whole = write(&files);
        let entries = [one("a.mjs"), one("b.json"), one("c")];
        let length = entries.concat().len();
        assert_eq!(entries.concat(), whole[..length]);
        let turned = [&entries[1][..], &entries[0], &entries[2], &whole[length..]].concat();
        assert!(read(&turned).is_err());
        let twice = [&entries[0][..], &entries[0], &entries[1], &entries[2], &whole[length..]].concat();
        assert_eq!(read(&twice), Err("two entries are called `a.mjs`".to_owned()));
    }
}
