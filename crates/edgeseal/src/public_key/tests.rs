//! The readers of DER and of PEM against others.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

use pkcs1::UintRef;
use proptest::prelude::*;
use spki::SubjectPublicKeyInfoRef;
use spki::der::Decode;

use super::PublicKeyError::{Algorithm, Exponent, NotPem, NotSpki, Size};
use super::der::Spki;
use super::{PublicKey, PublicKeyError, pem};
use crate::test_data::spki_der;

/// Where the algorithm ends: from there on, both libraries and ours refuse for the same reasons.
const ALGORITHM_ENDS: usize = 19;

fn key() -> Vec<u8> {
    // 2^2048 - 1159 has no factor below 752 and is no product of two primes of its size: nobody has a private key.
    let mut modulus = [0xff; 256];
    modulus[254] = 0xfb;
    modulus[255] = 0x79;
    spki_der(&modulus)
}

/// Modulus and exponent, as the crates `spki` and `pkcs1` read them.
fn read_by_others(der: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let spki = SubjectPublicKeyInfoRef::from_der(der).ok()?;
    let key = spki.subject_public_key.as_bytes()?;
    let key = pkcs1::RsaPublicKey::<UintRef<'_>>::from_der(key).ok()?;
    Some((key.modulus.as_bytes().to_vec(), key.public_exponent.as_bytes().to_vec()))
}

fn read(der: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let key = Spki::read(der)?.rsa_key()?;
    Some((key.modulus.to_vec(), key.exponent.to_vec()))
}

fn refusal(der: &[u8]) -> Option<PublicKeyError> {
    PublicKey::from_der(der).err()
}

#[test]
fn every_changed_byte_is_read_as_others_read_it() {
    let der = key();
    assert_eq!(read(&der), read_by_others(&der));
    for at in 0..der.len() {
        for value in [0, 1, 2, 3, 5, 0x10, 0x1f, 0x30, 0x7f, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0xff] {
            let mut changed = der.clone();
            changed[at] = value;
            if (4..ALGORITHM_ENDS).contains(&at) {
                // What is no object identifier at all is just another algorithm here.
                assert!(value == der[at] || matches!(refusal(&changed), Some(Algorithm | NotSpki)), "{at}");
            } else {
                assert_eq!(read(&changed), read_by_others(&changed), "byte {at} is {value}");
            }
        }
    }
    for end in 0..der.len() {
        assert_eq!(refusal(&der[..end]), Some(NotSpki));
    }
    assert_eq!(refusal(&[&der, &[0][..]].concat()), Some(NotSpki));
}

#[test]
fn there_is_one_der_for_a_key() {
    let der = key();
    let with = |from: &[u8], to: &[u8]| {
        let at = der.windows(from.len()).position(|window| window == from).unwrap();
        let mut changed = [&der[..at], to, &der[at + from.len()..]].concat();
        let grown = u16::try_from(changed.len() - 4).unwrap().to_be_bytes();
        changed[2..4].copy_from_slice(&grown);
        changed
    };
    // Lengths that could be shorter, that have no end, and more bytes than there are; NULL that is none, or not there.
    assert_eq!(refusal(&with(&[0x30, 13, 6, 9], &[0x30, 0x81, 13, 6, 9])), Some(NotSpki));
    assert_eq!(refusal(&with(&[0x30, 13, 6, 9], &[0x30, 0x80, 6, 9])), Some(NotSpki));
    assert_eq!(refusal(&with(&[0x30, 13, 6, 9], &[0x30, 0x85, 0, 0, 0, 0, 13, 6, 9])), Some(NotSpki));
    assert_eq!(refusal(&with(&[0x30, 13, 6, 9], &[0x30, 12, 6, 9])), Some(NotSpki));
    assert_eq!(refusal(&with(&[1, 1, 1, 5, 0], &[1, 1, 1, 4, 0])), Some(Algorithm));
    let mut longer = with(&[1, 1, 1, 5, 0], &[1, 1, 1, 5, 1, 0]);
    longer[5] = 14;
    assert_eq!(refusal(&longer), Some(Algorithm));
    let mut shorter = with(&[1, 1, 1, 5, 0], &[1, 1, 1]);
    shorter[5] = 11;
    assert_eq!(refusal(&shorter), Some(Algorithm));
    // RSASSA-PSS.
    assert_eq!(refusal(&with(&[1, 1, 1, 5, 0], &[1, 1, 10, 5, 0])), Some(Algorithm));
    assert_eq!(refusal(&with(&[2, 3, 1, 0, 1], &[2, 3, 1, 0, 3])), Some(Exponent));
    assert_eq!(refusal(&spki_der(&[0xff; 255])), Some(Size));
}

#[test]
fn pem_has_one_block_and_nothing_around_it() {
    let wrapped = |separator: &str, width: usize| {
        use base64::Engine;
        let text = base64::engine::general_purpose::STANDARD.encode(key());
        let lines: Vec<&str> =
            text.as_bytes().chunks(width).map(|line| core::str::from_utf8(line).unwrap()).collect();
        format!(
            "-----BEGIN PUBLIC KEY-----{separator}{}{separator}-----END PUBLIC KEY-----",
            lines.join(separator)
        )
    };
    for separator in ["\n", "\r\n", "\r"] {
        for width in [4, 63, 64, 76, 1_000] {
            assert_eq!(pem::decode(&wrapped(separator, width)), Some(key()), "{separator:?} {width}");
        }
        for width in [1, 2, 3] {
            assert_eq!(pem::decode(&wrapped(separator, width)), None, "{separator:?} {width}");
        }
    }
    let pem = wrapped("\n", 64);
    assert_eq!(pem::decode(&format!("{pem}\r\n\n")), Some(key()));
    for (from, to) in [
        ("-----BEGIN", " -----BEGIN"),
        ("-----BEGIN", "\n-----BEGIN"),
        ("PUBLIC KEY-----\n", "PUBLIC KEY-----"),
        ("PUBLIC KEY-----\n", "PUBLIC KEY----- \n"),
        ("PUBLIC KEY-----\n", "PUBLIC KEY-----\n\n"),
        ("PUBLIC KEY-----\n", "PUBLIC KEY-----\nX: y\n\n"),
        ("\n-----END", "-----END"),
        ("\n-----END", "\n\n-----END"),
        ("\n-----END", "=\n-----END"),
        ("\n-----END", " \n-----END"),
        ("-----BEGIN PUBLIC", "-----BEGIN RSA PUBLIC"),
        ("-----END PUBLIC", "-----END PRIVATE"),
    ] {
        let changed = pem.replacen(from, to, 1);
        assert_ne!(changed, pem);
        assert_eq!(PublicKey::from_pem(&changed).err(), Some(NotPem), "{from:?} {to:?}");
    }
    assert_eq!(pem::decode(&format!("{pem}\n{pem}")), None);
    assert_eq!(pem::decode(""), None);
    assert_eq!(pem::decode("-----BEGIN PUBLIC KEY-----END PUBLIC KEY-----"), None);
    assert_eq!(pem::decode(&pem.replace("MIIB", "MI\nIB")), None);
}

proptest! {
    #[test]
    fn what_is_read_is_what_others_read(
        changes in prop::collection::vec((ALGORITHM_ENDS..294_usize, any::<u8>()), 0..4),
        cut in 0..8_usize,
    ) {
        let mut der = key();
        for (at, value) in changes {
            der[at] = value;
        }
        der.truncate(der.len() - cut / 4 * (cut % 4));
        prop_assert_eq!(read(&der), read_by_others(&der));
    }

    #[test]
    fn no_pem_is_read_that_others_do_not_read(
        changes in prop::collection::vec((0..450_usize, prop::sample::select(&b"AZaz09+/=-\r\n \t:_"[..])), 0..4),
        width in prop_oneof![Just(64_usize), 1..100_usize],
        separator in prop::sample::select(&["\n", "\r\n", "\r"][..]),
    ) {
        use base64::Engine;
        let text = base64::engine::general_purpose::STANDARD.encode(key());
        let mut text_of_pem = format!("-----BEGIN PUBLIC KEY-----{separator}").into_bytes();
        for line in text.as_bytes().chunks(width) {
            text_of_pem.extend([line, separator.as_bytes()].concat());
        }
        text_of_pem.extend(b"-----END PUBLIC KEY-----");
        for (at, value) in changes {
            let length = text_of_pem.len();
            text_of_pem[at % length] = value;
        }
        let text = String::from_utf8(text_of_pem).unwrap();
        let theirs = || {
            let mut content = Vec::new();
            let mut decoder = pem_rfc7468::Decoder::new_detect_wrap(text.as_bytes()).ok()?;
            decoder.decode_to_end(&mut content).ok()?;
            Some(content)
        };
        if let Some(content) = pem::decode(&text) {
            prop_assert_eq!(Some(content), theirs());
        }
    }
}
