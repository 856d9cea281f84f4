//! What the tests share: keys, a generator with known output, and a private-key side that is not ours.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part of it")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

pub mod pieces;
pub mod pool;

use std::path::{Path, PathBuf};

use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, PrivateDecryptingKey};
use edgeseal::{Answer, Keyring, OpenError, Policy, Scan, Spliced, TextFormat};
use rand_core::{TryCryptoRng, TryRng};

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The text of a file of the repository.
pub fn read(path: &str) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A file of the outside test data; `None`, said aloud, when there is none to be had. A missing file is a failure.
pub fn corpora() -> Option<PathBuf> {
    let Some(path) = std::env::var_os("EDGESEAL_CORPORA") else {
        println!("skipped: no corpora");
        return None;
    };
    let path = PathBuf::from(path);
    assert!(path.is_dir(), "EDGESEAL_CORPORA is set and is no folder");
    Some(path)
}

/// Gives out exactly these bytes, then fails.
pub struct Stream(std::collections::VecDeque<u8>);

impl Stream {
    pub fn new(bytes: &[u8]) -> Self {
        Self(bytes.iter().copied().collect())
    }

    pub fn left(&self) -> usize {
        self.0.len()
    }
}

#[derive(Debug)]
pub struct Empty;

impl std::fmt::Display for Empty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the stream has ended")
    }
}

impl std::error::Error for Empty {}

impl TryRng for Stream {
    type Error = Empty;

    fn try_next_u32(&mut self) -> Result<u32, Empty> {
        Err(Empty)
    }

    fn try_next_u64(&mut self) -> Result<u64, Empty> {
        Err(Empty)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Empty> {
        if bytes.len() > self.0.len() {
            return Err(Empty);
        }
        let drawn: Vec<u8> = self.0.drain(..bytes.len()).collect();
        bytes.copy_from_slice(&drawn);
        Ok(())
    }
}

impl TryCryptoRng for Stream {}

/// The key pairs of `test-vectors/keys`.
pub const KEYS: [&str; 4] = ["rsa2048-a", "rsa2048-b", "rsa3072", "rsa4096"];

pub fn public_pem(name: &str) -> String {
    read(&format!("test-vectors/keys/{name}.public.pem"))
}

/// A private key, opened with aws-lc-rs.
pub struct PrivateKey {
    key: OaepPrivateDecryptingKey,
    modulus_bytes: usize,
}

impl PrivateKey {
    pub fn load(name: &str) -> Self {
        let pem = read(&format!("test-vectors/keys/TEST-ONLY-{name}.private.pem"));
        let (label, der) = pem_rfc7468::decode_vec(pem.as_bytes()).unwrap();
        assert_eq!(label, "PRIVATE KEY");
        let key = PrivateDecryptingKey::from_pkcs8(&der).unwrap();
        let modulus_bytes = key.key_size_bytes();
        Self { key: OaepPrivateDecryptingKey::new(key).unwrap(), modulus_bytes }
    }

    pub fn answer(&self, ciphertext: &[u8]) -> Answer {
        if ciphertext.len() != self.modulus_bytes {
            return Answer::WrongLength;
        }
        let mut plaintext = vec![0; self.modulus_bytes];
        match self.key.decrypt(&OAEP_SHA256_MGF1SHA256, ciphertext, &mut plaintext, None) {
            Ok(opened) => Answer::Plaintext(opened.to_vec().into()),
            Err(_) => Answer::Failed,
        }
    }
}

/// Decrypts with the private keys that `keys` names by key id.
pub fn decrypt(
    text: &[u8],
    format: TextFormat,
    keyring: &Keyring,
    key: impl Fn(&str) -> PrivateKey,
) -> Result<Spliced, OpenError> {
    let scan = Scan::new(text, format, keyring).unwrap();
    let answers: Vec<Answer> = scan
        .ciphertexts()
        .iter()
        .map(|ciphertext| key(ciphertext.key_id().as_str()).answer(ciphertext.bytes()))
        .collect();
    scan.splice(&answers)
}

/// A keyring in which every key pair of `test-vectors/keys` has its name as key id.
pub fn keyring() -> Keyring {
    let entries: Vec<String> =
        KEYS.iter().map(|name| format!("{name:?}: {{\"private_key_file\": \"{name}\"}}")).collect();
    let json = format!("{{\"version\": 1, \"keys\": {{{}}}}}", entries.join(","));
    Keyring::from_json(json.as_bytes()).unwrap()
}

/// A policy over `test-vectors/keys`, given its `fields` and further members.
pub fn policy(fields: &str, more: &str) -> Policy {
    let keys: Vec<String> =
        KEYS.iter().map(|name| format!("{name:?}: {{\"public_key\": {:?}}}", public_pem(name))).collect();
    let json = format!("{{\"version\": 1, \"keys\": {{{}}}, \"fields\": {fields}{more}}}", keys.join(","));
    Policy::from_json(json.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}
