//! Folders of files: killed, interrupted, taken up again. Every input and output is whole at any moment, and nothing is decrypted twice.

#![cfg(unix)]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "batches/bench.rs"]
mod bench;
mod common;
#[path = "batches/interrupted.rs"]
mod interrupted;
#[path = "batches/killed.rs"]
mod killed;
#[path = "batches/moved.rs"]
mod moved;
#[path = "batches/resumed.rs"]
mod resumed;
