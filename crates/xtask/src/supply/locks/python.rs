//! Python's: `requirements.in` says what is wanted, `requirements.txt` what that takes, with digests, as `uv pip compile` writes it.

use std::collections::BTreeMap;

use anyhow::{Result, bail};

use super::{Faults, is_sha256};

/// Every package is in one version and has digests, so that pip installs nothing else.
pub(super) fn lock(text: &str) -> Result<Faults> {
    let mut faults = Faults::default();
    for line in lines(text) {
        faults.packages = faults.packages.saturating_add(1);
        let mut words = line.split(" --hash=sha256:");
        let package = words.next().unwrap_or_default();
        faults.check(pin(package).is_some(), || format!("`{package}` is no package in one version"));
        let digests: Vec<&str> = words.map(str::trim).collect();
        let has_digests = !digests.is_empty() && digests.iter().all(|digest| is_sha256(digest));
        faults.check(has_digests, || format!("`{package}` has no digest"));
    }
    Ok(faults)
}

/// What is wanted is what the lock file has.
pub(super) fn wanted(text: &str, lock: &str) -> Result<Faults> {
    let locked: Vec<String> = lines(lock);
    let locked: BTreeMap<&str, &str> = locked.iter().filter_map(|line| pin(line)).collect();
    if locked.is_empty() {
        bail!("its lock file has no packages");
    }
    let mut faults = Faults::default();
    for line in lines(text) {
        // `NAME[EXTRA]` asks for more packages beside it.
        let is_locked = pin(&line).is_some_and(|(name, version)| {
            locked.get(name.split('[').next().unwrap_or_default()) == Some(&version)
        });
        faults.check(is_locked, || format!("`{line}` is not in requirements.txt"));
    }
    Ok(faults)
}

/// Name and version.
fn pin(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.split_once("==")?;
    let version = rest.split([' ', ';']).next()?;
    let is_name =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.[]".contains(&byte));
    let is_version = !version.is_empty()
        && version.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".+".contains(&byte));
    (is_name && is_version).then_some((name, version))
}

/// Without comments, continued lines as one.
fn lines(text: &str) -> Vec<String> {
    let text = text.replace("\\\n", " ");
    let lines = text.lines().map(|line| line.split_once('#').map_or(line, |(line, _)| line));
    let lines = lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_without_digest_or_in_a_range_of_versions_is_refused() {
        let digest = "0123456789abcdef".repeat(4);
        let locked = format!(
            "# made\na==1.0 ; python_version > '3' \\\n    --hash=sha256:{digest} \\\n    --hash=sha256:{digest}\n    # via b\nb==2.0.post0 --hash=sha256:{digest}\n"
        );
        let faults = lock(&locked).unwrap();
        assert!(faults.faults.is_empty(), "{faults:?}");
        assert_eq!(faults.packages, 2);
        for bad in [
            "a==1.0",
            "a>=1.0",
            "a",
            "a==1.*",
            "--index-url https://example.com",
            "a @ https://example.com/a.whl",
            "-r other.txt",
        ] {
            assert!(!lock(&format!("{locked}{bad}\n")).unwrap().faults.is_empty(), "{bad}");
        }
        assert!(!lock(&format!("c>=1.0 --hash=sha256:{digest}")).unwrap().faults.is_empty());
        assert!(!lock("c==1.0 --hash=sha256:12").unwrap().faults.is_empty());
    }

    #[test]
    fn what_is_wanted_is_locked_in_that_version() {
        let locked = "a==1.0 --hash=sha256:12\nb==2.0 ; os == 'x'\n";
        assert!(wanted("# said\na==1.0\nb[more]==2.0\n", locked).unwrap().faults.is_empty());
        assert_eq!(wanted("a==1.1\n", locked).unwrap().faults, ["`a==1.1` is not in requirements.txt"]);
        assert_eq!(wanted("c==1.0\n", locked).unwrap().faults, ["`c==1.0` is not in requirements.txt"]);
    }
}
