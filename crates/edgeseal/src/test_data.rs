//! Outside test data for unit tests.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking")]

use serde_json::Value;

/// A JSON file of the outside test data; `None`, said aloud, when there is none to be had.
pub(crate) fn corpus(path: &str) -> Option<Value> {
    let Some(corpora) = std::env::var_os("EDGESEAL_CORPORA") else {
        println!("skipped: no corpora");
        return None;
    };
    let text = std::fs::read(std::path::Path::new(&corpora).join(path)).unwrap();
    Some(serde_json::from_slice(&text).unwrap())
}

/// Bytes written as hexadecimal digits.
pub(crate) fn hex(value: &Value) -> Vec<u8> {
    let digit = |pair: &[u8]| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap();
    value.as_str().unwrap().as_bytes().chunks(2).map(digit).collect()
}

/// The SPKI DER of a modulus, with exponent 65537.
pub(crate) fn spki_der(modulus: &[u8]) -> Vec<u8> {
    let modulus = der(2, &[&[0], modulus].concat());
    let key = der(0x30, &[modulus.as_slice(), &[2, 3, 1, 0, 1]].concat());
    let rsa_encryption = [0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0];
    der(0x30, &[rsa_encryption.as_slice(), &der(3, &[&[0], key.as_slice()].concat())].concat())
}

/// Tag, length in two bytes, content.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    [&[tag, 0x82], length.as_slice(), content].concat()
}
