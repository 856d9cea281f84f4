//! Software bills of materials, in CycloneDX's JSON: what is linked into the modules, the command, the npm package.
//!
//! The same sources make the same bytes: no time, no serial number.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::lock::{self, Locked};
use crate::project::Project;
use crate::tree::{self, Crate, Id, Tree};
use crate::{process, python};

const MODULE_TARGET: &str = "wasm32-unknown-unknown";

/// Of every bill, where it lies below edge-function/wasm.
const PACKAGE: &str = "package.cdx.json";

/// Writes the bills of edge-function/wasm, where the modules are already: of the modules that each JavaScript is for, and of the npm package.
/// `modules` are a JavaScript's name, the feature, and the paths of the modules.
pub(crate) fn edge(project: &Project, modules: &[(&str, String, Vec<PathBuf>)]) -> Result<()> {
    let writer = Writer::new(project)?;
    let folder = project.edge_function().join("wasm");
    let mut everything: Option<Tree> = None;
    let mut files = Vec::new();
    for (name, features, paths) in modules {
        let tree = Tree::resolve(
            project,
            &[
                &["--package", "edgeseal-wasm", "--no-default-features", "--features", features],
                &["--target", MODULE_TARGET, "--edges", "normal,no-proc-macro"][..],
            ]
            .concat(),
        )?;
        let modules: Vec<Value> = paths.iter().map(|path| file(path)).collect::<Result<_>>()?;
        let root = writer.root(&tree, "library", &modules)?;
        writer.write(&folder.join(format!("{name}.cdx.json")), root, &tree, vec![])?;
        files.extend(modules);
        everything = Some(match everything {
            Some(whole) => Tree::with(whole, tree),
            None => tree,
        });
    }
    let tree = everything.context("no modules")?;
    let manifest = fs::read_to_string(project.edge_function().join("package.json"))?;
    let manifest: Value = serde_json::from_str(&manifest)?;
    let member =
        |name: &str| manifest.get(name).and_then(Value::as_str).context("edge-function/package.json");
    let (name, version) = (member("name")?, member("version")?);
    let purl = format!("pkg:npm/{name}@{version}");
    let root = json!({
        "type": "library", "bom-ref": purl, "purl": purl, "name": name, "version": version,
        "licenses": [{ "expression": member("license")? }], "components": files,
    });
    let own = vec![json!({ "ref": purl, "dependsOn": [reference(&tree.root)] })];
    writer.write(&folder.join(PACKAGE), root, &tree, own)
}

/// Writes the bill of a program of the decryptor beside it. `options` are the features and the target that it is compiled with.
pub(crate) fn command(project: &Project, program: &Path, options: &[&str]) -> Result<()> {
    let writer = Writer::new(project)?;
    let package: &[&str] = &["--package", "edgeseal-decryptor", "--edges", "normal,no-proc-macro"];
    let tree = Tree::resolve(project, &[package, options].concat())?;
    let root = writer.root(&tree, "application", &[file(program)?])?;
    writer.write(&program.with_extension("cdx.json"), root, &tree, vec![])
}

/// Holds the bills of edge-function/wasm to CycloneDX's schema, by CycloneDX's own library.
pub(crate) fn check(project: &Project) -> Result<()> {
    let folder = project.edge_function().join("wasm");
    let mut check = python::bills(project, "crates/xtask/check_bill.py")?;
    for name in ["edgeseal.cdx.json", "edgeseal_decrypt.cdx.json", PACKAGE] {
        check.arg(folder.join(name));
    }
    process::run(&mut check)
}

struct Writer {
    locked: BTreeMap<Id, Locked>,
    rust: String,
}

impl Writer {
    fn new(project: &Project) -> Result<Self> {
        Ok(Self { locked: lock::read(project, "Cargo.lock")?, rust: tree::rust_version(project)? })
    }

    fn root(&self, tree: &Tree, kind: &str, files: &[Value]) -> Result<Value> {
        let of = tree.crates.get(&tree.root).context("a tree has its root")?;
        let mut root = self.component(&tree.root, of, kind)?;
        let members = root.as_object_mut().context("a component is an object")?;
        members.insert("components".to_owned(), files.into());
        Ok(root)
    }

    /// `own` is what depends on the tree's root, if that is not the root of the bill.
    fn write(&self, path: &Path, root: Value, tree: &Tree, own: Vec<Value>) -> Result<()> {
        let mut components = vec![json!({
            "type": "platform", "bom-ref": self.rust(), "purl": self.rust(), "name": "rust", "version": self.rust,
            "description": "The libraries of the language that are linked in", "licenses": [{ "expression": "MIT OR Apache-2.0" }],
        })];
        let mut dependencies = vec![json!({ "ref": self.rust() })];
        let is_root = own.is_empty();
        dependencies.extend(own);
        for (id, of) in &tree.crates {
            if *id != tree.root || !is_root {
                components.push(self.component(id, of, "library")?);
            }
            let mut others: Vec<String> = of.dependencies.iter().map(reference).collect();
            if *id == tree.root {
                others.push(self.rust());
            }
            dependencies.push(json!({ "ref": reference(id), "dependsOn": others }));
        }
        let bill = json!({
            "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "version": 1,
            "metadata": { "lifecycles": [{ "phase": "build" }], "component": root },
            "components": components,
            "dependencies": dependencies,
        });
        let text = serde_json::to_string_pretty(&bill)?;
        fs::write(path, format!("{text}\n")).with_context(|| path.display().to_string())
    }

    fn component(&self, id: &Id, of: &Crate, kind: &str) -> Result<Value> {
        let locked = self.locked.get(id).with_context(|| format!("Cargo.lock has no `{}`", id.name))?;
        let mut component = json!({
            "type": kind, "bom-ref": reference(id), "purl": reference(id), "name": id.name, "version": id.version,
            "licenses": [{ "expression": of.licence }],
        });
        if let (Some(checksum), Some(members)) = (&locked.checksum, component.as_object_mut()) {
            members.insert("hashes".to_owned(), json!([{ "alg": "SHA-256", "content": checksum }]));
        }
        Ok(component)
    }

    fn rust(&self) -> String {
        format!("pkg:generic/rust@{}", self.rust)
    }
}

/// The package URL of a crate.
fn reference(id: &Id) -> String {
    format!("pkg:cargo/{}@{}", id.name, id.version.replace('+', "%2B"))
}

/// A file that was made, with its digest.
fn file(path: &Path) -> Result<Value> {
    let bytes = fs::read(path).with_context(|| path.display().to_string())?;
    let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let name = path.file_name().and_then(|name| name.to_str()).context("a file has a name")?;
    Ok(json!({
        "type": "file", "bom-ref": name, "name": name, "hashes": [{ "alg": "SHA-256", "content": digest }],
    }))
}
