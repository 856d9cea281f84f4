//! The arguments, and what `--help` says about them.

mod bundle;
mod decrypt;
mod inspect;
mod keys;
mod policy;
mod rewrap;
mod rotate;
mod serve;
mod units;

use std::path::{Path, PathBuf};

use clap::{Args, Parser, ValueEnum, ValueHint};
use clap_complete::Shell;
use edgeseal::{KeyId, KeySize};

pub(crate) use bundle::BundleArguments;
#[cfg(feature = "bundle")]
pub(crate) use bundle::{BundleWork, EdgeTarget, MetricsFormat, NewBundle};
pub(crate) use decrypt::{
    CompressionChoice, DecryptArguments, DelimiterChoice, Format, FormatArguments, LimitArguments,
    OutcomeArguments, PlanForm, SelectionArguments, TextArguments,
};
pub(crate) use inspect::InspectArguments;
pub(crate) use keys::{
    KeyFileArguments, KeysArguments, KeysCheckArguments, KeysCreateArguments, KeysFetchArguments, KeysWork,
    RequiredKey,
};
pub(crate) use policy::{CheckArguments, DiffArguments, PolicyArguments, PolicyWork};
pub(crate) use rewrap::{KeepOrFail, RewrapArguments, RewrapSelectionArguments};
pub(crate) use rotate::RotateArguments;
pub(crate) use serve::{AccessArguments, RestrictionArguments, ServeArguments, ServiceLimitArguments};

/// Encrypts the fields of request bodies that a policy names, and decrypts texts that hold encrypted fields.
///
/// At the edge, fields are encrypted by the same code in WebAssembly; this command is for trying a policy out, and for whoever may read
/// the values.
#[derive(Debug, Parser)]
#[command(name = "edgeseal", version, max_term_width = 100, disable_help_subcommand = true, after_help = EXAMPLES)]
#[command(subcommand_required = true, arg_required_else_help = false)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) subcommand: Subcommand,
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Subcommand {
    Encrypt(EncryptArguments),
    Decrypt(Box<DecryptArguments>),
    Serve(Box<ServeArguments>),
    Policy(PolicyArguments),
    Keys(KeysArguments),
    Rotate(RotateArguments),
    Inspect(InspectArguments),
    Rewrap(Box<RewrapArguments>),
    Keygen(KeygenArguments),
    Bundle(BundleArguments),
    /// Print a completion script for a shell
    #[command(after_help = COMPLETIONS)]
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// Encrypt the fields that a policy names
///
/// Either everything the policy names is encrypted, or there is an error and no output. Outside the encrypted values every byte stays as it is.
#[derive(Debug, Args)]
#[command(after_help = ENCRYPT)]
pub(crate) struct EncryptArguments {
    /// The policy file
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) policy: PathBuf,
    #[command(flatten)]
    pub(crate) files: Files,
    /// The body's Content-Type; the policy's `content_types` say what becomes of it
    #[arg(long, value_name = "TYPE", conflicts_with = "format")]
    pub(crate) content_type: Option<String>,
    /// The same in one word
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<BodyFormat>,
    /// The request's method, for rules that are limited to some; without it they apply
    #[arg(long, value_name = "METHOD")]
    pub(crate) method: Option<String>,
    /// The request's path, for rules that are limited to some; without it they apply
    #[arg(long, value_name = "PATH")]
    pub(crate) path: Option<String>,
    /// Write a report, one line of JSON, to a file; to standard error if there is no name, or `-`
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-", value_hint = ValueHint::FilePath)]
    pub(crate) report: Option<PathBuf>,
}

/// Make a key pair for development
///
/// Writes KEY_ID.private.pem (PKCS#8, mode 0600) and KEY_ID.public.pem, and prints what a policy and a keyring say about the key. Keys of
/// production belong in a KMS, where they are made and which they never leave.
#[derive(Debug, Args)]
#[command(after_help = KEYGEN)]
pub(crate) struct KeygenArguments {
    /// The new key's id: 1 to 64 of `A-Za-z0-9_-`. A new version of a key is a new key id
    #[arg(value_parser = key_id)]
    pub(crate) key_id: KeyId,
    /// Length of the modulus, in bits
    #[arg(long, default_value = "2048")]
    pub(crate) bits: Bits,
    /// The folder that the files are written to
    #[arg(short, long, value_name = "DIR", default_value = ".", value_hint = ValueHint::DirPath)]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Files {
    /// The file to read; standard input if there is none, or `-`
    #[arg(value_name = "INPUT", value_hint = ValueHint::FilePath)]
    input: Option<PathBuf>,
    /// The file to write, INPUT itself if you like; standard output if there is none, or `-`
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    output: Option<PathBuf>,
}

impl Files {
    /// `None` is standard input.
    pub(crate) fn input(&self) -> Option<&Path> {
        named(self.input.as_deref())
    }

    /// `None` is standard output.
    pub(crate) fn output(&self) -> Option<&Path> {
        named(self.output.as_deref())
    }
}

/// The file of an argument, if it is not `-`.
pub(crate) fn named(path: Option<&Path>) -> Option<&Path> {
    path.filter(|path| *path != Path::new("-"))
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum BodyFormat {
    /// One JSON text
    Json,
    /// JSON texts, one to a line
    Ndjson,
    /// A form: application/x-www-form-urlencoded
    Form,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Bits {
    #[value(name = "2048")]
    Rsa2048,
    #[value(name = "3072")]
    Rsa3072,
    #[value(name = "4096")]
    Rsa4096,
}

impl From<Bits> for KeySize {
    fn from(bits: Bits) -> Self {
        match bits {
            Bits::Rsa2048 => Self::Rsa2048,
            Bits::Rsa3072 => Self::Rsa3072,
            Bits::Rsa4096 => Self::Rsa4096,
        }
    }
}

fn key_id(text: &str) -> Result<KeyId, &'static str> {
    KeyId::new(text).ok_or("expected 1 to 64 of `A-Za-z0-9_-`")
}

const EXAMPLES: &str = "\
Examples:
  edgeseal keygen pii-2026a
  edgeseal encrypt --policy policy.json order.json -o stored.json
  edgeseal decrypt --keyring keyring.json stored.json
  edgeseal bundle --policy policy.json --target lambda-edge --out edge.zip
  edgeseal keys create pii-2027a --policy policy.json --keyring keyring.json
  edgeseal rotate --policy policy.json --keyring keyring.json --field ssn --to pii-2027a
  edgeseal inspect --keyring keyring.json --key pii-2026a stored/
  edgeseal rewrap --keyring keyring.json --from pii-2026a --to pii-2027a --in-place stored/

Errors are `edgeseal: error[CODE]: message` on standard error; docs/ERRORS.md explains the codes.

Exit status: 0 done, 1 failed and nothing was written, 2 wrong arguments, 3 done, and there is something to look at: tokens left in place, \
or warnings.";

const ENCRYPT: &str = "\
Without --content-type and --format the content type follows from the input's name (.json, .ndjson, .jsonl), else from \
its content: one JSON text is application/json, JSON texts one to a line are application/x-ndjson.

A file is written beside its place and then renamed, so it is never there in half. It keeps the mode of the file it \
replaces. A link is followed.

Examples:
  edgeseal encrypt --policy policy.json order.json -o stored.json
  edgeseal encrypt --policy policy.json --format ndjson --report=report.json < orders > stored
  edgeseal encrypt --policy policy.json --content-type application/vnd.shop+json < order";

const KEYGEN: &str = "\
No file is ever overwritten. What is printed is one JSON object: `policy_keys` is the `keys` member of a policy, \
`keyring` a whole keyring for the folder of the private key.

Examples:
  edgeseal keygen pii-2026a
  edgeseal keygen pii-2026a --bits 3072 -o keys | jq .keyring > keys/keyring.json";

const COMPLETIONS: &str = "\
Examples:
  edgeseal completions bash > ~/.local/share/bash-completion/completions/edgeseal
  edgeseal completions zsh > ~/.zfunc/_edgeseal";
