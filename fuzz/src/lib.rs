//! What EdgeSeal's fuzz targets do with an input. Each is a module with a function `run`, which panics if the module's oracle is not content;
//! what it is compared with is written from the documents, or is somebody else's. `docs/TESTING.md` says how to run them and how to add one.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod decrypt_splice;
pub mod encrypt_body;
pub mod find_tokens;
pub mod form;
pub mod jwe;
pub mod keyring;
pub mod multipart;
pub mod policy;
pub mod public_key;
pub mod request;
pub mod rsa_public_operation;

mod bench;
mod field;
mod input;
mod keys;
mod naive;
mod oaep;
mod path;
mod random;
mod token;
mod tree;
pub mod vectors;

// Whatever is made with this crate has what instrumented code calls, programs without a fuzzer in them too.
#[cfg(feature = "libfuzzer")]
use libfuzzer_sys as _;
use vectors::Vectors;

/// A fuzz target.
pub struct Target {
    /// Of the module and of the program.
    pub name: &'static str,
    /// Gives an input to the product; panics if what comes out is wrong.
    pub run: fn(&[u8]),
    /// Inputs to begin with.
    pub seeds: fn(&Vectors) -> Vec<Vec<u8>>,
}

macro_rules! targets {
    ($($name:ident),* $(,)?) => {
        /// All of them.
        pub const TARGETS: &[Target] =
            &[$(Target { name: stringify!($name), run: $name::run, seeds: $name::seeds }),*];
    };
}

targets!(
    decrypt_splice,
    encrypt_body,
    find_tokens,
    form,
    jwe,
    keyring,
    multipart,
    policy,
    public_key,
    request,
    rsa_public_operation
);
