//! Everything that is built, in the order in which one part goes into the next.

use anyhow::Result;

use crate::project::Project;
use crate::{node, supply, wasm};

/// The module, the handlers of one file that bring it to an edge, and the command that carries both.
pub(crate) fn run(project: &Project) -> Result<()> {
    edge(project)?;
    project.build_command()?;
    supply::write_bill_of_command(project, &project.command(), &["--features", "bundle"])
}

/// What runs at an edge.
pub(crate) fn edge(project: &Project) -> Result<()> {
    wasm::build(project)?;
    node::bundle(project)
}
