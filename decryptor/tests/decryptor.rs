//! What a decryptor asks its providers, and what it makes of their answers.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::sync::{Arc, Mutex};

use common::{copy_private_key, private_key};
use edgeseal::{Answer, KeyId, KeyLocation, Keyring, ScanError, TextFormat};
use edgeseal_decryptor::{
    Asking, DecryptError, Decryptor, KeyError, KeyProvider, Meter, PrivateKey, PrivateKeyError, Question,
    RunOptions, Warning,
};

/// Direct tokens under a key of 2048 bits, each with a ciphertext of its own.
fn token(key_id: &str, number: u8) -> String {
    let letter = char::from(b'A'.saturating_add(number));
    format!("__es1.{key_id}.s.{letter}{}.__", "A".repeat(341))
}

fn keyring() -> Keyring {
    let arn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let json = format!(
        r#"{{"version": 1, "keys": {{"file": {{"private_key_file": "k.pem"}}, "kms": {{"kms_key_arn": "{arn}"}}}}}}"#
    );
    Keyring::from_json(json.as_bytes()).unwrap()
}

/// The key id and the first byte of each question.
type Calls = Arc<Mutex<Vec<(String, u8)>>>;

/// Serves keys in KMS or in files, and gives the same answer to every question.
struct Fake {
    kms: bool,
    calls: Calls,
    answer: Result<Answer, KeyError>,
}

impl Fake {
    fn new(kms: bool, answer: Answer) -> Self {
        Self { kms, calls: Calls::default(), answer: Ok(answer) }
    }
}

impl KeyProvider for Fake {
    fn serves(&self, location: &KeyLocation) -> bool {
        matches!(location, KeyLocation::Kms(_)) == self.kms
    }

    fn ask<'a>(&'a self, question: Question<'a>, meter: &'a Meter) -> Asking<'a> {
        Box::pin(async move {
            meter.count(question.key_id)?;
            self.calls.lock().unwrap().push((question.key_id.to_string(), question.ciphertext[0]));
            // Gives way, as a call would: others are asked meanwhile.
            tokio::task::yield_now().await;
            self.answer.clone()
        })
    }
}

fn plaintext(text: &str) -> Answer {
    Answer::Plaintext(text.as_bytes().to_vec().into())
}

#[tokio::test]
async fn each_distinct_ciphertext_is_asked_for_once() {
    let (file, kms) = (Fake::new(false, plaintext("f")), Fake::new(true, plaintext("k")));
    let (file_calls, kms_calls) = (file.calls.clone(), kms.calls.clone());
    let decryptor = Decryptor::new(keyring()).with_provider(file).with_provider(kms);
    let tokens = [token("kms", 1), token("file", 2), token("kms", 0), token("kms", 1)];
    let text = format!("{} {}", tokens.join(" "), token("file", 2).repeat(1_000));
    let run = decryptor.run(RunOptions::default());
    for _ in 0..2 {
        let decrypted = run.decrypt(text.as_bytes(), Some(TextFormat::Text)).await.unwrap();
        assert_eq!(*decrypted.body, format!("k f k k {}", "f".repeat(1_000)).into_bytes());
    }
    assert_eq!(*kms_calls.lock().unwrap(), [("kms".to_owned(), 4), ("kms".to_owned(), 0)]);
    assert_eq!(*file_calls.lock().unwrap(), [("file".to_owned(), 8)]);
    assert_eq!(run.report().calls(), 3);
}

#[tokio::test]
async fn nothing_that_can_be_told_without_a_key_is_asked() {
    let fake = Fake::new(false, plaintext(""));
    let calls = fake.calls.clone();
    let decryptor = Decryptor::new(keyring()).with_provider(fake);
    let junk = format!(
        "{} {} __es1.file.s.AAAA.__ __es1.file.x.AAAA.__ __es2.file {}",
        token("arn:aws", 0),
        token("other", 0),
        token("file", 0).replace("A.__", "B.__") // bits that are not used
    );
    let decrypted = decryptor.decrypt(junk.as_bytes(), None).await.unwrap();
    assert_eq!((decrypted.report.decrypted(), decrypted.report.kept()), (0, 6));
    assert!(calls.lock().unwrap().is_empty());
}

#[tokio::test]
async fn denied_tokens_stay_and_others_are_decrypted() {
    let decryptor = Decryptor::new(keyring())
        .with_provider(Fake::new(true, Answer::Denied))
        .with_provider(Fake::new(false, plaintext("f")));
    let text = format!("{} {}", token("kms", 0), token("file", 0));
    let decrypted = decryptor.decrypt(text.as_bytes(), None).await.unwrap();
    assert_eq!(*decrypted.body, format!("{} f", token("kms", 0)).into_bytes());
    let kept = &decrypted.report.positions()[0];
    assert_eq!((kept.code, kept.key.as_deref()), ("access_denied", Some("kms")));
}

#[tokio::test]
async fn a_key_that_nobody_serves_or_answers_for_is_unavailable() {
    let text = format!("{} {}", token("file", 0), token("kms", 0));
    let code =
        async |decryptor: Decryptor| decryptor.decrypt(text.as_bytes(), None).await.unwrap_err().code();
    assert_eq!(code(Decryptor::new(keyring())).await, "key_unavailable");
    let file_alone = Decryptor::new(keyring()).with_provider(Fake::new(false, plaintext("f")));
    assert_eq!(code(file_alone.clone()).await, "key_unavailable");
    let silent = Fake::new(true, Answer::Unavailable);
    assert_eq!(code(file_alone.with_provider(silent)).await, "key_unavailable");
}

#[tokio::test]
async fn the_first_provider_that_serves_a_location_is_asked() {
    let (first, second) = (Fake::new(true, plaintext("first")), Fake::new(true, plaintext("second")));
    let calls = second.calls.clone();
    let decryptor = Decryptor::new(keyring()).with_provider(first).with_provider(second);
    assert_eq!(*decryptor.decrypt(token("kms", 0).as_bytes(), None).await.unwrap().body, b"first");
    assert!(calls.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_failing_provider_fails_the_text() {
    let error = KeyError::Refused {
        key_id: KeyId::new("kms").unwrap(),
        path: "k.pem".into(),
        error: PrivateKeyError::NotPem,
    };
    let fake = Fake { answer: Err(error.clone()), ..Fake::new(true, Answer::Denied) };
    let decryptor = Decryptor::new(keyring()).with_provider(fake);
    let refused = decryptor.decrypt(token("kms", 0).as_bytes(), None).await.unwrap_err();
    assert_eq!(refused, DecryptError::Key(error));
}

#[tokio::test]
async fn local_keys_are_loaded_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("k.pem");
    copy_private_key("rsa2048-a", &file);
    let decryptor = Decryptor::new(keyring()).with_local_keys(folder.path());
    let opened = async |decryptor: &Decryptor| decryptor.decrypt(token("file", 0).as_bytes(), None).await;
    assert_eq!(opened(&decryptor).await.unwrap_err().code(), "decryption_failed");
    // Without the file, the key is still there.
    std::fs::remove_file(&file).unwrap();
    assert_eq!(opened(&decryptor).await.unwrap_err().code(), "decryption_failed");
    assert!(decryptor.warnings().is_empty());
    let another = Decryptor::new(keyring()).with_local_keys(folder.path());
    assert_eq!(opened(&another).await.unwrap_err().code(), "io_failed");
}

#[cfg(unix)]
#[tokio::test]
async fn others_who_can_read_a_key_file_are_warned_of_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("k.pem");
    copy_private_key("rsa2048-a", &file);
    for mode in [0o640, 0o604, 0o620] {
        common::set_mode(&file, mode);
        let decryptor = Decryptor::new(keyring()).with_local_keys(folder.path());
        for _ in 0..2 {
            decryptor.decrypt(token("file", 0).as_bytes(), None).await.unwrap_err();
        }
        assert_eq!(decryptor.warnings(), [Warning::ReadableByOthers { path: file.clone() }], "{mode:o}");
    }
}

#[tokio::test]
async fn a_format_is_guessed_only_where_plaintext_cannot_do_harm() {
    let decryptor = Decryptor::new(keyring()).with_provider(Fake::new(false, plaintext("\"")));
    let token = token("file", 0);
    let decrypt = async |text: &str| {
        let text = text.replace('T', &token);
        decryptor.decrypt(text.as_bytes(), None).await.map(|decrypted| common::text(&decrypted.body))
    };
    // A quotation mark is escaped in JSON and raw in text.
    assert_eq!(decrypt(r#" {"a": "T"} "#).await.unwrap(), r#" {"a": "\""} "#);
    assert_eq!(decrypt("[\"T\"]\n\n[\"T\"]").await.unwrap(), "[\"\\\"\"]\n\n[\"\\\"\"]");
    assert_eq!(decrypt("a = \"T\"\n").await.unwrap(), "a = \"\"\"\n");
    assert_eq!(decrypt("\u{feff}a;\"T\"").await.unwrap(), "\u{feff}a;\"\"\"");
    let not_utf8 = DecryptError::Scan(ScanError::NotUtf8 { offset: 0 });
    assert_eq!(decrypt("\u{feff}[\"T\"]").await.unwrap_err(), not_utf8);
    assert_eq!(decrypt("\u{feff}[\"T\"]\n[\"T\"]").await.unwrap_err(), not_utf8);
    let deep = format!("{}\"T\"{}", "[".repeat(1_025), "]".repeat(1_025));
    let too_deep = DecryptError::Scan(ScanError::JsonTooDeep { offset: 1_024 });
    assert_eq!(decrypt(&deep).await.unwrap_err(), too_deep);
    assert_eq!(decrypt(&format!("[]\n{deep}")).await.unwrap_err().code(), "json_too_deep");
}

#[test]
fn debug_output_and_errors_hold_no_ciphertext() {
    let key = PrivateKey::from_pem(&std::fs::read(private_key("rsa2048-a")).unwrap()).unwrap();
    let key_id = KeyId::new("file").unwrap();
    let keyring = keyring();
    let question =
        Question { key_id: &key_id, entry: keyring.get(&key_id).unwrap(), ciphertext: &[0x5a; 256] };
    assert_eq!(format!("{question:?}"), r#"Question { key_id: KeyId("file"), .. }"#);
    let decryptor = format!("{:?} {key:?}", Decryptor::new(keyring.clone()));
    assert!(!decryptor.contains("90, 90"), "{decryptor}");
}
