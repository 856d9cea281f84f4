//! Envelope tokens that are put together from the parts of several, or say something else of themselves.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use edgeseal::{Selection, TextFormat};

use crate::common::keyring;
use crate::{body, decrypt, encrypt, strings};

const FIELDS: &str = r#"[
    {"name": "email", "path": "$..email", "key": "rsa2048-a", "mode": "envelope"},
    {"name": "phone", "path": "$..phone", "key": "rsa2048-a", "mode": "envelope"}
]"#;
/// Parts of a token between dots: header, wrapped data key, initialization vector, ciphertext, tag.
const PARTS: [usize; 5] = [3, 4, 5, 6, 7];

fn parts(token: &str) -> Vec<String> {
    let parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    assert_eq!(parts.len(), 9);
    parts
}

/// What it decrypts to, or the one code, and how many ciphertexts were asked for.
fn opened(token: &str) -> (Result<String, &'static str>, usize) {
    let (outcome, asked) = decrypt(Selection::default(), &keyring(), TextFormat::Text, token);
    (outcome.kept.first().map_or_else(|| Ok(body(&outcome)), |kept| Err(kept.code())), asked)
}

#[test]
fn parts_of_envelope_tokens_never_fit_another() {
    let request = || encrypt(FIELDS, "", r#"{"email": "one", "phone": "two"}"#);
    let (first, second) = (strings(&request()), strings(&request()));
    // Of one request, which share a data key; of two, in one field and in two.
    for (one, other) in [(&first[0], &first[1]), (&first[0], &second[0]), (&first[1], &second[0])] {
        let (one, other) = (parts(one), parts(other));
        for subset in 1..(1 << PARTS.len()) - 1_u32 {
            let mut mixed = one.clone();
            for (_, part) in PARTS.iter().enumerate().filter(|(bit, _)| subset >> bit & 1 == 1) {
                mixed[*part].clone_from(&other[*part]);
            }
            if mixed == one || mixed == other {
                continue; // the same wrapped data key, the same header
            }
            assert_eq!(opened(&mixed.join(".")).0, Err("decryption_failed"), "{subset:05b}");
        }
    }
}

#[test]
fn a_token_under_another_key_id_does_not_open() {
    let token = &strings(&encrypt(FIELDS, "", r#"{"email": "one"}"#))[0];
    assert_eq!(opened(token), (Ok("one".to_owned()), 1));
    assert_eq!(opened(&token.replacen("rsa2048-a", "rsa2048-b", 1)), (Err("decryption_failed"), 1));
    assert_eq!(opened(&token.replacen("rsa2048-a", "rsa4096", 1)).0, Err("token_damaged"));
}

#[test]
fn an_algorithm_is_never_taken_from_a_token() {
    let token = parts(&strings(&encrypt(FIELDS, "", r#"{"email": "one"}"#))[0]);
    let with = |header: &str| {
        let mut changed = token.clone();
        changed[3] = URL_SAFE_NO_PAD.encode(header);
        opened(&changed.join("."))
    };
    let header = |alg: &str, enc: &str, more: &str| {
        format!(r#"{{"alg":"{alg}","cty":"json","ctx":{{"field":"email"}},"enc":"{enc}"{more}}}"#)
    };
    let ours = header("RSA-OAEP-256", "A256GCM", "");
    assert_eq!(URL_SAFE_NO_PAD.encode(&ours), token[3], "the header of such a token is no other");
    assert_eq!(with(&ours).0, Ok("one".to_owned()));
    for alg in [
        "none",
        "dir",
        "RSA1_5",
        "RSA-OAEP",
        "RSA-OAEP-384",
        "RSA-OAEP-512",
        "A256KW",
        "A256GCMKW",
        "ECDH-ES",
        "PBES2-HS256+A128KW",
        "HS256",
        "RS256",
        "rsa-oaep-256",
        "",
    ] {
        assert_eq!(with(&header(alg, "A256GCM", "")), (Err("decryption_failed"), 0), "{alg}");
    }
    for enc in ["none", "A128GCM", "A192GCM", "A128CBC-HS256", "A256CBC-HS512", "C20P", "a256gcm", ""] {
        assert_eq!(with(&header("RSA-OAEP-256", enc, "")), (Err("decryption_failed"), 0), "{enc}");
    }
    // And what else a header could ask for.
    for more in [
        r#","zip":"DEF""#,
        r#","kid":"rsa2048-b""#,
        r#","jku":"https://example.org""#,
        r#","jwk":{}"#,
        r#","x5u":"https://example.org""#,
        r#","epk":{}"#,
        r#","crit":["exp"]"#,
        r#","b64":false"#,
        r#","alg":"none""#,
        r#","enc":"A256GCM""#,
        r#","ctx":{"field":"phone"}"#,
    ] {
        assert_eq!(with(&header("RSA-OAEP-256", "A256GCM", more)), (Err("decryption_failed"), 0), "{more}");
    }
}

#[test]
fn no_initialization_vector_comes_twice_and_each_request_has_its_own_data_key() {
    let people = vec![r#"{"email": "one", "phone": "one"}"#; 500].join(",");
    let (mut vectors, mut keys) = (BTreeSet::new(), BTreeSet::new());
    for _ in 0..4 {
        let sealed = encrypt(FIELDS, "", &format!("[{people}]"));
        for token in sealed.split('"').filter(|text| text.starts_with("__es1.")) {
            let parts = parts(token);
            vectors.insert(parts[5].clone());
            keys.insert(parts[4].clone());
        }
    }
    assert_eq!((vectors.len(), keys.len()), (4 * 1_000, 4));
}
