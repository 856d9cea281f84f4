//! `edgeseal serve`: the command itself, spoken to over sockets byte by byte.

#![cfg(unix)]
#![allow(
    dead_code,
    unreachable_pub,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "serve/access.rs"]
mod access;
mod common;
#[path = "serve/ending.rs"]
mod ending;
#[path = "serve/http.rs"]
mod http;
#[path = "serve/kms.rs"]
mod kms;
#[path = "serve/limits.rs"]
mod limits;
#[path = "serve/observed.rs"]
mod observed;
#[path = "serve/service.rs"]
mod service;
#[path = "serve/sockets.rs"]
mod sockets;
#[path = "serve/texts.rs"]
mod texts;
#[path = "serve/tls.rs"]
mod tls;
