//! Texts that are made to cost calls, or to have somebody else's key asked. What the proxy counted is what was asked.

use edgeseal::{Fallback, Keyring, NotDecrypted};
use edgeseal_decryptor::{AwsKms, Decryptor, Fallbacks, RunOptions};

use crate::bench::{Bench, JSON, PATIENT, new_region, reason, records};
use crate::common::base64url;
use crate::emulator::create_key;
use crate::fault::Fault;

/// So many direct tokens under a key id, each with a ciphertext of its own that somebody made up.
fn junk(key_id: &str, bytes: usize, count: u32) -> String {
    let mut tokens = String::new();
    for number in 0..count {
        let mut ciphertext = vec![0x42; bytes];
        ciphertext[1..5].copy_from_slice(&number.to_be_bytes());
        tokens += &format!("\"__es1.{key_id}.s.{}.__\",", base64url(&ciphertext));
    }
    tokens
}

#[tokio::test]
async fn a_hundred_thousand_junk_tokens_cost_no_call_and_a_thousand_copies_one() {
    let bench = Bench::new(&["a"]).await;
    let mut text = String::from("[");
    // Under a key id that the keyring does not have, of another key's length, with bits that are not used, with padding.
    text += &junk("b", 256, 40_000);
    text += &junk("a", 384, 20_000);
    text += &junk("a", 256, 10_000).replace("g.__", "h.__");
    text += &junk("a", 256, 10_000).replace(".__", "==.__");
    text += &junk("a", 100, 20_000);
    text += "0]";
    assert_eq!(text.matches("__es1.").count(), 100_000);
    // That a ciphertext is another key's tells the keyring, if it says what the key is.
    let keyring = bench.keyring().replace("\"}", "\", \"key_spec\": \"RSA_2048\"}");
    let decryptor = Decryptor::new(Keyring::from_json(keyring.as_bytes()).unwrap());
    let decryptor = decryptor.with_provider(AwsKms::new(bench.config(), PATIENT));
    let decrypted = decryptor.decrypt(text.as_bytes(), JSON).await.unwrap();
    assert_eq!((decrypted.report.decrypted(), decrypted.report.kept()), (0, 100_000));
    assert!(*decrypted.body == *text.as_bytes());
    assert_eq!(bench.proxy.calls(), 0);

    for mode in ["direct", "envelope"] {
        bench.proxy.reset();
        let copies = vec![bench.encrypt(mode, r#"{"a": "Ada"}"#); 1_000].join(",");
        let decrypted = bench.decrypt(&format!("[{copies}]")).await.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((decrypted.report.decrypted(), bench.proxy.calls()), (1_000, 1));
    }
}

#[tokio::test]
async fn junk_of_the_right_shape_costs_no_more_calls_than_are_allowed() {
    let bench = Bench::new(&["a"]).await;
    let text = format!("[{}0]", junk("a", 256, 2_000));
    // By default the first that does not open ends it: no more than those that were under way with it.
    let mut options = RunOptions::default();
    options.limits.concurrency = 4;
    let run = bench.decryptor(bench.config(), PATIENT).run(options.clone());
    let error = run.decrypt(text.as_bytes(), JSON).await.unwrap_err();
    assert_eq!(error.code(), "decryption_failed");
    assert!((1..=8).contains(&bench.proxy.calls()), "{}", bench.proxy.calls());
    // Who would rather keep them has a limit all the same.
    bench.proxy.reset();
    options.fallbacks = Fallbacks::default().on(NotDecrypted::Failed, None, Fallback::Keep);
    options.limits.max_calls = Some(20);
    let run = bench.decryptor(bench.config(), PATIENT).run(options);
    let error = run.decrypt(text.as_bytes(), JSON).await.unwrap_err();
    assert_eq!(error.code(), "calls_exhausted");
    assert!(bench.proxy.calls() <= 20, "{}", bench.proxy.calls());
}

#[tokio::test]
async fn a_token_that_names_a_key_by_its_arn_costs_no_call() {
    let bench = Bench::new(&["a"]).await;
    // A key that the caller might use, and that is not in the keyring.
    let (foreign, _) = create_key(&new_region(), aws_sdk_kms::types::KeySpec::Rsa2048).await;
    let good = bench.encrypt("direct", r#"{"a": "Ada"}"#);
    let id = foreign.rsplit('/').next().unwrap();
    let alias = "alias/people";
    for name in [&foreign, id, alias, "arn:aws:kms:eu-central-1:111122223333:alias/people", bench.arn("a")] {
        for name in [name.to_owned(), name.replace([':', '/'], "_"), name.replace([':', '/'], "-")] {
            let text = good.replacen("__es1.a.", &format!("__es1.{name}."), 1);
            assert_ne!(text, good);
            let decrypted = bench.decrypt(&text).await.unwrap();
            assert_eq!((decrypted.report.decrypted(), decrypted.report.kept()), (0, 1), "{name}");
            assert_eq!(*decrypted.body, *text.as_bytes());
        }
    }
    assert_eq!(bench.proxy.calls(), 0);
}

#[tokio::test]
async fn an_answer_under_another_key_or_algorithm_gives_no_plaintext_out() {
    let bench = Bench::new(&["a"]).await;
    let elsewhere = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let alias = "arn:aws:kms:eu-central-1:111122223333:alias/people";
    for mode in ["direct", "envelope"] {
        let encrypted = bench.encrypt(mode, r#"{"a": "SENTINEL"}"#);
        for fault in [
            Fault::Member("KeyId", Some(elsewhere)),
            Fault::Member("KeyId", Some(alias)),
            Fault::Member("KeyId", Some("")),
            Fault::Member("KeyId", None),
            Fault::Member("EncryptionAlgorithm", Some("RSAES_OAEP_SHA_1")),
            Fault::Member("EncryptionAlgorithm", Some("SYMMETRIC_DEFAULT")),
            Fault::Member("EncryptionAlgorithm", None),
        ] {
            bench.proxy.reset();
            bench.proxy.fault(None, None, fault.clone());
            let refused = bench.decrypt(&encrypted).await;
            assert_eq!(reason(refused), edgeseal_decryptor::Unavailability::AnswerInvalid, "{fault:?}");
            // Nor where the rest of the text is wanted.
            let run = bench.decryptor(bench.config(), PATIENT).run(crate::bench::keeping(|_| ()));
            let decrypted = run.decrypt(encrypted.as_bytes(), JSON).await.unwrap();
            assert_eq!(*decrypted.body, *encrypted.as_bytes(), "{fault:?}");
            assert_eq!(bench.proxy.calls(), 2, "{fault:?}");
            assert!(bench.proxy.seen().iter().all(|seen| {
                seen.body["EncryptionAlgorithm"] == "RSAES_OAEP_SHA_256" && seen.arn() == bench.arn("a")
            }));
        }
    }
}

#[tokio::test]
async fn each_token_costs_no_more_than_its_attempts_when_everything_is_throttled() {
    const TOKENS: usize = 40;
    const ATTEMPTS: usize = 3;
    for options in [RunOptions::default(), crate::bench::keeping(|_| ())] {
        let bench = Bench::new(&["a"]).await;
        let encrypted = bench.encrypt("direct", &records("a", TOKENS));
        bench.proxy.fault(None, None, crate::fault::THROTTLED);
        let run = bench.decryptor(bench.config(), PATIENT).run(options);
        // It ends by itself: nobody tries again behind the SDK's back.
        let _: Result<_, _> = run.decrypt(encrypted.as_bytes(), JSON).await;
        let calls = bench.proxy.calls();
        assert!((1..=ATTEMPTS * TOKENS).contains(&calls), "{calls}");
        // Some of those that were counted may have been dropped before they came to it.
        let counted = usize::try_from(run.report().calls()).unwrap();
        assert!((calls..=ATTEMPTS * TOKENS).contains(&counted), "{counted}");
    }
}
