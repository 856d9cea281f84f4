//! What is installed is what was looked at: every package of every registry in one version, with the digest of its archive.

mod npm;
mod python;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::lock;
use crate::project::Project;

/// What is not the project's own.
const OTHERS: [&str; 2] = ["node_modules", "target"];

/// Reads all lock files, and says what is wrong in each.
pub(super) fn check(project: &Project) -> Result<()> {
    let mut wrong = Vec::new();
    let mut packages = 0_usize;
    let files = files(&project.path(""))?;
    let mut locks = 0_usize;
    for file in &files {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let read = |file: &Path| fs::read_to_string(file).with_context(|| file.display().to_string());
        let faults = match name {
            "Cargo.lock" => cargo(&read(file)?),
            "package-lock.json" => npm::lock(&read(file)?),
            "package.json" => {
                let manifest = read(file)?;
                let mut faults = npm::manifest(&manifest)?;
                let lock = file.with_file_name("package-lock.json");
                if lock.is_file() {
                    faults.faults.extend(npm::unlocked(&manifest, &read(&lock)?)?);
                } else {
                    faults.faults.push("has no package-lock.json".to_owned());
                }
                Ok(faults)
            }
            _ if name.ends_with("requirements.txt") => python::lock(&read(file)?),
            _ if name.ends_with("requirements.in") => {
                python::wanted(&read(file)?, &read(&file.with_extension("txt"))?)
            }
            _ => continue,
        };
        let place = file.strip_prefix(project.path("")).unwrap_or(file).display();
        let faults = faults.with_context(|| place.to_string())?;
        locks = locks.saturating_add(1);
        packages = packages.saturating_add(faults.packages);
        wrong.extend(faults.faults.iter().map(|fault| format!("{place}: {fault}")));
    }
    // It is what runs at an edge: nothing is installed with it.
    let package = fs::read_to_string(project.edge_function().join("package.json"))?;
    wrong.extend(
        npm::runtime(&package)?
            .iter()
            .map(|name| format!("edge-function/package.json: `{name}` would be installed with it")),
    );
    if locks == 0 || !wrong.is_empty() {
        bail!("{}", if wrong.is_empty() { "no lock file was found".to_owned() } else { wrong.join("\n") });
    }
    println!("{packages} packages in {locks} files, each in one version and with its digest");
    Ok(())
}

/// How many packages a file names, and what is wrong with it.
#[derive(Default, Debug)]
struct Faults {
    packages: usize,
    faults: Vec<String>,
}

impl Faults {
    fn check(&mut self, is_right: bool, fault: impl FnOnce() -> String) {
        if !is_right {
            self.faults.push(fault());
        }
    }
}

fn cargo(text: &str) -> Result<Faults> {
    let mut faults = Faults::default();
    for (id, locked) in lock::parse(text)? {
        faults.packages = faults.packages.saturating_add(1);
        let name = format!("`{} {}`", id.name, id.version);
        match locked.source.as_deref() {
            None => continue,
            Some(lock::CRATES_IO) => {}
            Some(_) => faults.faults.push(format!("{name} is not from crates.io")),
        }
        faults.check(is_sha256(locked.checksum.as_deref().unwrap_or_default()), || {
            format!("{name} has no checksum")
        });
    }
    Ok(faults)
}

fn is_sha256(digits: &str) -> bool {
    digits.len() == 64 && digits.bytes().all(|digit| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit))
}

/// `1.2.3`, perhaps with what comes before a release; no range.
fn is_exact(version: &str) -> bool {
    let numbers = version.split_once(['-', '+']).map_or(version, |(numbers, _)| numbers);
    numbers.split('.').count() == 3
        && numbers
            .split('.')
            .all(|number| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()))
        && version.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-+".contains(&byte))
}

/// All files of the project, in order.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_str().unwrap_or_default();
        if entry.file_type()?.is_dir() {
            if !name.starts_with('.') && !OTHERS.contains(&name) {
                found.extend(files(&entry.path())?);
            }
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_has_a_checksum_and_comes_from_crates_io() {
        let digest = "0123456789abcdef".repeat(4);
        let lock = |source: &str, checksum: &str| {
            let text = format!(
                "version = 4\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n{source}\n{checksum}\n"
            );
            cargo(&text).unwrap().faults
        };
        let source = format!("source = \"{}\"", lock::CRATES_IO);
        let checksum = format!("checksum = \"{digest}\"");
        assert!(lock(&source, &checksum).is_empty());
        assert!(lock("", "").is_empty(), "a member of the workspace");
        assert_eq!(lock(&source, ""), ["`a 1.0.0` has no checksum"]);
        assert_eq!(lock(&source, "checksum = \"12\""), ["`a 1.0.0` has no checksum"]);
        let git = "source = \"git+https://example.com/a?rev=1#1\"";
        assert_eq!(lock(git, &checksum), ["`a 1.0.0` is not from crates.io"]);
    }

    #[test]
    fn npm_ci_is_what_installs_wherever_something_is_installed() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut places = Vec::new();
        for folder in ["crates/xtask/src", "decryptor", "edge-function", "fuzz", "test-vectors"] {
            for file in files(&root.join(folder)).unwrap() {
                let is_code = file
                    .extension()
                    .is_some_and(|it| ["rs", "js", "mjs", "py", "sh"].iter().any(|one| it == *one));
                // This file names what it looks for.
                if !is_code || file.ends_with("supply/locks.rs") {
                    continue;
                }
                let text = fs::read_to_string(&file).unwrap();
                if !["npm()", "(npm,", "\"npm\""].iter().any(|call| text.contains(call)) {
                    continue;
                }
                let place = file.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
                for line in text.lines() {
                    let is_locked = line.contains("\"ci\",");
                    // The archive that was packed here, into an empty project: nothing is downloaded.
                    let is_own = line.contains("\"install\", \"--offline\"") && line.contains("ARCHIVE]");
                    let installs = ["\"install\"", "\"i\"", "\"add\"", "\"update\"", "\"exec\"", "npx"];
                    assert!(is_own || !installs.iter().any(|word| line.contains(word)), "{place}: {line}");
                    if is_locked {
                        places.push(place.clone());
                    }
                }
            }
        }
        let expected = [
            "crates/xtask/src/node.rs",
            "crates/xtask/src/node.rs",
            "edge-function/bench/peers/install.js",
            "edge-function/packed/install.js",
            "edge-function/portable/install.js",
        ];
        assert_eq!(places, expected);
    }

    #[test]
    fn each_release_of_node_is_locked_for_each_platform() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("node");
        let lock: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(root.join("package-lock.json")).unwrap()).unwrap();
        for version in crate::node::RELEASES {
            for platform in ["linux-arm64", "linux-x64", "win-x64"] {
                let package = &lock["packages"][format!("node_modules/node-{version}-{platform}")];
                assert_eq!(package["name"], format!("node-{platform}"), "{version}");
                assert_eq!(package["version"], version);
            }
        }
    }

    #[test]
    fn a_range_is_no_version() {
        for version in ["1.2.3", "0.10.0-rc.20", "1.0.0+build", "4.19.67-alpha-1"] {
            assert!(is_exact(version), "{version}");
        }
        for range in [
            "^1.2.3",
            "~1.2.3",
            "1.2",
            "1.x.0",
            "*",
            "latest",
            ">=1.0.0",
            "1.2.3 || 2.0.0",
            "",
            "file:../a",
            "1.2.3 ",
        ] {
            assert!(!is_exact(range), "{range}");
        }
    }
}
