//! What an attacker does to tokens, or a careless store: attacks, each by its own name, that `docs/SECURITY.md` answers.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

#[path = "attacks/altered.rs"]
mod altered;
#[path = "attacks/labels.rs"]
mod labels;
#[path = "attacks/lookalikes.rs"]
mod lookalikes;
#[path = "attacks/moved.rs"]
mod moved;
#[path = "attacks/naughty.rs"]
mod naughty;
#[path = "attacks/pieces.rs"]
mod pieces;
#[path = "attacks/plaintexts.rs"]
mod plaintexts;
#[path = "attacks/rotated.rs"]
mod rotated;
#[path = "attacks/spliced.rs"]
mod spliced;

use common::pieces::{Outcome, in_pieces};
use common::{PrivateKey, policy};
use edgeseal::{Ciphertext, Encryptor, Fallback, Keyring, Scanner, Selection, TextFormat};
use getrandom::SysRng;

/// Encrypts JSON under the key pairs of `test-vectors/keys`, each named as its key id.
fn encrypt(fields: &str, more: &str, body: &str) -> String {
    let encryptor = Encryptor::new(policy(fields, more));
    let encrypted = encryptor.encrypt(body.as_bytes(), "application/json", &mut SysRng).unwrap();
    String::from_utf8(encrypted.body.into_owned()).unwrap()
}

/// The string values of a JSON array or object, in order.
fn strings(json: &str) -> Vec<String> {
    match serde_json::from_str(json).unwrap() {
        serde_json::Value::Array(values) => {
            values.iter().map(|value| value.as_str().unwrap().to_owned()).collect()
        }
        serde_json::Value::Object(members) => {
            members.values().map(|value| value.as_str().unwrap().to_owned()).collect()
        }
        other => panic!("{other}"),
    }
}

/// Decrypts with the private keys of `test-vectors/keys`, and keeps what does not open; gives also how many ciphertexts were asked for.
fn decrypt(selection: Selection, keyring: &Keyring, format: TextFormat, text: &str) -> (Outcome, usize) {
    let asked = std::cell::Cell::new(0);
    let answer = |ciphertext: &Ciphertext| {
        asked.set(asked.get() + 1);
        PrivateKey::load(ciphertext.key_id().as_str()).answer(ciphertext.bytes())
    };
    let scanner = Scanner::new(format).with_selection(selection);
    let outcome =
        in_pieces(scanner, text.as_bytes(), &[text.len().max(1)], keyring, answer, |_, _| Fallback::Keep);
    (outcome.unwrap(), asked.get())
}

fn body(outcome: &Outcome) -> String {
    String::from_utf8(outcome.body.0.clone()).unwrap()
}
