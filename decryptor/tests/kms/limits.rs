//! Limits of calls and of time. Times have a lower bound alone: the machine may have other things to do.

use std::time::{Duration, Instant};

use aws_sdk_kms::config::retry::RetryConfig;
use edgeseal_decryptor::{KmsTimeouts, Unavailability};

use crate::bench::{Bench, JSON, PATIENT, keeping, limited, reason, records};
use crate::fault::{Fault, THROTTLED};

#[tokio::test]
async fn no_more_attempts_than_allowed_reach_the_service() {
    let bench = Bench::new(&["a"]).await;
    let encrypted = bench.encrypt("direct", &records("a", 40));
    for (fault, max_calls) in
        [(None, 0), (None, 1), (None, 7), (Some(THROTTLED), 7), (Some(Fault::CutBefore), 10)]
    {
        bench.proxy.reset();
        if let Some(fault) = fault.clone() {
            bench.proxy.fault(None, None, fault);
        }
        let run = bench
            .decryptor(bench.config(), PATIENT)
            .run(keeping(|limits| limits.max_calls = Some(max_calls)));
        for _ in 0..2 {
            let error = run.decrypt(encrypted.as_bytes(), JSON).await.unwrap_err();
            assert_eq!(error.code(), "calls_exhausted", "{fault:?} {max_calls}");
        }
        assert_eq!(run.report().calls(), max_calls);
        // Some may have been dropped before they came to it.
        assert!(bench.proxy.calls() <= usize::try_from(max_calls).unwrap(), "{fault:?} {max_calls}");
    }
    // As many as it takes are enough.
    bench.proxy.reset();
    let run = bench.decryptor(bench.config(), PATIENT).run(limited(|limits| limits.max_calls = Some(40)));
    run.decrypt(encrypted.as_bytes(), JSON).await.unwrap();
    assert_eq!(bench.proxy.calls(), 40);
}

#[tokio::test]
async fn a_service_that_throttles_everything_is_left_at_the_deadline() {
    let bench = Bench::new(&["a"]).await;
    let encrypted = bench.encrypt("direct", &records("a", 40));
    bench.proxy.fault(None, None, THROTTLED);
    let retries = RetryConfig::adaptive().with_max_attempts(1_000);
    let config = bench.config().to_builder().retry_config(retries).build();
    let run = bench.decryptor(config, PATIENT).run(keeping(|limits| {
        limits.total = Some(Duration::from_secs(2));
        limits.max_calls = Some(100);
    }));
    let start = Instant::now();
    let error = run.decrypt(encrypted.as_bytes(), JSON).await.unwrap_err();
    assert_eq!(error.to_string(), "the time that is allowed has passed");
    assert!(start.elapsed() >= Duration::from_secs(2));
    assert!((1..=100).contains(&bench.proxy.calls()), "{}", bench.proxy.calls());
    // Time is over: nothing more is asked.
    let calls = bench.proxy.calls();
    run.decrypt(encrypted.as_bytes(), JSON).await.unwrap_err();
    assert_eq!(bench.proxy.calls(), calls);
}

#[tokio::test]
async fn calls_begin_no_faster_than_the_rate() {
    let bench = Bench::new(&["a"]).await;
    let encrypted = bench.encrypt("direct", &records("a", 6));
    let options = limited(|limits| limits.calls_per_second = Some(20.0));
    let run = bench.decryptor(bench.config(), PATIENT).run(options);
    let start = Instant::now();
    run.decrypt(encrypted.as_bytes(), JSON).await.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(250), "{:?}", start.elapsed());
    assert_eq!(bench.proxy.calls(), 6);
}

#[tokio::test]
async fn a_service_that_hangs_is_left_at_the_deadline() {
    let bench = Bench::new(&["a"]).await;
    let encrypted = bench.encrypt("direct", &records("a", 40));
    bench.proxy.fault(None, None, Fault::Hang);
    let options = keeping(|limits| limits.total = Some(Duration::from_millis(500)));
    let run = bench.decryptor(bench.config(), PATIENT).run(options);
    let error = run.decrypt(encrypted.as_bytes(), JSON).await.unwrap_err();
    assert_eq!(error.code(), "deadline_passed");
    assert!(bench.proxy.calls() <= 16);
}

#[tokio::test]
async fn an_attempt_that_hangs_is_tried_again() {
    let bench = Bench::new(&["a"]).await;
    let encrypted = bench.encrypt("direct", r#"{"a": "Ada"}"#);
    bench.proxy.fault(None, Some(1), Fault::Hang);
    let timeouts = KmsTimeouts { attempt: Duration::from_secs(4), ..PATIENT };
    let decrypted = bench.decryptor(bench.config(), timeouts).decrypt(encrypted.as_bytes(), JSON).await;
    assert_eq!(*decrypted.unwrap().body, br#"{"a": "Ada"}"#);
    assert_eq!(bench.proxy.calls(), 2);

    bench.proxy.reset();
    bench.proxy.fault(None, None, Fault::Hang);
    let timeouts = KmsTimeouts { attempt: Duration::from_millis(700), ..PATIENT };
    let failed = bench.decryptor(bench.config(), timeouts).decrypt(encrypted.as_bytes(), JSON).await;
    assert_eq!((reason(failed), bench.proxy.calls()), (Unavailability::TimedOut, 3));
}

#[tokio::test]
async fn a_call_has_its_time_with_all_attempts() {
    let bench = Bench::new(&["a"]).await;
    let encrypted = bench.encrypt("direct", r#"{"a": "Ada"}"#);
    bench.proxy.fault(None, None, Fault::Hang);
    let timeouts = KmsTimeouts { call: Duration::from_millis(700), ..PATIENT };
    let start = Instant::now();
    let failed = bench.decryptor(bench.config(), timeouts).decrypt(encrypted.as_bytes(), JSON).await;
    assert_eq!((reason(failed), bench.proxy.calls()), (Unavailability::TimedOut, 1));
    assert!(start.elapsed() >= Duration::from_millis(700));
}

#[tokio::test]
async fn a_service_that_is_not_there_cannot_be_reached() {
    let bench = Bench::new(&["a"]).await;
    let encrypted = bench.encrypt("direct", r#"{"a": "Ada"}"#);
    let nobody = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let config = crate::emulator::config(nobody, &crate::emulator::Identity::root());
    let failed = bench.decryptor(config, PATIENT).decrypt(encrypted.as_bytes(), JSON).await;
    assert_eq!(reason(failed), Unavailability::Unreachable);
}
