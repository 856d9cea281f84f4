//! What a module weighs, and what must not be in it.

use std::io::Write as _;
use std::path::Path;
use std::{env, fs};

use anyhow::{Context, Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;

/// The largest module, in bytes, as it is and as `gzip -9` makes it.
const MAX_RAW_BYTES: usize = 232_000;
const MAX_GZIP_BYTES: usize = 101_000;

/// Says how long a module is, and refuses one that is too long or tells where it was made.
pub(super) fn check(module: &Path) -> Result<()> {
    let name = module.file_name().context("a module has a name")?.display();
    let bytes = fs::read(module)?;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&bytes)?;
    let (raw, zipped) = (bytes.len(), gzip.finish()?.len());
    println!("edge-function/wasm/{name}: {raw} bytes, {zipped} bytes gzipped");
    let is_traced = [env::home_dir(), env::current_dir().ok()].into_iter().flatten().any(|folder| {
        let folder = folder.display().to_string();
        folder.len() > 1 && String::from_utf8_lossy(&bytes).contains(&folder)
    });
    ensure!(!is_traced, "`{name}` holds a path of this machine");
    ensure!(raw <= MAX_RAW_BYTES, "`{name}` is over its {MAX_RAW_BYTES} bytes");
    ensure!(zipped <= MAX_GZIP_BYTES, "`{name}` is over its {MAX_GZIP_BYTES} bytes gzipped");
    Ok(())
}
