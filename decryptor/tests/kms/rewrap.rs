//! Tokens are moved to another key within AWS KMS. The emulator has no `ReEncrypt`: who answers it is a stand-in of ours (`re_encrypt.rs`).

use aws_config::SdkConfig;
use edgeseal::{KeyId, Keyring, NotDecrypted, TextFormat};
use edgeseal_decryptor::{
    AwsKms, Keeping, KeyError, RewrapFailure, RewrapOptions, RewrapReport, Rewrapper, Unavailability,
};

use crate::bench::{Bench, PATIENT, new_region, records};
use crate::emulator::{Identity, administrator, config};
use crate::fault::{ACCESS_DENIED, Fault, THROTTLED};

const TEXT: TextFormat = TextFormat::Json;

fn key(id: &str) -> KeyId {
    KeyId::new(id).unwrap()
}

/// Moves the tokens under `a` to `b`, a few bytes at a time.
async fn rewrap(
    bench: &Bench,
    config: SdkConfig,
    options: RewrapOptions,
    text: &str,
) -> Result<(String, RewrapReport), RewrapFailure> {
    let keyring = Keyring::from_json(bench.keyring().as_bytes()).unwrap();
    let kms = AwsKms::new(config, PATIENT);
    let run = Rewrapper::within_kms(keyring, &[key("a")], &key("b"), kms).unwrap().run(options);
    let mut stream = run.stream(TEXT);
    let mut out = Vec::new();
    for piece in text.as_bytes().chunks(1_000) {
        out.extend(stream.push(piece).await?);
    }
    let (rest, _) = stream.finish().await?;
    out.extend(rest);
    Ok((String::from_utf8(out).unwrap(), run.finish(None)))
}

async fn rewrap_as_root(bench: &Bench, text: &str) -> Result<(String, RewrapReport), RewrapFailure> {
    rewrap(bench, bench.config(), RewrapOptions::default(), text).await
}

/// The operations that were asked for, each with its number.
fn operations(bench: &Bench) -> Vec<String> {
    bench.proxy.seen().iter().map(|seen| seen.call().to_owned()).collect()
}

fn unavailable(error: &RewrapFailure) -> Option<(String, Unavailability)> {
    match error {
        RewrapFailure::Text(edgeseal_decryptor::DecryptError::Key(KeyError::Unavailable {
            key_id,
            reason,
            ..
        })) => Some((key_id.to_string(), *reason)),
        _ => None,
    }
}

#[tokio::test]
async fn who_may_not_decrypt_moves_direct_and_envelope_tokens() {
    let bench = Bench::new(&["a", "b"]).await;
    let mover = Identity::allowed_to(&[
        ("kms:ReEncryptFrom", &[bench.arn("a")]),
        ("kms:ReEncryptTo", &[bench.arn("b")]),
    ]);
    let config = config(bench.proxy.address, &mover);
    let body = records("a", 20);
    for (mode, calls) in [("direct", 20), ("envelope", 1)] {
        let encrypted = bench.encrypt(mode, &body);
        // The mover is one who may not decrypt: the emulator says so, of both keys.
        for id in ["a", "b"] {
            let token = bench.encrypt(mode, &format!(r#"{{"{id}": 1}}"#));
            let decryptor = bench.decryptor(config.clone(), PATIENT);
            let kept = decryptor.decrypt(token.as_bytes(), Some(TEXT)).await.unwrap().report;
            assert_eq!(kept.reasons().get(NotDecrypted::Denied.code()), Some(&1), "{mode} {id}");
        }

        bench.proxy.reset();
        let text = format!("[{encrypted}, {encrypted}]");
        let (moved, report) = rewrap(&bench, config.clone(), RewrapOptions::default(), &text).await.unwrap();
        assert_eq!((report.rewrapped(), report.kept()), (40, 0), "{mode}");
        assert_eq!((report.calls(), bench.proxy.calls()), (calls as u64, calls), "{mode}");
        assert!(operations(&bench).iter().all(|operation| operation == "ReEncrypt"));
        assert!(bench.proxy.plaintexts().is_empty());

        // The other key opens them all, without the first one.
        bench.proxy.reset();
        assert!(!moved.contains("__es1.a."));
        let decrypted = bench.decrypt(&moved).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&decrypted.body), format!("[{body}, {body}]"));
        assert_eq!(bench.proxy.calls_under(bench.arn("a")), 0);
        // Tokens that were equal are equal.
        let (one, other) = moved[1..moved.len() - 1].split_at(moved.len() / 2 - 1);
        assert_eq!(one.trim_end_matches([',', ' ']), other.trim_start_matches([',', ' ']), "{mode}");
    }
}

#[tokio::test]
async fn of_an_envelope_only_the_key_id_and_the_wrapped_data_key_change() {
    let bench = Bench::new(&["a", "b"]).await;
    let encrypted = bench.encrypt("envelope", r#"{"a": "Ada"}"#);
    let (moved, _) = rewrap_as_root(&bench, &encrypted).await.unwrap();
    let (before, after): (Vec<&str>, Vec<&str>) =
        (encrypted.split('.').collect(), moved.split('.').collect());
    let changed: Vec<usize> = (0..before.len()).filter(|part| before[*part] != after[*part]).collect();
    // `{"a": "__es1`, key id, `e`, header, wrapped data key, …
    assert_eq!((changed, before.len(), after.len()), (vec![1, 4], 9, 9));
}

#[tokio::test]
async fn the_call_names_both_keys_and_nothing_else() {
    let bench = Bench::new(&["a", "b"]).await;
    let encrypted = bench.encrypt("direct", r#"{"a": "Ada"}"#);
    rewrap_as_root(&bench, &encrypted).await.unwrap();
    // The stand-in has looked at the members.
    let [seen] = &bench.proxy.seen()[..] else { panic!("one call") };
    assert_eq!((seen.arn(), seen.body["DestinationKeyId"].as_str()), (bench.arn("a"), Some(bench.arn("b"))));
}

#[tokio::test]
async fn tokens_move_between_keys_of_each_size_and_one_that_does_not_fit_is_named() {
    use aws_sdk_kms::types::KeySpec;
    let (mut bench, region) = (Bench::new(&[]).await, new_region());
    bench.add("a", &region, KeySpec::Rsa4096).await;
    bench.add("b", &region, KeySpec::Rsa2048).await;
    let body = format!(r#"{{"x": 1, "a": ["short", "{}"]}}"#, "x".repeat(180));
    let encrypted = bench.encrypt("direct", &format!(r#"{{"a": "{}"}}"#, "x".repeat(180)));
    let (moved, _) = rewrap_as_root(&bench, &encrypted).await.unwrap();
    assert_eq!(
        *bench.decrypt(&moved).await.unwrap().body,
        format!(r#"{{"a": "{}"}}"#, "x".repeat(180)).as_bytes()
    );

    // The whole array is one value, of more than 190 bytes.
    let encrypted = bench.encrypt("direct", &body);
    let offset = encrypted.find("__es1.a.").unwrap();
    let error = rewrap_as_root(&bench, &encrypted).await.unwrap_err();
    assert_eq!(error.code(), "rewrap_too_long");
    assert!(error.to_string().contains(&format!("byte {offset}")), "{error}");
    let mut options = RewrapOptions::default();
    options.keeping = Keeping { failed: true, ..Keeping::default() };
    let (kept, report) = rewrap(&bench, bench.config(), options, &encrypted).await.unwrap();
    assert_eq!((kept == encrypted, report.reasons()["rewrap_too_long"]), (true, 1));
}

#[tokio::test]
async fn a_denial_says_which_permission_is_missing() {
    let bench = Bench::new(&["a", "b"]).await;
    let (a, b) = (bench.arn("a"), bench.arn("b"));
    let encrypted = bench.encrypt("direct", r#"{"a": "Ada"}"#);
    for (statements, missing) in [
        (
            [("kms:ReEncryptTo", &[b][..]), ("kms:ReEncryptFrom", &[b][..])],
            "`kms:ReEncryptFrom` on `a` is denied",
        ),
        (
            [("kms:ReEncryptFrom", &[a][..]), ("kms:ReEncryptTo", &[a][..])],
            "`kms:ReEncryptTo` on `b` is denied",
        ),
        ([("kms:Decrypt", &[a][..]), ("kms:Encrypt", &[b][..])], "`kms:ReEncryptFrom` on `a` is denied"),
    ] {
        let config = config(bench.proxy.address, &Identity::allowed_to(&statements));
        let error = rewrap(&bench, config, RewrapOptions::default(), &encrypted).await.unwrap_err();
        assert_eq!(error.code(), "access_denied");
        assert!(error.to_string().contains("byte 7 ") && error.to_string().ends_with(missing), "{error}");
    }
    // A service that does not say which.
    bench.proxy.fault(None, None, ACCESS_DENIED);
    let error = rewrap_as_root(&bench, &encrypted).await.unwrap_err().to_string();
    assert!(error.ends_with("`kms:ReEncryptFrom` on `a` or `kms:ReEncryptTo` on `b` is denied"), "{error}");
}

#[tokio::test]
async fn what_is_wrong_with_a_key_is_said_of_that_key() {
    for (disabled, expected) in [("a", "a"), ("b", "b")] {
        let bench = Bench::new(&["a", "b"]).await;
        let encrypted = bench.encrypt("direct", &records("a", 9));
        let region = bench.arn("a").split(':').nth(3).unwrap();
        administrator(region).disable_key().key_id(bench.arn(disabled)).send().await.unwrap();
        let error = rewrap_as_root(&bench, &encrypted).await.unwrap_err();
        assert_eq!(unavailable(&error), Some((expected.to_owned(), Unavailability::Disabled)));
    }
}

#[tokio::test]
async fn what_passes_is_tried_again_and_what_lasts_is_not() {
    use Unavailability::{AnswerInvalid, ServiceFailed, Throttled, Unreachable};
    let bench = Bench::new(&["a", "b"]).await;
    let encrypted = bench.encrypt("direct", r#"{"a": "Ada"}"#);
    for (fault, expected) in [
        (THROTTLED, Throttled),
        (Fault::Status(500), ServiceFailed),
        (Fault::CutBefore, Unreachable),
        (Fault::CutInHead, Unreachable),
        (Fault::CutInBody, Unreachable),
    ] {
        bench.proxy.reset();
        bench.proxy.fault(None, Some(2), fault.clone());
        let (moved, report) = rewrap_as_root(&bench, &encrypted).await.unwrap();
        assert_eq!((report.rewrapped(), report.calls(), bench.proxy.calls()), (1, 3, 3), "{fault:?}");
        assert_eq!(*bench.decrypt(&moved).await.unwrap().body, br#"{"a": "Ada"}"#);
        bench.proxy.reset();
        bench.proxy.fault(None, None, fault.clone());
        let error = rewrap_as_root(&bench, &encrypted).await.unwrap_err();
        assert_eq!(unavailable(&error).unwrap().1, expected, "{fault:?}");
        assert_eq!(bench.proxy.calls(), 3, "{fault:?}");
    }
    let elsewhere = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    for fault in [
        Fault::Member("KeyId", Some(elsewhere)),
        Fault::Member("KeyId", None),
        Fault::Member("SourceKeyId", Some(elsewhere)),
        Fault::Member("SourceKeyId", None),
        Fault::Member("SourceEncryptionAlgorithm", Some("RSAES_OAEP_SHA_1")),
        Fault::Member("DestinationEncryptionAlgorithm", Some("RSAES_OAEP_SHA_1")),
        Fault::Member("DestinationEncryptionAlgorithm", None),
        Fault::Member("CiphertextBlob", None),
        // Three bytes.
        Fault::Member("CiphertextBlob", Some("AAAA")),
        Fault::Body("{}"),
        Fault::Body("[]"),
    ] {
        bench.proxy.reset();
        bench.proxy.fault(None, None, fault.clone());
        let error = rewrap_as_root(&bench, &encrypted).await.unwrap_err();
        assert_eq!(unavailable(&error).unwrap().1, AnswerInvalid, "{fault:?}");
        assert_eq!(bench.proxy.calls(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn an_answer_of_another_length_is_refused_or_the_same_ciphertext() {
    let bench = Bench::new(&["a", "b"]).await;
    let encrypted = bench.encrypt("direct", r#"{"a": "Ada"}"#);
    // Of a key of 3072 bits: under a keyring that tells the size it cannot be; and in one run there is one length.
    let long: &'static str = Box::leak("A".repeat(512).into_boxed_str());
    bench.proxy.fault(None, Some(1), Fault::Member("CiphertextBlob", Some(long)));
    let both = bench.encrypt("direct", &records("a", 2));
    let mut options = RewrapOptions::default();
    options.limits.concurrency = 1;
    let error = rewrap(&bench, bench.config(), options, &both).await.unwrap_err();
    assert_eq!(unavailable(&error), Some(("b".to_owned(), Unavailability::AnswerInvalid)));

    rewrap_as_root(&bench, &encrypted).await.unwrap();
    let same = bench.proxy.seen().last().unwrap().body["CiphertextBlob"].as_str().unwrap().to_owned();
    bench.proxy.fault(None, None, Fault::Member("CiphertextBlob", Some(Box::leak(same.into_boxed_str()))));
    let error = rewrap_as_root(&bench, &encrypted).await.unwrap_err();
    assert_eq!(unavailable(&error).unwrap().1, Unavailability::AnswerInvalid);
}

#[tokio::test]
async fn a_token_that_does_not_open_is_named() {
    let bench = Bench::new(&["a", "b"]).await;
    let good = bench.encrypt("direct", r#"{"a": "Ada"}"#);
    let damaged = format!(r#"[{good}, "__es1.a.s.{}.__"]"#, "B".repeat(341) + "A");
    let error = rewrap_as_root(&bench, &damaged).await.unwrap_err();
    assert_eq!(error.code(), "decryption_failed");
    assert_eq!(error.to_string(), format!("the token at byte {} does not open", good.len() + 4));
}

#[tokio::test]
async fn keys_in_different_regions_are_refused_before_anything() {
    use aws_sdk_kms::types::KeySpec;
    let mut bench = Bench::new(&["a"]).await;
    bench.add("b", &new_region(), KeySpec::Rsa2048).await;
    let keyring = Keyring::from_json(bench.keyring().as_bytes()).unwrap();
    let kms = AwsKms::new(bench.config(), PATIENT);
    let error = Rewrapper::within_kms(keyring.clone(), &[key("a")], &key("b"), kms).unwrap_err();
    assert_eq!(error.code(), "rewrap_refused");
    assert!(error.to_string().contains("different Regions"), "{error}");
    let kms = || AwsKms::new(bench.config(), PATIENT);
    let same = Rewrapper::within_kms(keyring.clone(), &[key("a")], &key("a"), kms());
    let unknown = Rewrapper::within_kms(keyring, &[key("c")], &key("a"), kms());
    assert!(same.is_err() && unknown.is_err());
    assert_eq!(bench.proxy.calls(), 0);
}

#[tokio::test]
async fn a_run_that_may_make_no_more_calls_says_so() {
    let bench = Bench::new(&["a", "b"]).await;
    let encrypted = bench.encrypt("direct", &records("a", 5));
    let mut options = RewrapOptions::default();
    options.limits.max_calls = Some(3);
    options.limits.concurrency = 1;
    let error = rewrap(&bench, bench.config(), options, &encrypted).await.unwrap_err();
    assert_eq!((error.code(), bench.proxy.calls()), ("calls_exhausted", 3));
    // And the other key's tokens are nobody's business.
    bench.proxy.reset();
    let others = bench.encrypt("direct", r#"{"b": "Bob"}"#);
    let (same, report) = rewrap_as_root(&bench, &others).await.unwrap();
    assert_eq!((same, report.skipped(), bench.proxy.calls()), (others, 1, 0));
}
