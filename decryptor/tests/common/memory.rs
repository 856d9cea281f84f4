//! The memory of a process that a test has started.

use std::fs;
use std::os::unix::fs::FileExt;

/// What is in the memory that a process can write to.
pub fn found(pid: u32, secrets: &regex::bytes::Regex) -> Vec<Vec<u8>> {
    const PIECE: usize = 1 << 20;
    const OVERLAP: usize = 256;
    // It may be ending.
    let Ok(maps) = fs::read_to_string(format!("/proc/{pid}/maps")) else { return Vec::new() };
    let Ok(memory) = fs::File::open(format!("/proc/{pid}/mem")) else { return Vec::new() };
    let mut found = Vec::new();
    let mut buffer = vec![0; PIECE + OVERLAP];
    for line in maps.lines() {
        let mut columns = line.split(' ');
        let (range, permissions) = (columns.next().unwrap(), columns.next().unwrap());
        if !permissions.starts_with("rw") {
            continue;
        }
        let (start, end) = range.split_once('-').unwrap();
        let number = |digits| u64::from_str_radix(digits, 16).unwrap();
        let (mut at, end) = (number(start), number(end));
        while at < end {
            let length = buffer.len().min(usize::try_from(end - at).unwrap());
            if let Ok(read) = memory.read_at(&mut buffer[..length], at) {
                let hits = secrets.find_iter(&buffer[..read]);
                found.extend(hits.map(|hit| hit.as_bytes().to_vec()));
            }
            at += PIECE as u64;
        }
    }
    found.sort();
    found.dedup();
    found
}
