//! Whether the same sources make the same bytes: two builds from nothing, in other places, by another folder of cargo's.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest as _, Sha256};

use crate::process;
use crate::project::Project;
use crate::steps::Steps;

/// Where each is built, below target/supply/reproduce. Their lengths differ, for a path that gets into a file moves what is after it.
const PLACES: [&str; 2] = ["a", "another place/with a longer name"];

/// What is not copied: it is made, or is not the project's.
const LEFT: [&str; 6] =
    ["target", "node_modules", "edge-function/wasm", "edge-function/dist", ".git", "fuzz/corpus"];

/// Builds twice and compares.
pub(super) fn run(project: &Project) -> Result<()> {
    let folder = project.target("supply/reproduce");
    let _ = fs::remove_dir_all(&folder);
    let places = PLACES.map(|place| folder.join(place));
    let mut steps = Steps::default();
    steps.step("the first build", || build(project, &places[0], None));
    let home = folder.join("cargo");
    steps.step("the second build, with another folder of cargo's", || {
        copy_registry(&home)?;
        build(project, &places[1], Some(&home))
    });
    for (name, below) in
        [("modules and their JavaScript", "wasm"), ("handlers", "dist"), ("npm package", "packed-archive")]
    {
        steps.step(name, || compare(&places.each_ref().map(|place| place.join("edge-function").join(below))));
    }
    steps.finish()
}

/// Copies the project, and builds what runs at an edge and the npm package of it.
fn build(project: &Project, place: &Path, home: Option<&Path>) -> Result<()> {
    copy(&project.path(""), place, &|path| LEFT.iter().any(|left| path.ends_with(left)))?;
    let mut wasm = Command::new("cargo");
    wasm.args(["xtask", "wasm"]).current_dir(place).env("CARGO_TARGET_DIR", place.join("target"));
    // Those of the cargo that runs this.
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_") && name != "CARGO_HOME")
            && name != "CARGO_TARGET_DIR"
        {
            wasm.env_remove(name);
        }
    }
    if let Some(home) = home {
        wasm.env("CARGO_HOME", home);
    }
    process::run(&mut wasm)?;
    let package = place.join("edge-function");
    fs::create_dir_all(package.join("packed-archive"))?;
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let pack = ["pack", "--silent", "--pack-destination", "packed-archive"];
    process::run(Command::new(npm).args(pack).current_dir(&package))
}

/// Another folder of cargo's with the same archives of crates, which cargo unpacks there.
fn copy_registry(home: &Path) -> Result<()> {
    let own = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")));
    let own = own.context("cargo's folder is not known")?;
    for part in ["registry/cache", "registry/index"] {
        copy(&own.join(part), &home.join(part), &|_| false)?;
    }
    if own.join("config.toml").is_file() {
        fs::copy(own.join("config.toml"), home.join("config.toml"))?;
    }
    Ok(())
}

/// Fails, and says where, if a file is not the same in both folders.
fn compare(folders: &[PathBuf; 2]) -> Result<()> {
    let [first, second] = folders.each_ref().map(|folder| contents(folder, folder));
    let (first, second) = (first?, second?);
    ensure!(!first.is_empty(), "nothing was built");
    let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    ensure!(
        names(&first) == names(&second),
        "there are other files: {:?}, {:?}",
        names(&first),
        names(&second)
    );
    let mut differences = Vec::new();
    for (path, bytes) in &first {
        let other = second.get(path).context("the names are the same")?;
        let name = path.display();
        if bytes == other {
            let digest: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            println!("    {digest}  {name}");
        } else {
            let place =
                bytes.iter().zip(other).position(|(a, b)| a != b).unwrap_or(bytes.len().min(other.len()));
            differences.push(format!(
                "{name} differs from byte {place} on ({} and {} bytes)",
                bytes.len(),
                other.len()
            ));
        }
    }
    if !differences.is_empty() {
        bail!("{}", differences.join("\n"));
    }
    Ok(())
}

fn contents(folder: &Path, root: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(contents(&path, root)?);
        } else {
            files.insert(path.strip_prefix(root)?.to_owned(), fs::read(&path)?);
        }
    }
    Ok(files)
}

/// Copies a folder without what `is_left` says.
fn copy(from: &Path, to: &Path, is_left: &dyn Fn(&Path) -> bool) -> Result<()> {
    fs::create_dir_all(to).with_context(|| to.display().to_string())?;
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if is_left(&path) {
            continue;
        }
        if kind.is_dir() {
            copy(&path, &to, is_left)?;
        } else if kind.is_file() {
            fs::copy(&path, &to).with_context(|| path.display().to_string())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_byte_is_a_difference_and_so_is_a_file_more() {
        let folder = env::temp_dir().join(format!("edgeseal-reproduce-{}", std::process::id()));
        let folders = ["a", "b"].map(|name| folder.join(name));
        for place in &folders {
            fs::create_dir_all(place.join("in")).unwrap();
            fs::write(place.join("in/file"), [0, 1, 2]).unwrap();
        }
        let same = compare(&folders);
        fs::write(folders[1].join("in/file"), [0, 1, 3]).unwrap();
        let other_byte = compare(&folders).unwrap_err().to_string();
        fs::write(folders[1].join("in/file"), [0, 1, 2]).unwrap();
        fs::write(folders[1].join("more"), []).unwrap();
        let other_file = compare(&folders);
        fs::remove_dir_all(&folder).unwrap();
        assert!(same.is_ok());
        assert!(other_byte.contains("from byte 2 on"), "{other_byte}");
        assert!(other_file.is_err());
    }
}
