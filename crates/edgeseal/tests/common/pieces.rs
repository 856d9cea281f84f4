//! Decrypts a text piece by piece, and adds up what comes out.

use std::collections::BTreeMap;

use edgeseal::{
    Answer, Ciphertext, DecryptReport, Fallback, Kept, KeyId, Keyring, NotDecrypted, OpenError, ScanError,
    Scanner,
};

/// Bytes that a failed test shows as text.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl std::fmt::Debug for Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        String::from_utf8_lossy(&self.0).fmt(f)
    }
}

/// What became of a text.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub body: Bytes,
    pub found: usize,
    pub decrypted: usize,
    pub skipped: usize,
    pub kept: Vec<Kept>,
    pub decrypted_by_key: BTreeMap<KeyId, usize>,
    pub skipped_by_key: BTreeMap<KeyId, usize>,
}

/// Why nothing became of it.
#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    Scan(ScanError),
    Open(OpenError),
}

impl Failure {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Scan(error) => error.code(),
            Self::Open(error) => error.code(),
        }
    }
}

impl Outcome {
    fn add(&mut self, body: &[u8], report: &DecryptReport) {
        self.body.0.extend_from_slice(body);
        self.found += report.found();
        self.decrypted += report.decrypted();
        self.skipped += report.skipped();
        self.kept.extend_from_slice(report.kept());
        for (key_id, count) in report.decrypted_by_key() {
            *self.decrypted_by_key.entry(key_id.clone()).or_default() += count;
        }
        for (key_id, count) in report.skipped_by_key() {
            *self.skipped_by_key.entry(key_id.clone()).or_default() += count;
        }
    }
}

/// Decrypts a text in pieces of these lengths, in turns; `answer` has the private keys.
pub fn in_pieces(
    mut scanner: Scanner,
    text: &[u8],
    lengths: &[usize],
    keyring: &Keyring,
    answer: impl Fn(&Ciphertext) -> Answer,
    fallback: impl Fn(&KeyId, NotDecrypted) -> Fallback,
) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::default();
    let (mut covered, mut read) = (0, 0);
    for length in lengths.iter().cycle() {
        read = (read + length).min(text.len());
        let is_last = read == text.len();
        let scan = scanner.scan(&text[covered..read], is_last, keyring).map_err(Failure::Scan)?;
        let answers: Vec<Answer> = scan.ciphertexts().iter().map(&answer).collect();
        let spliced = scan.splice_with(&answers, &fallback).map_err(Failure::Open)?;
        covered += scan.covered();
        outcome.add(&spliced.body, &spliced.report);
        if is_last {
            break;
        }
    }
    assert_eq!(covered, text.len(), "the last piece is covered");
    Ok(outcome)
}
