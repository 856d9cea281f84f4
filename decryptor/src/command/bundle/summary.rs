//! What is said about a bundle that is in order.

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::io::Write;

use edgeseal::PolicyWarning;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;

use super::code::Target;
use super::contents::{Checked, MANIFEST, OPTIONS};
use super::manifest::Entry;
use super::{Files, archive, sha256};

/// The package of an origin-request function (AWS, "Quotas on Lambda@Edge": 50 MB, compressed).
const MAX_LAMBDA_EDGE_BYTES: usize = 50_000_000;
/// A Worker after compression, by plan (Cloudflare, "Workers limits": 3 MB and 10 MB).
const MAX_WORKERS_FREE_BYTES: usize = 3_000_000;
const MAX_WORKERS_PAID_BYTES: usize = 10_000_000;

#[derive(Serialize)]
pub(super) struct Summary {
    edgeseal: String,
    target: Target,
    /// Of the ZIP archive, also of a bundle in a folder.
    sha256: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_sha256: Option<String>,
    policy: PolicySummary,
    #[serde(skip_serializing_if = "Option::is_none")]
    options: Option<serde_json::Value>,
    size: Size,
    files: BTreeMap<String, Entry>,
    warnings: Vec<Warning>,
}

#[derive(Serialize)]
struct PolicySummary {
    sha256: String,
    rules: usize,
    keys: Vec<String>,
}

/// What a reviewer of the policy would ask about.
#[derive(Serialize)]
pub(super) struct Warning {
    code: &'static str,
    message: String,
}

/// What counts on a platform, in bytes, and its limits.
#[derive(Serialize)]
#[serde(untagged)]
enum Size {
    LambdaEdge { zip: usize, zip_limit: usize },
    Workers { gzip: usize, gzip_limit_free: usize, gzip_limit_paid: usize },
}

impl Summary {
    pub(super) fn new(checked: Checked<'_>) -> Self {
        let Checked { manifest, policy, files } = checked;
        let zip = archive::write(files);
        let mut entries = manifest.files;
        if let Some(text) = files.get(MANIFEST) {
            entries.insert(MANIFEST.to_owned(), Entry::of(text));
        }
        Self {
            edgeseal: manifest.edgeseal,
            target: manifest.target,
            sha256: sha256::hex(&zip),
            code_sha256: (manifest.target == Target::LambdaEdge).then(|| sha256::base64(&zip)),
            policy: PolicySummary {
                sha256: manifest.policy_sha256,
                rules: policy.fields().count(),
                keys: policy.keys().map(|(id, _)| id.to_string()).collect(),
            },
            options: files.get(OPTIONS).and_then(|text| serde_json::from_slice(text).ok()),
            size: Size::of(manifest.target, files, &zip),
            files: entries,
            warnings: policy.review().iter().map(Warning::from).collect(),
        }
    }

    pub(super) fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// One line of JSON.
    pub(super) fn to_json(&self) -> String {
        // Strings and numbers always have a JSON text.
        format!("{}\n", serde_json::to_string(self).unwrap_or_default())
    }
}

impl Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = &self.policy.keys;
        writeln!(f, "EdgeSeal {} for {}", self.edgeseal, self.target.title())?;
        writeln!(f, "  sha256       {}", self.sha256)?;
        if let Some(code_sha256) = &self.code_sha256 {
            writeln!(f, "  CodeSha256   {code_sha256}")?;
        }
        writeln!(f, "  size         {}", self.size)?;
        writeln!(f, "  policy       {}", self.policy.sha256)?;
        writeln!(f, "  rules        {}", self.policy.rules)?;
        writeln!(f, "  keys         {}: {}", keys.len(), keys.join(", "))?;
        if let Some(options) = &self.options {
            writeln!(f, "  options      {options}")?;
        }
        for (name, Entry { bytes, sha256 }) in &self.files {
            writeln!(f, "  {name:<17} {:>9} bytes  sha256 {sha256}", thousands(*bytes))?;
        }
        Ok(())
    }
}

impl From<&PolicyWarning> for Warning {
    fn from(warning: &PolicyWarning) -> Self {
        Self { code: warning.code(), message: warning.to_string() }
    }
}

impl Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "warning[{}]: {}", self.code, self.message)
    }
}

impl Size {
    fn of(target: Target, files: &Files, zip: &[u8]) -> Self {
        match target {
            Target::LambdaEdge => Self::LambdaEdge { zip: zip.len(), zip_limit: MAX_LAMBDA_EDGE_BYTES },
            Target::Workers => Self::Workers {
                gzip: gzipped(
                    files.iter().filter(|(name, _)| target.uploads(name)).map(|(_, bytes)| &**bytes),
                ),
                gzip_limit_free: MAX_WORKERS_FREE_BYTES,
                gzip_limit_paid: MAX_WORKERS_PAID_BYTES,
            },
        }
    }
}

impl Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LambdaEdge { zip, zip_limit } => {
                write!(f, "{} bytes as a ZIP archive, of {} at most", thousands(*zip), thousands(*zip_limit))
            }
            Self::Workers { gzip, gzip_limit_free, gzip_limit_paid } => {
                let (free, paid) = (thousands(*gzip_limit_free), thousands(*gzip_limit_paid));
                write!(f, "{} bytes gzipped, of {free} at most ({paid} on a paid plan)", thousands(*gzip))
            }
        }
    }
}

/// The length of it all after `gzip`.
fn gzipped<'b>(parts: impl Iterator<Item = &'b [u8]>) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    for part in parts {
        // A vector takes everything.
        let _ = encoder.write_all(part);
    }
    encoder.finish().map_or(0, |bytes| bytes.len())
}

/// With commas: `1,234`.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<String> =
        digits.as_bytes().rchunks(3).rev().map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    groups.join(",")
}
