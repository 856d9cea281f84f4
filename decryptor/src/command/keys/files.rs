//! The policy and the keyring that a key is entered into.

use std::path::Path;

use edgeseal::sizes::{MAX_CONFIG_BYTES, MAX_KEYRING_KEYS, MAX_POLICY_KEYS};
use edgeseal::{KeyId, KeyLocation, Keyring, Policy};

use super::Failure;
use super::entry::{Entry, spec_name};
use crate::command::arguments::KeyFileArguments;
use crate::command::edit::{Change, ConfigFile, Edit, New, Step, commit};
use crate::command::output::Output;

/// More than a new entry takes.
const ROOM_BYTES: usize = 1 << 13;

pub(super) struct Files {
    policy: Option<(ConfigFile, Policy)>,
    /// Without a keyring if there is no such file yet.
    keyring: Option<(ConfigFile, Option<Keyring>)>,
}

/// What is done to the two: the whole new text of each that changes.
#[derive(Default)]
pub(super) struct Edited {
    policy: Option<String>,
    keyring: Option<String>,
    /// What was done, or would be, in words.
    pub(super) said: Vec<String>,
}

impl Files {
    /// Reads the files that are named. A policy has to be there: it needs rules, and nobody here can tell which.
    pub(super) fn open(arguments: &KeyFileArguments) -> Result<Self, Failure> {
        let policy = arguments.policy.as_deref().map(open_policy).transpose()?;
        let keyring = arguments.keyring.as_deref().map(open_keyring).transpose()?;
        Ok(Self { policy, keyring })
    }

    pub(super) fn are_none(&self) -> bool {
        self.policy.is_none() && self.keyring.is_none()
    }

    /// Finds out whether they can be written.
    pub(super) fn reserve(&mut self) -> Result<(), Failure> {
        if let Some((file, _)) = &mut self.policy {
            file.reserve()?;
        }
        if let Some((file, _)) = &mut self.keyring {
            file.reserve()?;
        }
        Ok(())
    }

    /// Refuses a key id that is taken, and files that have no room for another.
    pub(super) fn check_new(&self, key_id: &KeyId) -> Result<(), Failure> {
        if let Some((file, policy)) = &self.policy {
            let taken = policy.keys().any(|(id, _)| id == key_id);
            check_free(file, key_id, taken, policy.keys().count() >= MAX_POLICY_KEYS)?;
        }
        if let Some((file, Some(keyring))) = &self.keyring {
            let taken = keyring.get(key_id).is_some();
            check_free(file, key_id, taken, keyring.iter().count() >= MAX_KEYRING_KEYS)?;
        }
        Ok(())
    }

    /// What of the key is not there yet, written where it belongs. Nothing is written to the files; what would be has been read by the loaders.
    pub(super) fn enter(&self, entry: &Entry<'_>) -> Result<Edited, Failure> {
        let mut edited = Edited::default();
        if let Some((file, keyring)) = &self.keyring {
            edited.keyring = enter_keyring(file, keyring.as_ref(), entry, &mut edited.said)?;
            if let Some(text) = &edited.keyring {
                Keyring::from_json(text.as_bytes()).map_err(|error| Failure::config(file.path(), &error))?;
            }
        }
        if let Some((file, policy)) = &self.policy {
            edited.policy = enter_policy(file, policy, entry, &mut edited.said)?;
            if let Some(text) = &edited.policy {
                Policy::from_json(text.as_bytes()).map_err(|error| Failure::config(file.path(), &error))?;
            }
        }
        Ok(edited)
    }

    /// Writes both files before either takes its place.
    pub(super) fn write(self, edited: &Edited) -> Result<(), Failure> {
        let mut staged = Vec::new();
        // The keyring takes its place first. One that knows more than the policy is harmless; under a policy with a key that no keyring knows,
        // values would be encrypted that no reader can decrypt.
        if let (Some((file, _)), Some(text)) = (self.keyring, &edited.keyring) {
            staged.push(file.stage(text)?);
        }
        if let (Some((file, _)), Some(text)) = (self.policy, &edited.policy) {
            staged.push(file.stage(text)?);
        }
        commit(staged)
    }
}

fn open_policy(path: &Path) -> Result<(ConfigFile, Policy), Failure> {
    let file = ConfigFile::open(path)?;
    let missing = || {
        let message = format_args!("cannot read `{}`: there is no such file", path.display());
        Failure::new("io_failed", message).with_help("a policy needs field rules: begin one, or leave -p out")
    };
    let policy = Policy::from_json(file.text().ok_or_else(missing)?);
    let policy = policy.map_err(|error| Failure::config(path, &error))?;
    Ok((file, policy))
}

fn open_keyring(path: &Path) -> Result<(ConfigFile, Option<Keyring>), Failure> {
    let file = ConfigFile::open(path)?;
    let keyring = file.text().map(Keyring::from_json).transpose();
    let keyring = keyring.map_err(|error| Failure::config(path, &error))?;
    Ok((file, keyring))
}

fn check_free(file: &ConfigFile, key_id: &KeyId, taken: bool, full: bool) -> Result<(), Failure> {
    if taken {
        return Err(exists(file, key_id, "has a key"));
    }
    let bytes = file.text().map_or(0, <[u8]>::len);
    if full || bytes.saturating_add(ROOM_BYTES) > MAX_CONFIG_BYTES {
        let message = format_args!("`{}` has no room for another key", file.path().display());
        return Err(Failure::new("config_too_large", message).without_help());
    }
    Ok(())
}

fn exists(file: &ConfigFile, key_id: &KeyId, has: &str) -> Failure {
    Failure::new("key_exists", format_args!("`{}` {has} `{}`", file.path().display(), key_id.as_str()))
}

fn enter_policy(
    file: &ConfigFile,
    policy: &Policy,
    entry: &Entry<'_>,
    said: &mut Vec<String>,
) -> Result<Option<String>, Failure> {
    if let Some((_, key)) = policy.keys().find(|(id, _)| *id == entry.key_id) {
        return if *key == entry.public_key {
            Ok(None)
        } else {
            Err(exists(file, entry.key_id, "has another public key for"))
        };
    }
    let new = New::Object(vec![("public_key", &entry.pem)]);
    let add = Change::Add(vec![(entry.key_id.as_str(), new)]);
    said.push(format!("{}: key `{}`", file.path().display(), entry.key_id.as_str()));
    file.edited(&[Edit { place: vec![Step::Member("keys")], change: add }]).map(Some)
}

fn enter_keyring(
    file: &ConfigFile,
    keyring: Option<&Keyring>,
    entry: &Entry<'_>,
    said: &mut Vec<String>,
) -> Result<Option<String>, Failure> {
    let key_id = entry.key_id.as_str();
    let name = file.path().display();
    let Some(keyring) = keyring else {
        said.push(format!("{name}: a new keyring with key `{key_id}`"));
        return Ok(Some(entry.keyring()));
    };
    let keys = Step::Member("keys");
    let Some(there) = keyring.get(entry.key_id) else {
        let add = Change::Add(vec![(key_id, New::Object(entry.keyring_members()))]);
        said.push(format!("{name}: key `{key_id}`"));
        return file.edited(&[Edit { place: vec![keys], change: add }]).map(Some);
    };
    let is_elsewhere = !matches!(there.location(), KeyLocation::Kms(arn) if **arn == *entry.arn);
    let is_other = there.spki_sha256().is_some_and(|digest| digest != entry.public_key.spki_sha256())
        || there.key_spec().is_some_and(|size| spec_name(size) != entry.spec());
    if is_other {
        return Err(exists(file, entry.key_id, "has another key of the id"));
    }
    if is_elsewhere {
        return Err(exists(file, entry.key_id, "names another place for the key"));
    }
    // An entry that was written by hand may lack what guards it.
    let mut missing = Vec::new();
    if there.spki_sha256().is_none() {
        missing.push(("spki_sha256", New::Text(&entry.spki_sha256)));
    }
    if there.key_spec().is_none() {
        missing.push(("key_spec", New::Text(entry.spec())));
    }
    if missing.is_empty() {
        return Ok(None);
    }
    let names: Vec<String> = missing.iter().map(|(name, _)| format!("`{name}`")).collect();
    said.push(format!("{name}: {} of key `{key_id}`", names.join(" and ")));
    let place = vec![keys, Step::Member(key_id)];
    file.edited(&[Edit { place, change: Change::Add(missing) }]).map(Some)
}

/// Says it with the same words whether it was done or would be.
pub(super) fn say(edited: &Edited, dry_run: bool) -> Result<(), Failure> {
    let verb = if dry_run { "would add to" } else { "added to" };
    let lines: String = edited.said.iter().map(|said| format!("{verb} {said}\n")).collect();
    Output::stdout().stage(lines.as_bytes())?.commit()
}
