//! The arguments of `edgeseal bundle`.

#[cfg(feature = "bundle")]
use std::path::Path;
use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

/// Make what is uploaded to an edge, or check what was
///
/// A bundle holds the handler, its WebAssembly module and a policy, and is the same, byte for byte, whenever it is made of the same. The policy
/// is checked, and what a reviewer would ask about is said on standard error, as `warning[CODE]`. With --verify nothing is written: it says what
/// a bundle holds, and fails unless all of it is in order and its code is the very code that this command carries.
#[derive(Debug, Args)]
#[command(after_help = BUNDLE, override_usage = BUNDLE_USAGE)]
pub(crate) struct BundleArguments {
    /// The policy file
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, required_unless_present = "verify")]
    policy: Option<PathBuf>,
    /// Where it is to run
    #[arg(short, long, value_name = "TARGET", required_unless_present = "verify")]
    target: Option<EdgeTarget>,
    /// The bundle to write: a ZIP archive if it ends in `.zip`, else a folder
    #[arg(short, long, value_name = "PATH", value_hint = ValueHint::AnyPath, required_unless_present = "verify")]
    out: Option<PathBuf>,
    /// Hold the policy against this keyring first, as `keys check --offline` does, and make no bundle if there is an error
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    keyring: Option<PathBuf>,
    /// Have the handler write metrics, one line of JSON for each request, as CloudWatch reads them (lambda-edge)
    #[arg(long, value_name = "FORMAT")]
    metrics: Option<MetricsFormat>,
    /// Have the handler tell the origin, in this header, how many values it encrypted (lambda-edge)
    #[arg(long, value_name = "NAME", value_parser = count_header)]
    count_header: Option<String>,
    /// Have the handler do RSA with Node.js's own library, in place of its module (lambda-edge)
    #[arg(long)]
    host_rsa: bool,
    /// Check a bundle, a ZIP archive or a folder
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    #[arg(conflicts_with_all = ["policy", "target", "out", "keyring", "metrics", "count_header", "host_rsa"])]
    verify: Option<PathBuf>,
    /// Say it in JSON, on one line
    #[arg(long)]
    pub(crate) json: bool,
}

/// What `bundle` is to do.
#[cfg(feature = "bundle")]
pub(crate) enum BundleWork<'a> {
    Make(NewBundle<'a>),
    Verify(&'a Path),
}

#[cfg(feature = "bundle")]
pub(crate) struct NewBundle<'a> {
    pub(crate) policy: &'a Path,
    pub(crate) target: EdgeTarget,
    pub(crate) out: &'a Path,
    pub(crate) keyring: Option<&'a Path>,
    pub(crate) metrics: Option<MetricsFormat>,
    pub(crate) count_header: Option<&'a str>,
    pub(crate) host_rsa: bool,
}

#[cfg(feature = "bundle")]
impl BundleArguments {
    /// `None` cannot be: the arguments require each other.
    pub(crate) fn work(&self) -> Option<BundleWork<'_>> {
        if let Some(path) = &self.verify {
            return Some(BundleWork::Verify(path));
        }
        Some(BundleWork::Make(NewBundle {
            policy: self.policy.as_deref()?,
            target: self.target?,
            out: self.out.as_deref()?,
            keyring: self.keyring.as_deref(),
            metrics: self.metrics,
            count_header: self.count_header.as_deref(),
            host_rsa: self.host_rsa,
        }))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EdgeTarget {
    /// An origin-request function of Amazon CloudFront
    LambdaEdge,
    /// A Cloudflare Worker
    Workers,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum MetricsFormat {
    /// CloudWatch's embedded metric format
    Emf,
}

/// The name of a header (RFC 9110, section 5.1), in lower case, that the handler takes for the count: not one that frames or routes the
/// message, that CloudFront keeps for itself, or that means something else.
fn count_header(text: &str) -> Result<String, &'static str> {
    const RESERVED: [&str; 14] = [
        "accept-encoding",
        "authorization",
        "connection",
        "cookie",
        "expect",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
        "x-cache",
        "x-real-ip",
    ];
    const FAMILIES: [&str; 8] =
        ["content-", "if-", "proxy-", "x-accel-", "x-amz-", "x-amzn-", "x-edge-", "x-forwarded-"];
    let name = text.to_ascii_lowercase();
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let is_reserved = RESERVED.contains(&&*name) || FAMILIES.iter().any(|family| name.starts_with(family));
    if (1..=64).contains(&name.len()) && name.bytes().all(is_token) && !is_reserved {
        Ok(name)
    } else {
        Err("expected the name of a header, at most 64 characters, that means nothing else")
    }
}

const BUNDLE_USAGE: &str = "\
edgeseal bundle [OPTIONS] --policy <FILE> --target <TARGET> --out <PATH>
       edgeseal bundle [--json] --verify <PATH>";

const BUNDLE: &str = "\
What is printed: the version, the target, the digests of bundle and policy, rules and key ids, files, and the size beside the platform's limit. The \
digest of a bundle is the SHA-256 of its ZIP archive, also where it lies in a folder.

A folder is written beside its place and then renamed. One that is there already is replaced if it is empty, or a bundle in which nothing was \
changed. A ZIP archive is replaced in any case.

docs/ERRORS.md explains the warnings, docs/DEPLOY.md what to do with a bundle. A command has bundles to give if it was built by `cargo xtask build`.

Examples:
  edgeseal bundle --policy policy.json --target lambda-edge --out edge.zip
  edgeseal bundle --policy policy.json --target workers --out edge --keyring keyring.json
  edgeseal bundle --verify edge.zip --json | jq -r .policy.sha256";
