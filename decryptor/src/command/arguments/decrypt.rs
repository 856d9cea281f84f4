//! The arguments of `edgeseal decrypt`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::OsStringValueParser;
use clap::{Args, ValueEnum, ValueHint};
use edgeseal::{FieldName, FieldPath, KeyId};
use edgeseal_decryptor::logging::LogArguments;

use super::key_id;
use super::units::{bytes, duration, rate};

/// Decrypt every token of texts, files and folders
///
/// Tokens are found without a schema. Each distinct one is decrypted once, and the plaintext is put back for the place it stands in.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct DecryptArguments {
    /// The keyring file
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) keyring: PathBuf,
    /// Files and folders to read; standard input if there is none, or `-`. A folder is read with everything beneath it
    #[arg(value_name = "INPUT", value_hint = ValueHint::AnyPath)]
    pub(crate) inputs: Vec<PathBuf>,
    #[command(flatten, next_help_heading = "Input and output")]
    pub(crate) texts: TextArguments,
    #[command(flatten, next_help_heading = "Which tokens")]
    pub(crate) selection: SelectionArguments,
    #[command(flatten, next_help_heading = "What becomes of the others")]
    pub(crate) outcome: OutcomeArguments,
    #[command(flatten, next_help_heading = "Limits")]
    pub(crate) limits: LimitArguments,
    #[command(flatten, next_help_heading = "Log")]
    pub(crate) log: LogArguments,
}

#[derive(Debug, Args)]
pub(crate) struct TextArguments {
    /// The file to write, the input itself if you like; standard output if there is none, or `-`. Of several inputs, or a folder: the
    /// folder to write to, which is made
    #[arg(short, long, value_name = "FILE|DIR", value_hint = ValueHint::AnyPath)]
    pub(crate) output: Option<PathBuf>,
    /// Replace each input. With a suffix, `--in-place=.bak`, keep the original under its name and the suffix, which must not be taken
    #[arg(long, value_name = "SUFFIX", num_args = 0..=1, require_equals = true, default_missing_value = "", conflicts_with = "output", value_parser = OsStringValueParser::new())]
    pub(crate) in_place: Option<OsString>,
    /// Write each piece as soon as it is done, and not all or nothing
    #[arg(long, conflicts_with = "in_place")]
    pub(crate) stream: bool,
    /// Go on with the other inputs when one fails
    #[arg(long)]
    pub(crate) keep_going: bool,
    /// Note in this file which inputs are done, and skip those that it says are: nothing is done twice, whenever a run was killed. Needs --in-place or -o; not beneath a folder that is read
    #[arg(long, value_name = "JOURNAL", value_hint = ValueHint::FilePath, conflicts_with = "stream")]
    pub(crate) resume: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) format: FormatArguments,
    /// How the output is compressed; gzip and Zstandard inputs are recognised whatever this says
    #[arg(long, value_name = "METHOD", default_value = "auto")]
    pub(crate) compression: CompressionChoice,
    /// Write a report, one line of JSON, to a file; to standard error without a name. A file beneath a folder that is read is refused
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, default_missing_value = "-", value_hint = ValueHint::FilePath)]
    pub(crate) report: Option<PathBuf>,
    /// Do nothing but say how many calls it would take, what they cost, and how long they last. `--plan=json` is for machines
    #[arg(long, value_name = "FORM", num_args = 0..=1, require_equals = true, default_missing_value = "table", conflicts_with_all = ["output", "in_place", "stream", "resume", "report", "compression"])]
    pub(crate) plan: Option<PlanForm>,
    /// Show no progress; it is shown for several inputs, when standard error is a terminal
    #[arg(long)]
    pub(crate) no_progress: bool,
}

#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct FormatArguments {
    /// How the text is read, and so how what takes a token's place is written
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<Format>,
    /// What stands between the fields of CSV
    #[arg(long, value_name = "NAME")]
    pub(crate) delimiter: Option<DelimiterChoice>,
    /// Longest that a compressed input may be when it is unpacked [default: 1024G]
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    pub(crate) max_unpacked: Option<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct SelectionArguments {
    /// Only tokens under this key; may be given several times
    #[arg(long = "key", value_name = "ID", value_parser = key_id)]
    pub(crate) keys: Vec<KeyId>,
    /// Only tokens of this field; may be given several times. A direct token is bound to no field: it is told by a --policy
    #[arg(long = "field", value_name = "NAME", value_parser = field_name)]
    pub(crate) fields: Vec<FieldName>,
    /// Only tokens in values that this path matches, `$..ssn`; may be given several times. JSON and NDJSON only
    #[arg(long = "path", value_name = "JSONPATH", value_parser = field_path)]
    pub(crate) paths: Vec<FieldPath>,
    /// Open only tokens that are bound to this context; may be given several times
    #[arg(long, value_name = "NAME=VALUE", value_parser = context_pair)]
    pub(crate) require_context: Vec<(String, String)>,
    /// Open only tokens that stand where a rule of this policy would have put them; may be given several times. JSON and NDJSON only
    #[arg(long = "policy", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) policies: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct OutcomeArguments {
    /// Of a key that you may not use: keep, mask, null or fail [default: keep]; of one key: KEY=ACTION. May be given several times
    #[arg(long, value_name = "[KEY=]ACTION", value_parser = action)]
    pub(crate) on_denied: Vec<Action>,
    /// Of a token that does not open, or lacks what is required [default: fail]
    #[arg(long, value_name = "[KEY=]ACTION", value_parser = action)]
    pub(crate) on_failed: Vec<Action>,
    /// Of a key that cannot be asked: disabled, AWS KMS out of reach, throttled [default: fail]
    #[arg(long, value_name = "[KEY=]ACTION", value_parser = action)]
    pub(crate) on_unavailable: Vec<Action>,
}

#[derive(Debug, Args)]
pub(crate) struct LimitArguments {
    /// Calls under way at once [default: 16]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub(crate) concurrency: Option<u16>,
    /// Calls of the whole run; one more ends it
    #[arg(long, value_name = "N")]
    pub(crate) max_calls: Option<u64>,
    /// Calls begun per second
    #[arg(long, value_name = "R", value_parser = rate)]
    pub(crate) calls_per_second: Option<f64>,
    /// Time for one attempt of a call, such as `500ms`
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = duration)]
    pub(crate) attempt_timeout: Duration,
    /// Time for a call with all its attempts
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = duration)]
    pub(crate) call_timeout: Duration,
    /// Time for the whole run, such as `10m`; when it has passed, the run ends
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) timeout: Option<Duration>,
    /// Answers that are remembered, so that equal tokens are asked for once [default: 100000]
    #[arg(long, value_name = "N")]
    pub(crate) remember: Option<usize>,
    /// Longest piece that is held at once: a line of NDJSON, a record of CSV, a string of JSON [default: 64M]
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    pub(crate) max_piece: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// One JSON text; values become JSON again
    Json,
    /// JSON texts, one to a line
    Ndjson,
    /// A table; values are quoted where they have to be
    Csv,
    /// A form or query string; values are serialised again
    Form,
    /// Anything; values are put back raw
    Text,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DelimiterChoice {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// A tab character
    Tab,
    /// `|`
    Pipe,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompressionChoice {
    /// As the output's name says (.gz, .zst), else as the input is
    Auto,
    /// Not at all
    None,
    /// gzip (RFC 1952)
    Gzip,
    /// Zstandard (RFC 8878)
    Zstd,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanForm {
    /// For people
    Table,
    /// One JSON object
    Json,
}

/// What becomes of a token, of one key or of all.
#[derive(Clone, Debug)]
pub(crate) struct Action {
    pub(crate) key: Option<KeyId>,
    pub(crate) fallback: edgeseal::Fallback,
}

fn action(text: &str) -> Result<Action, &'static str> {
    use edgeseal::Fallback;
    let (key, action) = match text.split_once('=') {
        Some((key, action)) => (Some(key_id(key)?), action),
        None => (None, text),
    };
    let fallback = match action {
        "keep" => Fallback::Keep,
        "mask" => Fallback::Mask,
        "null" => Fallback::Null,
        "fail" => Fallback::Fail,
        _ => return Err("expected `keep`, `mask`, `null` or `fail`, or `KEY=` and one of them"),
    };
    Ok(Action { key, fallback })
}

pub(super) fn field_name(text: &str) -> Result<FieldName, &'static str> {
    FieldName::new(text).ok_or("expected 1 to 64 of `A-Za-z0-9_.-`")
}

pub(super) fn field_path(text: &str) -> Result<FieldPath, String> {
    FieldPath::new(text).map_err(|error| error.to_string())
}

pub(super) fn context_pair(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("expected `NAME=VALUE`")?;
    let name = FieldName::new(name).ok_or("expected a name of 1 to 64 of `A-Za-z0-9_.-`")?;
    Ok((name.to_string(), value.to_owned()))
}

const HELP: &str = "\
Without --format it follows from the input's name (.json, .ndjson, .jsonl, .csv, .tsv, also beneath .gz and .zst), else \
from its content: a text that parses as JSON is json; one in which every line that is not blank parses is ndjson; any \
other is text. Of an input longer than 8 MiB, and with --stream, the beginning decides: what begins with `{` or `[` is \
ndjson if its first line is a JSON text of its own, else json. Plaintext may hold quotation marks: where the input may \
be damaged JSON, say --format json, so that it is refused rather than read as text.

All or nothing, for each input: if a token does not open, or its key cannot be asked, nothing is written, unless --on-… \
says what becomes of such tokens. Tokens that are damaged, of an unknown version, kind or key id, or whose key you may \
not use are left in place. Of several inputs, those done before one that fails stay done.

A file is written beside its place and then renamed, so it is never there in half. Its owner alone can read it (mode \
0600), whatever the mode of a file it replaces. A link is followed. Standard output is held back until all of it is \
there, 64 MiB at most. With --stream it is not: what was written before a failure ends at a whole piece, and the exit \
status 1 is all that tells it from a whole text. The input never changes but with --in-place or `-o INPUT`.

Keys in AWS KMS are asked in the region of their ARN, with the usual credentials: AWS_PROFILE, AWS_ACCESS_KEY_ID, \
AWS_ENDPOINT_URL_KMS, AWS_RETRY_MODE, AWS_MAX_ATTEMPTS and all others that AWS tools heed. Keys in files are read from beside the \
keyring. Nothing of AWS is looked for until a token is under such a key.

SIGINT, SIGTERM and SIGHUP remove what was begun; the exit status is then 128 and the signal's number. What a killed run leaves \
(`.edgeseal-….tmp`) is removed by the next that writes to the folder.

Exit status: 0 everything asked for was decrypted, 1 failed (nothing was written of an input that failed), 2 wrong arguments, 3 \
some tokens were not decrypted.

Examples:
  edgeseal decrypt -k keyring.json stored.json -o order.json
  edgeseal decrypt -k keyring.json --format text --report < app.log > clear.log
  edgeseal decrypt -k keyring.json --require-context field=email contacts.ndjson
  edgeseal decrypt -k keyring.json --plan export/
  edgeseal decrypt -k keyring.json export/ -o clear/ --resume clear.journal --report=clear.report
  edgeseal decrypt -k keyring.json --field email --on-denied mask --on-unavailable pii-2026a=null export.csv.gz
  tail -f app.ndjson | edgeseal decrypt -k keyring.json --format ndjson --stream";
