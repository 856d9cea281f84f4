//! The mark of a build: modules and JavaScript that belong together carry the same. Files of two builds may fit each other well enough to run,
//! and then lose arguments, or do what an older release did.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest as _, Sha256};

/// Of a module, the custom section that holds the mark.
const SECTION: &str = "edgeseal-build";

/// Writes the SHA-256 of the JavaScript and of its modules, in hexadecimal digits, into each of them. `glue` is the path of the JavaScript.
pub(super) fn mark(glue: &Path, modules: &[PathBuf]) -> Result<()> {
    let mut digest = Sha256::new();
    for file in std::iter::once(glue).chain(modules.iter().map(PathBuf::as_path)) {
        let content = fs::read(file).with_context(|| file.display().to_string())?;
        digest.update(u64::try_from(content.len())?.to_le_bytes());
        digest.update(&content);
    }
    let mark: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    for module in modules {
        append(module, &section(&mark)?)?;
    }
    append(glue, format!("\nexport const build = \"{mark}\";\n").as_bytes())?;
    append(&glue.with_extension("d.ts"), b"\nexport const build: string;\n")
}

/// A custom section: its number, its length, and in it the length of its name. A length below 128 is one byte.
fn section(mark: &str) -> Result<Vec<u8>> {
    let name = [&[length(SECTION.len())?], SECTION.as_bytes()].concat();
    let content = [&name, mark.as_bytes()].concat();
    Ok([&[0, length(content.len())?], &content[..]].concat())
}

fn length(bytes: usize) -> Result<u8> {
    u8::try_from(bytes).ok().filter(|bytes| *bytes < 0x80).context("a length of several bytes")
}

fn append(file: &Path, bytes: &[u8]) -> Result<()> {
    let mut content = fs::read(file).with_context(|| file.display().to_string())?;
    content.extend_from_slice(bytes);
    fs::write(file, content).with_context(|| file.display().to_string())
}
