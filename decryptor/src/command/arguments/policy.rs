//! The arguments of `edgeseal policy`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueHint};
use edgeseal::{FieldName, KeyId};

use super::{key_id, named};

/// Review a policy, and compare two
#[derive(Debug, Args)]
#[command(disable_help_subcommand = true)]
pub(crate) struct PolicyArguments {
    #[command(subcommand)]
    pub(crate) work: PolicyWork,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyWork {
    Check(CheckArguments),
    Diff(DiffArguments),
}

/// Say what a reviewer of a policy would ask about
///
/// With samples, bodies as clients send them, each is encrypted as at the edge, and nothing of it is shown but where values stand, what they are
/// called, and how long they are.
#[derive(Debug, Args)]
#[command(after_help = CHECK)]
pub(crate) struct CheckArguments {
    /// The policy file; standard input if it is `-`
    #[arg(value_name = "POLICY", value_hint = ValueHint::FilePath)]
    pub(crate) policy: PathBuf,
    /// A request body to try the policy on, as often as you like; standard input if it is `-`
    #[arg(long = "sample", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) samples: Vec<PathBuf>,
    /// The Content-Type of the samples; without it, it follows from each name or content
    #[arg(long, value_name = "TYPE", requires = "samples")]
    pub(crate) sample_type: Option<String>,
    /// Say it in JSON, on one line
    #[arg(long)]
    pub(crate) json: bool,
    /// Fail if there is a warning
    #[arg(long)]
    pub(crate) strict: bool,
}

/// Say what changes from one policy to another, and fail if a value loses its protection
///
/// Protection is compared by the values that rules match, whatever the rules are called and however they are written.
#[derive(Debug, Args)]
#[command(after_help = DIFF)]
pub(crate) struct DiffArguments {
    /// The older policy file; standard input if it is `-`
    #[arg(value_name = "OLD", value_hint = ValueHint::FilePath)]
    pub(crate) old: PathBuf,
    /// The newer policy file; standard input if it is `-`
    #[arg(value_name = "NEW", value_hint = ValueHint::FilePath)]
    pub(crate) new: PathBuf,
    /// A field of OLD that may lose its protection, as often as you like
    #[arg(long, value_name = "FIELD", value_parser = field_name)]
    pub(crate) allow_loss: Vec<FieldName>,
    /// A key id whose public key may be another one, as often as you like
    #[arg(long, value_name = "ID", value_parser = key_id)]
    pub(crate) allow_key_change: Vec<KeyId>,
    /// Fail if something is weaker, too: something that was refused, or looked for, is let through
    #[arg(long)]
    pub(crate) strict: bool,
    /// With --strict, what may be weaker: a code, or a member of the policy such as /leftovers, as often as you like
    #[arg(long, value_name = "CODE-OR-POINTER", requires = "strict")]
    pub(crate) allow_weaker: Vec<String>,
    /// Say it in JSON, on one line
    #[arg(long)]
    pub(crate) json: bool,
}

impl CheckArguments {
    /// Whether standard input would have to be read twice.
    pub(crate) fn reads_twice(&self) -> bool {
        twice(self.samples.iter().chain([&self.policy]).map(PathBuf::as_path))
    }
}

impl DiffArguments {
    /// Whether standard input would have to be read twice.
    pub(crate) fn reads_twice(&self) -> bool {
        twice([self.old.as_path(), self.new.as_path()].into_iter())
    }
}

fn twice<'p>(paths: impl Iterator<Item = &'p Path>) -> bool {
    paths.filter(|path| named(Some(path)).is_none()).count() > 1
}

fn field_name(text: &str) -> Result<FieldName, &'static str> {
    FieldName::new(text).ok_or("expected 1 to 64 of `A-Za-z0-9_.-`")
}

const CHECK: &str = "\
The content type of a sample follows from its name (.json, .ndjson, .jsonl), else from its content: one JSON text is application/json, JSON texts \
one to a line are application/x-ndjson. Rules that are limited to methods or paths apply to samples.

docs/POLICY.md explains what is said, and how to review a policy.

Exit status: 0 nothing to ask, or notes alone; 1 the policy is invalid, a sample would be refused, or --strict and there is a warning; 2 wrong \
arguments; 3 there are warnings.

Examples:
  edgeseal policy check policy.json
  edgeseal policy check policy.json --sample order.json --sample events.ndjson --strict
  edgeseal policy check policy.json --sample form --sample-type application/x-www-form-urlencoded --json";

const DIFF: &str = "\
A value is lost if it was encrypted, and now some request may have it reach the origin in plain text. Where that cannot be told, it is taken for lost.

docs/POLICY.md explains what is said, and how to make it a gate for changes.

Exit status: 0 nothing is lost, whatever else has changed; 1 something is lost, or a key replaced, or with --strict something weaker, that was \
not allowed, or a policy is invalid; 2 wrong arguments.

Examples:
  edgeseal policy diff policy.json policy.new.json
  git show main:policy.json | edgeseal policy diff - policy.json
  edgeseal policy diff old.json new.json --allow-loss fax
  edgeseal policy diff old.json new.json --strict --allow-weaker foreign_tokens_changed";
