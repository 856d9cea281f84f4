//! Loading a public key.
//!
//! Input: a form (PEM, DER, DER that is put into PEM, or a modulus that is put into DER), then the text. **Oracle:** a key is accepted if and only if
//! its DER is the one that RFC 5280 and RFC 8017 give its modulus with the exponent 65537, written here, and the modulus is odd, has no prime factor below
//! 752, and exactly 2048, 3072 or 4096 bits. PEM that is accepted decodes to it, and the usual PEM of it is accepted. What is encrypted under it is what
//! the crate `rsa` gives with the same seed.

use crypto_bigint::{BoxedUint, NonZero, Resize};
use edgeseal::PublicKey;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::input::Input;
use crate::keys::PUBLIC_KEYS;
use crate::oaep;
use crate::random::Random;
use crate::vectors::Vectors;

const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const END: &str = "-----END PUBLIC KEY-----";

/// Gives an input to the product.
///
/// # Panics
/// If the oracle is not content.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    match input.byte() % 4 {
        0 => {
            let Ok(pem) = core::str::from_utf8(input.rest()) else { return };
            if let Ok(key) = PublicKey::from_pem(pem) {
                let inside = pem.trim_end_matches(['\r', '\n']);
                let inside = inside.strip_prefix(BEGIN).and_then(|inside| inside.strip_suffix(END));
                let inside = inside.expect("there is nothing around the block");
                let base64: String = inside.split_ascii_whitespace().collect();
                let der = from_base64(&base64).expect("what is inside is base64");
                check(&key, &der);
            }
        }
        1 => check_der(input.rest()),
        2 => {
            let der = input.rest();
            let taken = PublicKey::from_pem(&to_pem(der));
            assert_eq!(taken.as_ref().ok(), PublicKey::from_der(der).ok().as_ref(), "PEM says what DER says");
            check_der(der);
        }
        _ => {
            let size = *input.choose(&[256, 384, 512, 255, 257, 128]);
            let flags = input.byte();
            let mut modulus: Vec<u8> =
                input.rest().iter().chain([&0x35]).cycle().take(size).copied().collect();
            modulus[0] |= if flags & 1 == 0 { 0x80 } else { 0 };
            modulus[size - 1] |= u8::from(flags & 2 == 0);
            if flags & 4 == 0 {
                // Random moduli seldom are without small factors: go on to one that is.
                while is_weak(&modulus) {
                    let last = modulus[size - 1].checked_add(2);
                    modulus[size - 1] = last.unwrap_or(1);
                    if last.is_none() {
                        modulus[size - 2] = modulus[size - 2].wrapping_add(1);
                    }
                    if modulus[size - 1] % 2 == 0 {
                        modulus[size - 1] |= 1;
                    }
                }
            }
            check_der(&to_der(&modulus, &[1, 0, 1]));
            check_der(&to_der(&modulus, &[3]));
        }
    }
}

fn check_der(der: &[u8]) {
    match PublicKey::from_der(der) {
        Ok(key) => check(&key, der),
        Err(error) => {
            assert!(error.code().starts_with("public_key_"));
            // What has the form of a good key is one.
            if let Some(modulus) = modulus_of(der) {
                assert!(!is_good(modulus), "a good key is refused: {}", error.code());
            }
        }
    }
}

/// An accepted key is a good one, and the one that its DER says.
fn check(key: &PublicKey, der: &[u8]) {
    let modulus = key.modulus();
    assert!(is_good(modulus), "the modulus is one that is accepted");
    assert_eq!(modulus.len(), key.size().modulus_bytes());
    assert!(to_der(modulus, &[1, 0, 1]) == der, "DER has one form");
    assert_eq!(modulus_of(der), Some(modulus));
    assert_eq!(key.spki_sha256()[..], Sha256::digest(der)[..]);
    assert!(PublicKey::from_pem(&to_pem(der)).as_ref() == Ok(key), "the usual PEM is accepted");

    let message = &der[der.len() - 40..];
    let encrypted = key.encrypt(message, &mut Random::new(1)).expect("it encrypts");
    let encoded =
        oaep::encode(message, &Random::new(1).bytes(), modulus.len()).expect("the message is short");
    assert!(oaep::power(modulus, &encoded).as_ref() == Some(&encrypted), "another ciphertext");
    assert_eq!(oaep::decode(&encoded).as_deref(), Some(message));
}

/// Odd, of one of the three sizes, and without a small factor.
fn is_good(modulus: &[u8]) -> bool {
    [256, 384, 512].contains(&modulus.len()) && modulus[0] >= 0x80 && !is_weak(modulus)
}

/// Whether a prime below 752 divides it.
fn is_weak(modulus: &[u8]) -> bool {
    let number = oaep::number(modulus);
    (2..752_u64).filter(|number| (2..*number).all(|divisor| number % divisor != 0)).any(|prime| {
        let prime = BoxedUint::from(prime).resize(number.bits_precision());
        number.rem_vartime(&NonZero::new(prime).expect("it is not zero")).is_zero().into()
    })
}

/// The modulus, if this is the DER of some key with the exponent 65537, read by taking off what has to be there.
fn modulus_of(der: &[u8]) -> Option<&[u8]> {
    [128, 255, 256, 257, 384, 512].iter().find_map(|size: &usize| {
        [0, 1].iter().find_map(|sign: &usize| {
            // Behind the modulus there are five bytes of the exponent.
            let end = der.len().checked_sub(5)?;
            let modulus = der.get(end.checked_sub(*size)?..end)?;
            let is_signed = modulus[0] >= 0x80;
            (is_signed == (*sign == 1) && to_der(modulus, &[1, 0, 1]) == der).then_some(modulus)
        })
    })
}

/// SubjectPublicKeyInfo of rsaEncryption with NULL parameters.
fn to_der(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    const ALGORITHM: &[u8] =
        &[0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    let integer = |bytes: &[u8]| {
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count().min(bytes.len() - 1);
        let sign = if bytes[zeros] >= 0x80 { &[0][..] } else { &[] };
        element(0x02, &[sign, &bytes[zeros..]].concat())
    };
    let key = element(0x30, &[integer(modulus), integer(exponent)].concat());
    element(0x30, &[ALGORITHM, &element(0x03, &[&[0][..], &key].concat())].concat())
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).expect("it is short").to_be_bytes();
    let head = match content.len() {
        0..128 => vec![tag, length[1]],
        128..256 => vec![tag, 0x81, length[1]],
        _ => vec![tag, 0x82, length[0], length[1]],
    };
    [head, content.to_vec()].concat()
}

fn to_pem(der: &[u8]) -> String {
    let base64 = crate::naive::to_base64url(der).replace('-', "+").replace('_', "/");
    let base64 = base64 + &"=".repeat((3 - der.len() % 3) % 3);
    let lines: Vec<&str> =
        (0..base64.len()).step_by(64).map(|at| &base64[at..base64.len().min(at + 64)]).collect();
    format!("{BEGIN}\n{}\n{END}\n", lines.join("\n"))
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    if text.contains(['-', '_']) {
        return None;
    }
    crate::naive::base64url(text.trim_end_matches('=').replace('+', "-").replace('/', "_").as_bytes())
}

/// The test keys and those of the vectors, in each form.
#[must_use]
pub fn seeds(vectors: &Vectors) -> Vec<Vec<u8>> {
    let mut pems: Vec<String> = PUBLIC_KEYS.iter().map(|(_, pem)| (*pem).to_owned()).collect();
    for vector in vectors.of("policy") {
        let document: Value =
            vector.text("document").and_then(|it| serde_json::from_str(it).ok()).unwrap_or_default();
        let keys = document["keys"].as_object().into_iter().flatten();
        pems.extend(keys.filter_map(|(_, key)| key["public_key"].as_str().map(str::to_owned)));
    }
    pems.sort();
    pems.dedup();
    let mut seeds = Vec::new();
    for pem in pems {
        let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        if let Some(der) = from_base64(&base64) {
            seeds.push([&[1][..], &der].concat());
        }
        seeds.push([&[0][..], pem.as_bytes()].concat());
    }
    seeds.extend((0..3).map(|size| vec![3, size, 0, 0xa5, 0x99]));
    seeds.push(vec![3, 0, 4, 0xa5]);
    seeds
}
