#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use edgeseal::{Answer, Fallback, KeyId, KeyLocation, Keyring, NotDecrypted, TextFormat};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::{
    Asking, Decryptor, Fallbacks, KeyError, KeyProvider, Limits, Meter, Question, RunOptions, Unavailability,
};

/// What becomes of a ciphertext that begins with this byte.
type Script = fn(u8) -> Reply;

enum Reply {
    Plaintext,
    Failed,
    SlowlyFailed(Duration),
    Error(Unavailability),
    /// Comes after this long.
    Slow(Duration),
    Never,
}

/// A provider with a script, and when it was asked for what.
struct Scripted {
    script: Script,
    asked: Arc<Mutex<Vec<(u8, Instant)>>>,
    under_way: Arc<AtomicUsize>,
}

/// Counts itself out when its call is done, or dropped.
struct UnderWay(Arc<AtomicUsize>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl KeyProvider for Scripted {
    fn serves(&self, _: &KeyLocation) -> bool {
        true
    }

    fn ask<'a>(&'a self, question: Question<'a>, meter: &'a Meter) -> Asking<'a> {
        Box::pin(async move {
            meter.count(question.key_id)?;
            self.under_way.fetch_add(1, Ordering::SeqCst);
            let _under_way = UnderWay(self.under_way.clone());
            let first = question.ciphertext[0];
            self.asked.lock().await.push((first, Instant::now()));
            match (self.script)(first) {
                Reply::Plaintext => {}
                Reply::Failed => return Ok(Answer::Failed),
                Reply::Error(reason) => {
                    let key_id = question.key_id.clone();
                    return Err(KeyError::Unavailable { key_id, reason, request_id: None });
                }
                Reply::Slow(time) => tokio::time::sleep(time).await,
                Reply::SlowlyFailed(time) => {
                    tokio::time::sleep(time).await;
                    return Ok(Answer::Failed);
                }
                Reply::Never => std::future::pending().await,
            }
            Ok(Answer::Plaintext(vec![b'p'].into()))
        })
    }
}

struct Bench {
    decryptor: Decryptor,
    asked: Arc<Mutex<Vec<(u8, Instant)>>>,
    under_way: Arc<AtomicUsize>,
}

impl Bench {
    fn new(script: Script) -> Self {
        let keyring =
            Keyring::from_json(br#"{"version": 1, "keys": {"k": {"private_key_file": "k.pem"}}}"#).unwrap();
        let (asked, under_way) = <(Arc<Mutex<_>>, Arc<AtomicUsize>)>::default();
        let provider = Scripted { script, asked: asked.clone(), under_way: under_way.clone() };
        Self { decryptor: Decryptor::new(keyring).with_provider(provider), asked, under_way }
    }

    async fn asked(&self) -> usize {
        self.asked.lock().await.len()
    }
}

/// Direct tokens whose ciphertexts begin with bytes of this range, divided by four.
fn tokens(numbers: std::ops::Range<u8>) -> Vec<u8> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let token = |number: u8| {
        let letter = char::from(LETTERS[usize::from(number)]);
        format!("__es1.k.s.{letter}{}.__ ", "A".repeat(341))
    };
    numbers.map(token).collect::<String>().into_bytes()
}

fn limited(limit: impl FnOnce(&mut Limits)) -> RunOptions {
    let mut options = RunOptions::default();
    limit(&mut options.limits);
    options
}

fn keeping() -> RunOptions {
    let fallbacks = Fallbacks::default().on(NotDecrypted::Unavailable, None, Fallback::Keep);
    RunOptions { fallbacks, ..RunOptions::default() }
}

const TEXT: Option<TextFormat> = Some(TextFormat::Text);

#[tokio::test(start_paused = true)]
async fn calls_begin_no_faster_than_the_rate() {
    let bench = Bench::new(|_| Reply::Plaintext);
    let run = bench.decryptor.run(limited(|limits| limits.calls_per_second = Some(4.0)));
    run.decrypt(&tokens(0..5), TEXT).await.unwrap();
    // What is known takes no turn.
    run.decrypt(&tokens(0..6), TEXT).await.unwrap();
    let asked = bench.asked.lock().await;
    let gaps: Vec<Duration> = asked.windows(2).map(|pair| pair[1].1 - pair[0].1).collect();
    // The virtual clock has milliseconds.
    assert!(gaps.iter().all(|gap| (250..=252).contains(&gap.as_millis())), "{gaps:?}");
    assert_eq!(gaps.len(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_rate_that_no_clock_can_tell_is_slow_and_not_endless() {
    let bench = Bench::new(|_| Reply::Plaintext);
    let run = bench.decryptor.run(limited(|limits| {
        limits.calls_per_second = Some(f64::MIN_POSITIVE);
        limits.total = Some(Duration::from_secs(1_000));
    }));
    assert_eq!(run.decrypt(&tokens(0..2), TEXT).await.unwrap_err().code(), "deadline_passed");
    assert_eq!(bench.asked().await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_stops_drops_its_calls_and_begins_none() {
    // The first one never comes: the error of the second does not wait for it.
    let bench = Bench::new(|first| match first {
        0 => Reply::Never,
        4 => Reply::Error(Unavailability::Disabled),
        _ => Reply::Slow(Duration::from_secs(1)),
    });
    let run = bench.decryptor.run(limited(|limits| limits.concurrency = 4));
    assert_eq!(run.decrypt(&tokens(0..20), TEXT).await.unwrap_err().code(), "key_unavailable");
    assert_eq!(bench.under_way.load(Ordering::SeqCst), 0);
    assert!(bench.asked().await <= 4);
}

#[tokio::test(start_paused = true)]
async fn after_its_time_a_run_begins_no_call() {
    let bench = Bench::new(|first| if first == 0 { Reply::Plaintext } else { Reply::Never });
    let run = bench.decryptor.run(limited(|limits| limits.total = Some(Duration::from_secs(9))));
    run.decrypt(&tokens(0..1), TEXT).await.unwrap();
    let start = Instant::now();
    assert_eq!(run.decrypt(&tokens(0..3), TEXT).await.unwrap_err().code(), "deadline_passed");
    assert!((8_990..=9_010).contains(&start.elapsed().as_millis()));
    assert_eq!((bench.under_way.load(Ordering::SeqCst), bench.asked().await), (0, 3));
    assert_eq!(run.decrypt(&tokens(3..9), TEXT).await.unwrap_err().code(), "deadline_passed");
    assert_eq!(bench.asked().await, 3);
    // What it knows it still gives.
    run.decrypt(&tokens(0..1), TEXT).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn texts_at_the_same_time_ask_for_the_same_once() {
    let bench = Bench::new(|_| Reply::Slow(Duration::from_secs(1)));
    let run = bench.decryptor.run(RunOptions::default());
    let text = tokens(0..4);
    let texts = futures_util::future::join_all((0..8).map(|_| run.decrypt(&text, TEXT))).await;
    assert!(texts.iter().all(|decrypted| *decrypted.as_ref().unwrap().body == b"p p p p "));
    assert_eq!((bench.asked().await, run.report().calls()), (4, 4));
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_a_call_that_is_dropped_asks_itself() {
    let bench = Bench::new(|_| Reply::Slow(Duration::from_secs(10)));
    let run = bench.decryptor.run(RunOptions::default());
    let text = tokens(0..1);
    let dropped = tokio::time::timeout(Duration::from_secs(1), run.decrypt(&text, TEXT));
    let (dropped, done) = tokio::join!(dropped, run.decrypt(&text, TEXT));
    assert!(dropped.is_err());
    assert_eq!(*done.unwrap().body, b"p ");
    assert_eq!(bench.asked().await, 2);
}

#[tokio::test]
async fn what_does_not_open_is_asked_for_once() {
    let bench = Bench::new(|_| Reply::Failed);
    let run = bench.decryptor.run(RunOptions::default());
    for _ in 0..3 {
        assert_eq!(run.decrypt(&tokens(0..1), TEXT).await.unwrap_err().code(), "decryption_failed");
    }
    assert_eq!(bench.asked().await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_does_not_open_ends_the_asking_and_the_first_of_them_is_told() {
    // The bytes are four times the numbers. The third token takes longer to fail than the sixth, and the eighth never comes.
    let script: Script = |first| match first {
        8 => Reply::SlowlyFailed(Duration::from_secs(5)),
        20 => Reply::Failed,
        28 => Reply::Never,
        _ => Reply::Slow(Duration::from_secs(1)),
    };
    for concurrency in [1, 4, 100] {
        let bench = Bench::new(script);
        let run = bench.decryptor.run(limited(|limits| limits.concurrency = concurrency));
        let error = run.decrypt(&tokens(0..40), TEXT).await.unwrap_err();
        assert_eq!(error.to_string(), format!("the token at byte {} does not open", 2 * 356));
        assert_eq!(bench.under_way.load(Ordering::SeqCst), 0);
        let asked = bench.asked().await;
        assert!(asked <= 2 + 2 * concurrency.min(20), "{concurrency}: {asked}");
    }
    // Where it may stay, the others are wanted.
    let bench = Bench::new(|first| if first == 8 { Reply::Failed } else { Reply::Plaintext });
    let fallbacks = Fallbacks::default().on(NotDecrypted::Failed, None, Fallback::Keep);
    let run = bench.decryptor.run(RunOptions { fallbacks, ..RunOptions::default() });
    assert_eq!(run.decrypt(&tokens(0..40), TEXT).await.unwrap().report.decrypted(), 39);
}

#[tokio::test]
async fn a_key_that_is_gone_is_not_asked_again_and_one_that_is_busy_is() {
    let gone: [Script; 4] = [
        |_| Reply::Error(Unavailability::Disabled),
        |_| Reply::Error(Unavailability::WrongState),
        |_| Reply::Error(Unavailability::NotFound),
        |_| Reply::Error(Unavailability::WrongUsage),
    ];
    let busy: [Script; 3] = [
        |_| Reply::Error(Unavailability::Throttled),
        |_| Reply::Error(Unavailability::TimedOut),
        |_| Reply::Error(Unavailability::Unreachable),
    ];
    for (script, calls) in gone.into_iter().map(|script| (script, 1)).chain(busy.map(|script| (script, 6))) {
        let bench = Bench::new(script);
        let mut options = keeping();
        options.limits.concurrency = 1;
        let run = bench.decryptor.run(options);
        for _ in 0..2 {
            assert_eq!(run.decrypt(&tokens(0..3), TEXT).await.unwrap().report.kept(), 3);
        }
        assert_eq!(bench.asked().await, calls);
        assert_eq!(run.report().keys()[&KeyId::new("k").unwrap()].calls, u64::try_from(calls).unwrap());
    }
}

#[test]
fn a_text_can_be_decrypted_on_another_thread() {
    fn send<T: Send>(_: T) {}
    let bench = Bench::new(|_| Reply::Never);
    let run = bench.decryptor.run(RunOptions::default());
    send(run.decrypt(b"", TEXT));
}
