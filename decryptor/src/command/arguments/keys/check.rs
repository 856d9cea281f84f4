//! The arguments of `edgeseal keys check`.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use edgeseal::KeyId;

use super::super::key_id;

/// Check that policies, keyring and AWS KMS agree
///
/// For every key of the keyring and of the policies: whether it is one and the same key pair everywhere, whether AWS KMS has it ready for use, and
/// whether a random value that is encrypted under its public key comes back. Everything is checked, not up to the first fault. A value that was
/// encrypted is never shown, and nothing is changed.
#[derive(Debug, Args)]
#[command(after_help = CHECK)]
pub(crate) struct KeysCheckArguments {
    /// A policy file; may be given several times. Without one, only the keyring is held against its keys' owners
    #[arg(short = 'p', long = "policy", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) policies: Vec<PathBuf>,
    /// The keyring file
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) keyring: PathBuf,
    /// Check only this key; may be given several times
    #[arg(long = "key", value_name = "ID", value_parser = key_id)]
    pub(crate) keys: Vec<KeyId>,
    /// Compare what the files say, private key files among them; call nobody
    #[arg(long, conflicts_with = "require_decrypt")]
    pub(crate) offline: bool,
    /// Have nothing decrypted: ask AWS KMS whether it would (`DryRun`)
    #[arg(long, conflicts_with = "offline")]
    pub(crate) no_decrypt: bool,
    /// Take it for an error if this caller cannot decrypt under a key: `--require-decrypt=ID`, which may be given several times; without an id,
    /// under any key of the keyring
    #[arg(long, value_name = "ID", num_args = 0..=1, require_equals = true, default_missing_value = "", value_parser = required_key)]
    pub(crate) require_decrypt: Vec<RequiredKey>,
    /// Exit with 1, and not 3, if there are warnings
    #[arg(long)]
    pub(crate) strict: bool,
    /// Say it in JSON, on one line
    #[arg(long)]
    pub(crate) json: bool,
}

/// What a caller has to be able to decrypt under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RequiredKey {
    All,
    Key(KeyId),
}

fn required_key(text: &str) -> Result<RequiredKey, &'static str> {
    if text.is_empty() { Ok(RequiredKey::All) } else { key_id(text).map(RequiredKey::Key) }
}

const CHECK: &str = "\
It asks with kms:DescribeKey, kms:GetPublicKey and kms:Decrypt; what the caller may not ask for is a finding. docs/KEYS.md \
has every code and the IAM statements.

Examples:
  edgeseal keys check -p policy.json -k keyring.json
  edgeseal keys check -p policy.json -k keyring.json --offline --strict
  edgeseal keys check -k keyring.json --require-decrypt=pii-2026a --json

Exit status: 0 nothing is wrong (notes do not count), 1 there are errors, 2 wrong arguments, 3 there are warnings and no \
errors.";
