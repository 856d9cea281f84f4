//! The demonstration.
use crate::project::Project;
use anyhow::Result;
pub(crate) fn run(_project: &Project, _arguments: Vec<String>) -> Result<()> {
    Ok(())
}
