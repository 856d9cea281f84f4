//! Measurements.

use anyhow::Result;

use crate::project::Project;
use crate::{build, node, process};

/// The library's benchmarks, then cold starts and requests in every runtime.
pub(crate) fn run(project: &Project) -> Result<()> {
    println!("measuring the library");
    project.cargo(&["bench", "--package", "edgeseal", "--bench", "encrypt"])?;
    build::edge(project)?;
    println!("measuring the edge function");
    let mut script = node::node(project, "bench/run.js");
    for version in node::RELEASES {
        script.arg("--node").arg(node::release(project, version)?);
    }
    process::run(&mut script)
}
