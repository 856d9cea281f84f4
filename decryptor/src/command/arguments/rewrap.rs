//! The arguments of `edgeseal rewrap`.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};
use edgeseal::{FieldName, FieldPath, KeyId};
use edgeseal_decryptor::logging::LogArguments;

use super::decrypt::{field_name, field_path};
use super::{LimitArguments, TextArguments, key_id};

/// Move tokens to another key
///
/// Within AWS KMS, so that no plaintext leaves it. Of each token the key id and the RSA ciphertext change; of an envelope only its data key is
/// wrapped again. Everything else stays, byte for byte.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct RewrapArguments {
    /// The keyring file
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) keyring: PathBuf,
    /// Move tokens of this key; may be given several times
    #[arg(long, value_name = "ID", required = true, value_parser = key_id)]
    pub(crate) from: Vec<KeyId>,
    /// Move them to this key
    #[arg(long, value_name = "ID", value_parser = key_id)]
    pub(crate) to: KeyId,
    /// Files and folders to read; standard input if there is none, or `-`. A folder is read with everything beneath it
    #[arg(value_name = "INPUT", value_hint = ValueHint::AnyPath)]
    pub(crate) inputs: Vec<PathBuf>,
    /// Do not compare what was written with what was read
    #[arg(long)]
    pub(crate) no_verify: bool,
    #[command(flatten)]
    pub(crate) local: LocalArguments,
    #[command(flatten, next_help_heading = "Input and output")]
    pub(crate) texts: TextArguments,
    #[command(flatten, next_help_heading = "Which tokens")]
    pub(crate) selection: RewrapSelectionArguments,
    #[command(flatten, next_help_heading = "What becomes of the others")]
    pub(crate) outcome: RewrapOutcomeArguments,
    #[command(flatten, next_help_heading = "Limits")]
    pub(crate) limits: LimitArguments,
    #[command(flatten, next_help_heading = "Log")]
    pub(crate) log: LogArguments,
}

#[derive(Debug, Args)]
pub(crate) struct LocalArguments {
    /// Move tokens of keys in files: each value is decrypted and encrypted again in this process
    #[arg(long)]
    pub(crate) local: bool,
    /// With --local: encrypt under this public key, PEM or a policy that has the key, wherever its private key is; so data of development moves to AWS KMS
    #[arg(long, value_name = "FILE", requires = "local", value_hint = ValueHint::FilePath)]
    pub(crate) to_public_key: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct RewrapSelectionArguments {
    /// Only tokens of this field; may be given several times. A direct token is bound to no field: it is told by a --policy
    #[arg(long = "field", value_name = "NAME", value_parser = field_name)]
    pub(crate) fields: Vec<FieldName>,
    /// Only tokens in values that this path matches, `$..ssn`; may be given several times. JSON and NDJSON only
    #[arg(long = "path", value_name = "JSONPATH", value_parser = field_path)]
    pub(crate) paths: Vec<FieldPath>,
    /// Move only tokens that stand where a rule of this policy would have put them; others fail. May be given several times. JSON and NDJSON only
    #[arg(long = "policy", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) policies: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct RewrapOutcomeArguments {
    /// Of a key that you may not use for this
    #[arg(long, value_name = "ACTION", default_value = "fail")]
    pub(crate) on_denied: KeepOrFail,
    /// Of a token that does not open, lacks what is required, or is too long for the other key
    #[arg(long, value_name = "ACTION", default_value = "fail")]
    pub(crate) on_failed: KeepOrFail,
    /// Of a key that cannot be asked: disabled, AWS KMS out of reach, throttled
    #[arg(long, value_name = "ACTION", default_value = "fail")]
    pub(crate) on_unavailable: KeepOrFail,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeepOrFail {
    /// Leave the token in place
    Keep,
    /// Fail the input
    Fail,
}

const HELP: &str = "\
Both keys are in the keyring, and in one Region of AWS KMS. Whoever runs this needs `kms:ReEncryptFrom` on the one and \
`kms:ReEncryptTo` on the other, and no `kms:Decrypt`: no plaintext and no data key is ever in this process. With \
--local, keys are in files, and values are in its memory for a moment.

Only tokens under the keys of --from are asked for; each distinct one once, so that equal tokens stay equal. Others stay, and so do \
damaged ones, whose key cannot be told: they are counted, and the exit status is 3. A key with classic tags takes text alone.

How inputs are read, written beside their place and taken up again, and what the limits mean, is in `edgeseal decrypt \
--help`. A file keeps its mode. With --in-place a file without tokens to move is not touched.

Before a text takes its place, it and the input are read again and compared: every byte outside the moved tokens, and \
of each moved token its kind, its place and all that has to stay. A difference is an error, and nothing is written. With \
--stream and pipes each piece is compared before it is written.

Exit status: 0 no token is under the old keys any more, of those asked for; 1 failed (nothing was written of an input \
that failed), 2 wrong arguments, 3 some tokens are as they were.

Examples:
  edgeseal rewrap -k keyring.json --from pii-2026a --to pii-2026b --plan export/
  edgeseal rewrap -k keyring.json --from pii-2026a --to pii-2026b export/ --in-place=.bak --resume rewrap.journal
  edgeseal rewrap -k keyring.json --from pii-2026a --to pii-2026b dump.csv.gz -o moved.csv.gz --report=rewrap.report
  edgeseal rewrap -k keyring.json --from dev-1 --to dev-2 --local < stored.json > moved.json";
