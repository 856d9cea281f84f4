//! Decrypts EdgeSeal tokens, wherever the private keys are.
//!
//! This library is for Rust programs that read what was encrypted at the edge. In a shell, use the `edgeseal` command; to encrypt, or to ask for
//! private keys in another way than this, the library `edgeseal`.
//!
//! A [`Decryptor`] scans a text, has each distinct ciphertext decrypted once by the [`KeyProvider`] that serves its key, and puts the plaintext
//! back. [`LocalKeys`] reads private keys from PKCS#8 files.
//!
//! ```no_run
//! use edgeseal::Keyring;
//! use edgeseal_decryptor::{Decryptor, LocalKeys};
//!
//! let keyring = Keyring::from_json(&std::fs::read("keys/keyring.json")?)?;
//! let mut decryptor = Decryptor::new(keyring).with_provider(LocalKeys::new("keys"));
//! let decrypted = decryptor.decrypt(&std::fs::read("stored.json")?, None)?;
//! println!("{} tokens decrypted", decrypted.report.decrypted());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod decryptor;
mod key_pair;
mod local_keys;
mod private_key;
mod provider;

pub use decryptor::{DecryptError, Decryptor};
pub use key_pair::{GenerateError, KeyPair};
pub use local_keys::LocalKeys;
pub use private_key::{PrivateKey, PrivateKeyError};
pub use provider::{KeyError, KeyProvider, Question, Warning};
