//! What a crate is made of: the tree that cargo resolves for it, as a graph.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::project::Project;

/// Name and version of a crate.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Id {
    pub(crate) name: String,
    pub(crate) version: String,
}

#[derive(Default)]
pub(crate) struct Crate {
    /// In SPDX's words.
    pub(crate) licence: String,
    pub(crate) dependencies: BTreeSet<Id>,
}

/// A crate, and all that it takes.
pub(crate) struct Tree {
    pub(crate) root: Id,
    pub(crate) crates: BTreeMap<Id, Crate>,
}

/// What is between the depth of a line, the crate and its licence.
const SEPARATOR: char = '|';

impl Tree {
    /// Asks cargo. `options` say which package, features, target and kinds of dependencies.
    pub(crate) fn resolve(project: &Project, options: &[&str]) -> Result<Self> {
        let mut tree = project.cargo_command(&["tree", "--locked", "--quiet", "--prefix", "depth"]);
        tree.args(["--format", &format!("{SEPARATOR}{{p}}{SEPARATOR}{{l}}")]).args(options);
        Self::parse(&process::output(&mut tree)?)
    }

    /// Each line is `DEPTH|NAME vVERSION[ (…)]…|LICENCE`, and ends in ` (*)` if what is below was said before.
    fn parse(text: &str) -> Result<Self> {
        let mut crates: BTreeMap<Id, Crate> = BTreeMap::new();
        let mut above: Vec<Id> = Vec::new();
        for line in text.lines() {
            let (depth, id, licence) = parts(line).with_context(|| format!("`cargo tree` says `{line}`"))?;
            above.truncate(depth);
            if let Some(parent) = above.last() {
                crates.entry(parent.clone()).or_default().dependencies.insert(id.clone());
            }
            crates.entry(id.clone()).or_default().licence = licence;
            above.push(id);
        }
        let root = above.into_iter().next().context("`cargo tree` says nothing")?;
        Ok(Self { root, crates })
    }

    /// The same with all that another has.
    pub(crate) fn with(mut self, other: Self) -> Self {
        for (id, other) in other.crates {
            let own = self.crates.entry(id).or_default();
            own.licence = other.licence;
            own.dependencies.extend(other.dependencies);
        }
        self
    }

    pub(crate) fn names(&self) -> BTreeSet<&str> {
        self.crates.keys().map(|id| id.name.as_str()).collect()
    }
}

fn parts(line: &str) -> Option<(usize, Id, String)> {
    let line = line.strip_suffix(" (*)").unwrap_or(line);
    let (depth, rest) = line.split_once(SEPARATOR)?;
    let (package, licence) = rest.split_once(SEPARATOR)?;
    let mut words = package.split(' ');
    let name = words.next()?.to_owned();
    let version = words.next()?.strip_prefix('v')?.to_owned();
    // The older way to write it.
    Some((depth.parse().ok()?, Id { name, version }, licence.replace(" / ", "/").replace('/', " OR ")))
}

/// The version of Rust, whose libraries are linked into everything.
pub(crate) fn rust_version(project: &Project) -> Result<String> {
    let version = process::output(Command::new("rustc").arg("-vV").current_dir(project.path("")))?;
    let release = version.lines().find_map(|line| line.strip_prefix("release: "));
    release.map(str::to_owned).context("`rustc -vV` names no release")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_read_with_what_was_said_before() {
        let text = "0|a v1.0.0 (/x/a)|MIT/Apache-2.0\n1|b v2.0.0-rc.1|Zlib\n2|c v3.0.0 (proc-macro)|MIT\n1|d v4.0.0|MIT\n2|b v2.0.0-rc.1|Zlib (*)\n";
        let tree = Tree::parse(text).unwrap();
        let id = |name: &str, version: &str| Id { name: name.to_owned(), version: version.to_owned() };
        let (a, b, c, d) = (id("a", "1.0.0"), id("b", "2.0.0-rc.1"), id("c", "3.0.0"), id("d", "4.0.0"));
        assert_eq!(tree.root, a);
        let dependencies = |id: &Id| tree.crates[id].dependencies.iter().cloned().collect::<Vec<_>>();
        assert_eq!(dependencies(&a), [b.clone(), d.clone()]);
        assert_eq!(dependencies(&b), std::slice::from_ref(&c));
        assert_eq!(dependencies(&d), [b]);
        assert_eq!(dependencies(&c), []);
        assert_eq!(tree.crates[&a].licence, "MIT OR Apache-2.0");
        assert!(Tree::parse("").is_err());
        assert!(Tree::parse("warning").is_err());
    }
}
