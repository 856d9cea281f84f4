//! What a bundle holds, and whether all of it is in order.

use edgeseal::{ConfigError, Policy};

use super::code::Target;
use super::manifest::{Entry, Manifest};
use super::{Files, options, sha256};

pub(super) const MANIFEST: &str = "bundle.json";
pub(super) const OPTIONS: &str = "options.json";
pub(super) const POLICY: &str = "policy.json";
/// Of a file's name.
const MAX_NAME_BYTES: usize = 64;
/// Of the manifest.
const MAX_MANIFEST_BYTES: usize = 1 << 16;

pub(super) struct Contents(Files);

/// A bundle that is in order.
pub(super) struct Checked<'c> {
    pub(super) manifest: Manifest,
    pub(super) policy: Policy,
    pub(super) files: &'c Files,
}

/// Why it is not in order.
pub(super) enum Refused {
    /// It is no bundle, or no longer as it was made.
    Invalid(String),
    /// It is as it was made, by something else than this command.
    Foreign(String),
    Policy(ConfigError),
}

impl Refused {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "bundle_invalid",
            Self::Foreign(_) => "bundle_foreign",
            Self::Policy(error) => error.code(),
        }
    }
}

impl From<Files> for Contents {
    fn from(files: Files) -> Self {
        Self(files)
    }
}

impl Contents {
    /// A bundle with the code that this command carries.
    pub(super) fn new(target: Target, policy: Vec<u8>, options: Option<Vec<u8>>) -> Self {
        let mut files: Files =
            target.code().iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect();
        let policy_sha256 = sha256::hex(&policy);
        files.insert(POLICY.to_owned(), policy);
        if let Some(options) = options {
            files.insert(OPTIONS.to_owned(), options);
        }
        let manifest = Manifest::new(target, policy_sha256, &files).to_json();
        files.insert(MANIFEST.to_owned(), manifest);
        Self(files)
    }

    pub(super) fn files(&self) -> &Files {
        &self.0
    }

    /// The manifest, if every file is there, as the manifest says, and no other.
    pub(super) fn manifest(&self) -> Result<Manifest, String> {
        let text = self.0.get(MANIFEST).ok_or("there is no `bundle.json`: it is no bundle")?;
        if text.len() > MAX_MANIFEST_BYTES {
            return Err("`bundle.json` is no manifest".to_owned());
        }
        let manifest = Manifest::read(text)?;
        for (name, entry) in &manifest.files {
            let content = self.0.get(name).ok_or_else(|| format!("`{}` is missing", shown(name)))?;
            if *entry != Entry::of(content) {
                return Err(format!("`{}` is not the file that `bundle.json` means", shown(name)));
            }
        }
        let is_known = |name: &str| name == MANIFEST || manifest.files.contains_key(name);
        match self.0.keys().find(|name| !is_known(name)) {
            Some(name) => Err(format!("`{}` is not in `bundle.json`", shown(name))),
            None => Ok(manifest),
        }
    }

    /// Checks everything that there is to check.
    pub(super) fn check(&self) -> Result<Checked<'_>, Refused> {
        let manifest = self.manifest().map_err(Refused::Invalid)?;
        let code = manifest.target.code();
        let belongs = |name: &str| {
            name == POLICY
                || (name == OPTIONS && manifest.target.takes_options())
                || code.iter().any(|(known, _)| *known == name)
        };
        if let Some(name) = manifest.files.keys().find(|name| !belongs(name)) {
            return Err(Refused::Invalid(format!("`{}` does not belong into such a bundle", shown(name))));
        }
        let missing = |name: &str| Refused::Invalid(format!("`{name}` is missing"));
        let policy = self.0.get(POLICY).ok_or_else(|| missing(POLICY))?;
        if sha256::hex(policy) != manifest.policy_sha256 {
            return Err(Refused::Invalid(
                "`policy.json` is not the policy that `bundle.json` means".to_owned(),
            ));
        }
        if self.0.get(OPTIONS).is_some_and(|text| !options::is_valid(text)) {
            return Err(Refused::Invalid(
                "`options.json` is not written as this command writes it".to_owned(),
            ));
        }
        let policy = Policy::from_json(policy).map_err(Refused::Policy)?;

        let version = env!("CARGO_PKG_VERSION");
        if manifest.edgeseal != version {
            let other = shown(&manifest.edgeseal);
            return Err(Refused::Foreign(format!("it is of EdgeSeal {other}; this command is {version}")));
        }
        for (name, bytes) in code.iter().copied() {
            let found = self.0.get(name).ok_or_else(|| missing(name))?;
            if found != bytes {
                return Err(Refused::Foreign(format!("`{name}` is not the one that this command carries")));
            }
        }
        Ok(Checked { manifest, policy, files: &self.0 })
    }
}

/// Whether a name is one that a bundle's file could have: it leads nowhere else on any system.
pub(super) fn is_plain(name: &str) -> bool {
    (1..=MAX_NAME_BYTES).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        && !name.starts_with('.')
}

/// As much of a name as a message needs.
pub(super) fn shown(name: &str) -> String {
    name.chars().take(MAX_NAME_BYTES).collect()
}
