//! The wasm module: compiled, bound to JavaScript, optimised, and held to its size.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;
use wasm_bindgen_cli_support::Bindgen;

use crate::project::Project;
use crate::steady::steady;
use crate::{node, process};

const TARGET: &str = "wasm32-unknown-unknown";
/// The largest module, in bytes, as it is and as `gzip -9` makes it.
const MAX_RAW_BYTES: usize = 400_000;
const MAX_GZIP_BYTES: usize = 160_000;

/// What rustc lets LLVM use by default on this target; Node.js 20 has all of it.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Writes edge-function/wasm.
pub(crate) fn build(project: &Project) -> Result<()> {
    add_target()?;
    println!("compiling edgeseal-wasm");
    let arguments =
        ["build", "--quiet", "--profile", "wasm", "--target", TARGET, "--package", "edgeseal-wasm"];
    let flags = without_paths(project)?;
    process::run(project.cargo_command(&arguments).env("CARGO_ENCODED_RUSTFLAGS", flags))?;
    node::install(project)?;

    println!("binding it to JavaScript, optimising it");
    let bound = project.target("wasm-bindgen");
    bind(&project.target(TARGET).join("wasm/edgeseal_wasm.wasm"), &bound)?;
    let folder = project.edge_function().join("wasm");
    fs::create_dir_all(&folder)?;
    let module = folder.join("edgeseal_bg.wasm");
    let mut optimise = node::node(project, "node_modules/binaryen/bin/wasm-opt");
    optimise.arg("-O3").args(FEATURES).arg(bound.join("edgeseal_bg.wasm")).arg("-o").arg(&module);
    steady(&[&module], || process::run(&mut optimise))?;
    for file in ["edgeseal.js", "edgeseal.d.ts"] {
        fs::copy(bound.join(file), folder.join(file)).context(file)?;
    }
    check_size(&module)
}

/// Lints what is compiled for wasm alone.
pub(crate) fn lint(project: &Project) -> Result<()> {
    add_target()?;
    let arguments =
        ["clippy", "--quiet", "--target", TARGET, "--package", "edgeseal-wasm", "--", "--deny", "warnings"];
    project.cargo(&arguments)
}

/// Has the compiler write other names for this machine's folders, which would be in the module as the places of panics: it is shipped, and
/// the same sources make the same bytes everywhere.
fn without_paths(project: &Project) -> Result<String> {
    let home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(env::home_dir()?.join(".cargo")))
        .context("cargo's folder is not known")?;
    let mut folders = vec![(project.path(""), "edgeseal")];
    let registries = home.join("registry/src");
    for entry in fs::read_dir(&registries).into_iter().flatten() {
        folders.push((entry?.path(), "crates"));
    }
    let flags =
        folders.iter().map(|(folder, name)| format!("--remap-path-prefix={}={name}", folder.display()));
    Ok(flags.collect::<Vec<_>>().join("\u{1f}"))
}

fn add_target() -> Result<()> {
    let installed = process::output(Command::new("rustup").args(["target", "list", "--installed"]))?;
    if installed.lines().any(|target| target == TARGET) {
        return Ok(());
    }
    println!("installing the Rust target {TARGET}");
    process::run(Command::new("rustup").args(["target", "add", TARGET]))
}

/// What `wasm-bindgen --target web` does. The reset function makes a fresh instance after a trap.
fn bind(module: &Path, folder: &Path) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).out_name("edgeseal").web(true)?.omit_default_module_path(true);
    bindgen
        .typescript(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .reset_state_function(true);
    bindgen.generate(folder).context("wasm-bindgen")
}

fn check_size(module: &Path) -> Result<()> {
    let bytes = fs::read(module)?;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&bytes)?;
    let (raw, zipped) = (bytes.len(), gzip.finish()?.len());
    println!("edge-function/wasm/edgeseal_bg.wasm: {raw} bytes, {zipped} bytes gzipped");
    ensure!(raw <= MAX_RAW_BYTES, "the module is over its {MAX_RAW_BYTES} bytes");
    let is_traced = [env::home_dir(), env::current_dir().ok()].into_iter().flatten().any(|folder| {
        let folder = folder.display().to_string();
        folder.len() > 1 && String::from_utf8_lossy(&bytes).contains(&folder)
    });
    ensure!(!is_traced, "the module holds a path of this machine");
    ensure!(zipped <= MAX_GZIP_BYTES, "the gzipped module is over its {MAX_GZIP_BYTES} bytes");
    Ok(())
}
