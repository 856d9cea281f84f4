//! cargo-deny over every workspace of the project, by `deny.toml`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use super::ignored::{self, Ignored};
use crate::process;
use crate::project::Project;
use crate::tools::Tool;

const CARGO_DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2" };

const PRODUCT: &str = "Cargo.toml";
/// Fuzz targets and studies have lock files of their own.
const WORKSPACES: [&str; 3] = [PRODUCT, "fuzz/Cargo.toml", "studies/json-candidates/Cargo.toml"];

/// A crate that every part of the product has.
const USED: &str = "zeroize";
/// Where no server is.
const ADDRESS: &str = "https://advisories.invalid/advisory-db";
const MADE_UP: &str = "RUSTSEC-2026-9999";

/// What crates may be, where they may come from, and who may have which.
pub(super) fn check(project: &Project) -> Result<()> {
    let rules = project.path("deny.toml");
    for workspace in WORKSPACES {
        // Who may have which is said of the product, and so is which licences there are.
        let checks: &[&str] = if workspace == PRODUCT {
            &["--deny", "unmatched-skip", "--deny", "unnecessary-skip", "licenses", "sources", "bans"]
        } else {
            &["--allow", "license-not-encountered", "licenses", "sources"]
        };
        process::run(command(project, workspace, &rules)?.args(checks)).context(workspace)?;
    }
    Ok(())
}

/// What is known against the crates. `database` is a checkout of the RustSec Advisory Database.
pub(super) fn advisories(project: &Project, database: &Path) -> Result<()> {
    let database = Database::new(project, database, &ignored::read(project)?)?;
    for workspace in WORKSPACES {
        process::run(&mut database.command(project, workspace)?).context(workspace)?;
    }
    Ok(())
}

/// Whether an advisory would be found: one is made up, against a crate that is used and against one that is not.
pub(super) fn rehearse(project: &Project) -> Result<()> {
    for (name, is_found) in [(USED, true), ("a-crate-that-nobody-has", false)] {
        let database = project.target("supply/made-up").join(name);
        make_up(&database, name)?;
        let output = Database::new(project, &database, &[])?.command(project, PRODUCT)?.output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success() != is_found && said.contains(MADE_UP) == is_found,
            "a made-up advisory against `{name}` was {}found:\n{said}",
            if is_found { "not " } else { "" }
        );
    }
    println!("an advisory against `{USED}` that was made up for it is found");
    Ok(())
}

fn command(project: &Project, workspace: &str, rules: &Path) -> Result<Command> {
    let mut deny = Command::new(CARGO_DENY.program(project)?);
    deny.args(["--locked", "--log-level", "error", "--manifest-path"]).arg(project.path(workspace));
    deny.arg("--config").arg(rules).args(["check", "--hide-inclusion-graph"]);
    deny.current_dir(project.path(""));
    Ok(deny)
}

/// A database of advisories.
struct Database {
    /// What git is to take for `ADDRESS`.
    place: String,
    rules: PathBuf,
}

impl Database {
    fn new(project: &Project, folder: &Path, ignored: &[Ignored]) -> Result<Self> {
        let folder = folder.canonicalize().with_context(|| folder.display().to_string())?;
        if !folder.join(".git").exists() || !folder.join("crates").is_dir() {
            bail!("`{}` is no checkout of the RustSec Advisory Database", folder.display());
        }
        let copies = project.target("supply/advisories");
        let _ = fs::remove_dir_all(&copies);
        fs::create_dir_all(&copies)?;
        // JSON's strings are TOML's, too.
        let text = |text: &str| serde_json::Value::from(text).to_string();
        let ignore = ignored
            .iter()
            .map(|Ignored { id, reason }| format!("{{ id = {}, reason = {} }}", text(id), text(reason)));
        let rules = format!(
            "[graph]\nall-features = true\n[advisories]\nyanked = \"allow\"\ndb-path = {}\ndb-urls = [\"{ADDRESS}\"]\nignore = [{}]\n",
            text(&copies.display().to_string()),
            ignore.collect::<Vec<_>>().join(", ")
        );
        let path = project.target("supply/advisories.toml");
        fs::write(&path, rules)?;
        Ok(Self { place: format!("file://{}", folder.display()), rules: path })
    }

    /// cargo-deny takes a database by `git clone`, and from a server alone: git is told that this folder is it.
    fn command(&self, project: &Project, workspace: &str) -> Result<Command> {
        let mut deny = command(project, workspace, &self.rules)?;
        deny.arg("advisories").env("GIT_CONFIG_COUNT", "1");
        deny.env("GIT_CONFIG_KEY_0", format!("url.{}.insteadOf", self.place))
            .env("GIT_CONFIG_VALUE_0", ADDRESS);
        Ok(deny)
    }
}

/// A database with one advisory, in RustSec's form.
fn make_up(folder: &Path, name: &str) -> Result<()> {
    let _ = fs::remove_dir_all(folder);
    let advisories = folder.join("crates").join(name);
    fs::create_dir_all(&advisories)?;
    let advisory = format!(
        "```toml\n[advisory]\nid = \"{MADE_UP}\"\npackage = \"{name}\"\ndate = \"2026-01-01\"\n\n[versions]\npatched = []\n```\n\n# Made up\n\nTo see that it is found.\n"
    );
    fs::write(advisories.join(format!("{MADE_UP}.md")), advisory)?;
    let git = |arguments: &[&str]| process::run(Command::new("git").args(arguments).current_dir(folder));
    git(&["init", "--quiet", "--initial-branch", "main"])?;
    git(&["add", "."])?;
    let author =
        ["-c", "user.name=made up", "-c", "user.email=made-up@example.com", "-c", "commit.gpgsign=false"];
    git(&[&author[..], &["commit", "--quiet", "--no-verify", "--message", "made up"]].concat())
}
