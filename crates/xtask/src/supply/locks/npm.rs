//! npm's lock files, and what they are made from.

use anyhow::{Context, Result};
use serde_json::{Map, Value};

use super::{Faults, is_exact};

/// Where packages come from, if a lock file says it.
const REGISTRY: &str = "https://registry.npmjs.org/";

/// SHA-512 in base64.
const DIGITS: usize = 88;

/// Every package that is downloaded has its version and its digest. `npm ci` installs nothing else.
pub(super) fn lock(text: &str) -> Result<Faults> {
    let lock: Value = serde_json::from_str(text)?;
    let packages = lock.get("packages").and_then(Value::as_object).context("an old form of lock file")?;
    let mut faults = Faults::default();
    for (path, package) in packages.iter().filter(|(path, _)| !path.is_empty()) {
        faults.packages = faults.packages.saturating_add(1);
        let member = |name: &str| package.get(name).and_then(Value::as_str);
        faults.check(member("version").is_some_and(is_exact), || format!("`{path}` has no version"));
        let is_here = member("resolved").is_none_or(|place| place.starts_with(REGISTRY));
        faults.check(is_here && package.get("link").is_none(), || {
            format!("`{path}` is not from npm's registry")
        });
        // What is packed in another package's archive is under that one's digest.
        let is_packed = package.get("inBundle").and_then(Value::as_bool).unwrap_or(false);
        faults.check(is_packed || member("integrity").is_some_and(is_digest), || {
            format!("`{path}` has no digest")
        });
    }
    Ok(faults)
}

/// What is asked for is asked for in one version.
pub(super) fn manifest(text: &str) -> Result<Faults> {
    let manifest: Value = serde_json::from_str(text)?;
    let mut faults = Faults::default();
    for kind in ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"] {
        for (name, version) in manifest.get(kind).and_then(Value::as_object).into_iter().flatten() {
            let version = version.as_str().unwrap_or_default();
            // `npm:NAME@VERSION` gives a package another name.
            let version = match version.strip_prefix("npm:") {
                Some(other) => other.rsplit_once('@').map_or("", |(_, version)| version),
                None => version,
            };
            faults.check(is_exact(version), || format!("`{name}` is asked for in no one version"));
        }
    }
    Ok(faults)
}

/// What is asked for and is not in the lock file: an optional package that could not be found is left out of it unsaid.
pub(super) fn unlocked(manifest: &str, lock: &str) -> Result<Vec<String>> {
    let (manifest, lock): (Value, Value) = (serde_json::from_str(manifest)?, serde_json::from_str(lock)?);
    let kinds = ["dependencies", "devDependencies", "optionalDependencies"];
    let names = kinds.iter().filter_map(|kind| manifest.get(kind)?.as_object()).flat_map(Map::keys);
    let is_locked = |name: &str| {
        lock.pointer("/packages").and_then(|it| it.get(format!("node_modules/{name}"))).is_some()
    };
    Ok(names
        .filter(|name| !is_locked(name))
        .map(|name| format!("`{name}` is not in package-lock.json"))
        .collect())
}

/// What would be installed with a package.
pub(super) fn runtime(text: &str) -> Result<Vec<String>> {
    let manifest: Value = serde_json::from_str(text)?;
    let kinds = ["dependencies", "optionalDependencies", "peerDependencies", "bundleDependencies"];
    let names = kinds.iter().filter_map(|kind| manifest.get(kind)?.as_object()).flat_map(Map::keys);
    Ok(names.cloned().collect())
}

fn is_digest(integrity: &str) -> bool {
    integrity.strip_prefix("sha512-").is_some_and(|digits| {
        digits.len() == DIGITS
            && digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(package: &str) -> Vec<String> {
        let text =
            format!("{{\"lockfileVersion\":3,\"packages\":{{\"\":{{}},\"node_modules/a\":{package}}}}}");
        lock(&text).unwrap().faults
    }

    #[test]
    fn what_is_asked_for_is_in_the_lock_file() {
        let manifest = r#"{"devDependencies": {"a": "1.0.0"}, "optionalDependencies": {"b": "npm:c@1.0.0"}}"#;
        let lock = |names: &[&str]| {
            let packages: Map<String, Value> =
                names.iter().map(|name| (format!("node_modules/{name}"), Value::Null)).collect();
            serde_json::json!({ "packages": packages }).to_string()
        };
        assert!(unlocked(manifest, &lock(&["a", "b"])).unwrap().is_empty());
        assert_eq!(unlocked(manifest, &lock(&["a", "c"])).unwrap(), ["`b` is not in package-lock.json"]);
        assert_eq!(unlocked(manifest, &lock(&[])).unwrap().len(), 2);
    }

    #[test]
    fn a_package_is_locked_by_version_registry_and_digest() {
        let digest = format!("\"integrity\":\"sha512-{}==\"", "A".repeat(86));
        assert!(faults(&format!("{{\"version\":\"1.0.0\",{digest}}}")).is_empty());
        let resolved = "\"resolved\":\"https://registry.npmjs.org/a/-/a-1.0.0.tgz\"";
        assert!(faults(&format!("{{\"version\":\"1.0.0\",{resolved},{digest}}}")).is_empty());
        assert!(faults("{\"version\":\"1.0.0\",\"inBundle\":true}").is_empty());
        for without in [
            "{\"version\":\"1.0.0\"}".to_owned(),
            "{\"version\":\"1.0.0\",\"integrity\":\"sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}".to_owned(),
            format!("{{{digest}}}"),
            format!("{{\"version\":\"1.0.0\",\"resolved\":\"git+ssh://git@example.com/a.git#1\",{digest}}}"),
            format!("{{\"version\":\"1.0.0\",\"resolved\":\"../a\",\"link\":true,{digest}}}"),
        ] {
            assert_eq!(faults(&without).len(), 1, "{without}");
        }
        assert!(lock("{\"lockfileVersion\":1,\"dependencies\":{}}").is_err());
    }

    #[test]
    fn a_manifest_asks_for_versions_and_the_package_for_nothing() {
        let exact = "{\"devDependencies\":{\"a\":\"1.2.3\",\"b\":\"npm:@c/d@4.5.6\"}}";
        assert!(manifest(exact).unwrap().faults.is_empty());
        assert!(runtime(exact).unwrap().is_empty());
        for range in ["^1.2.3", "npm:c@4", "latest", "file:../a", "github:a/b"] {
            let text = format!("{{\"devDependencies\":{{\"a\":\"{range}\"}}}}");
            assert_eq!(manifest(&text).unwrap().faults.len(), 1, "{range}");
        }
        assert_eq!(runtime("{\"dependencies\":{\"a\":\"1.2.3\"}}").unwrap(), ["a"]);
    }
}
