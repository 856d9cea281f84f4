//! Field-level encryption of request bodies: sensitive values become tagged strings, everything else stays as it is, byte for byte.
//!
//! This library is for Rust programs that encrypt or decrypt bodies themselves. At a CDN's edge, use the npm package `edgeseal`; to
//! decrypt files and streams, the `edgeseal` command.
//!
//! # Encrypting
//!
//! A [`Policy`] says which fields are encrypted under which public keys. An [`Encryptor`] applies it: either the body that comes out has
//! no protected value left in it, or there is an [`EncryptError`] and no body.
//!
//! # Decrypting
//!
//! In two steps without I/O: a [`Scan`] finds the tokens of a text and says which RSA ciphertexts have to be decrypted; the caller has
//! that done, wherever the private keys are; [`Scan::splice`] puts the plaintext back. A [`Keyring`] says which key ids there are. A
//! [`Scanner`] does it piece by piece, for texts that do not fit into memory, and for the tokens of a [`Selection`] alone.
//! An [`Inspector`] tells which tokens there are, and nothing else.
//!
//! # Moving tokens to another key
//!
//! In the same two steps: the caller has each ciphertext of a [`Scan`] encrypted under another key, and [`Scan::rewrap`] writes the text with its
//! tokens under that key. A [`RewrapCheck`] compares the two texts.
//!
//! # What it does not do
//!
//! No I/O, no clock, no threads, no logging, and no randomness but what the caller passes in. Private keys never come here.
//!
//! # Formats
//!
//! The [token format](_documentation::format), [policy and keyring](_documentation::configuration) and
//! [all error codes](_documentation::errors) are part of this documentation.

#![cfg_attr(not(test), no_std)]

extern crate alloc;

// Of `#[inline(never)]` on what reads policies, plans and seals: an engine compiles a function of WebAssembly as a whole when it is first called, and a
// cold start waits for that. What few policies need is apart, so that others do not wait for it; and what is long does not become part of
// something longer, which engines optimise as a whole, too.

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
mod rsa;
mod seen;
pub mod sizes;
mod sorted;
mod stack;
mod tags;
#[cfg(test)]
mod test_data;
mod token;

pub use config::{ConfigError, ConfigProblem};
pub use decrypt::{
    Answer, Ciphertext, DecryptReport, Delimiter, Denial, Destination, Fallback, FoundToken, Inspected,
    Inspector, Kept, NotDecrypted, NotRewrapped, OpenError, RewrapAnswer, RewrapCheck, RewrapError,
    RewrapMismatch, RewrapPair, Rewrapped, Scan, ScanError, Scanner, Selection, Spliced, TextFormat,
};
pub use encryptor::{
    DataKeys, EncryptError, EncryptReport, Encrypted, EncryptedRequest, Encryptor, ExplainedBody,
    ExplainedValue, Host, HostRsa, Outcome, Request, TokenForm,
};
pub use field_path::{FieldPath, FieldPathError, FindError, NameMatch, PathRelation};
pub use keyring::{KeyLocation, Keyring, KeyringEntry, TokenMode};
pub use label::{FieldName, KeyId};
pub use policy::{
    ChangeEffect, ChangeSubject, DigestAction, Field, HostDuties, Policy, PolicyChange, PolicyConcern,
    PolicyWarning, Target,
};
pub use public_key::{KeySize, PublicKey, PublicKeyError};
pub use tags::Tags;
pub use token::{Kind, Token, TokenError};

/// The documents that the library follows.
pub mod _documentation {
    #[doc = include_str!("../../../docs/FORMAT.md")]
    pub mod format {}
    #[doc = include_str!("../../../docs/CONFIGURATION.md")]
    pub mod configuration {}
    #[doc = include_str!("../../../docs/ERRORS.md")]
    pub mod errors {}
}
