//! The wasm modules: compiled, bound to JavaScript, optimised, and held to their size.

mod compile;
mod mark;
mod size;
mod symbols;

use std::path::{Path, PathBuf};
use std::{fs, thread};

use anyhow::{Context, Result, anyhow, ensure};

use crate::project::Project;
use crate::steady::steady;
use crate::{node, process, supply};
pub(crate) use compile::add_target;
use compile::{TARGET, compile};

/// What a module may use beside what every WebAssembly of 2023 has.
struct Form {
    /// Of the folder that it is compiled in.
    name: &'static str,
    /// For rustc: the features of the target, each with a sign.
    features: &'static str,
    /// The same for wasm-opt.
    options: &'static [&'static str],
    modules: &'static [Module],
}

/// One file, and the cargo feature that it is made with.
struct Module {
    name: &'static str,
    feature: &'static str,
    /// What its JavaScript is called.
    glue: &'static str,
}

/// As often as anything becomes smaller. A function with one caller stays one: engines compile a function when it is called first, which a cold start
/// waits for, and optimise it as a whole.
const OPTIMISE: [&str; 3] = ["-O3", "--converge", "--one-caller-inline-max-function-size=0"];

/// What the JavaScript is called.
const GLUE: [&str; 2] = ["edgeseal", "edgeseal_decrypt"];

/// From the fastest to what runs everywhere. The encryptors have the same JavaScript.
const FORMS: [Form; 3] = [
    Form {
        name: "relaxed",
        features: "+simd128,+relaxed-simd",
        options: &["--enable-simd", "--enable-relaxed-simd"],
        modules: &[encryptor("edgeseal_relaxed_bg.wasm")],
    },
    Form {
        name: "simd128",
        features: "+simd128",
        options: &["--enable-simd"],
        modules: &[encryptor("edgeseal_bg.wasm")],
    },
    Form {
        name: "scalar",
        features: "",
        options: &[],
        modules: &[
            encryptor("edgeseal_scalar_bg.wasm"),
            // There is no arithmetic in it that instructions for vectors would make faster.
            Module { name: "edgeseal_decrypt_bg.wasm", feature: "decrypt", glue: "edgeseal_decrypt" },
        ],
    },
];

const fn encryptor(name: &'static str) -> Module {
    Module { name, feature: "encrypt", glue: "edgeseal" }
}

/// Writes edge-function/wasm.
pub(crate) fn build(project: &Project) -> Result<()> {
    add_target(TARGET)?;
    node::install(project)?;
    fs::create_dir_all(folder(project))?;
    println!("compiling the modules, binding them to JavaScript, optimising them");
    let modules: Vec<PathBuf> = GLUE.iter().flat_map(|glue| files(project, glue)).collect();
    let unchanged: Vec<&Path> = modules.iter().map(PathBuf::as_path).collect();
    steady(&unchanged, || {
        // Each waits for a linker that uses one core.
        thread::scope(|scope| {
            let forms = FORMS.each_ref().map(|form| scope.spawn(|| form.make(project)));
            forms.into_iter().try_for_each(|form| form.join().map_err(|_| anyhow!("a thread panicked"))?)
        })?;
        for glue in GLUE {
            take_glue(project, glue)?;
            mark::mark(&folder(project).join(format!("{glue}.js")), &files(project, glue))?;
        }
        Ok(())
    })?;
    modules.iter().try_for_each(|module| size::check(module))?;
    let bills = GLUE.map(|glue| (glue, compile::features(feature(glue)), files(project, glue)));
    supply::write_bills_of_edge(project, &bills)
}

/// Lints what is compiled for wasm alone.
pub(crate) fn lint(project: &Project) -> Result<()> {
    add_target(TARGET)?;
    for features in ["encrypt,decrypt,fast-rsa", "encrypt,fast-rsa", "decrypt,fast-rsa"] {
        let package = ["--package", "edgeseal-wasm", "--no-default-features", "--features", features];
        let arguments =
            [&["clippy", "--quiet", "--target", TARGET], &package[..], &["--", "--deny", "warnings"]];
        project.cargo(&arguments.concat())?;
    }
    Ok(())
}

impl Form {
    fn make(&self, project: &Project) -> Result<()> {
        for module in self.modules {
            let compiled = compile(project, self.name, self.features, module.feature)?;
            symbols::check(&compiled, module.feature).context(module.name)?;
            let bound = self.bound(project, module);
            compile::bind(&compiled, &bound, module.glue)?;
            let file = folder(project).join(module.name);
            let mut optimise = node::node(project, "node_modules/binaryen/bin/wasm-opt");
            optimise.args(OPTIMISE).args(compile::FEATURES).args(self.options);
            optimise.arg(bound.join(format!("{}_bg.wasm", module.glue))).arg("-o").arg(&file);
            process::run(&mut optimise).context(module.name)?;
        }
        Ok(())
    }

    /// Where wasm-bindgen leaves a module.
    fn bound(&self, project: &Project, module: &Module) -> PathBuf {
        project.target("wasm-bindgen").join(self.name).join(module.glue)
    }
}

/// Copies the JavaScript of a module: one text for all its forms.
fn take_glue(project: &Project, glue: &str) -> Result<()> {
    for file in [format!("{glue}.js"), format!("{glue}.d.ts")] {
        let mut text: Option<Vec<u8>> = None;
        for form in &FORMS {
            let Some(module) = form.modules.iter().find(|module| module.glue == glue) else { continue };
            let other = fs::read(form.bound(project, module).join(&file)).with_context(|| file.clone())?;
            let is_same = text.as_ref().is_none_or(|text| *text == other);
            ensure!(is_same, "`{file}` of the form `{}` is not that of the others", form.name);
            text = Some(other);
        }
        fs::write(folder(project).join(&file), text.unwrap_or_default()).context(file)?;
    }
    Ok(())
}

/// The feature that the modules of a JavaScript are made with.
fn feature(glue: &str) -> &'static str {
    let mut modules = FORMS.iter().flat_map(|form| form.modules);
    modules.find(|module| module.glue == glue).map_or("", |module| module.feature)
}

/// The modules that have the same JavaScript.
fn files(project: &Project, glue: &str) -> Vec<PathBuf> {
    let modules = FORMS.iter().flat_map(|form| form.modules).filter(|module| module.glue == glue);
    modules.map(|module| folder(project).join(module.name)).collect()
}

fn folder(project: &Project) -> PathBuf {
    project.edge_function().join("wasm")
}
