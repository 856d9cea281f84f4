//! The demonstration: a request through an edge to an origin, and back to plaintext.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::project::Project;
use crate::{build, node, process, wasm};

/// What it shows: the examples, or the reader's own.
struct Demo {
    body: PathBuf,
    policy: PathBuf,
    keyring: Option<PathBuf>,
}

/// Builds what it takes, and shows it.
pub(crate) fn run(project: &Project, arguments: Vec<String>) -> Result<()> {
    let demo = Demo::parse(project, arguments)?;
    if demo.keyring.is_some() {
        build::run(project)?;
    } else {
        wasm::build(project)?;
    }
    let mut script = node::node(project, "demo/main.js");
    script.arg("--body").arg(demo.body).arg("--policy").arg(demo.policy);
    script.arg("--out").arg(project.target("demo"));
    if let Some(keyring) = demo.keyring {
        script.arg("--command").arg(project.command()).arg("--keyring").arg(keyring);
    }
    process::run(&mut script)
}

impl Demo {
    fn parse(project: &Project, arguments: Vec<String>) -> Result<Self> {
        if arguments.is_empty() {
            let example = |name: &str| project.path("examples").join(name);
            return Ok(Self {
                body: example("person.json"),
                policy: example("policy.json"),
                keyring: Some(example("keyring.json")),
            });
        }
        let (mut body, mut policy, mut keyring) = (None, None, None);
        let mut arguments = arguments.into_iter();
        while let Some(option) = arguments.next() {
            let place = match option.as_str() {
                "--body" => &mut body,
                "--policy" => &mut policy,
                "--keyring" => &mut keyring,
                _ => bail!("no option `{option}`; see `cargo xtask demo --help`"),
            };
            let file = arguments.next().with_context(|| format!("`{option}` takes a file"))?;
            // The script runs in another folder.
            *place = Some(Path::new(&file).canonicalize().with_context(|| file)?);
        }
        match (body, policy) {
            (Some(body), Some(policy)) => Ok(Self { body, policy, keyring }),
            _ => bail!("`--body` and `--policy` go together"),
        }
    }
}
