//! Which way dependencies point, and every crate that has a part in what sees plaintext at an edge.
//!
//! A crate that is new in one of these lists is new among what a person has to trust: it is added by hand, by somebody who has looked at it.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use super::lock;
use crate::project::Project;
use crate::tree::Tree;

/// The library, with every feature, for every platform: pure computation. No I/O, no clock, no threads of its own, no async, no AWS.
const LIBRARY: &[&str] = &[
    "edgeseal",
    "edgeseal-rsa",
    // AES-256-GCM
    "aead",
    "aes",
    "aes-gcm",
    "cipher",
    "ctr",
    "ghash",
    "inout",
    "polyval",
    "universal-hash",
    // SHA-256
    "block-buffer",
    "const-oid",
    "digest",
    "sha2",
    // The RSA of the library `rsa`, if that is chosen
    "autocfg",
    "crypto-bigint",
    "crypto-primes",
    "hmac",
    "num-traits",
    "rsa",
    "signature",
    // What all of these share
    "cfg-if",
    "cmov",
    "cpubits",
    "cpufeatures",
    "crypto-common",
    "ctutils",
    "hybrid-array",
    "libc",
    "typenum",
    "zeroize",
    // Randomness that the caller passes in
    "rand_core",
    // Text
    "base64",
    "memchr",
];

/// What the module has beside the library: the host's randomness, an allocator, JavaScript.
const MODULE: &[&str] = &[
    "edgeseal-wasm",
    "dlmalloc",
    "getrandom",
    "js-sys",
    "unicode-ident",
    "wasm-bindgen",
    "wasm-bindgen-shared",
    "zeroizing-alloc",
];

/// The members of the workspace, and which others each may depend on.
const MEMBERS: [(&str, &[&str]); 6] = [
    ("edgeseal", &["edgeseal-rsa"]),
    ("edgeseal-bench", &["edgeseal"]),
    ("edgeseal-rsa", &[]),
    ("edgeseal-wasm", &["edgeseal"]),
    ("edgeseal-decryptor", &["edgeseal"]),
    ("xtask", &[]),
];

/// Looks at what cargo resolves.
pub(super) fn check(project: &Project) -> Result<()> {
    let everything = ["--edges", "normal,build", "--all-features", "--target", "all"];
    let library = Tree::resolve(project, &[&["--package", "edgeseal"], &everything[..]].concat())?;
    let mut wrong = differences("the library", &library.names(), &LIBRARY.iter().copied().collect(), true);

    let options =
        ["--edges", "normal,build,no-proc-macro", "--all-features", "--target", "wasm32-unknown-unknown"];
    let module = Tree::resolve(project, &[&["--package", "edgeseal-wasm"], &options[..]].concat())?;
    let known: BTreeSet<&str> = LIBRARY.iter().chain(MODULE).copied().collect();
    wrong.extend(differences("the wasm module", &module.names(), &known, false));
    wrong.extend(missing("the wasm module", &module.names(), MODULE.iter().copied()));

    let locked = lock::read(project, "Cargo.lock")?;
    let members: BTreeSet<&str> =
        locked.iter().filter(|(_, locked)| locked.source.is_none()).map(|(id, _)| id.name.as_str()).collect();
    let known = MEMBERS.iter().map(|(name, _)| *name).collect();
    wrong.extend(differences("the workspace", &members, &known, true));
    for (name, allowed) in MEMBERS {
        let tree = Tree::resolve(project, &[&["--package", name, "--depth", "1"], &everything[..]].concat())?;
        let direct =
            tree.names().into_iter().filter(|other| *other != name && members.contains(other)).collect();
        wrong.extend(differences(&format!("`{name}`"), &direct, &allowed.iter().copied().collect(), true));
    }
    if !wrong.is_empty() {
        bail!("{}; the lists are in crates/xtask/src/supply/arrows.rs", wrong.join("\n"));
    }
    println!(
        "{} crates in the library, {} in the wasm module: all known",
        library.crates.len(),
        module.crates.len()
    );
    Ok(())
}

/// What is there and is not known; and, if the list `is_whole`, what is known and is not there.
fn differences(of: &str, found: &BTreeSet<&str>, known: &BTreeSet<&str>, is_whole: bool) -> Vec<String> {
    let new =
        found.difference(known).map(|name| format!("{of} has the crate `{name}`, which is not in its list"));
    let mut all: Vec<String> = new.collect();
    if is_whole {
        all.extend(missing(of, found, known.iter().copied()));
    }
    all
}

fn missing<'a>(of: &str, found: &BTreeSet<&str>, known: impl Iterator<Item = &'a str>) -> Vec<String> {
    known
        .filter(|name| !found.contains(name))
        .map(|name| format!("{of} has the crate `{name}` in its list, and not any more"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_that_is_new_and_one_that_has_gone_are_told() {
        let found = BTreeSet::from(["a", "tokio"]);
        let known = BTreeSet::from(["a", "b"]);
        let wrong = differences("x", &found, &known, true);
        assert_eq!(wrong.len(), 2);
        assert!(wrong[0].contains("`tokio`, which is not in its list"), "{wrong:?}");
        assert!(wrong[1].contains("`b` in its list, and not any more"), "{wrong:?}");
        assert_eq!(differences("x", &found, &known, false).len(), 1);
        assert!(differences("x", &known, &known, true).is_empty());
    }

    #[test]
    fn nothing_that_waits_listens_or_calls_is_in_a_list() {
        for name in LIBRARY.iter().chain(MODULE) {
            let is_foreign =
                ["tokio", "hyper", "aws-", "reqwest", "ureq", "rustls", "mio", "async-", "futures", "socket"]
                    .iter()
                    .any(|begin| name.starts_with(begin));
            assert!(!is_foreign, "{name}");
        }
    }
}
