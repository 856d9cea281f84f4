//! Decrypts EdgeSeal tokens, wherever the private keys are.
//!
//! This library is for Rust programs that read what was encrypted at the edge. In a shell, use the `edgeseal` command; to encrypt, or to ask for
//! private keys in another way than this, the library `edgeseal`.
//!
//! A [`Decryptor`] scans a text, has each distinct ciphertext decrypted once by the [`KeyProvider`] that serves its key, and puts the plaintext
//! back. [`AwsKms`] asks AWS KMS, [`LocalKeys`] reads private keys from PKCS#8 files, and one keyring may have keys of both. Texts that belong
//! together are a [`Run`]: they share answers, [`Limits`] and a [`Report`].
//!
//! ```no_run
//! use edgeseal::Keyring;
//! use edgeseal_decryptor::{AwsKms, Decryptor};
//!
//! # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let keyring = Keyring::from_json(&std::fs::read("keys/keyring.json")?)?;
//! let decryptor = Decryptor::new(keyring)
//!     .with_local_keys("keys")
//!     .with_provider(AwsKms::from_environment(Default::default()).await);
//! let decrypted = decryptor.decrypt(&std::fs::read("stored.json")?, None).await?;
//! println!("{} tokens decrypted", decrypted.report.decrypted());
//! # Ok(()) }
//! ```
//!
//! A [`Rewrapper`] moves tokens to another key in the same way: within AWS KMS, so that nobody here sees a plaintext, or under keys in files.
//!
//! # Features
//!
//! `kms` has [`AwsKms`], and [`KmsKeys`], which describes and makes keys. `command`, `bundle` and `lambda` are for the programs of this package; a library does without them.

mod audit;
mod decrypt_error;
mod decryptor;
mod guess;
mod inventory;
mod key_error;
mod key_pair;
#[cfg(feature = "kms")]
mod kms;
#[cfg(feature = "lambda")]
pub mod lambda;
mod limits;
mod local_keys;
#[cfg(any(feature = "command", feature = "lambda"))]
pub mod logging;
mod meter;
mod plan;
mod private_key;
mod provider;
mod rewrap;
mod run;

pub use decrypt_error::DecryptError;
pub use decryptor::Decryptor;
pub use guess::{GUESS_BYTES, guess_format};
pub use inventory::{
    EncodedTokens, Inventory, InventoryKey, InventoryText, Tally, TextInventory, TokenPosition,
};
pub use key_error::{KeyError, Unavailability};
pub use key_pair::{GenerateError, KeyPair};
#[cfg(feature = "kms")]
pub use kms::{
    AwsKms, KeyDescription, KeyUnfit, KmsCall, KmsCallError, KmsCallReason, KmsKeys, KmsPublicKey,
    KmsTimeouts, NewKey, Permission,
};
pub use limits::Limits;
pub use local_keys::LocalKeys;
pub use meter::Meter;
pub use plan::{KMS_CALLS_PER_SECOND, Plan, PlanText, PlannedKey};
pub use private_key::{PrivateKey, PrivateKeyError};
pub use provider::{Asking, KeyProvider, Question, Warning};
pub use rewrap::{
    Keeping, LocalRewrap, RewrapFailure, RewrapKeyCounts, RewrapOptions, RewrapProvider, RewrapQuestion,
    RewrapRefused, RewrapReport, RewrapRun, RewrapStream, Rewrapper, Rewrapping,
};
pub use run::{Decrypted, Fallbacks, KeyCounts, Passed, Position, Report, Run, RunOptions, TextStream};
