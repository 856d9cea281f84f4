//! Mutation testing: cargo-mutants changes the library in one place at a time, and the tests have to notice. `.cargo/mutants.toml` says where,
//! and which tests.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::project::Project;
use crate::tools::Tool;

const CARGO_MUTANTS: Tool = Tool { name: "cargo-mutants", version: "27.1.0" };

/// What the command line asks for.
pub(crate) fn run(project: &Project, arguments: &[String]) -> Result<()> {
    let mut mutants = Command::new(CARGO_MUTANTS.program(project)?);
    mutants.args(["mutants", "--package", "edgeseal", "--dir"]).arg(project.path(""));
    let mut arguments = arguments.iter();
    let mut lists = false;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--list" => {
                lists = true;
                mutants.arg("--list");
            }
            "--shard" => {
                let shard = arguments.next().context("`--shard` needs a value like `0/8`")?;
                mutants.args(["--sharding", "round-robin", "--shard", shard]);
            }
            option if option.starts_with('-') => {
                bail!("no option `{option}`; see `cargo xtask mutants --help`")
            }
            // A mutant's name begins with its file.
            part => {
                let part = part.trim_end_matches(".rs");
                mutants.args(["--re", &format!("^[^:]*{}[^:]*:", part.replace('.', "\\."))]);
            }
        }
    }
    if !lists {
        mutants.arg("--output").arg(project.target("mutants"));
    }
    // Compiled once for all runs, and apart from everything else. Corpora would take longer than all else.
    mutants.env("CARGO_TARGET_DIR", project.target("mutants/build")).env_remove("EDGESEAL_CORPORA");
    process::run(mutants.current_dir(project.path("")))
}
