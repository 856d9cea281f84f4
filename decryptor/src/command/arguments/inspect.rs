//! The arguments of `edgeseal inspect`.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use edgeseal::KeyId;

use super::decrypt::FormatArguments;
use super::key_id;

/// Tell which tokens texts, files and folders hold, without a key and without a call
///
/// Counts the tokens of each key: by kind, by field, by file. Nothing is decrypted, nobody is asked, nothing is written. What could not be read is told:
/// with --key, the exit status says whether there is evidence that a key has no tokens left.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct InspectArguments {
    /// Files and folders to read; standard input if there is none, or `-`. A folder is read with everything beneath it
    #[arg(value_name = "INPUT", value_hint = ValueHint::AnyPath)]
    pub(crate) inputs: Vec<PathBuf>,
    /// A keyring file: its classic tags are looked for, and its keys are compared with those found
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) keyring: Option<PathBuf>,
    /// Ask whether any token is left under this key of the keyring; may be given several times. Needs -k, or --no-classic
    #[arg(long = "key", value_name = "ID", value_parser = key_id)]
    pub(crate) keys: Vec<KeyId>,
    /// Say that no key has ever had classic tags: then --key needs no keyring. Nothing notices a misspelt key id
    #[arg(long, conflicts_with = "keyring")]
    pub(crate) no_classic: bool,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
    /// Tell where each token stands, the first 10,000; with --key, each under one of these keys
    #[arg(long)]
    pub(crate) positions: bool,
    #[command(flatten)]
    pub(crate) format: FormatArguments,
    /// Go on with the other inputs when one cannot be read; it is listed, and the evidence is not complete
    #[arg(long)]
    pub(crate) keep_going: bool,
    /// Show no progress; it is shown for several inputs, when standard error is a terminal
    #[arg(long)]
    pub(crate) no_progress: bool,
}

const HELP: &str = "\
Tokens are found in JSON, NDJSON, CSV, forms and any other text, in gzip and Zstandard too. The format is found out as by \
`decrypt`; what turns out not to be of it is read on as text, which finds all the same tokens but those written with \
escapes, unless --format demanded it. Tokens with classic tags are known by the keyring alone: without -k they are \
not looked for, the output says so, and --key is refused, unless --no-classic says that no key has ever had any.

Told as not read are other encodings (UTF-16), archives, databases, columnar files and unknown compressions, and texts in which the \
beginning of a token stands in base64, hexadecimal, percent-encoding or other escapes. Links to folders are followed only if they lead to \
what is read anyway; one that leads nowhere is told. docs/INSPECT.md says what cannot be seen.

Exit status: 0 everything was read; with --key, and no token is under any of these keys. 1 failed, 2 wrong arguments, 3 something \
was not read, or holds damaged tokens; with --key, there are tokens under one of them, or there may be: damaged tokens matter \
then unless they tell another key id.

Examples:
  edgeseal inspect export/
  edgeseal inspect -k keyring.json --key pii-2025 --keep-going --json export/ > evidence.json
  pg_dump shop | edgeseal inspect -k keyring.json --key pii-2025 && echo \"no token under pii-2025\"";
