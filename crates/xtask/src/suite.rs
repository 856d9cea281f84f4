//! Every check of the project.

use std::process::Command;

use anyhow::Result;

use crate::project::Project;
use crate::steps::Steps;
use crate::{demo, node, process, python, wasm};

/// Runs them all, and counts.
pub(crate) fn run(project: &Project) -> Result<()> {
    let mut steps = Steps::default();
    steps.step("format", || project.cargo(&["fmt", "--all", "--check"]));
    steps.step("lints", || lint(project, &[]));
    steps.step("native tests", || project.cargo(&["test", "--workspace"]));
    steps.step("wasm module", || wasm::build(project));
    steps.step("wasm lints", || wasm::lint(project));
    steps.step("handlers", || node::bundle(project));
    steps.step("command", || project.build_command());
    // The whole workspace, as above: then what it depends on has the same features, and is not compiled again.
    steps.step("lints with bundles", || lint(project, &["--features", "edgeseal-decryptor/bundle"]));
    steps.step("bundles", || {
        let features = ["test", "--workspace", "--features", "edgeseal-decryptor/bundle"];
        project.cargo(&[&features[..], &["--bin", "edgeseal", "--test", "bundle"]].concat())
    });
    steps.step("edge function: types", || {
        node::install(project)?;
        process::run(node::node(project, "node_modules/typescript/bin/tsc").args(["--project", "."]))
    });
    steps.step("edge function: tests", || {
        process::run(Command::new("node").arg("--test").current_dir(project.edge_function()))
    });
    steps.step("edge function: tests on Lambda's other releases of Node.js", || {
        for version in node::RELEASES {
            let node = node::release(project, version)?;
            process::run(Command::new(node).arg("--test").current_dir(project.edge_function()))?;
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
        process::run(python::script(project, "interop/check.py")?.arg(project.command()))
    });
    steps.step("demonstration", || demo::run(project, Vec::new()));
    steps.finish()
}

fn lint(project: &Project, features: &[&str]) -> Result<()> {
    let everything = ["clippy", "--quiet", "--workspace", "--all-targets"];
    project.cargo(&[&everything[..], features, &["--", "--deny", "warnings"]].concat())
}
