//! Files that are made again and are often the same again.

use std::fs::{self, File};
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context, Result};

/// Does work that writes files, and gives back their old time to those that it leaves as they were: the command embeds them, and cargo goes by
/// time.
pub(crate) fn steady(files: &[&Path], work: impl FnOnce() -> Result<()>) -> Result<()> {
    let before: Vec<Option<(Vec<u8>, SystemTime)>> = files.iter().map(|file| state(file)).collect();
    work()?;
    for (file, before) in files.iter().zip(before) {
        let Some((bytes, time)) = before else { continue };
        if fs::read(file).is_ok_and(|now| now == bytes) {
            let restored = File::options().write(true).open(file).and_then(|file| file.set_modified(time));
            restored.with_context(|| file.display().to_string())?;
        }
    }
    Ok(())
}

/// Content and time of a file that is there.
fn state(file: &Path) -> Option<(Vec<u8>, SystemTime)> {
    Some((fs::read(file).ok()?, fs::metadata(file).ok()?.modified().ok()?))
}
