//! The arguments of `edgeseal rotate`.

use std::path::PathBuf;

use clap::{ArgGroup, Args, ValueHint};
use edgeseal::{FieldName, KeyId};

use super::decrypt::field_name;
use super::key_id;

/// Have the rules of a policy use another key
///
/// New values are encrypted under the new key once the policy is deployed. What is stored stays under the old one, which therefore has to stay in the
/// keyring. Only the `key` of the rules changes in the policy file.
///
/// With --prune and --from, and without --to, no rule changes: the key is taken out of the policy if no rule uses it, and refused otherwise.
#[derive(Debug, Args)]
#[command(after_help = ROTATE, group = ArgGroup::new("rules").required(true).args(["fields", "from"]))]
pub(crate) struct RotateArguments {
    /// The policy file, which is edited in place
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) policy: PathBuf,
    /// The keyring file, which has to have the new key and the old ones; it is not changed
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) keyring: PathBuf,
    /// The rule of this name; may be given several times
    #[arg(long = "field", value_name = "NAME", value_parser = field_name, requires = "to")]
    pub(crate) fields: Vec<FieldName>,
    /// Every rule that uses this key; without --to, the key to prune
    #[arg(long, value_name = "KEY_ID", value_parser = key_id)]
    pub(crate) from: Option<KeyId>,
    /// The key that they are to use
    #[arg(long, value_name = "KEY_ID", value_parser = key_id, required_unless_present = "prune")]
    pub(crate) to: Option<KeyId>,
    /// Say what would change, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Take the old keys that no rule uses any more out of the policy; never out of the keyring
    #[arg(long)]
    pub(crate) prune: bool,
    /// Say it in JSON, on one line
    #[arg(long)]
    pub(crate) json: bool,
}

const ROTATE: &str = "\
Nothing changes unless the new key is in the policy and in the keyring, is the same in both and another than the old keys, and those are in the keyring. A \
key with classic tags is not pruned: its prefix is what has tokens refused that come from outside.

Examples:
  edgeseal rotate -p policy.json -k keyring.json --field ssn --to ssn-2027a
  edgeseal rotate -p policy.json -k keyring.json --from pii-2026a --to pii-2027a --dry-run
  edgeseal rotate -p policy.json -k keyring.json --from pii-2026a --prune";
