//! The demonstration: a request through an edge to an origin, and back to plaintext.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::project::Project;
use crate::{build, node, process, python, wasm};

/// What it shows: the examples, or the reader's own.
struct Demo {
    body: PathBuf,
    policy: PathBuf,
    keys: Keys,
}

/// Where the private keys are.
enum Keys {
    /// Nowhere: the demo ends at the origin.
    Missing,
    /// Where a keyring says.
    Keyring(PathBuf),
    /// In an emulator of AWS KMS, which makes them.
    Kms,
}

/// Builds what it takes, and shows it.
pub(crate) fn run(project: &Project, arguments: Vec<String>) -> Result<()> {
    let demo = Demo::parse(project, arguments)?;
    match demo.keys {
        Keys::Missing => wasm::build(project)?,
        Keys::Keyring(_) | Keys::Kms => build::run(project)?,
    }
    show(project, &demo, &project.command())
}

/// The same with the command that the tests have made.
pub(crate) fn check(project: &Project, arguments: &[&str]) -> Result<()> {
    let demo = Demo::parse(project, arguments.iter().map(ToString::to_string).collect())?;
    show(project, &demo, &project.test_command())
}

fn show(project: &Project, demo: &Demo, command: &Path) -> Result<()> {
    let out = project.target("demo");
    let mut script = node::node(project, "demo/main.js");
    script.arg("--body").arg(&demo.body).arg("--out").arg(&out);
    match &demo.keys {
        Keys::Missing => process::run(script.arg("--policy").arg(&demo.policy)),
        Keys::Keyring(keyring) => {
            script.arg("--policy").arg(&demo.policy);
            process::run(script.arg("--command").arg(command).arg("--keyring").arg(keyring))
        }
        Keys::Kms => {
            script.arg("--command").arg(command);
            // It makes the keys, and runs that with a policy and a keyring of them.
            let mut with_kms = python::kms_script(project, "edge-function/demo/kms.py")?;
            with_kms.arg(&demo.policy).arg(out).arg(script.get_program()).args(script.get_args());
            process::run(with_kms.current_dir(project.edge_function()))
        }
    }
}

impl Demo {
    fn parse(project: &Project, arguments: Vec<String>) -> Result<Self> {
        let mut kms = false;
        let (mut body, mut policy, mut keyring) = (None, None, None);
        let mut arguments = arguments.into_iter();
        while let Some(option) = arguments.next() {
            let place = match option.as_str() {
                "--body" => &mut body,
                "--policy" => &mut policy,
                "--keyring" => &mut keyring,
                "--kms" => {
                    kms = true;
                    continue;
                }
                _ => bail!("no option `{option}`; see `cargo xtask demo --help`"),
            };
            let file = arguments.next().with_context(|| format!("`{option}` takes a file"))?;
            // The script runs in another folder.
            *place = Some(Path::new(&file).canonicalize().with_context(|| file)?);
        }
        let example = |name: &str| project.path("examples").join(name);
        let (body, policy, keyring) = match (body, policy, keyring) {
            (Some(body), Some(policy), keyring) => (body, policy, keyring),
            (None, None, None) => {
                let keyring = (!kms).then(|| example("keyring.json"));
                (example("person.json"), example("policy.json"), keyring)
            }
            _ => bail!("`--body` and `--policy` go together"),
        };
        let keys = match (keyring, kms) {
            (Some(_), true) => bail!("`--kms` makes keys of its own: it goes without `--keyring`"),
            (Some(keyring), false) => Keys::Keyring(keyring),
            (None, true) => Keys::Kms,
            (None, false) => Keys::Missing,
        };
        Ok(Self { body, policy, keys })
    }
}
