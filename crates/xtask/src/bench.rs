//! Measurements.

use anyhow::Result;

use crate::project::Project;

/// Runs the library's benchmarks, the only ones there are.
pub(crate) fn run(project: &Project) -> Result<()> {
    println!("measuring");
    project.cargo(&["bench", "--package", "edgeseal", "--bench", "encrypt"])
}
