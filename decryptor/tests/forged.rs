//! Tokens that nobody's edge made. Whoever has the public key can make them, with the `openssl` command line alone.

#![cfg(unix)]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::Path;
use std::process::Command;

use common::{base64url, copy_private_key, corpora, edgeseal, hex, root, run, text};
use edgeseal::Answer;
use edgeseal_decryptor::PrivateKey;
use tempfile::TempDir;

const A: &str = "rsa2048-a";

/// A folder with a reader's keyring and its private key, and the public key that everybody may have.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy_private_key(A, &folder.path().join("a.pem"));
    std::fs::copy(public_key(), folder.path().join("public.pem")).unwrap();
    let keyring = r#"{"version": 1, "keys": {"pii-2026a": {"private_key_file": "a.pem"}}}"#;
    std::fs::write(folder.path().join("keyring.json"), keyring).unwrap();
    folder
}

fn public_key() -> std::path::PathBuf {
    root().join(format!("test-vectors/keys/{A}.public.pem"))
}

fn openssl(plaintext: &[u8]) -> Vec<u8> {
    let mut command = Command::new("openssl");
    command.args(["pkeyutl", "-encrypt", "-pubin", "-inkey"]).arg(public_key());
    for option in ["rsa_padding_mode:oaep", "rsa_oaep_md:sha256", "rsa_mgf1_md:sha256"] {
        command.args(["-pkeyopt", option]);
    }
    let output = run(&mut command, plaintext);
    assert!(output.status.success(), "{}", text(&output.stderr));
    output.stdout
}

fn token(kind: char, ciphertext: &[u8]) -> String {
    format!("__es1.pii-2026a.{kind}.{}.__", base64url(ciphertext))
}

/// Exit status, standard output and standard error.
fn decrypt(folder: &Path, text_of: &str, more: &[&str]) -> (Option<i32>, Vec<u8>, String) {
    let mut command = edgeseal(folder);
    command.args(["decrypt", "-k", "keyring.json", "--format", "text"]).args(more);
    let output = run(&mut command, text_of.as_bytes());
    (output.status.code(), output.stdout, text(&output.stderr))
}

#[test]
fn the_commands_of_the_security_page_forge_a_token_that_opens() {
    let page = std::fs::read_to_string(root().join("docs/SECURITY.md")).unwrap();
    let (_, promises) = page.split_once("\n## What is not promised\n").expect("the chapter");
    let (_, sender) = promises.split_once("- **Who sent it.**").expect("what is said of the sender");
    let (said, rest) = sender.split_once("```sh\n").expect("its commands");
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    assert!(said.contains("untrusted input") && readme.contains("untrusted input"), "{said}");
    let (block, _) = rest.split_once("```").unwrap();

    let folder = folder();
    let output = run(Command::new("sh").args(["-e", "-c", block]).current_dir(folder.path()), b"");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let forged = text(&output.stdout);
    assert!(forged.starts_with("__es1.pii-2026a.s."), "{forged}");
    let (status, decrypted, said) = decrypt(folder.path(), forged.trim_end(), &[]);
    assert_eq!((status, text(&decrypted).as_str(), said.as_str()), (Some(0), "anything at all", ""));
}

#[test]
fn forged_bytes_that_are_no_text_do_not_open_and_nothing_of_them_is_given_out() {
    let folder = folder();
    let mut cases: Vec<(Vec<u8>, bool)> = vec![
        (b"SENTINEL \xff".to_vec(), false),
        (b"SENTINEL \xc0\xaf".to_vec(), false),
        (b"SENTINEL \xed\xa0\x80".to_vec(), false),
        (b"SENTINEL \xf4\x90\x80\x80".to_vec(), false),
        (b"SENTINEL \xe2\x82".to_vec(), false),
        ("SENTINEL \u{10ffff}\0\u{feff}".as_bytes().to_vec(), true),
    ];
    if let Some(corpora) = corpora() {
        let lines = std::fs::read_to_string(corpora.join("utf8tests/utf8tests.txt")).unwrap();
        for line in lines.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let [_, kind, rest] = line.splitn(3, ':').collect::<Vec<_>>()[..] else { panic!("{line}") };
            let bytes = |digits: &str| hex(&digits.split_whitespace().collect::<String>());
            let (bytes, is_text) = match kind.trim() {
                "valid" => (rest.as_bytes().to_vec(), true),
                "valid hex" => (bytes(rest), true),
                "invalid hex" => (bytes(rest.split(':').next().unwrap()), false),
                _ => panic!("{line}"),
            };
            // Direct mode has room for 190 bytes.
            if (1..=190).contains(&bytes.len()) {
                cases.push((bytes, is_text));
            }
        }
        assert!(cases.iter().filter(|(_, is_text)| !is_text).count() > 100);
    }
    // All in one text, a token a line: those that open give way to their plaintext, and the others stay and are counted.
    let tokens: Vec<String> = cases.iter().map(|(plaintext, _)| token('s', &openssl(plaintext))).collect();
    let mut expected = Vec::new();
    for ((plaintext, is_text), token) in cases.iter().zip(&tokens) {
        expected.extend_from_slice(if *is_text { plaintext } else { token.as_bytes() });
        expected.push(b'\n');
    }
    let text_of = tokens.join("\n") + "\n";
    let (status, decrypted, said) = decrypt(folder.path(), &text_of, &["--on-failed", "keep"]);
    assert_eq!((status, decrypted == expected), (Some(3), true), "{said}");
    // Unless that is asked for, one of them is enough for none to be given out, whatever is wrong with it.
    for (token, _) in tokens.iter().zip(&cases).filter(|(_, (_, is_text))| !is_text).step_by(20) {
        let (status, decrypted, said) = decrypt(folder.path(), token, &[]);
        assert_eq!((status, decrypted.as_slice()), (Some(1), &b""[..]));
        assert!(said.contains("error[decryption_failed]") && !said.contains("SENTINEL"), "{said}");
    }
    // Not exactly one JSON value.
    for plaintext in ["SENTINEL", "\"SENTINEL\" ", "1 2", "{\"SENTINEL\":}", "", "\"\u{1}\"", "\u{feff}1"] {
        let (status, decrypted, said) =
            decrypt(folder.path(), &token('v', &openssl(plaintext.as_bytes())), &[]);
        assert_eq!((status, decrypted.as_slice()), (Some(1), &b""[..]), "{plaintext}");
        assert!(said.contains("error[decryption_failed]") && !said.contains("SENTINEL"), "{said}");
    }
}

/// The sum of two numbers of 256 bytes, if it has no more.
fn sum(one: &[u8], two: &[u8]) -> Option<Vec<u8>> {
    let mut carry = 0;
    let mut sum: Vec<u8> = one
        .iter()
        .zip(two)
        .rev()
        .map(|(one, two)| {
            let sum = u16::from(*one) + u16::from(*two) + carry;
            carry = sum >> 8;
            sum.to_le_bytes()[0]
        })
        .collect();
    sum.reverse();
    (carry == 0).then_some(sum)
}

#[test]
fn a_ciphertext_that_is_not_below_the_modulus_does_not_open() {
    let pem = std::fs::read(public_key()).unwrap();
    let (_, der) = pem_rfc7468::decode_vec(&pem).unwrap();
    // An integer of 257 bytes, of which the first is zero: the modulus (RFC 8017, appendix A.1.1).
    let at = der.windows(5).position(|bytes| bytes == [2, 0x82, 1, 1, 0]).unwrap() + 5;
    let modulus = &der[at..at + 256];
    // A ciphertext that opens, so that there is another number of its length that leaves the same remainder.
    let (ciphertext, twin) = (0..1_000)
        .find_map(|_| {
            let ciphertext = openssl(b"SENTINEL");
            sum(&ciphertext, modulus).map(|twin| (ciphertext, twin))
        })
        .unwrap();
    let key = PrivateKey::from_pem(&std::fs::read(common::private_key(A)).unwrap()).unwrap();
    assert!(matches!(key.answer(&ciphertext), Answer::Plaintext(plaintext) if *plaintext == b"SENTINEL"));
    let folder = folder();
    let mut one_more = modulus.to_vec();
    one_more[255] += 1;
    for ciphertext in [twin, modulus.to_vec(), one_more, vec![0xff; 256], vec![0; 256]] {
        assert!(matches!(key.answer(&ciphertext), Answer::Failed));
        let (status, decrypted, said) = decrypt(folder.path(), &token('s', &ciphertext), &[]);
        assert_eq!((status, decrypted.as_slice()), (Some(1), &b""[..]));
        assert!(said.contains("error[decryption_failed]"), "{said}");
    }
}
