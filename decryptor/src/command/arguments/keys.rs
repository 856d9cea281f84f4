//! The arguments of `edgeseal keys`.

mod check;

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};
use edgeseal::{KeyId, KeySize};

use super::key_id;
pub(crate) use check::{KeysCheckArguments, RequiredKey};

/// Make keys in AWS KMS, enter them into policy and keyring, and check that all of these agree
///
/// A plaintext private key never leaves AWS KMS, and is never asked for. docs/KEYS.md describes the life of a key.
#[derive(Debug, Args)]
#[command(after_help = KEYS, subcommand_required = true, arg_required_else_help = false)]
pub(crate) struct KeysArguments {
    #[command(subcommand)]
    pub(crate) work: KeysWork,
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum KeysWork {
    Create(Box<KeysCreateArguments>),
    Fetch(KeysFetchArguments),
    Check(KeysCheckArguments),
}

/// Make a key in AWS KMS, and enter it into policy and keyring
///
/// The key is an asymmetric RSA key for encryption and decryption. Its public half goes into the policy; its ARN, fingerprint and spec go into the
/// keyring. Whatever can be refused is refused before the key is made; once it is, its ARN is said on standard error.
#[derive(Debug, Args)]
#[command(after_help = CREATE)]
pub(crate) struct KeysCreateArguments {
    /// The new key's id: 1 to 64 of `A-Za-z0-9_-`. A new version of a key is a new key id
    #[arg(value_parser = key_id)]
    pub(crate) key_id: KeyId,
    #[command(flatten)]
    pub(crate) files: KeyFileArguments,
    /// The kind of the key
    #[arg(long, value_name = "SPEC", default_value = "RSA_2048")]
    pub(crate) spec: KeySpecChoice,
    /// The region to make it in; else that of the AWS configuration
    #[arg(long, value_name = "REGION", value_parser = region)]
    pub(crate) region: Option<String>,
    /// Give it an alias too; `alias/` may be left out. The keyring has the key's ARN all the same: an alias can be moved
    #[arg(long, value_name = "NAME", value_parser = alias)]
    pub(crate) alias: Option<String>,
    /// Give it a tag; may be given several times
    #[arg(long = "tag", value_name = "NAME=VALUE", value_parser = tag)]
    pub(crate) tags: Vec<(String, String)>,
    /// Its key policy, a file with JSON; else it gets AWS KMS's default, which leaves it to IAM
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) key_policy: Option<PathBuf>,
    /// Its description [default: EdgeSeal KEY_ID]
    #[arg(long, value_name = "TEXT", value_parser = description)]
    pub(crate) description: Option<String>,
    /// Make it the primary key of a multi-Region key
    #[arg(long)]
    pub(crate) multi_region: bool,
    /// Say what would be done, and make and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Enter a key that AWS KMS has into policy and keyring
///
/// Gets the public half and the ARN of a key. What is there already stays: the same key again changes nothing, another key of that key id is refused.
#[derive(Debug, Args)]
#[command(after_help = FETCH)]
pub(crate) struct KeysFetchArguments {
    /// The key id that it is to have: 1 to 64 of `A-Za-z0-9_-`
    #[arg(value_parser = key_id)]
    pub(crate) key_id: KeyId,
    /// The key: its ARN or that of an alias, or `alias/NAME` or AWS KMS's key id in the region
    #[arg(value_parser = kms_key)]
    pub(crate) key: String,
    #[command(flatten)]
    pub(crate) files: KeyFileArguments,
    /// The region of a key that is not called by an ARN; else that of the AWS configuration
    #[arg(long, value_name = "REGION", value_parser = region)]
    pub(crate) region: Option<String>,
    /// Say what would be done, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// What a key is entered into.
#[derive(Debug, Args)]
pub(crate) struct KeyFileArguments {
    /// The policy file to enter the key into
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) policy: Option<PathBuf>,
    /// The keyring file to enter the key into; one is begun if it is not there
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) keyring: Option<PathBuf>,
}

/// AWS KMS's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeySpecChoice {
    #[value(name = "RSA_2048")]
    Rsa2048,
    #[value(name = "RSA_3072")]
    Rsa3072,
    #[value(name = "RSA_4096")]
    Rsa4096,
}

impl From<KeySpecChoice> for KeySize {
    fn from(spec: KeySpecChoice) -> Self {
        match spec {
            KeySpecChoice::Rsa2048 => Self::Rsa2048,
            KeySpecChoice::Rsa3072 => Self::Rsa3072,
            KeySpecChoice::Rsa4096 => Self::Rsa4096,
        }
    }
}

fn region(text: &str) -> Result<String, &'static str> {
    let fits = (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    fits.then(|| text.to_owned()).ok_or("expected a region, such as eu-central-1")
}

/// `alias/NAME` (AWS KMS API Reference, `CreateAlias`, `AliasName`).
fn alias(text: &str) -> Result<String, &'static str> {
    let name = text.strip_prefix("alias/").unwrap_or(text);
    let fits = (1..=250).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_-".contains(&byte));
    if name.starts_with("aws/") {
        return Err("aliases of AWS itself begin with `aws/`");
    }
    fits.then(|| format!("alias/{name}")).ok_or("expected 1 to 250 of `A-Za-z0-9/_-`, without an ARN")
}

/// A tag (AWS KMS API Reference, `Tag`).
fn tag(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("expected `NAME=VALUE`")?;
    if !(1..=128).contains(&name.chars().count()) || value.chars().count() > 256 {
        return Err("expected a name of 1 to 128 characters and a value of at most 256");
    }
    let is_allowed =
        |character: char| character.is_alphanumeric() || character == ' ' || "_.:/=+-@".contains(character);
    if !text.chars().all(is_allowed) {
        return Err("expected letters, digits, spaces and `_.:/=+-@`");
    }
    if name.to_ascii_lowercase().starts_with("aws:") {
        return Err("names of AWS itself begin with `aws:`");
    }
    Ok((name.to_owned(), value.to_owned()))
}

fn description(text: &str) -> Result<String, &'static str> {
    let fits = text.chars().count() <= 8_192 && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned()).ok_or("expected at most 8192 characters, and no control characters")
}

/// What AWS KMS calls a key by (AWS KMS API Reference, `DescribeKey`, `KeyId`).
fn kms_key(text: &str) -> Result<String, &'static str> {
    let fits = (1..=2_048).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_-:".contains(&byte));
    fits.then(|| text.to_owned())
        .ok_or("expected the ARN of a key or of an alias, `alias/NAME`, or a key id of AWS KMS")
}

const KEYS: &str = "\
Examples:
  edgeseal keys create pii-2026a -p policy.json -k keyring.json --region eu-central-1 --alias edgeseal/pii-2026a
  edgeseal keys fetch contact-1 alias/contact -p policy.json -k keyring.json --region eu-central-1
  edgeseal keys check -p policy.json -k keyring.json";

const CREATE: &str = "\
Without -p and -k, nothing is written: what a policy and a keyring say about the key is printed as one JSON object, `policy_keys` and `keyring`.

Files are edited in place: every byte stays that does not belong to the new key, and the keyring is replaced before the policy. AWS KMS is asked once \
to make the key. If a later step fails, the key is there: its ARN has been said, with the command that goes on from there.

Examples:
  edgeseal keys create pii-2026a -p policy.json -k keyring.json --alias edgeseal/pii-2026a --tag owner=security
  edgeseal keys create pii-2026a --spec RSA_3072 --region eu-central-1 --key-policy key-policy.json --dry-run";

const FETCH: &str = "\
The key has to be enabled, for encryption and decryption, and RSA. An alias is resolved: the keyring has the key's ARN. Without -p and -k, nothing is \
written: what a policy and a keyring say about the key is printed as one JSON object, `policy_keys` and `keyring`.

Examples:
  edgeseal keys fetch pii-2026a arn:aws:kms:eu-central-1:111122223333:alias/pii -p policy.json -k keyring.json
  edgeseal keys fetch pii-2026a alias/pii --region eu-central-1 | jq .keyring > keyring.json";
