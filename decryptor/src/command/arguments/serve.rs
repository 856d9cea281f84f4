//! The arguments of `edgeseal serve`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint, value_parser};
use edgeseal::{FieldName, KeyId};

use crate::command::serve::Listen;

/// Answer HTTP requests with decrypted texts, for programs of this host
///
/// POST /v1/decrypt takes a text with encrypted fields and gives it back decrypted. GET /openapi.json describes everything that can be asked.
#[derive(Debug, Args)]
#[command(after_help = SERVE)]
pub(crate) struct ServeArguments {
    /// The keyring file
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) keyring: PathBuf,
    /// Where to listen: ADDRESS:PORT (port 0 is a free one), or unix:PATH
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8787", value_parser = Listen::parse)]
    pub(crate) listen: Listen,
    #[command(flatten)]
    pub(crate) access: AccessArguments,
    #[command(flatten)]
    pub(crate) restrictions: RestrictionArguments,
    #[command(flatten)]
    pub(crate) limits: ServiceLimitArguments,
}

/// Who may ask.
#[derive(Debug, Args)]
#[command(next_help_heading = "Access")]
pub(crate) struct AccessArguments {
    /// Tokens of which a request has to bring one, a line each; read again on SIGHUP
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) bearer_token_file: Option<PathBuf>,
    /// The service's certificate with its chain (PEM); read again on SIGHUP
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Its private key (PEM)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Serve only clients with a certificate of these authorities (PEM)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "tls_cert")]
    pub(crate) client_ca: Option<PathBuf>,
    /// Also serve requests for this host name; may be given several times
    #[arg(long, value_name = "NAME", value_parser = host_name)]
    pub(crate) allow_host: Vec<String>,
    /// Also serve requests with this Origin; may be given several times
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) allow_origin: Vec<String>,
    /// Permissions of the Unix socket, in octal
    #[arg(long, value_name = "MODE", default_value = "0600", value_parser = mode)]
    pub(crate) socket_mode: u32,
}

/// What every request is confined to. A request may confine itself further, and never less.
#[derive(Debug, Args)]
#[command(next_help_heading = "What may be asked for")]
pub(crate) struct RestrictionArguments {
    /// Decrypt only tokens under this key; may be given several times
    #[arg(long, value_name = "KEY_ID", value_parser = key_id)]
    pub(crate) key: Vec<KeyId>,
    /// Decrypt only tokens of this field; may be given several times
    #[arg(long, value_name = "NAME", value_parser = field_name)]
    pub(crate) field: Vec<FieldName>,
    /// Open only tokens that are bound to this context; may be given several times
    #[arg(long, value_name = "NAME=VALUE", value_parser = super::decrypt::context_pair)]
    pub(crate) require_context: Vec<(String, String)>,
    /// Decrypt only tokens that stand where a rule of this policy would have put them; may be given several times
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) policy: Vec<PathBuf>,
}

/// How much, how many, how long.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct ServiceLimitArguments {
    /// Longest body of a request, in bytes
    #[arg(long, value_name = "BYTES", default_value = "10485760")]
    pub(crate) max_body: usize,
    /// Calls to a KMS for one request, attempts that are repeated included
    #[arg(long, value_name = "COUNT", default_value = "1000")]
    pub(crate) max_calls: u64,
    /// Calls under way at once for one request
    #[arg(long, value_name = "COUNT", default_value = "16", value_parser = value_parser!(u16).range(1..))]
    pub(crate) concurrency: u16,
    /// Requests that are worked on at once; as many again wait, and further ones are refused
    #[arg(long, value_name = "COUNT", default_value = "64", value_parser = value_parser!(u16).range(1..))]
    pub(crate) max_requests: u16,
    /// Connections at once; further ones wait
    #[arg(long, value_name = "COUNT", default_value = "1024", value_parser = value_parser!(u16).range(1..))]
    pub(crate) max_connections: u16,
    /// Time for a request, from its head to its answer
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    pub(crate) request_timeout: Duration,
    /// Time for the head of a request, and for a TLS handshake
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub(crate) head_timeout: Duration,
    /// Time without a byte of a body, or without one of the answer taken
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub(crate) body_timeout: Duration,
    /// Time that a connection may wait for its next request
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    pub(crate) idle_timeout: Duration,
    /// Time for requests under way once the service is told to end
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    pub(crate) shutdown_timeout: Duration,
}

fn key_id(text: &str) -> Result<KeyId, &'static str> {
    KeyId::new(text).ok_or("expected 1 to 64 of `A-Za-z0-9_-`")
}

fn field_name(text: &str) -> Result<FieldName, &'static str> {
    FieldName::new(text).ok_or("expected a name of 1 to 64 of `A-Za-z0-9_.-`")
}

fn host_name(text: &str) -> Result<String, &'static str> {
    let fits = !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte));
    fits.then(|| text.to_ascii_lowercase()).ok_or("expected the name of a host, without a port")
}

fn mode(text: &str) -> Result<u32, &'static str> {
    let mode = u32::from_str_radix(text, 8).ok().filter(|mode| *mode <= 0o777);
    mode.ok_or("expected permissions in octal, such as 0660")
}

fn seconds(text: &str) -> Result<Duration, &'static str> {
    /// A year: more is a mistake.
    const MOST: f64 = 31_536_000.0;
    let seconds = text.parse::<f64>().ok().filter(|seconds| *seconds > 0.0 && *seconds <= MOST);
    seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or("expected a number of seconds above 0")
}

const SERVE: &str = "\
Listens on this host alone, unless it has both TLS (--tls-cert, --tls-key) and authentication (--bearer-token-file or --client-ca). Without \
authentication every user of this host may have tokens decrypted: a Unix socket is for one user, with --socket-mode for a group.

A web page that is open on this host must not reach the service through the browser: requests to a loopback address have to name a loopback host, and \
requests with an Origin header are refused.

SIGTERM and SIGINT end the service once the requests under way are answered; a second one ends it at once. Every request leaves one line for the audit, \
without a value, on standard error.

docs/SERVE.md describes the service, docs/ERRORS.md its errors.

Examples:
  edgeseal serve --keyring keyring.json
  curl -H 'Content-Type: application/json' --data-binary @stored.json http://127.0.0.1:8787/v1/decrypt
  edgeseal serve --keyring keyring.json --listen unix:/run/edgeseal/edgeseal.sock --key pii-2026a
  curl --unix-socket /run/edgeseal/edgeseal.sock -H 'Content-Type: application/json' --data-binary @stored.json \
http://localhost/v1/decrypt
  edgeseal serve --keyring keyring.json --bearer-token-file tokens --max-calls 100";
