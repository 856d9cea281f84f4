//! Keys in AWS KMS: the SDK and the protocol are the real ones, the service is a third party's emulator, and a proxy of ours between them makes faults
//! and counts. What the proxy saw is what was asked, whatever the report says.
//!
//! No emulator is AWS. Where this one differs, the code follows AWS's documentation, and the test says so. `cargo xtask test` installs it.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

#[path = "kms/bench.rs"]
mod bench;
#[path = "kms/desk.rs"]
mod desk;
#[path = "kms/emulator.rs"]
mod emulator;
#[path = "kms/fault.rs"]
mod fault;
#[path = "kms/proxy.rs"]
mod proxy;
#[path = "kms/re_encrypt.rs"]
mod re_encrypt;

#[path = "kms/administration.rs"]
mod administration;
#[path = "kms/answers.rs"]
mod answers;
#[path = "kms/check.rs"]
mod check;
#[path = "kms/command.rs"]
mod command;
#[path = "kms/drill.rs"]
mod drill;
#[path = "kms/entering.rs"]
mod entering;
#[path = "kms/entering_failed.rs"]
mod entering_failed;
#[path = "kms/faults.rs"]
mod faults;
#[path = "kms/hostile.rs"]
mod hostile;
#[path = "kms/keys.rs"]
mod keys;
#[path = "kms/limits.rs"]
mod limits;
#[path = "kms/operations.rs"]
mod operations;
#[path = "kms/partial.rs"]
mod partial;
#[path = "kms/rewrap.rs"]
mod rewrap;
#[path = "kms/rewrap_command.rs"]
mod rewrap_command;
#[path = "kms/secrets.rs"]
mod secrets;
