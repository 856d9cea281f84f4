//! Faults of the service and of the way to it.

use std::time::Duration;

use edgeseal_decryptor::{RunOptions, Unavailability};

use crate::bench::{Bench, JSON, PATIENT, keeping, reason};
use crate::fault::{ACCESS_DENIED, Fault, OVERSIZED, THROTTLED};

/// Attempts of a call, unless something else is said.
const ATTEMPTS: usize = 3;

#[tokio::test]
async fn what_passes_is_tried_again_by_the_sdk_alone() {
    use Unavailability::{ServiceFailed, Throttled, Unreachable};
    let bench = Bench::new(&["a"]).await;
    let encrypted = bench.encrypt("direct", r#"{"a": "Ada"}"#);
    for (fault, expected) in [
        (THROTTLED, Throttled),
        (Fault::Error(400, "LimitExceededException"), Throttled),
        (Fault::Error(500, "KMSInternalException"), ServiceFailed),
        (Fault::Error(500, "DependencyTimeoutException"), ServiceFailed),
        (Fault::Error(500, "KeyUnavailableException"), ServiceFailed),
        (Fault::Status(500), ServiceFailed),
        (Fault::Status(502), ServiceFailed),
        (Fault::Status(503), ServiceFailed),
        (Fault::Status(504), ServiceFailed),
        (Fault::CutBefore, Unreachable),
        (Fault::CutInHead, Unreachable),
        (Fault::CutInBody, Unreachable),
    ] {
        bench.proxy.reset();
        bench.proxy.fault(None, Some(ATTEMPTS - 1), fault.clone());
        let run = bench.decryptor(bench.config(), PATIENT).run(RunOptions::default());
        let decrypted = run.decrypt(encrypted.as_bytes(), JSON).await.unwrap();
        assert_eq!(*decrypted.body, br#"{"a": "Ada"}"#, "{fault:?}");
        assert_eq!((bench.proxy.calls(), run.report().calls()), (ATTEMPTS, 3), "{fault:?}");

        bench.proxy.reset();
        bench.proxy.fault(None, None, fault.clone());
        assert_eq!(reason(bench.decrypt(&encrypted).await), expected, "{fault:?}");
        assert_eq!(bench.proxy.calls(), ATTEMPTS, "{fault:?}");
    }
    bench.proxy.reset();
    bench.proxy.fault(None, None, Fault::Slow(Duration::from_millis(50)));
    bench.decrypt(&encrypted).await.unwrap();
    assert_eq!(bench.proxy.calls(), 1);
}

#[tokio::test]
async fn what_lasts_is_asked_once() {
    use Unavailability::{
        AnswerInvalid, Credentials, Disabled, NotFound, Other, ServiceFailed, WrongState, WrongUsage,
    };
    let bench = Bench::new(&["a"]).await;
    let encrypted = bench.encrypt("direct", r#"{"a": "Ada"}"#);
    let elsewhere = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    for (fault, expected) in [
        (Fault::Error(400, "DisabledException"), Disabled),
        (Fault::Error(400, "KMSInvalidStateException"), WrongState),
        (Fault::Error(400, "NotFoundException"), NotFound),
        (Fault::Error(400, "InvalidKeyUsageException"), WrongUsage),
        (Fault::Error(400, "InvalidGrantTokenException"), Other),
        (Fault::Error(400, "ExpiredTokenException"), Credentials),
        (Fault::Error(403, "ExpiredTokenException"), Credentials),
        (Fault::Error(400, "UnrecognizedClientException"), Credentials),
        (Fault::Error(403, "InvalidClientTokenId"), Credentials),
        (Fault::Error(403, "MissingAuthenticationToken"), Credentials),
        (Fault::Error(400, "IncompleteSignature"), Credentials),
        (Fault::Error(400, "InvalidSignatureException"), Credentials),
        (Fault::Error(400, "ValidationException"), Other),
        (Fault::Status(404), ServiceFailed),
        (Fault::Body(r#"{"KeyId": "#), AnswerInvalid),
        (Fault::Body("[]"), AnswerInvalid),
        (Fault::Body("<html>please log in</html>"), AnswerInvalid),
        (Fault::Body(""), AnswerInvalid),
        (Fault::Body("{}"), AnswerInvalid),
        (Fault::Member("KeyId", Some(elsewhere)), AnswerInvalid),
        (Fault::Member("KeyId", None), AnswerInvalid),
        (Fault::Member("EncryptionAlgorithm", Some("RSAES_OAEP_SHA_1")), AnswerInvalid),
        (Fault::Member("EncryptionAlgorithm", None), AnswerInvalid),
        (Fault::Member("Plaintext", None), AnswerInvalid),
        (Fault::Member("Plaintext", Some("not base64!")), AnswerInvalid),
    ] {
        bench.proxy.reset();
        bench.proxy.fault(None, None, fault.clone());
        let failed = bench.decrypt(&encrypted).await;
        assert_eq!(failed.as_ref().unwrap_err().code(), "key_unavailable", "{fault:?}");
        assert_eq!(reason(failed), expected, "{fault:?}");
        assert_eq!(bench.proxy.calls(), 1, "{fault:?}");
    }
    bench.proxy.reset();
    bench.proxy.fault(None, None, ACCESS_DENIED);
    let decrypted = bench.decrypt(&encrypted).await.unwrap();
    assert_eq!((decrypted.report.reasons()["access_denied"], bench.proxy.calls()), (1, 1));
    for code in ["InvalidCiphertextException", "IncorrectKeyException"] {
        bench.proxy.reset();
        bench.proxy.fault(None, None, Fault::Error(400, code));
        let error = bench.decrypt(&encrypted).await.unwrap_err();
        assert_eq!((error.code(), bench.proxy.calls()), ("decryption_failed", 1), "{code}");
    }
}

#[tokio::test]
async fn an_oversized_reply_is_not_read_and_not_asked_for_again() {
    let bench = Bench::new(&["a"]).await;
    let encrypted = bench.encrypt("direct", r#"{"a": "Ada"}"#);
    for announced in [true, false] {
        bench.proxy.reset();
        bench.proxy.fault(None, None, Fault::Oversized { announced });
        assert_eq!(reason(bench.decrypt(&encrypted).await), Unavailability::AnswerInvalid);
        assert_eq!(bench.proxy.calls(), 1);
        // What the kernel's buffers took, and the client's.
        assert!(bench.proxy.written() < OVERSIZED / 3, "{}", bench.proxy.written());
    }
}

#[tokio::test]
async fn a_fault_of_one_key_leaves_the_others_alone() {
    let bench = Bench::new(&["a", "b"]).await;
    let encrypted = bench.encrypt("envelope", r#"{"a": "Ada", "b": "Bob"}"#);
    for fault in [Fault::Status(500), THROTTLED, Fault::Body("no"), Fault::Error(400, "DisabledException")] {
        bench.proxy.reset();
        bench.proxy.fault(Some(bench.arn("b")), None, fault.clone());
        let run = bench.decryptor(bench.config(), PATIENT).run(keeping(|_| ()));
        let decrypted = run.decrypt(encrypted.as_bytes(), JSON).await.unwrap();
        let text = String::from_utf8_lossy(&decrypted.body);
        assert!(text.contains("Ada") && text.contains("__es1.b.e."), "{fault:?} {text}");
        assert_eq!(decrypted.report.reasons()["key_unavailable"], 1, "{fault:?}");
        assert_eq!(bench.proxy.calls_under(bench.arn("a")), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn an_error_names_the_request_and_says_nothing_of_it() {
    let bench = Bench::new(&["a"]).await;
    let encrypted = bench.encrypt("direct", r#"{"a": "Ada"}"#);
    bench.proxy.fault(None, None, Fault::Error(400, "DisabledException"));
    let run = bench.decryptor(bench.config(), PATIENT).run(RunOptions::default());
    let error = run.decrypt(encrypted.as_bytes(), JSON).await.unwrap_err();
    assert_eq!(error.to_string(), "the key `a` cannot be asked: it is disabled (request made-by-the-proxy)");
}
