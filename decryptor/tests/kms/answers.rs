//! What is asked, how often, and what comes of it.

use std::collections::BTreeSet;

use aws_sdk_kms::types::KeySpec;
use edgeseal::{Keyring, Selection};
use edgeseal_decryptor::{AwsKms, Decryptor, RunOptions};

use crate::bench::{Bench, JSON, PATIENT, new_region, records};
use crate::common::{copy_private_key, root};

const MODES: [&str; 2] = ["direct", "envelope"];

#[tokio::test]
async fn what_was_encrypted_under_keys_of_each_size_comes_back() {
    let (mut bench, region) = (Bench::new(&[]).await, new_region());
    let specs = [("a", KeySpec::Rsa2048), ("b", KeySpec::Rsa3072), ("c", KeySpec::Rsa4096)];
    for (id, spec) in specs {
        bench.add(id, &region, spec).await;
    }
    let body = r#"{"a": "Zoë", "b": 17, "c": {"d": [null, true]}, "e": 1.50}"#;
    for mode in MODES {
        bench.proxy.reset();
        let encrypted = bench.encrypt(mode, body);
        let decrypted = bench.decrypt(&encrypted).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&decrypted.body), body);
        assert_eq!((decrypted.report.decrypted(), decrypted.report.kept()), (3, 0));
        assert_eq!(bench.proxy.calls(), 3);
    }
}

#[tokio::test]
async fn nothing_of_a_token_but_its_ciphertext_is_sent() {
    let bench = Bench::new(&["a"]).await;
    for (mode, bytes) in MODES.into_iter().zip([256, 256]) {
        bench.proxy.reset();
        let encrypted = bench.encrypt(mode, r#"{"a": "Ada"}"#);
        bench.decrypt(&encrypted).await.unwrap();
        let [seen] = &bench.proxy.seen()[..] else { panic!("one call") };
        let members: Vec<&str> = seen.body.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(BTreeSet::from_iter(members), ["CiphertextBlob", "EncryptionAlgorithm", "KeyId"].into());
        assert_eq!(seen.arn(), bench.arn("a"));
        assert_eq!(seen.body["EncryptionAlgorithm"], "RSAES_OAEP_SHA_256");
        // In base64.
        assert_eq!(
            seen.body["CiphertextBlob"].as_str().unwrap().trim_end_matches('=').len(),
            (bytes * 4usize).div_ceil(3)
        );
        assert_eq!(seen.scope()[0], "test");
    }
}

#[tokio::test]
async fn a_keyring_may_mix_regions_and_files() {
    let (mut bench, regions) = (Bench::new(&[]).await, [new_region(), new_region()]);
    for (id, region) in ["a", "b"].into_iter().zip(&regions) {
        bench.add(id, region, KeySpec::Rsa2048).await;
    }
    let folder = tempfile::tempdir().unwrap();
    copy_private_key("rsa2048-a", &folder.path().join("l.pem"));
    let mut keyring = bench.keyring();
    keyring.truncate(keyring.len() - 2);
    keyring += r#", "l": {"private_key_file": "l.pem"}}}"#;
    let public = std::fs::read_to_string(root().join("test-vectors/keys/rsa2048-a.public.pem")).unwrap();
    bench.keys.push(crate::bench::Key { id: "l", arn: String::new(), pem: public });

    let body = r#"{"a": 1, "b": 2, "l": 3}"#;
    let encrypted = bench.encrypt("direct", body);
    let decryptor = Decryptor::new(Keyring::from_json(keyring.as_bytes()).unwrap())
        .with_local_keys(folder.path())
        .with_provider(AwsKms::new(bench.config(), PATIENT));
    let decrypted = decryptor.decrypt(encrypted.as_bytes(), JSON).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&decrypted.body), body);
    let seen = bench.proxy.seen();
    assert_eq!(seen.len(), 2);
    for seen in seen {
        assert_eq!(seen.scope()[2], seen.arn().split(':').nth(3).unwrap());
    }
    assert_eq!(decryptor.callers(), ["test"]);
}

#[tokio::test]
async fn each_distinct_direct_token_is_one_call() {
    let bench = Bench::new(&["a"]).await;
    let encrypted = bench.encrypt("direct", &records("a", 30));
    let run = bench.decryptor(bench.config(), PATIENT).run(RunOptions::default());
    for text in [encrypted.clone(), encrypted.clone(), format!("[{encrypted}, {encrypted}]")] {
        run.decrypt(text.as_bytes(), JSON).await.unwrap();
    }
    assert_eq!((bench.proxy.calls(), run.report().calls()), (30, 30));
    // The same ones again, in a run that knows nothing: a thousand copies of one are one call.
    bench.proxy.reset();
    let one = bench.encrypt("direct", r#"{"a": "Ada"}"#);
    let copies = format!("[{}]", vec![one; 1_000].join(","));
    let decrypted = bench.decrypt(&copies).await.unwrap();
    assert_eq!((decrypted.report.decrypted(), bench.proxy.calls()), (1_000, 1));
}

#[tokio::test]
async fn each_distinct_data_key_is_one_call() {
    let bench = Bench::new(&["a", "b"]).await;
    // A body has one data key for each key.
    let body = format!("[{}, {}]", records("a", 500), records("b", 500));
    let texts = [bench.encrypt("envelope", &body), bench.encrypt("envelope", &body)];
    let run = bench.decryptor(bench.config(), PATIENT).run(RunOptions::default());
    for text in texts.iter().chain(&texts) {
        let decrypted = run.decrypt(text.as_bytes(), JSON).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&decrypted.body), body);
    }
    assert_eq!((bench.proxy.calls(), run.report().calls()), (4, 4));
    assert_eq!(bench.proxy.calls_under(bench.arn("a")), 2);
}

#[tokio::test]
async fn records_of_one_request_are_one_call_for_each_key_however_many_they_are() {
    let bench = Bench::new(&["name", "email", "phone", "street", "born", "ssn"]).await;
    let record = |number: usize| {
        let members: Vec<String> =
            bench.keys.iter().map(|key| format!(r#""{}": "{number} of {}""#, key.id, key.id)).collect();
        format!("{{{}}}", members.join(", "))
    };
    for records in [1, 10, 100] {
        let body = format!("[{}]", (0..records).map(record).collect::<Vec<_>>().join(", "));
        let encrypted = bench.encrypt("envelope", &body);
        bench.proxy.reset();
        let decrypted = bench.decrypt(&encrypted).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&decrypted.body), body);
        // Six keys, so six data keys; of direct tokens, each distinct one.
        assert_eq!(bench.proxy.calls(), 6, "{records}");
        assert!(bench.keys.iter().all(|key| bench.proxy.calls_under(&key.arn) == 1));
        let encrypted = bench.encrypt("direct", &body);
        bench.proxy.reset();
        bench.decrypt(&format!("[{encrypted}, {encrypted}]")).await.unwrap();
        assert_eq!(bench.proxy.calls(), 6 * records);
    }
}

#[tokio::test]
async fn hostile_tokens_cost_nothing() {
    let bench = Bench::new(&["a"]).await;
    let good = bench.encrypt("direct", r#"{"a": "Ada"}"#);
    let token = good.split('"').nth(3).unwrap().to_owned();
    let run = bench.decryptor(bench.config(), PATIENT).run(RunOptions::default());
    run.decrypt(good.as_bytes(), JSON).await.unwrap();
    assert_eq!(bench.proxy.calls(), 1);

    let letters = "A".repeat(342);
    let hostile = [
        // Of a key that the keyring does not have.
        token.replacen(".a.", ".b.", 1),
        token.replacen(".a.", &format!(".{}.", bench.arn("a")), 1),
        // Of a kind, a version, a shape that is none.
        format!("__es1.a.x.{letters}.__"),
        format!("__es9.a.s.{letters}.__"),
        format!("__es1.a.s.{}.__", "A".repeat(100)),
        format!("__es1.a.s.{letters}=.__"),
        "__es1.a.s".to_owned(),
        // As long as under a key of another size.
        format!("__es1.a.s.{}.__", "A".repeat(512)),
    ];
    let text = serde_json::to_string(&hostile).unwrap();
    let decrypted = run.decrypt(text.as_bytes(), JSON).await.unwrap();
    assert_eq!((decrypted.report.decrypted(), decrypted.report.kept()), (0, 8), "{:?}", decrypted.report);
    assert_eq!(*decrypted.body, text.as_bytes());
    assert_eq!(bench.proxy.calls(), 1);
}

#[tokio::test]
async fn a_token_without_the_required_context_costs_nothing() {
    let bench = Bench::new(&["a"]).await;
    for (mode, context, calls) in
        [("envelope", "people", 1), ("envelope", "orders", 0), ("direct", "people", 0)]
    {
        bench.proxy.reset();
        let mut options = RunOptions::default();
        options.selection = Selection::default().require_context("api", context);
        let encrypted = bench.encrypt(mode, r#"{"a": "Ada"}"#);
        let run = bench.decryptor(bench.config(), PATIENT).run(options);
        let code = run.decrypt(encrypted.as_bytes(), JSON).await.map_err(|error| error.code());
        assert_eq!(code.err(), (calls == 0).then_some("decryption_failed"), "{mode} {context}");
        assert_eq!(bench.proxy.calls(), calls, "{mode} {context}");
    }
}

#[tokio::test]
async fn whatever_does_not_open_is_one_error() {
    let bench = Bench::new(&["a", "b"]).await;
    let direct = bench.encrypt("direct", r#"{"a": "Ada"}"#);
    let envelope = bench.encrypt("envelope", r#"{"a": "Ada", "b": "Bob"}"#);
    // The ciphertext is damaged; it is under another key; the key opens it and the rest is not of it.
    let damaged = format!(r#"{{"a":"__es1.a.s.{}.__"}}"#, "B".repeat(341) + "A");
    let under_another = direct.replacen(".a.", ".b.", 1);
    let end = envelope.find(".__").unwrap() - 9;
    let letter = if envelope.as_bytes()[end] == b'A' { "B" } else { "A" };
    let tampered = format!("{}{letter}{}", &envelope[..end], &envelope[end + 1..]);
    let mut errors = BTreeSet::new();
    for text in [damaged, under_another, tampered] {
        bench.proxy.reset();
        let error = bench.decrypt(&text).await.unwrap_err();
        let message = error.to_string();
        let offset = message.find(|letter: char| letter.is_ascii_digit()).unwrap();
        errors.insert((error.code(), message[..offset].to_owned()));
        // `InvalidCiphertextException` is not asked for again.
        assert!(bench.proxy.calls() <= 2);
    }
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!(errors.first().unwrap().0, "decryption_failed");
}

#[tokio::test]
async fn a_key_that_exists_and_is_not_ours_to_use_opens_nothing_else() {
    // The plaintext of one key's token is not given out for another's, even if a service would open it.
    let bench = Bench::new(&["a", "b"]).await;
    let text = bench.encrypt("direct", r#"{"a": "Ada"}"#).replacen(".a.", ".b.", 1);
    let error = bench.decrypt(&text).await.unwrap_err();
    assert_eq!(error.code(), "decryption_failed");
    assert_eq!(bench.proxy.calls_under(bench.arn("a")), 0);
}
