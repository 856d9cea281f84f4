//! Keys in the emulator, a proxy before it, and tokens under the keys.

use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_kms::types::KeySpec;
use edgeseal::{Encryptor, Fallback, Keyring, NotDecrypted, Policy, TextFormat};
use edgeseal_decryptor::{
    AwsKms, DecryptError, Decrypted, Decryptor, Fallbacks, KeyError, KmsTimeouts, Limits, RunOptions,
    Unavailability,
};
use getrandom::SysRng;

use crate::emulator::{self, Identity};
use crate::proxy::Proxy;

/// Time enough for a machine with other things to do.
pub(crate) const PATIENT: KmsTimeouts =
    KmsTimeouts { attempt: Duration::from_secs(60), call: Duration::from_secs(120) };

pub(crate) const JSON: Option<TextFormat> = Some(TextFormat::Json);

pub(crate) struct Bench {
    pub(crate) proxy: Proxy,
    pub(crate) keys: Vec<Key>,
}

pub(crate) struct Key {
    pub(crate) id: &'static str,
    pub(crate) arn: String,
    pub(crate) pem: String,
}

/// A region that no other test uses: what the SDK knows of the load of a service, all clients of a process share by region.
pub(crate) fn new_region() -> String {
    static REGIONS: AtomicUsize = AtomicUsize::new(1);
    format!("eu-test-{}", REGIONS.fetch_add(1, Ordering::SeqCst))
}

impl Bench {
    /// Keys of 2048 bits in a region of their own.
    pub(crate) async fn new(ids: &[&'static str]) -> Self {
        let region = new_region();
        let mut bench = Self { proxy: Proxy::new().await, keys: Vec::new() };
        for id in ids {
            bench.add(id, &region, KeySpec::Rsa2048).await;
        }
        bench
    }

    pub(crate) async fn add(&mut self, id: &'static str, region: &str, spec: KeySpec) {
        let (arn, pem) = emulator::create_key(region, spec).await;
        self.keys.push(Key { id, arn, pem });
    }

    pub(crate) fn arn(&self, id: &str) -> &str {
        &self.keys.iter().find(|key| key.id == id).unwrap().arn
    }

    pub(crate) fn keyring(&self) -> String {
        let entry = |key: &Key| format!(r#""{}": {{"kms_key_arn": "{}"}}"#, key.id, key.arn);
        let entries: Vec<String> = self.keys.iter().map(entry).collect();
        format!(r#"{{"version": 1, "keys": {{{}}}}}"#, entries.join(", "))
    }

    /// Encrypts, under the key of the same name, every member that is called as a key; with a context of one pair.
    pub(crate) fn encrypt(&self, mode: &str, body: &str) -> String {
        let (mut keys, mut fields) = (Vec::new(), Vec::new());
        for Key { id, pem, .. } in &self.keys {
            keys.push(format!(r#""{id}": {{"public_key": {}}}"#, serde_json::Value::from(pem.as_str())));
            fields.push(format!(r#"{{"name": "{id}", "path": "$..{id}", "key": "{id}", "mode": "{mode}"}}"#));
        }
        let policy = format!(
            r#"{{"version": 1, "keys": {{{}}}, "fields": [{}], "context": {{"api": "people"}}}}"#,
            keys.join(", "),
            fields.join(", ")
        );
        let encryptor = Encryptor::new(Policy::from_json(policy.as_bytes()).unwrap());
        let encrypted = encryptor.encrypt(body.as_bytes(), "application/json", &mut SysRng).unwrap();
        String::from_utf8(encrypted.body.into_owned()).unwrap()
    }

    pub(crate) fn config(&self) -> SdkConfig {
        emulator::config(self.proxy.address, &Identity::root())
    }

    /// A decryptor through the proxy.
    pub(crate) fn decryptor(&self, config: SdkConfig, timeouts: KmsTimeouts) -> Decryptor {
        let keyring = Keyring::from_json(self.keyring().as_bytes()).unwrap();
        Decryptor::new(keyring).with_provider(AwsKms::new(config, timeouts))
    }

    /// Decrypts a text as a run of its own.
    pub(crate) async fn decrypt(&self, text: &str) -> Result<Decrypted, DecryptError> {
        self.decryptor(self.config(), PATIENT).decrypt(text.as_bytes(), JSON).await
    }
}

/// So many records with distinct values of one key.
pub(crate) fn records(id: &str, count: usize) -> String {
    let mut body = String::from("[");
    for number in 0..count {
        write!(body, r#"{}{{"{id}":"value {number}"}}"#, if number == 0 { "" } else { "," }).unwrap();
    }
    body + "]"
}

/// Keeps what cannot be asked for, within these limits.
pub(crate) fn keeping(limit: impl FnOnce(&mut Limits)) -> RunOptions {
    let mut options = limited(limit);
    options.fallbacks = Fallbacks::default().on(NotDecrypted::Unavailable, None, Fallback::Keep);
    options
}

pub(crate) fn limited(limit: impl FnOnce(&mut Limits)) -> RunOptions {
    let mut options = RunOptions::default();
    limit(&mut options.limits);
    options
}

/// Why the key was not available.
pub(crate) fn reason(result: Result<Decrypted, DecryptError>) -> Unavailability {
    match result {
        Err(DecryptError::Key(KeyError::Unavailable { reason, .. })) => reason,
        other => panic!("{other:?}"),
    }
}
