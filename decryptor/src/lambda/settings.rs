//! What the function is configured by: environment variables. Anything that is not understood keeps it from starting.

use core::fmt;
use core::str::FromStr;
use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use edgeseal::sizes::MAX_CONFIG_BYTES;
use edgeseal::{
    ConfigError, Delimiter, Fallback, FieldName, KeyId, Keyring, NotDecrypted, Policy, Selection, TextFormat,
};

use crate::logging::Level;
use crate::{Fallbacks, Limits, RunOptions};

/// All names begin so.
const PREFIX: &str = "EDGESEAL_";

/// What the function is configured by.
#[derive(Clone, Debug)]
pub struct Settings {
    pub(super) keyring: Keyring,
    /// The folder of private key files.
    pub(super) folder: PathBuf,
    pub(super) options: RunOptions,
    /// Of texts of which nobody says it.
    pub(super) format: Option<TextFormat>,
    log_level: Level,
}

/// A setting is not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsError {
    code: &'static str,
    name: String,
    message: String,
}

impl Settings {
    /// Reads the environment of this process, and the files it names.
    ///
    /// # Errors
    /// [`SettingsError`], which names the first variable that is not understood, and never its value.
    pub fn from_environment() -> Result<Self, SettingsError> {
        let beside = env::current_exe().ok().and_then(|path| path.parent().map(Path::to_owned));
        let root = env::var_os("LAMBDA_TASK_ROOT").map(PathBuf::from).or(beside).unwrap_or_default();
        Self::read(env::vars_os(), &root)
    }

    fn read(
        variables: impl Iterator<Item = (OsString, OsString)>,
        root: &Path,
    ) -> Result<Self, SettingsError> {
        let mut variables = Variables::new(variables)?;
        let (keyring, folder) = read_keyring(&mut variables, root)?;
        let mut limits = Limits::default();
        if let Some(concurrency) = variables.number("CONCURRENCY", 1..=1_000)? {
            limits.concurrency = usize::try_from(concurrency).unwrap_or(limits.concurrency);
        }
        limits.max_calls = variables.number("MAX_CALLS", 0..=u64::MAX)?;
        let selection = read_selection(&mut variables, root)?;
        let fallbacks = read_fallbacks(&mut variables)?;
        let format = variables.word("FORMAT", "`json`, `ndjson`, `csv`, `form` or `text`", format)?;
        let levels = "`off`, `error`, `warn`, `info`, `debug` or `trace`";
        let log_level = variables.word("LOG_LEVEL", levels, Level::new)?.unwrap_or(Level::Info);
        variables.finish()?;
        let options = RunOptions { selection, fallbacks, limits, label: None };
        Ok(Self { keyring, folder, options, format, log_level })
    }

    pub(super) fn log_level(&self) -> Level {
        self.log_level
    }
}

impl SettingsError {
    pub(super) fn new(name: &str, message: impl Into<String>) -> Self {
        Self { code: "setting_invalid", name: name.to_owned(), message: message.into() }
    }

    fn config(name: &str, error: &ConfigError) -> Self {
        Self { code: error.code(), ..Self::new(name, error.to_string()) }
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.name, self.message)
    }
}

impl core::error::Error for SettingsError {}

/// The variables that are ours, without their prefix. Each is taken once; what is left over is unknown.
struct Variables(BTreeMap<String, String>);

impl Variables {
    fn new(all: impl Iterator<Item = (OsString, OsString)>) -> Result<Self, SettingsError> {
        let mut ours = BTreeMap::new();
        for (name, value) in all {
            let name = name.to_string_lossy().into_owned();
            if let Some(rest) = name.strip_prefix(PREFIX) {
                let value = value.into_string().map_err(|_| SettingsError::new(&name, "it is not UTF-8"))?;
                ours.insert(rest.to_owned(), value);
            }
        }
        Ok(Self(ours))
    }

    fn take(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }

    fn word<T>(
        &mut self,
        name: &str,
        expected: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, SettingsError> {
        let Some(text) = self.take(name) else { return Ok(None) };
        read(&text).map(Some).ok_or_else(|| unexpected(name, expected))
    }

    fn number(
        &mut self,
        name: &str,
        range: core::ops::RangeInclusive<u64>,
    ) -> Result<Option<u64>, SettingsError> {
        let expected = format!("a whole number from {}", range.start());
        let expected = match *range.end() {
            u64::MAX => expected,
            end => format!("{expected} to {end}"),
        };
        self.word(name, &expected, |text| u64::from_str(text).ok().filter(|number| range.contains(number)))
    }

    /// `one,other`; each has a meaning, and none stands twice.
    fn list<T>(
        &mut self,
        name: &str,
        expected: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, SettingsError> {
        let Some(text) = self.take(name) else { return Ok(Vec::new()) };
        let items: Vec<&str> = text.split(',').map(str::trim).collect();
        let mut seen = std::collections::BTreeSet::new();
        if !items.iter().all(|item| seen.insert(*item)) {
            return Err(unexpected(name, "no item twice"));
        }
        items.into_iter().map(|item| read(item).ok_or_else(|| unexpected(name, expected))).collect()
    }

    fn finish(self) -> Result<(), SettingsError> {
        match self.0.into_keys().next() {
            None => Ok(()),
            Some(name) => {
                Err(SettingsError::new(&format!("{PREFIX}{name}"), "there is no setting of this name"))
            }
        }
    }
}

fn unexpected(name: &str, expected: &str) -> SettingsError {
    SettingsError::new(&format!("{PREFIX}{name}"), format!("expected {expected}"))
}

fn read_keyring(variables: &mut Variables, root: &Path) -> Result<(Keyring, PathBuf), SettingsError> {
    let name = |name: &str| format!("{PREFIX}{name}");
    match (variables.take("KEYRING"), variables.take("KEYRING_JSON")) {
        (Some(_), Some(_)) => {
            Err(SettingsError::new(&name("KEYRING_JSON"), "`EDGESEAL_KEYRING` names a keyring already"))
        }
        (None, Some(text)) => {
            let keyring = Keyring::from_json(text.as_bytes());
            let keyring = keyring.map_err(|error| SettingsError::config(&name("KEYRING_JSON"), &error))?;
            Ok((keyring, root.to_owned()))
        }
        (path, None) => {
            let path = root.join(path.as_deref().unwrap_or("keyring.json"));
            let text = read_file(&name("KEYRING"), &path)?;
            let keyring = Keyring::from_json(&text);
            let keyring = keyring.map_err(|error| SettingsError::config(&name("KEYRING"), &error))?;
            Ok((keyring, path.parent().unwrap_or(root).to_owned()))
        }
    }
}

fn read_selection(variables: &mut Variables, root: &Path) -> Result<Selection, SettingsError> {
    let mut selection = Selection::default();
    for key in variables.list("KEYS", "key ids, each 1 to 64 of `A-Za-z0-9_-`, with commas", KeyId::new)? {
        selection = selection.key(key);
    }
    let expected = "names of fields, each 1 to 64 of `A-Za-z0-9_.-`, with commas";
    for field in variables.list("FIELDS", expected, FieldName::new)? {
        selection = selection.field(field);
    }
    let pair = |text: &str| {
        let (name, value) = text.split_once('=')?;
        Some((FieldName::new(name)?, value.to_owned()))
    };
    let pairs = variables.list("REQUIRE_CONTEXT", "`name=value`, with commas", pair)?;
    let names: std::collections::BTreeSet<_> = pairs.iter().map(|(name, _)| name.clone()).collect();
    if names.len() != pairs.len() {
        return Err(unexpected("REQUIRE_CONTEXT", "no name twice"));
    }
    for (name, value) in pairs {
        selection = selection.require_context(name.to_string(), value);
    }
    if let Some(path) = variables.take("POLICY") {
        let name = format!("{PREFIX}POLICY");
        let policy = Policy::from_json(&read_file(&name, &root.join(path))?);
        selection = selection.policy(policy.map_err(|error| SettingsError::config(&name, &error))?);
    }
    Ok(selection)
}

fn read_fallbacks(variables: &mut Variables) -> Result<Fallbacks, SettingsError> {
    let action = |text: &str| {
        let (key, word) = match text.split_once('=') {
            Some((key, word)) => (Some(KeyId::new(key)?), word),
            None => (None, text),
        };
        let fallback = match word {
            "keep" => Fallback::Keep,
            "mask" => Fallback::Mask,
            "null" => Fallback::Null,
            "fail" => Fallback::Fail,
            _ => return None,
        };
        Some((key, fallback))
    };
    let mut fallbacks = Fallbacks::default();
    let reasons = [
        ("ON_DENIED", NotDecrypted::Denied),
        ("ON_FAILED", NotDecrypted::Failed),
        ("ON_UNAVAILABLE", NotDecrypted::Unavailable),
    ];
    for (name, reason) in reasons {
        let expected = "`keep`, `mask`, `null` or `fail`, or `KEY=` and one of them, with commas";
        for (key, fallback) in variables.list(name, expected, action)? {
            fallbacks = fallbacks.on(reason, key, fallback);
        }
    }
    Ok(fallbacks)
}

fn format(text: &str) -> Option<TextFormat> {
    Some(match text {
        "json" => TextFormat::Json,
        "ndjson" => TextFormat::NdJson,
        "csv" => TextFormat::Csv(Delimiter::Comma),
        "form" => TextFormat::Form,
        "text" => TextFormat::Text,
        _ => return None,
    })
}

fn read_file(name: &str, path: &Path) -> Result<Vec<u8>, SettingsError> {
    use std::io::Read;
    let mut text = Vec::new();
    // A byte more, so that what is too long is seen to be.
    let most = u64::try_from(MAX_CONFIG_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    match fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut text)) {
        Ok(_) => Ok(text),
        Err(error) => {
            let message = format!("cannot read `{}`: {error}", path.display());
            Err(SettingsError { code: "io_failed", ..SettingsError::new(name, message) })
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    const KEYRING: &str = r#"{"version": 1, "keys": {"k": {"private_key_file": "k.pem"}}}"#;

    fn read(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let keyring = ("EDGESEAL_KEYRING_JSON", KEYRING);
        let all = variables.iter().chain([&keyring, &("PATH", "/bin")]);
        Settings::read(all.map(|(name, value)| (name.into(), value.into())), Path::new("/task"))
    }

    #[test]
    fn every_setting_is_read() {
        let settings = read(&[
            ("EDGESEAL_KEYS", "k, other"),
            ("EDGESEAL_FIELDS", "ssn"),
            ("EDGESEAL_REQUIRE_CONTEXT", "tenant=a=b,region="),
            ("EDGESEAL_ON_DENIED", "mask,k=null"),
            ("EDGESEAL_ON_FAILED", "keep"),
            ("EDGESEAL_ON_UNAVAILABLE", "fail"),
            ("EDGESEAL_MAX_CALLS", "7"),
            ("EDGESEAL_CONCURRENCY", "3"),
            ("EDGESEAL_FORMAT", "csv"),
            ("EDGESEAL_LOG_LEVEL", "trace"),
        ])
        .unwrap();
        let options = &settings.options;
        assert_eq!((options.limits.max_calls, options.limits.concurrency), (Some(7), 3));
        let context: Vec<_> = options.selection.context().collect();
        assert_eq!(context, [("tenant", "a=b"), ("region", "")]);
        let (k, other) = (KeyId::new("k").unwrap(), KeyId::new("o").unwrap());
        assert_eq!(options.fallbacks.of(&k, NotDecrypted::Denied), Fallback::Null);
        assert_eq!(options.fallbacks.of(&other, NotDecrypted::Denied), Fallback::Mask);
        assert_eq!(options.fallbacks.of(&k, NotDecrypted::Failed), Fallback::Keep);
        assert_eq!(settings.format, Some(TextFormat::Csv(Delimiter::Comma)));
        assert_eq!(settings.log_level, Level::Trace);
        assert_eq!(settings.folder, Path::new("/task"));
    }

    #[test]
    fn what_is_not_understood_is_named_and_not_quoted() {
        for (name, value) in [
            ("EDGESEAL_ON_DENY", "keep"),
            ("EDGESEAL_", "sentinel"),
            ("EDGESEAL_KEYS", "k,sentinel!"),
            ("EDGESEAL_KEYS", "k,k"),
            ("EDGESEAL_KEYS", ""),
            ("EDGESEAL_FIELDS", "sentinel,,b"),
            ("EDGESEAL_REQUIRE_CONTEXT", "sentinel"),
            ("EDGESEAL_REQUIRE_CONTEXT", "a=sentinel,a=2"),
            ("EDGESEAL_ON_DENIED", "sentinel"),
            ("EDGESEAL_ON_FAILED", "a b=keep"),
            ("EDGESEAL_ON_UNAVAILABLE", "KEEP"),
            ("EDGESEAL_MAX_CALLS", "-1"),
            ("EDGESEAL_MAX_CALLS", "sentinel"),
            ("EDGESEAL_CONCURRENCY", "0"),
            ("EDGESEAL_CONCURRENCY", "1001"),
            ("EDGESEAL_FORMAT", "xml"),
            ("EDGESEAL_LOG_LEVEL", "INFO"),
            ("EDGESEAL_KEYRING", "sentinel"),
            ("EDGESEAL_POLICY", "none.json"),
        ] {
            let error = read(&[(name, value)]).unwrap_err();
            let text = error.to_string();
            assert!(text.contains(name) || name == "EDGESEAL_KEYRING", "{name}: {text}");
            assert!(!text.contains("sentinel"), "{text}");
        }
    }
}
