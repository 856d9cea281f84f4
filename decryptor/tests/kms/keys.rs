//! Keys that may not be used, or not any more: what the emulator itself answers.

use aws_sdk_kms::types::KeySpec;
use edgeseal_decryptor::{RunOptions, Unavailability};

use crate::bench::{Bench, JSON, PATIENT, keeping, new_region, reason, records};
use crate::emulator::{Identity, administrator, config};
use crate::fault::ACCESS_DENIED;

#[tokio::test]
async fn a_reader_gets_what_their_keys_open() {
    let bench = Bench::new(&["a", "b"]).await;
    let reader = Identity::reader_of(&[bench.arn("a")]);
    let encrypted = bench.encrypt("direct", r#"{"a": "Ada", "b": "Bob"}"#);
    let decryptor = bench.decryptor(config(bench.proxy.address, &reader), PATIENT);
    // The emulator says it with status 403, AWS with 400: the code decides.
    let decrypted = decryptor.decrypt(encrypted.as_bytes(), JSON).await.unwrap();
    let text = String::from_utf8_lossy(&decrypted.body);
    assert!(text.contains("Ada") && !text.contains("Bob") && text.contains("__es1.b."), "{text}");
    assert_eq!(decrypted.report.positions()[0].code, "access_denied");
    assert_eq!(bench.proxy.calls(), 2);
    assert_eq!(decryptor.callers(), [reader.access_key_id]);
}

#[tokio::test]
async fn a_denied_key_is_not_asked_again_in_the_run() {
    let bench = Bench::new(&["a", "b"]).await;
    let reader = Identity::reader_of(&[bench.arn("a")]);
    let body = format!("[{}, {}]", records("b", 100), records("a", 5));
    let encrypted = bench.encrypt("direct", &body);
    let mut options = RunOptions::default();
    options.limits.concurrency = 4;
    for emulated in [true, false] {
        bench.proxy.reset();
        let identity = if emulated { reader.clone() } else { Identity::root() };
        if !emulated {
            bench.proxy.fault(Some(bench.arn("b")), None, ACCESS_DENIED);
        }
        let run = bench.decryptor(config(bench.proxy.address, &identity), PATIENT).run(options.clone());
        for _ in 0..2 {
            let decrypted = run.decrypt(encrypted.as_bytes(), JSON).await.unwrap();
            assert_eq!((decrypted.report.decrypted(), decrypted.report.kept()), (5, 100));
            assert_eq!(decrypted.report.reasons()["access_denied"], 100);
        }
        // Those that were under way when the first came back.
        let denied = bench.proxy.calls_under(bench.arn("b"));
        assert!((1..=4).contains(&denied), "{denied}");
        assert_eq!(bench.proxy.calls_under(bench.arn("a")), 5);
    }
}

#[tokio::test]
async fn keys_that_are_gone_say_so_and_are_asked_once() {
    let (mut bench, region) = (Bench::new(&[]).await, new_region());
    for id in ["good", "disabled", "deleted", "missing"] {
        bench.add(id, &region, KeySpec::Rsa2048).await;
    }
    let kms = administrator(&region);
    kms.disable_key().key_id(bench.arn("disabled")).send().await.unwrap();
    let deletion = kms.schedule_key_deletion().key_id(bench.arn("deleted")).pending_window_in_days(7);
    deletion.send().await.unwrap();
    let missing = bench.keys.last_mut().unwrap();
    missing.arn.truncate(missing.arn.len() - 12);
    missing.arn += "000000000000";
    for (id, expected) in [
        ("disabled", Unavailability::Disabled),
        ("deleted", Unavailability::WrongState),
        ("missing", Unavailability::NotFound),
    ] {
        let body = format!(r#"[{}, {{"good": "Ada"}}]"#, records(id, 20));
        let encrypted = bench.encrypt("direct", &body);
        bench.proxy.reset();
        assert_eq!(reason(bench.decrypt(&encrypted).await), expected);
        // With a fallback the run goes on, and asks no more.
        bench.proxy.reset();
        let run = bench.decryptor(bench.config(), PATIENT).run(keeping(|limits| limits.concurrency = 1));
        for _ in 0..2 {
            let decrypted = run.decrypt(encrypted.as_bytes(), JSON).await.unwrap();
            assert_eq!((decrypted.report.decrypted(), decrypted.report.kept()), (1, 20));
            assert_eq!(decrypted.report.reasons()["key_unavailable"], 20);
        }
        assert_eq!((bench.proxy.calls_under(bench.arn(id)), bench.proxy.calls()), (1, 2), "{id}");
    }
}

#[tokio::test]
async fn credentials_that_the_service_does_not_take_are_tried_once() {
    let bench = Bench::new(&["a"]).await;
    let encrypted = bench.encrypt("direct", r#"{"a": "Ada"}"#);
    let unknown = Identity { access_key_id: "AKIAIOSFODNN7EXAMPLE".into(), ..Identity::root() };
    // A user's: the emulator takes any signature of its root.
    let wrong = Identity {
        secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".into(),
        ..Identity::reader_of(&[bench.arn("a")])
    };
    for identity in [unknown, wrong] {
        bench.proxy.reset();
        let decryptor = bench.decryptor(config(bench.proxy.address, &identity), PATIENT);
        let failed = reason(decryptor.decrypt(encrypted.as_bytes(), JSON).await);
        assert_eq!(
            (failed, bench.proxy.calls()),
            (Unavailability::Credentials, 1),
            "{}",
            identity.access_key_id
        );
    }
}
