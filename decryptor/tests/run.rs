//! What texts of one run share: answers, limits and a report.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use edgeseal::{Answer, Delimiter, Fallback, KeyId, KeyLocation, Keyring, NotDecrypted, TextFormat};
use edgeseal_decryptor::{
    Asking, DecryptError, Decryptor, Fallbacks, KeyError, KeyProvider, Limits, Meter, Question, RunOptions,
    Unavailability,
};
use tokio::time::Instant;

const KEYS: &str = r#"{"version": 1, "keys": {
    "open": {"private_key_file": "open.pem"}, "denied": {"private_key_file": "denied.pem"},
    "closed": {"private_key_file": "closed.pem"}, "gone": {"private_key_file": "gone.pem"},
    "hanging": {"private_key_file": "hanging.pem"}}}"#;

/// When each key was asked.
type Calls = Arc<Mutex<Vec<(String, Instant)>>>;

/// Does what the key id says.
#[derive(Default)]
struct Fake {
    calls: Calls,
}

impl KeyProvider for Fake {
    fn serves(&self, _: &KeyLocation) -> bool {
        true
    }

    fn ask<'a>(&'a self, question: Question<'a>, meter: &'a Meter) -> Asking<'a> {
        Box::pin(async move {
            meter.count(question.key_id)?;
            self.calls.lock().unwrap().push((question.key_id.to_string(), Instant::now()));
            tokio::task::yield_now().await;
            match question.key_id.as_str() {
                "open" => Ok(Answer::Plaintext(b"plain, text".to_vec().into())),
                "denied" => Ok(Answer::Denied),
                "closed" => Ok(Answer::Failed),
                "hanging" => std::future::pending().await,
                _ => Err(gone()),
            }
        })
    }
}

fn gone() -> KeyError {
    let key_id = KeyId::new("gone").unwrap();
    KeyError::Unavailable { key_id, reason: Unavailability::NotFound, request_id: None }
}

fn decryptor() -> (Decryptor, Calls) {
    let fake = Fake::default();
    let calls = fake.calls.clone();
    (Decryptor::new(Keyring::from_json(KEYS.as_bytes()).unwrap()).with_provider(fake), calls)
}

/// Direct tokens under a key of 2048 bits, each with a ciphertext of its own.
fn token(key_id: &str, number: usize) -> String {
    let letters: String = [number / 64, number % 64]
        .map(|digit| char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[digit]))
        .iter()
        .collect();
    format!("__es1.{key_id}.s.{letters}{}.__", "A".repeat(340))
}

fn options(fallbacks: Fallbacks, change: impl FnOnce(&mut Limits)) -> RunOptions {
    let mut options = RunOptions::default();
    options.fallbacks = fallbacks;
    change(&mut options.limits);
    options
}

fn asked(calls: &Calls) -> BTreeMap<String, usize> {
    let mut asked = BTreeMap::new();
    for (key_id, _) in calls.lock().unwrap().iter() {
        *asked.entry(key_id.clone()).or_default() += 1;
    }
    asked
}

#[test]
fn what_is_said_of_a_key_counts_more_and_later_words_more_than_earlier_ones() {
    let (open, denied) = (KeyId::new("open").unwrap(), KeyId::new("denied").unwrap());
    let fallbacks = Fallbacks::default()
        .on(NotDecrypted::Denied, Some(open.clone()), Fallback::Null)
        .on(NotDecrypted::Denied, None, Fallback::Fail)
        .on(NotDecrypted::Denied, None, Fallback::Mask);
    assert_eq!(fallbacks.of(&open, NotDecrypted::Denied), Fallback::Null);
    assert_eq!(fallbacks.of(&denied, NotDecrypted::Denied), Fallback::Mask);
    assert_eq!(fallbacks.of(&open, NotDecrypted::Failed), Fallback::Fail);
    assert_eq!(Fallbacks::default().of(&open, NotDecrypted::Denied), Fallback::Keep);
    assert_eq!(Fallbacks::default().of(&open, NotDecrypted::Unavailable), Fallback::Fail);
}

#[tokio::test]
async fn each_reason_has_its_fallback() {
    let (decryptor, _) = decryptor();
    let text = format!(
        r#"["{}", "{}", "{}", "{}"]"#,
        token("open", 0),
        token("denied", 0),
        token("closed", 0),
        token("gone", 0)
    );
    let said = |denied, failed, unavailable| {
        Fallbacks::default().on(NotDecrypted::Denied, None, denied).on(NotDecrypted::Failed, None, failed).on(
            NotDecrypted::Unavailable,
            None,
            unavailable,
        )
    };
    let mask = options(said(Fallback::Mask, Fallback::Null, Fallback::Mask), |_| ());
    let decrypted = decryptor.run(mask).decrypt(text.as_bytes(), None).await.unwrap();
    assert_eq!(*decrypted.body, br#"["plain, text", "***", null, "***"]"#);
    let reasons: Vec<_> = decrypted.report.reasons().iter().map(|(code, count)| (*code, *count)).collect();
    assert_eq!(reasons, [("access_denied", 1), ("decryption_failed", 1), ("key_unavailable", 1)]);

    let keep = options(said(Fallback::Keep, Fallback::Keep, Fallback::Keep), |_| ());
    let decrypted = decryptor.run(keep).decrypt(text.as_bytes(), None).await.unwrap();
    assert_eq!(*decrypted.body, text.replacen(&token("open", 0), "plain, text", 1).into_bytes());

    for (fallbacks, code) in [
        (said(Fallback::Fail, Fallback::Keep, Fallback::Keep), "access_denied"),
        (said(Fallback::Keep, Fallback::Fail, Fallback::Keep), "decryption_failed"),
        (said(Fallback::Keep, Fallback::Keep, Fallback::Fail), "key_unavailable"),
    ] {
        let error =
            decryptor.run(options(fallbacks, |_| ())).decrypt(text.as_bytes(), None).await.unwrap_err();
        assert_eq!(error.code(), code);
    }
    // The usual: denied tokens stay, and whatever else is not decrypted fails the whole.
    let error = decryptor.decrypt(text.as_bytes(), None).await.unwrap_err();
    assert_eq!(error, DecryptError::Key(gone()));
}

#[tokio::test]
async fn a_key_that_is_denied_is_not_asked_again() {
    let (decryptor, calls) = decryptor();
    let run = decryptor.run(options(Fallbacks::default(), |limits| limits.concurrency = 1));
    for start in [0, 100] {
        let text: String = (start..start + 100).map(|number| token("denied", number)).collect();
        let decrypted = run.decrypt(text.as_bytes(), None).await.unwrap();
        assert_eq!(*decrypted.body, text.into_bytes());
        assert_eq!(decrypted.report.kept(), 100);
    }
    assert_eq!(asked(&calls), BTreeMap::from([("denied".to_owned(), 1)]));
}

#[tokio::test]
async fn a_token_of_another_length_than_its_key_has_is_damaged_and_not_asked_for() {
    let (decryptor, calls) = decryptor();
    let run = decryptor.run(RunOptions::default());
    run.decrypt(token("open", 0).as_bytes(), None).await.unwrap();
    let longer = format!("__es1.open.s.{}.__", "A".repeat(512));
    let decrypted = run.decrypt(longer.as_bytes(), None).await.unwrap();
    assert_eq!(decrypted.report.positions()[0].code, "token_damaged");
    assert_eq!(asked(&calls)["open"], 1);
}

#[tokio::test]
async fn the_budget_of_calls_is_exact() {
    let text: String = (0..20).map(|number| token("open", number)).collect();
    for (max_calls, enough) in [(20, true), (19, false), (0, false)] {
        let (decryptor, calls) = decryptor();
        let run = decryptor.run(options(Fallbacks::default(), |limits| limits.max_calls = Some(max_calls)));
        let decrypted = run.decrypt(text.as_bytes(), None).await;
        assert_eq!(
            decrypted.map(drop).map_err(|error| error.code()),
            if enough { Ok(()) } else { Err("calls_exhausted") }
        );
        assert!(calls.lock().unwrap().len() <= usize::try_from(max_calls).unwrap());
        assert!(run.report().calls() <= max_calls);
    }
}

#[tokio::test(start_paused = true)]
async fn the_deadline_ends_a_run_whose_key_does_not_answer() {
    let (decryptor, _) = decryptor();
    let limit = Duration::from_secs(7);
    let run = decryptor.run(options(Fallbacks::default(), |limits| limits.total = Some(limit)));
    let start = Instant::now();
    let text = format!("{} {}", token("open", 0), token("hanging", 0));
    let error = run.decrypt(text.as_bytes(), None).await.unwrap_err();
    assert_eq!((error.code(), start.elapsed()), ("deadline_passed", limit));
}

#[tokio::test(start_paused = true)]
async fn calls_begin_no_faster_than_their_rate() {
    let (decryptor, calls) = decryptor();
    let run = decryptor.run(options(Fallbacks::default(), |limits| limits.calls_per_second = Some(10.0)));
    let start = Instant::now();
    // Equal tokens in a later text are no calls, and wait for nothing.
    for _ in 0..2 {
        let text: String = (0..25).map(|number| token("open", number)).collect();
        run.decrypt(text.as_bytes(), None).await.unwrap();
    }
    let begun: Vec<Duration> = calls.lock().unwrap().iter().map(|(_, at)| at.duration_since(start)).collect();
    let expected: Vec<Duration> = (0..25).map(|number| Duration::from_millis(100) * number).collect();
    assert_eq!(begun, expected);
}

#[tokio::test]
async fn so_many_calls_are_under_way_and_no_more() {
    #[derive(Default)]
    struct Counting(Arc<Mutex<(usize, usize)>>);
    impl KeyProvider for Counting {
        fn serves(&self, _: &KeyLocation) -> bool {
            true
        }
        fn ask<'a>(&'a self, _: Question<'a>, _: &'a Meter) -> Asking<'a> {
            Box::pin(async move {
                {
                    let mut counts = self.0.lock().unwrap();
                    counts.0 += 1;
                    counts.1 = counts.1.max(counts.0);
                }
                for _ in 0..3 {
                    tokio::task::yield_now().await;
                }
                self.0.lock().unwrap().0 -= 1;
                Ok(Answer::Plaintext(Vec::new().into()))
            })
        }
    }
    let counting = Counting::default();
    let counts = counting.0.clone();
    let keyring = Keyring::from_json(KEYS.as_bytes()).unwrap();
    let decryptor = Decryptor::new(keyring).with_provider(counting);
    let text: String = (0..200).map(|number| token("open", number)).collect();
    let run = decryptor.run(options(Fallbacks::default(), |limits| limits.concurrency = 5));
    run.decrypt(text.as_bytes(), None).await.unwrap();
    assert_eq!(*counts.lock().unwrap(), (0, 5));
}

#[tokio::test]
async fn the_least_recently_used_answers_are_forgotten() {
    let (decryptor, calls) = decryptor();
    let run = decryptor.run(options(Fallbacks::default(), |limits| limits.remembered_answers = 2));
    for number in [0, 1, 0, 2, 0, 1] {
        run.decrypt(token("open", number).as_bytes(), None).await.unwrap();
    }
    // 0 stays, since it is used; 1 made way for 2.
    assert_eq!(asked(&calls)["open"], 4);
}

#[tokio::test]
async fn pieces_make_no_difference() {
    let token = |key_id: &str, number| token(key_id, number);
    let json = format!(
        r#"{{"a\u0062": ["{}", {{"n/~": "x {} y"}}], "b": "{}", "é": [1.5e3, true, null]}}"#,
        token("open", 0),
        token("open", 1),
        token("denied", 0)
    );
    let lines = format!("{}\n\n[\"{}\"]\r\n{}", json, token("unknown", 2), "\"__es1.open.s.damaged.__\"");
    let csv = format!("a,b\r\n\"x\"\"{}\",{}\n{},\n", token("open", 0), token("open", 1), token("denied", 1));
    for (format, text) in [
        (TextFormat::Json, &json),
        (TextFormat::NdJson, &lines),
        (TextFormat::Csv(Delimiter::Comma), &csv),
        (TextFormat::Form, &csv),
        (TextFormat::Text, &lines),
    ] {
        let (decryptor, _) = decryptor();
        let whole =
            decryptor.run(RunOptions::default()).decrypt(text.as_bytes(), Some(format)).await.unwrap();
        for size in [1, 2, 3, 7, 64, 350, 1_000] {
            let run = decryptor.run(RunOptions::default());
            let mut stream = run.stream(format);
            let mut body = Vec::new();
            for piece in text.as_bytes().chunks(size) {
                body.extend_from_slice(&stream.push(piece).await.unwrap());
            }
            let rest = stream.finish().await.unwrap();
            body.extend_from_slice(&rest.body);
            assert!(body == *whole.body, "{format:?} in pieces of {size}");
            assert_eq!(rest.report, whole.report, "{format:?} in pieces of {size}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_cut_is_limited() {
    let (decryptor, _) = decryptor();
    for (length, fits) in [(99, true), (100, false)] {
        let run = decryptor.run(options(Fallbacks::default(), |limits| limits.max_piece_bytes = 100));
        let mut stream = run.stream(TextFormat::Json);
        let json = format!("[1, \"{}\"]", "x".repeat(length));
        let mut result = Ok(());
        for byte in json.as_bytes() {
            if let Err(error) = stream.push(&[*byte]).await {
                result = Err(error);
                break;
            }
        }
        assert_eq!(result, if fits { Ok(()) } else { Err(DecryptError::PieceTooLong { offset: 4 }) });
    }
}

/// A line or a record waits for its end; a word of text may go on for ever.
#[tokio::test]
async fn a_line_and_a_record_may_be_as_long_as_a_piece_and_not_a_byte_longer() {
    let (decryptor, _) = decryptor();
    for (format, begin, end) in [
        (TextFormat::NdJson, "\"", "\"\n"),
        (TextFormat::Csv(Delimiter::Comma), "a,", "\r\n"),
        (TextFormat::Csv(Delimiter::Comma), "\"", "\"\r\n"),
    ] {
        for (held, fits) in [(99, true), (100, true), (101, false)] {
            let run = decryptor.run(options(Fallbacks::default(), |limits| limits.max_piece_bytes = 100));
            let mut stream = run.stream(format);
            // All that has to wait for the byte that ends it.
            let text = format!("{begin}{}{end}", "x".repeat(held + 1 - begin.len() - end.len()));
            let mut result = Ok(());
            for byte in text.as_bytes() {
                if let Err(error) = stream.push(&[*byte]).await {
                    result = Err(error);
                    break;
                }
            }
            let expected = if fits { Ok(()) } else { Err(DecryptError::PieceTooLong { offset: 0 }) };
            assert_eq!(result, expected, "{format:?} {held}");
        }
    }
    let run = decryptor.run(options(Fallbacks::default(), |limits| limits.max_piece_bytes = 100));
    let mut stream = run.stream(TextFormat::Text);
    for _ in 0..1_000 {
        assert!(stream.push(b"x").await.is_ok());
    }
}

#[tokio::test]
async fn the_report_counts_by_key_and_reason_and_says_where() {
    let (decryptor, _) = decryptor();
    let run = decryptor.run(options(Fallbacks::default(), |limits| limits.max_positions = 3));
    let text = format!(
        "{{\"a\": [\"{}\",\n\"{}\"], \"{}\": 1}}",
        token("open", 0),
        token("denied", 0),
        token("nobody", 0)
    );
    let mut stream = run.stream(TextFormat::Json).named("one.json");
    assert!(stream.push(text.as_bytes()).await.is_ok());
    let report = stream.finish().await.unwrap().report;
    let (denied, nobody) = (text.find("__es1.denied").unwrap(), text.find("__es1.nobody").unwrap());
    let expected = serde_json::json!({
        "found": 3, "decrypted": 1, "skipped": 0, "kept": 2,
        "reasons": {"access_denied": 1, "token_key_unknown": 1},
        "keys": {
            "denied": {"calls": 0, "decrypted": 0, "skipped": 0, "kept": {"access_denied": 1}},
            "nobody": {"calls": 0, "decrypted": 0, "skipped": 0, "kept": {"token_key_unknown": 1}},
            "open": {"calls": 0, "decrypted": 1, "skipped": 0, "kept": {}},
        },
        "positions": [
            {"file": "one.json", "offset": denied, "line": 2, "pointer": "/a/1", "key": "denied", "code": "access_denied"},
            {"file": "one.json", "offset": nobody, "line": 2, "pointer": "", "key": "nobody", "code": "token_key_unknown"},
        ],
        "positions_omitted": 0,
    });
    assert_eq!(serde_json::from_str::<serde_json::Value>(&report.to_json()).unwrap(), expected);

    run.decrypt(text.as_bytes(), None).await.unwrap();
    let report = run.finish(None);
    assert_eq!((report.found(), report.decrypted(), report.kept(), report.calls()), (6, 2, 4, 2));
    assert_eq!(report.positions().len(), 3);
    assert!(report.to_json().contains("\"positions_omitted\":1"));
}
