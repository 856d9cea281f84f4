//! RSA done by the caller: the same tokens, and nothing comes out where it is wrong.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use common::{Stream, public_pem};
use edgeseal::{EncryptError, Encryptor, Host, HostRsa, KeyId, Policy, PublicKey, Request};
use serde_json::json;

const BODY: &[u8] = br#"{"direct":"078-05-1120","envelope":{"a":[1,2]},"long":"a value"}"#;

fn encryptor(key: &str) -> Encryptor {
    let rule =
        |name: &str, mode: &str| json!({"name": name, "path": format!("$.{name}"), "key": "k", "mode": mode});
    let policy = json!({
        "version": 1,
        "keys": {"k": {"public_key": public_pem(key)}},
        "fields": [rule("direct", "direct"), rule("envelope", "envelope"), rule("long", "direct")],
    });
    Encryptor::new(Policy::from_json(policy.to_string().as_bytes()).unwrap())
}

/// Two seeds and what an envelope takes, none like another.
fn random() -> Vec<u8> {
    (1..=4).flat_map(|n| vec![n; if n == 4 { 12 } else { 32 }]).chain([9; 32]).collect()
}

fn encrypt(encryptor: &Encryptor, rsa: Option<Operation<'_>>) -> Outcome {
    let Some(operation) = rsa else { return encrypt_by(encryptor, None::<&mut HostRsa<Never>>) };
    encrypt_by(
        encryptor,
        Some(&mut HostRsa::new(|_: &KeyId, key: &PublicKey, encoded: &[u8]| operation(encoded, key))),
    )
}

type Outcome = Result<String, EncryptError>;
type Operation<'a> = &'a mut dyn FnMut(&[u8], &PublicKey) -> Option<Vec<u8>>;
type Never = fn(&KeyId, &PublicKey, &[u8]) -> Option<Vec<u8>>;

fn encrypt_by<F: FnMut(&KeyId, &PublicKey, &[u8]) -> Option<Vec<u8>>>(
    encryptor: &Encryptor,
    rsa: Option<&mut HostRsa<F>>,
) -> Outcome {
    let request = Request { content_type: Some("application/json"), body: Some(BODY), ..Request::default() };
    let mut stream = Stream::new(&random());
    let host = Host::new(&mut stream);
    let host = match rsa {
        Some(rsa) => host.with_rsa(rsa),
        None => host,
    };
    let encrypted = encryptor.encrypt_request_with(&request, host)?;
    assert_eq!(stream.left(), 0);
    Ok(String::from_utf8(encrypted.body.unwrap().into_owned()).unwrap())
}

#[test]
fn tokens_are_the_same_for_the_same_randomness() {
    for key in ["rsa2048-a", "rsa3072", "rsa4096"] {
        let encryptor = encryptor(key);
        let mut calls = 0;
        let by_host = encrypt(
            &encryptor,
            Some(&mut |encoded, key| {
                calls += 1;
                assert_eq!((encoded.len(), encoded[0]), (key.size().modulus_bytes(), 0));
                Some(power(encoded, key.modulus()))
            }),
        );
        assert_eq!(by_host, encrypt(&encryptor, None));
        assert!(by_host.is_ok());
        assert_eq!(calls, 3, "two direct values and a data key");
    }
}

#[test]
fn an_operation_that_fails_or_gives_no_ciphertext_refuses_the_request() {
    let encryptor = encryptor("rsa2048-a");
    let (other, refused) =
        (PublicKey::from_pem(&public_pem("rsa2048-b")).unwrap(), Err(EncryptError::EncryptionFailed));
    let wrong: [(&str, Operation<'_>); 9] = [
        ("nothing", &mut |_, _| None),
        ("no bytes", &mut |_, _| Some(Vec::new())),
        ("a byte too few", &mut |encoded, key| Some(power(encoded, key.modulus())[1..].to_vec())),
        ("a byte too many", &mut |encoded, key| Some([&[0], &*power(encoded, key.modulus())].concat())),
        ("the modulus", &mut |_, key| Some(key.modulus().to_vec())),
        ("more than the modulus", &mut |_, _| Some(vec![0xff; 256])),
        ("what it was given", &mut |encoded, _| Some(encoded.to_vec())),
        ("zeros", &mut |_, _| Some(vec![0; 256])),
        ("what another key gives", &mut |encoded, _| Some(power(encoded, other.modulus()))),
    ];
    for (what, operation) in wrong {
        assert_eq!(encrypt(&encryptor, Some(operation)), refused, "{what}");
    }
}

#[test]
fn the_first_ciphertext_under_each_key_is_compared_until_one_was_right() {
    let encryptor = encryptor("rsa2048-a");
    let (mut calls, wrong_calls) = (0, [1, 2, 5]);
    let mut rsa = HostRsa::new(|_: &KeyId, key: &PublicKey, encoded: &[u8]| {
        calls += 1;
        let mut ciphertext = power(encoded, key.modulus());
        if wrong_calls.contains(&calls) {
            ciphertext[255] ^= 1;
        }
        Some(ciphertext)
    });
    let refused = Err(EncryptError::EncryptionFailed);
    assert_eq!(encrypt_by(&encryptor, Some(&mut rsa)), refused);
    assert_eq!(format!("{rsa:?}"), "HostRsa { compared: 0, .. }");
    assert_eq!(encrypt_by(&encryptor, Some(&mut rsa)), refused);
    // The third call is right. The fifth is wrong, and believed: that is what the documentation says.
    let sealed = encrypt_by(&encryptor, Some(&mut rsa)).unwrap();
    assert_ne!(Ok(sealed), encrypt(&encryptor, None));
    assert_eq!(format!("{rsa:?}"), "HostRsa { compared: 1, .. }");
    // Another key under the same key id is another key.
    let other = self::encryptor("rsa2048-b");
    assert!(encrypt_by(&other, Some(&mut rsa)).is_ok());
    assert_eq!(format!("{rsa:?}"), "HostRsa { compared: 2, .. }");
}

#[test]
fn length_and_range_and_what_the_function_was_given_are_looked_at_every_time() {
    let encryptor = encryptor("rsa2048-a");
    let number = |last: u8| [vec![0; 255], vec![last]].concat();
    let wrong: [(&str, Operation<'_>); 8] = [
        ("no bytes", &mut |_, _| Some(Vec::new())),
        ("a byte too many", &mut |_, _| Some(vec![0; 257])),
        ("the modulus", &mut |_, key| Some(key.modulus().to_vec())),
        ("more than the modulus", &mut |_, _| Some(vec![0xff; 256])),
        // Anybody can undo the encoding.
        ("what it was given", &mut |encoded, _| Some(encoded.to_vec())),
        ("0", &mut |_, _| Some(number(0))),
        ("1", &mut |_, _| Some(number(1))),
        ("nothing", &mut |_, _| None),
    ];
    for (what, operation) in wrong {
        let mut calls = 0;
        let mut rsa = HostRsa::new(|_: &KeyId, key: &PublicKey, encoded: &[u8]| {
            calls += 1;
            if calls == 3 { operation(encoded, key) } else { Some(power(encoded, key.modulus())) }
        });
        assert_eq!(encrypt_by(&encryptor, Some(&mut rsa)), Err(EncryptError::EncryptionFailed), "{what}");
    }
}

#[test]
fn a_ciphertext_is_not_given_twice() {
    let encryptor = encryptor("rsa2048-a");
    let mut first = None;
    let stale = encrypt(
        &encryptor,
        Some(&mut |encoded, key| Some(first.get_or_insert_with(|| power(encoded, key.modulus())).clone())),
    );
    assert_eq!(stale, Err(EncryptError::EncryptionFailed));
}

#[test]
fn a_key_id_more_is_compared_by_itself() {
    let rule = |name: &str| json!({"name": name, "path": format!("$.{name}"), "key": name});
    let policy = json!({
        "version": 1,
        "keys": {"one": {"public_key": public_pem("rsa2048-a")}, "two": {"public_key": public_pem("rsa2048-a")}},
        "fields": [rule("one"), rule("two")],
    });
    let encryptor = Encryptor::new(Policy::from_json(policy.to_string().as_bytes()).unwrap());
    let other = PublicKey::from_pem(&public_pem("rsa2048-b")).unwrap();
    // A function that chooses its key by the key id, and has a wrong one for the second.
    let mut rsa = HostRsa::new(|key_id: &KeyId, key: &PublicKey, encoded: &[u8]| {
        let is_first = key_id.as_str() == "one";
        Some(power(encoded, if is_first { key.modulus() } else { other.modulus() }))
    });
    let request = Request {
        content_type: Some("application/json"),
        body: Some(br#"{"one":"a","two":"b"}"#),
        ..Request::default()
    };
    let mut rng = getrandom::SysRng;
    let encrypted = encryptor.encrypt_request_with(&request, Host::new(&mut rng).with_rsa(&mut rsa));
    assert_eq!(encrypted.map(|_| ()), Err(EncryptError::EncryptionFailed));
}

/// To the power of 65537, by the book, with big-endian bytes.
fn power(base: &[u8], modulus: &[u8]) -> Vec<u8> {
    let mut power = base.to_vec();
    for _ in 0..16 {
        power = product(&power, &power, modulus);
    }
    product(&power, base, modulus)
}

fn product(one: &[u8], two: &[u8], modulus: &[u8]) -> Vec<u8> {
    let mut sum = vec![0; modulus.len()];
    for bit in one.iter().flat_map(|byte| (0..8).rev().map(move |bit| (byte >> bit) & 1)) {
        let twice = sum.clone();
        add(&mut sum, &twice, modulus);
        if bit == 1 {
            add(&mut sum, two, modulus);
        }
    }
    sum
}

/// Adds a number below the modulus to another.
fn add(sum: &mut [u8], number: &[u8], modulus: &[u8]) {
    let mut carry = 0;
    for (byte, add) in sum.iter_mut().zip(number).rev() {
        carry += u16::from(*byte) + u16::from(*add);
        *byte = carry.to_le_bytes()[0];
        carry >>= 8;
    }
    if carry == 1 || *sum >= *modulus {
        let mut borrow = 0_i16;
        for (byte, subtract) in sum.iter_mut().zip(modulus).rev() {
            let difference = i16::from(*byte) - i16::from(*subtract) - borrow;
            borrow = i16::from(difference < 0);
            *byte = difference.to_le_bytes()[0];
        }
    }
}
