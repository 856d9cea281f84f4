//! What the library is measured with: bodies of every kind, and policies of so many rules. For `cargo xtask bench` and `cargo bench -p edgeseal-bench`;
//! nothing that is shipped depends on it.

#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "a benchmark fails by panicking")]

pub mod bodies;
pub mod policies;
