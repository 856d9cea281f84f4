//! Field-level encryption of request bodies.

mod aead;
mod config;
mod content_type;
mod decrypt;
mod encryptor;
mod envelope;
mod field_path;
mod fold;
mod json;
mod keyring;
mod label;
mod matcher;
mod oaep;
mod policy;
mod public_key;
mod random;
pub mod sizes;
mod tags;
#[cfg(test)]
mod test_data;
mod token;

pub use config::{ConfigError, ConfigProblem};
pub use decrypt::{Answer, Ciphertext, DecryptReport, Kept, OpenError, Scan, ScanError, Spliced, TextFormat};
pub use encryptor::{EncryptError, EncryptReport, Encrypted, Encryptor};
pub use field_path::{FieldPath, FieldPathError, NameMatch};
pub use keyring::{KeyLocation, Keyring, KeyringEntry};
pub use label::{FieldName, KeyId};
pub use policy::Policy;
pub use public_key::{KeySize, PublicKey, PublicKeyError};
pub use tags::Tags;
pub use token::{Kind, Token, TokenError};
