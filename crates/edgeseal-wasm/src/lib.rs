//! The wasm-bindgen surface of [`edgeseal`] for JavaScript hosts; it converts, calls and maps errors. Writing Rust? Use
//! `edgeseal`. Writing JavaScript? Use the npm package `edgeseal`, which puts an edge function around this.
//!
//! Two modules are made of it, one with each feature: `encrypt` for edges, where every byte is loaded at a cold start, and `decrypt` for
//! backends.
//!
//! What crosses from JavaScript is a copy in linear memory. The allocator zeroes whatever is released, so that nothing of a request
//! is left there when the call is over.
//!
//! There is no standard library in the modules: what it does at a panic, which is to find out where it was and to say so, is a tenth of
//! their size.

#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

#[cfg(feature = "encrypt")]
mod encryptor;
mod error;
mod object;
#[cfg(target_family = "wasm")]
mod runtime;
#[cfg(feature = "decrypt")]
mod scan;

use wasm_bindgen::prelude::*;

#[cfg(feature = "encrypt")]
pub use encryptor::Encryptor;
#[cfg(feature = "decrypt")]
pub use scan::Scan;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.d.ts");
