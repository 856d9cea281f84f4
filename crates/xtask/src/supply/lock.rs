//! The lock file of a workspace: which crates there are, and what each one's archive hashes to.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};
use toml::{Table, Value};

use crate::project::Project;
use crate::tree::Id;

pub(super) const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

pub(super) struct Locked {
    pub(super) source: Option<String>,
    /// SHA-256 in hexadecimal digits. Without a source there is none: it is a folder of the project.
    pub(super) checksum: Option<String>,
}

pub(super) fn read(project: &Project, path: &str) -> Result<BTreeMap<Id, Locked>> {
    let text = fs::read_to_string(project.path(path)).with_context(|| path.to_owned())?;
    parse(&text).with_context(|| path.to_owned())
}

pub(super) fn parse(text: &str) -> Result<BTreeMap<Id, Locked>> {
    let table: Table = toml::from_str(text)?;
    let packages = table.get("package").and_then(Value::as_array).context("no packages")?;
    let mut locked = BTreeMap::new();
    for package in packages {
        let member = |name: &str| package.get(name).and_then(Value::as_str).map(str::to_owned);
        let name = member("name").context("a package without a name")?;
        let version = member("version").with_context(|| format!("`{name}` has no version"))?;
        let entry = Locked { source: member("source"), checksum: member("checksum") };
        locked.insert(Id { name, version }, entry);
    }
    Ok(locked)
}
