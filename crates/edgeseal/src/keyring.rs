//! The keyring: where the private key of each key id lives.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::config::{ConfigError, ConfigProblem, Member, Members, parse};
use crate::label::KeyId;
use crate::public_key::KeySize;
use crate::sizes::{MAX_KEYRING_KEYS, SHA256_BYTES};
use crate::tags::Tags;

/// Longest KMS key ARN, in bytes (AWS KMS API reference, `KeyId`).
const MAX_ARN_BYTES: usize = 2_048;

const MEMBERS: [&str; 7] =
    ["kms_key_arn", "private_key_file", "spki_sha256", "key_spec", "mode", "prefix", "suffix"];

/// Key id → where its private key lives. The file format is described in `docs/CONFIGURATION.md`. By default it has no key: a text that is
/// scanned with it has tokens under keys that are not known.
#[derive(Clone, Debug, Default)]
pub struct Keyring {
    entries: BTreeMap<KeyId, KeyringEntry>,
}

/// One key of a keyring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyringEntry {
    location: KeyLocation,
    spki_sha256: Option<[u8; SHA256_BYTES]>,
    key_spec: Option<KeySize>,
    mode: Option<TokenMode>,
    tags: Option<Tags>,
}

/// The mode in which values are encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenMode {
    /// The value itself under RSA: kinds `s` and `v`, and classic tags.
    Direct,
    /// The value under a data key, and that under RSA: kind `e`.
    Envelope,
}

/// Where a private key lives.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyLocation {
    /// In AWS KMS: the ARN of a key, not of an alias.
    Kms(Box<str>),
    /// In a PKCS#8 PEM file: a path, relative to the keyring's folder.
    File(Box<str>),
}

impl Keyring {
    /// Reads a keyring file.
    ///
    /// # Errors
    /// [`ConfigError`], which names the first refused member by JSON Pointer and says what was expected.
    pub fn from_json(text: &[u8]) -> Result<Self, ConfigError> {
        parse(text, |root| {
            let keyring = root.object(&["version", "keys"])?;
            keyring.required("version")?.version()?;
            Ok(Self { entries: read_entries(keyring.required("keys")?)? })
        })
    }

    /// The entry of a key id.
    pub fn get(&self, key_id: &KeyId) -> Option<&KeyringEntry> {
        self.entries.get(key_id)
    }

    /// All entries, sorted by key id.
    pub fn iter(&self) -> impl Iterator<Item = (&KeyId, &KeyringEntry)> {
        self.entries.iter()
    }
}

impl KeyringEntry {
    /// Where the private key lives.
    pub fn location(&self) -> &KeyLocation {
        &self.location
    }

    /// SHA-256 of the key's SPKI DER, 32 bytes, if the keyring carries it.
    pub fn spki_sha256(&self) -> Option<&[u8; SHA256_BYTES]> {
        self.spki_sha256.as_ref()
    }

    /// The size of the key, if the keyring tells it: a token of another size is damaged.
    pub fn key_spec(&self) -> Option<KeySize> {
        self.key_spec
    }

    /// The mode of the key's tokens, if the keyring tells it: a token of the other mode does not open.
    pub fn mode(&self) -> Option<TokenMode> {
        self.mode
    }

    /// The key's classic tags, if it has them.
    pub fn tags(&self) -> Option<&Tags> {
        self.tags.as_ref()
    }
}

fn read_entries(member: &Member<'_>) -> Result<BTreeMap<KeyId, KeyringEntry>, ConfigError> {
    let members = member.map()?;
    if !(1..=MAX_KEYRING_KEYS).contains(&members.len()) {
        return Err(member.refuse(ConfigProblem::Invalid("1 to 1,024 keys")));
    }
    let mut entries = Vec::with_capacity(members.len());
    let mut objects = Vec::with_capacity(members.len());
    for (name, member) in members.iter() {
        let id = KeyId::new(name).ok_or_else(|| member.refuse(ConfigProblem::Invalid(KeyId::EXPECTED)))?;
        let entry = member.object(&MEMBERS)?;
        let spki_sha256 = entry.get("spki_sha256").map(read_digest).transpose()?;
        let key_spec = entry.get("key_spec").map(read_key_spec).transpose()?;
        let location = read_location(&entry)?;
        let tags = Tags::read(&entry)?;
        let mode = entry.get("mode").map(|mode| read_mode(mode, tags.is_some())).transpose()?;
        let read = KeyringEntry { location, spki_sha256, key_spec, mode, tags };
        entries.push((id, read));
        objects.push(entry);
    }
    Tags::check_apart(objects.iter().zip(entries.iter().map(|(_, entry)| entry.tags())))?;
    // One by one: to collect them would bring in a sort, several kilobytes of wasm.
    let mut by_id = BTreeMap::new();
    for (id, entry) in entries {
        by_id.insert(id, entry);
    }
    Ok(by_id)
}

fn read_location(entry: &Members<'_>) -> Result<KeyLocation, ConfigError> {
    match (entry.get("kms_key_arn"), entry.get("private_key_file")) {
        (Some(arn), None) => arn.parsed("the ARN of a KMS key: `arn:…:kms:REGION:ACCOUNT:key/ID`", |text| {
            is_key_arn(text).then(|| KeyLocation::Kms(text.into()))
        }),
        (None, Some(file)) => file.parsed("the path of a PKCS#8 PEM file", |text| {
            (!text.is_empty() && !text.contains('\0')).then(|| KeyLocation::File(text.into()))
        }),
        _ => Err(entry.refuse(ConfigProblem::Invalid("exactly one of `kms_key_arn` and `private_key_file`"))),
    }
}

/// AWS KMS's word for a size.
fn read_key_spec(member: &Member<'_>) -> Result<KeySize, ConfigError> {
    member.parsed("`RSA_2048`, `RSA_3072` or `RSA_4096`", |text| match text {
        "RSA_2048" => Some(KeySize::Rsa2048),
        "RSA_3072" => Some(KeySize::Rsa3072),
        "RSA_4096" => Some(KeySize::Rsa4096),
        _ => None,
    })
}

fn read_mode(member: &Member<'_>, is_classic: bool) -> Result<TokenMode, ConfigError> {
    let expected =
        if is_classic { "`direct` under a key with classic tags" } else { "`direct` or `envelope`" };
    member.parsed(expected, |text| match text {
        "direct" => Some(TokenMode::Direct),
        "envelope" => (!is_classic).then_some(TokenMode::Envelope),
        _ => None,
    })
}

fn read_digest(member: &Member<'_>) -> Result<[u8; SHA256_BYTES], ConfigError> {
    member.parsed("64 lower-case hexadecimal digits", |text| {
        let digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 2 * SHA256_BYTES || !text.as_bytes().iter().all(digit) {
            return None;
        }
        let mut digest = [0; SHA256_BYTES];
        for (byte, digits) in digest.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = u8::from_str_radix(core::str::from_utf8(digits).ok()?, 16).ok()?;
        }
        Some(digest)
    })
}

/// `arn:PARTITION:kms:REGION:ACCOUNT:key/ID`.
fn is_key_arn(text: &str) -> bool {
    let word = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let parts: Vec<&str> = text.split(':').collect();
    let ["arn", partition, "kms", region, account, resource] = parts.as_slice() else { return false };
    text.len() <= MAX_ARN_BYTES
        && word(partition)
        && word(region)
        && account.len() == 12
        && account.bytes().all(|byte| byte.is_ascii_digit())
        && resource.strip_prefix("key/").is_some_and(word)
}
