//! Measurements.

use anyhow::Result;

use crate::project::Project;

/// Runs the workspace's benchmarks.
pub(crate) fn run(project: &Project) -> Result<()> {
    println!("measuring");
    project.cargo(&["bench", "--workspace", "--benches"])
}
