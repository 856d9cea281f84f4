//! A key of AWS KMS, as policy and keyring have it.

use std::collections::BTreeMap;

use edgeseal::{KeyId, KeySize, PublicKey, PublicKeyError};
use edgeseal_decryptor::{KeyDescription, KeyUnfit, KmsPublicKey};
use serde::Serialize;

use super::Failure;
use crate::command::hex::hex;
use crate::command::output::Output;

/// A key that may be entered: AWS KMS has it, and its public half passed every check of a policy.
pub(super) struct Entry<'k> {
    pub(super) key_id: &'k KeyId,
    pub(super) arn: String,
    pub(super) public_key: PublicKey,
    pub(super) pem: String,
    /// 64 hexadecimal digits.
    pub(super) spki_sha256: String,
}

/// Why a key is not entered.
pub(super) enum Unfit {
    Key(KeyUnfit),
    PublicKey(PublicKeyError),
    /// The two answers of AWS KMS are about different keys.
    Contradiction,
}

impl<'k> Entry<'k> {
    pub(super) fn new(
        key_id: &'k KeyId,
        described: &KeyDescription,
        public: &KmsPublicKey,
    ) -> Result<Self, Unfit> {
        let size = described.check_fit().map_err(Unfit::Key)?;
        let public_key = public.public_key().map_err(Unfit::PublicKey)?;
        let agree = public.arn == described.arn
            && public.usage == described.usage
            && public.spec == described.spec
            && public_key.size() == size;
        let pem = public.pem().filter(|_| agree).ok_or(Unfit::Contradiction)?;
        let spki_sha256 = hex(public_key.spki_sha256());
        Ok(Self { key_id, arn: described.arn.clone(), public_key, pem, spki_sha256 })
    }

    /// AWS KMS's word for its size.
    pub(super) fn spec(&self) -> &'static str {
        spec_name(self.public_key.size())
    }

    /// What a keyring says about it.
    pub(super) fn keyring_members(&self) -> Vec<(&'static str, &str)> {
        vec![("kms_key_arn", &self.arn), ("spki_sha256", &self.spki_sha256), ("key_spec", self.spec())]
    }

    /// A whole keyring with this key.
    pub(super) fn keyring(&self) -> String {
        // Strings and numbers always have a JSON text.
        let mut json = serde_json::to_string_pretty(&self.keyring_file()).unwrap_or_default();
        json.push('\n');
        json
    }

    /// Prints what policy and keyring would say.
    pub(super) fn print(&self) -> Result<(), Failure> {
        let key_id = self.key_id.as_str();
        let summary = Summary {
            key_id,
            kms_key_arn: &self.arn,
            key_spec: self.spec(),
            spki_sha256: &self.spki_sha256,
            policy_keys: BTreeMap::from([(key_id, PolicyKey { public_key: &self.pem })]),
            keyring: self.keyring_file(),
        };
        let mut json = serde_json::to_vec_pretty(&summary).unwrap_or_default();
        json.push(b'\n');
        Output::stdout().stage(&json)?.commit()
    }

    fn keyring_file(&self) -> KeyringFile<'_> {
        let entry =
            KeyringEntry { kms_key_arn: &self.arn, spki_sha256: &self.spki_sha256, key_spec: self.spec() };
        KeyringFile { version: 1, keys: BTreeMap::from([(self.key_id.as_str(), entry)]) }
    }
}

impl Unfit {
    /// Of a key that is called so.
    pub(super) fn failure(self, name: &str) -> Failure {
        match self {
            Self::Key(unfit) => Failure::new("key_unfit", format_args!("the key `{name}`: {unfit}")),
            Self::PublicKey(error) => {
                Failure::new(error.code(), format_args!("the public key of `{name}`: {error}")).without_help()
            }
            Self::Contradiction => Failure::new(
                "key_unavailable",
                format_args!("AWS KMS's answers about `{name}` contradict each other"),
            )
            .without_help(),
        }
    }
}

/// AWS KMS's word for a size.
pub(super) fn spec_name(size: KeySize) -> &'static str {
    match size {
        KeySize::Rsa2048 => "RSA_2048",
        KeySize::Rsa3072 => "RSA_3072",
        KeySize::Rsa4096 => "RSA_4096",
    }
}

/// What is printed.
#[derive(Serialize)]
struct Summary<'k> {
    key_id: &'k str,
    kms_key_arn: &'k str,
    key_spec: &'k str,
    spki_sha256: &'k str,
    policy_keys: BTreeMap<&'k str, PolicyKey<'k>>,
    keyring: KeyringFile<'k>,
}

#[derive(Serialize)]
struct PolicyKey<'k> {
    public_key: &'k str,
}

#[derive(Serialize)]
struct KeyringFile<'k> {
    version: u32,
    keys: BTreeMap<&'k str, KeyringEntry<'k>>,
}

#[derive(Serialize)]
struct KeyringEntry<'k> {
    kms_key_arn: &'k str,
    spki_sha256: &'k str,
    key_spec: &'k str,
}
