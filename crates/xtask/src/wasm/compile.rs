//! From Rust to a module with its JavaScript.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::process;
use crate::project::Project;

pub(super) const TARGET: &str = "wasm32-unknown-unknown";

/// What rustc lets LLVM use by default on this target; Node.js 20 has all of it.
pub(super) const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Who does RSA in the modules: `library-rsa` is the other.
const RSA: &str = "fast-rsa";

/// The features of the crate that a module is made with.
pub(super) fn features(feature: &str) -> String {
    format!("{feature},{RSA}")
}

/// Less is copied into its callers than `opt-level` would have: of the limits that were tried, 10 to 22, this one gives the smallest module. The loops
/// of RSA say themselves what belongs into them.
const INLINING: &str = "-Cllvm-args=-inline-threshold=22";

/// Compiles the crate with one of its features; each form has its own folder, for all that it depends on is compiled for it.
pub(super) fn compile(
    project: &Project,
    form: &str,
    target_features: &str,
    feature: &str,
) -> Result<PathBuf> {
    let folder = project.target("wasm").join(form);
    let mut flags = vec![format!("-Ctarget-feature={target_features}"), INLINING.to_owned()];
    flags.extend(without_paths(project)?);
    let mut build = project.cargo_command(&["build", "--quiet", "--profile", "wasm", "--target", TARGET]);
    let features = features(feature);
    build.args(["--package", "edgeseal-wasm", "--no-default-features", "--features", &features]);
    build.arg("--target-dir").arg(&folder).env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    process::run(&mut build)?;
    Ok(folder.join(TARGET).join("wasm/edgeseal_wasm.wasm"))
}

/// Has the compiler write other names for this machine's folders, which would be in the module as the places of panics: it is shipped, and
/// the same sources make the same bytes everywhere.
fn without_paths(project: &Project) -> Result<Vec<String>> {
    let home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(env::home_dir()?.join(".cargo")))
        .context("cargo's folder is not known")?;
    let mut folders = vec![(project.path(""), "edgeseal")];
    let registries = home.join("registry/src");
    for entry in std::fs::read_dir(&registries).into_iter().flatten() {
        folders.push((entry?.path(), "crates"));
    }
    let flags =
        folders.iter().map(|(folder, name)| format!("--remap-path-prefix={}={name}", folder.display()));
    Ok(flags.collect())
}

/// Installs a target of the compiler, unless it is there.
pub(crate) fn add_target(target: &str) -> Result<()> {
    let installed = process::output(Command::new("rustup").args(["target", "list", "--installed"]))?;
    if installed.lines().any(|installed| installed == target) {
        return Ok(());
    }
    println!("installing the Rust target {target}");
    process::run(Command::new("rustup").args(["target", "add", target]))
}

/// What `wasm-bindgen --target web` does. The reset function makes a fresh instance after a trap.
pub(super) fn bind(module: &Path, folder: &Path, name: &str) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).out_name(name).web(true)?.omit_default_module_path(true);
    bindgen
        .typescript(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .reset_state_function(true);
    bindgen.generate(folder).context("wasm-bindgen")
}
