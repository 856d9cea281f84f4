//! Builds, demonstrates, tests and measures EdgeSeal.
fn main() {}
