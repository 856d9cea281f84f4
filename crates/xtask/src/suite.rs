//! Every check of the project.

use std::process::Command;

use anyhow::{Result, bail};

use crate::project::Project;
use crate::steps::Steps;
use crate::{demo, fuzz, node, process, promises, python, rsa, supply, wasm};

/// Runs them all, and counts.
pub(crate) fn run(project: &Project) -> Result<()> {
    let mut steps = Steps::default();
    steps.step("marks of conflicts", || find_conflicts(project));
    steps.step("tests that SECURITY.md names", || promises::check(project));
    steps.step("supply chain: locks and arrows", || supply::check(project));
    steps.step("format", || project.cargo(&["fmt", "--all", "--check"]));
    steps.step("lints", || lint(project, EVERYTHING));
    // With the features of all other steps: then what they depend on is not compiled again.
    steps.step("native tests, some against an emulator of AWS KMS", || {
        let mut tests = project.cargo_command(&["test", "--workspace", "--features", EVERYTHING]);
        process::run(tests.env("EDGESEAL_MINISTACK", python::ministack(project)?))
    });
    steps.step("RSA: the library in place of our own arithmetic", || rsa::test_library(project));
    steps.step("RSA: our arithmetic in each form of WebAssembly", || rsa::test_forms(project));
    steps.step("wasm module", || wasm::build(project));
    steps.step("wasm lints", || wasm::lint(project));
    steps.step("handlers", || node::bundle(project));
    steps.step("bills of materials", || supply::check_bills(project));
    steps.step("lints with bundles", || lint(project, BUNDLED));
    steps.step("bundles", || {
        // The command for the steps below is made here, too. `xtask` has its tests above: cargo gives what build scripts and programs share
        // the programs' debug information, and without a program that shares something every dependency would be compiled again.
        let features = ["test", "--workspace", "--features", BUNDLED];
        project.cargo(&[&features[..], &["--bin", "edgeseal", "--bin", "xtask", "--test", "bundle"]].concat())
    });
    steps.step("fuzzing, ten seconds each", || fuzz::smoke(project));
    steps.step("edge function: types", || {
        node::install(project)?;
        process::run(node::node(project, "node_modules/typescript/bin/tsc").args(["--project", "."]))
    });
    steps.step("edge function: tests", || {
        process::run(Command::new("node").args(TEST).current_dir(project.edge_function()))
    });
    steps.step("edge function: tests on Lambda's other releases of Node.js", || {
        for version in node::RELEASES {
            let node = node::release(project, version)?;
            process::run(Command::new(node).args(TEST).current_dir(project.edge_function()))?;
        }
        Ok(())
    });
    for (step, runtime) in
        [("edge function: in workerd", "workerd"), ("edge function: in Chromium", "chromium")]
    {
        steps.step(step, || process::run(node::node(project, "portable/run.js").arg(runtime)));
    }
    steps.step("edge function: packed, in other projects, against other parsers", || {
        process::run(&mut node::node(project, "packed/run.js"))
    });
    steps.step("vectors: as their generator makes them", || {
        process::run(python::script(project, "test-vectors/generate.py")?.arg("--check"))
    });
    steps.step("interoperation", || {
        process::run(python::script(project, "interop/check.py")?.arg(project.test_command()))
    });
    steps.step("demonstration", || demo::check(project, &[]));
    steps.step("demonstration with AWS KMS", || demo::check(project, &["--kms"]));
    steps.finish()
}

/// Node.js leaves one processor out, which is half of them where there are two.
const TEST: [&str; 2] = ["--test", "--test-concurrency=2"];

const EVERYTHING: &str = "edgeseal-decryptor/lambda,edgeseal-decryptor/emulator";
const BUNDLED: &str = "edgeseal-decryptor/lambda,edgeseal-decryptor/emulator,edgeseal-decryptor/bundle";

/// Finds what git leaves in a file where two changes met; what git ignores does not count. It need not be a repository.
fn find_conflicts(project: &Project) -> Result<()> {
    let mut search = Command::new("git");
    search.args([
        "--no-pager",
        "grep",
        "--no-index",
        "--exclude-standard",
        "--line-number",
        "-I",
        "-E",
        "^(<{7}|>{7}) ",
    ]);
    match search.current_dir(project.path("")).status()?.code() {
        Some(1) => Ok(()),
        Some(0) => bail!("a conflict was not resolved"),
        _ => bail!("`git grep` failed"),
    }
}

fn lint(project: &Project, features: &str) -> Result<()> {
    let everything = ["clippy", "--quiet", "--workspace", "--all-targets", "--features", features];
    project.cargo(&[&everything[..], &["--", "--deny", "warnings"]].concat())
}
