//! Data keys that serve several requests: never more values, nor for longer, than the policy says; and by default none does.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use common::{PrivateKey, Stream, public_pem};
use edgeseal::{DataKeys, EncryptError, Encryptor, Host, Keyring, Policy, Request, Scan, TextFormat};
use getrandom::SysRng;
use proptest::prelude::*;
use serde_json::{Value, json};

const SECOND: Duration = Duration::from_secs(1);

/// An encryptor for envelope values `a` under the key `a`, and `b` under `b`, of which the first lets its data keys be reused.
fn encryptor(reuse: Option<(usize, u64)>) -> Encryptor {
    Encryptor::new(policy(reuse, "rsa2048-a"))
}

fn policy(reuse: Option<(usize, u64)>, key: &str) -> Policy {
    let mut keys =
        json!({"a": {"public_key": public_pem(key)}, "b": {"public_key": public_pem("rsa2048-b")}});
    if let Some((values, seconds)) = reuse {
        keys["a"]["data_key_reuse"] = json!({"max_values": values, "max_age_seconds": seconds});
    }
    let rule =
        |name: &str| json!({"name": name, "path": format!("$..{name}"), "key": name, "mode": "envelope"});
    let policy = json!({"version": 1, "keys": keys, "fields": [rule("a"), rule("b")]});
    Policy::from_json(policy.to_string().as_bytes()).unwrap()
}

/// The tokens' parts of a body with so many values under `a`, and one under `b`.
fn seal(
    encryptor: &Encryptor,
    values: usize,
    data_keys: Option<(&mut DataKeys, Option<Duration>)>,
) -> Sealed {
    let body: Value = (0..values).map(|n| json!({"a": n})).chain([json!({"b": true})]).collect();
    let body = body.to_string();
    let request =
        Request { content_type: Some("application/json"), body: Some(body.as_bytes()), ..Request::default() };
    let mut rng = SysRng;
    let host = Host::new(&mut rng);
    let host = match data_keys {
        Some((data_keys, now)) => host.with_data_keys(data_keys, now),
        None => host,
    };
    let sealed = encryptor.encrypt_request_with(&request, host).unwrap();
    Sealed(serde_json::from_slice(&sealed.body.unwrap()).unwrap())
}

struct Sealed(Vec<Value>);

impl Sealed {
    /// The wrapped data key of each value, and its initialization vector.
    fn of(&self, name: &str) -> Vec<(String, String)> {
        let tokens = self.0.iter().filter_map(|member| member[name].as_str());
        let parts = tokens.map(|token| token.split('.').map(str::to_owned).collect::<Vec<_>>());
        // __es1 . kid . e . header . wrapped . iv . ciphertext . tag . __
        parts.map(|parts| (parts[4].clone(), parts[5].clone())).collect()
    }

    fn wrapped(&self, name: &str) -> BTreeSet<String> {
        self.of(name).into_iter().map(|(wrapped, _)| wrapped).collect()
    }
}

#[test]
fn by_default_two_requests_never_share_a_data_key() {
    let (encryptor, mut data_keys) = (encryptor(None), DataKeys::new());
    let mut seen = BTreeSet::new();
    for _ in 0..4 {
        let with = seal(&encryptor, 3, Some((&mut data_keys, Some(SECOND))));
        let without = seal(&encryptor, 3, None);
        for wrapped in [with.wrapped("a"), with.wrapped("b"), without.wrapped("a"), without.wrapped("b")] {
            assert_eq!(wrapped.len(), 1, "one data key under a key id in a request");
            assert!(seen.insert(wrapped.into_iter().next().unwrap()));
        }
    }
    assert_eq!(format!("{data_keys:?}"), "DataKeys { kept: 0, .. }");
}

#[test]
fn a_policy_that_allows_it_does_nothing_where_the_caller_keeps_no_data_keys() {
    let encryptor = encryptor(Some((1_000, 60)));
    let (one, two) = (seal(&encryptor, 3, None), seal(&encryptor, 3, None));
    assert_eq!((one.wrapped("a").len(), two.wrapped("a").len()), (1, 1));
    assert!(one.wrapped("a").is_disjoint(&two.wrapped("a")));
}

#[test]
fn another_key_id_with_the_same_public_key_has_a_data_key_of_its_own() {
    let mut data_keys = DataKeys::new();
    let mut seal = |key_id: &str| {
        let policy = json!({
            "version": 1,
            "keys": {key_id: {
                "public_key": public_pem("rsa2048-a"),
                "data_key_reuse": {"max_values": 1_000, "max_age_seconds": 60},
            }},
            "fields": [{"name": "a", "path": "$..a", "key": key_id, "mode": "envelope"}],
        });
        let encryptor = Encryptor::new(Policy::from_json(policy.to_string().as_bytes()).unwrap());
        seal(&encryptor, 1, Some((&mut data_keys, Some(SECOND)))).wrapped("a")
    };
    let one = seal("one");
    assert_eq!(seal("one"), one);
    assert!(seal("two").is_disjoint(&one));
}

#[test]
fn a_data_key_that_has_served_its_last_value_is_not_kept_for_the_next_request() {
    let (encryptor, mut data_keys) = (encryptor(Some((3, 60))), DataKeys::new());
    for (values, kept) in [(2, 1), (1, 0), (3, 0), (4, 1)] {
        seal(&encryptor, values, Some((&mut data_keys, Some(SECOND))));
        assert_eq!(format!("{data_keys:?}"), format!("DataKeys {{ kept: {kept}, .. }}"));
    }
}

#[test]
fn requests_share_the_data_key_of_the_key_that_allows_it_and_of_no_other() {
    let (encryptor, mut data_keys) = (encryptor(Some((1_000, 60))), DataKeys::new());
    let one = seal(&encryptor, 3, Some((&mut data_keys, Some(SECOND))));
    assert_eq!(format!("{data_keys:?}"), "DataKeys { kept: 1, .. }");
    let two = seal(&encryptor, 3, Some((&mut data_keys, Some(2 * SECOND))));
    assert_eq!(one.wrapped("a"), two.wrapped("a"));
    assert!(one.wrapped("b").is_disjoint(&two.wrapped("b")));
    let ivs: BTreeSet<String> = one.of("a").into_iter().chain(two.of("a")).map(|(_, iv)| iv).collect();
    assert_eq!(ivs.len(), 6, "an initialization vector of its own for every value");
}

#[test]
fn a_data_key_serves_max_values_and_the_next_value_gets_another_also_within_a_request() {
    for (first, second, expected) in [(3, 1, [0, 1]), (4, 1, [0, 1]), (5, 1, [1, 0]), (4, 2, [1, 1])] {
        let (encryptor, mut data_keys) = (encryptor(Some((5, 60))), DataKeys::new());
        let one = seal(&encryptor, first, Some((&mut data_keys, Some(SECOND))));
        let two = seal(&encryptor, second, Some((&mut data_keys, Some(SECOND))));
        let shared = two.of("a").iter().filter(|(wrapped, _)| one.wrapped("a").contains(wrapped)).count();
        assert_eq!([second - shared, shared], expected, "{first}, then {second}");
    }
    // It is a bound of the data key, not of its reuse.
    let sealed = seal(&encryptor(Some((5, 60))), 12, None);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    sealed.of("a").into_iter().for_each(|(wrapped, _)| *counts.entry(wrapped).or_default() += 1);
    let mut counts: Vec<usize> = counts.into_values().collect();
    counts.sort_unstable();
    assert_eq!(counts, [2, 5, 5]);
}

#[test]
fn a_data_key_serves_no_request_that_comes_as_late_as_max_age() {
    let made = 100 * SECOND;
    for (later, is_shared) in [
        (Duration::ZERO, true),
        (60 * SECOND - Duration::from_nanos(1), true),
        (60 * SECOND, false),
        (60 * SECOND + Duration::from_nanos(1), false),
    ] {
        let (encryptor, mut data_keys) = (encryptor(Some((1_000, 60))), DataKeys::new());
        let one = seal(&encryptor, 1, Some((&mut data_keys, Some(made))));
        // What is used in between is no younger for it.
        seal(&encryptor, 1, Some((&mut data_keys, Some(made + later / 2))));
        let two = seal(&encryptor, 1, Some((&mut data_keys, Some(made + later))));
        assert_eq!(one.wrapped("a") == two.wrapped("a"), is_shared, "{later:?}");
    }
}

#[test]
fn a_clock_that_goes_back_or_is_not_known_drops_the_data_key() {
    let (encryptor, mut data_keys) = (encryptor(Some((1_000, 60))), DataKeys::new());
    let at = |data_keys: &mut DataKeys, now: Option<u64>| {
        seal(&encryptor, 1, Some((data_keys, now.map(Duration::from_secs)))).wrapped("a")
    };
    let first = at(&mut data_keys, Some(10));
    let second = at(&mut data_keys, Some(20));
    assert_eq!(first, second);
    // Back, though not before it was made.
    let third = at(&mut data_keys, Some(19));
    assert_ne!(second, third);
    assert_eq!(third, at(&mut data_keys, Some(19)));
    let fourth = at(&mut data_keys, None);
    assert_ne!(third, fourth);
    assert_eq!(format!("{data_keys:?}"), "DataKeys { kept: 0, .. }");
    let fifth = at(&mut data_keys, None);
    assert_ne!(fourth, fifth);
    assert_ne!(fifth, at(&mut data_keys, Some(19)));
}

#[test]
fn an_expired_data_key_is_dropped_by_a_request_that_is_refused() {
    let (encryptor, mut data_keys) = (encryptor(Some((1_000, 60))), DataKeys::new());
    seal(&encryptor, 1, Some((&mut data_keys, Some(SECOND))));
    let refused = |data_keys: &mut DataKeys, now| {
        let request =
            Request { content_type: Some("application/json"), body: Some(b"{"), ..Request::default() };
        let mut rng = SysRng;
        encryptor
            .encrypt_request_with(&request, Host::new(&mut rng).with_data_keys(data_keys, Some(now)))
            .unwrap_err();
    };
    refused(&mut data_keys, 2 * SECOND);
    assert_eq!(format!("{data_keys:?}"), "DataKeys { kept: 1, .. }");
    refused(&mut data_keys, 61 * SECOND);
    assert_eq!(format!("{data_keys:?}"), "DataKeys { kept: 0, .. }");
}

#[test]
fn a_request_that_fails_while_it_is_sealed_leaves_no_data_key() {
    let (encryptor, mut data_keys) = (encryptor(Some((1_000, 60))), DataKeys::new());
    seal(&encryptor, 1, Some((&mut data_keys, Some(SECOND))));
    let request =
        Request { content_type: Some("application/json"), body: Some(br#"{"a":1}"#), ..Request::default() };
    let mut empty = Stream::new(&[]);
    let host = Host::new(&mut empty).with_data_keys(&mut data_keys, Some(SECOND));
    assert_eq!(encryptor.encrypt_request_with(&request, host).err(), Some(EncryptError::RandomnessFailed));
    assert_eq!(format!("{data_keys:?}"), "DataKeys { kept: 0, .. }");
}

/// What a body with so many values has of tokens, when the generator gives these bytes and no others.
fn seal_with(
    data_keys: &mut DataKeys,
    encryptor: &Encryptor,
    values: usize,
    drawn: &[u8],
) -> Result<Vec<(String, String)>, EncryptError> {
    let body = Value::from(vec![json!({"a": 1}); values]).to_string();
    let request =
        Request { content_type: Some("application/json"), body: Some(body.as_bytes()), ..Request::default() };
    let mut stream = Stream::new(drawn);
    let host = Host::new(&mut stream).with_data_keys(data_keys, Some(SECOND));
    let sealed = encryptor.encrypt_request_with(&request, host)?;
    Ok(Sealed(serde_json::from_slice(&sealed.body.unwrap()).unwrap()).of("a"))
}

/// A data key, and the seed of its wrapping.
const DRAWN_FOR_A_KEY: [u8; 64] = [0x5a; 64];

fn key_and(drawn: &[u8]) -> Vec<u8> {
    let mut bytes = DRAWN_FOR_A_KEY.to_vec();
    bytes[32..].fill(0xa5);
    bytes.extend_from_slice(drawn);
    bytes
}

#[test]
fn a_generator_that_starts_over_with_each_request_is_noticed() {
    // By the last vector that was drawn; what is not noticed makes other vectors.
    for (second, third) in [(1, 1), (1, 2)] {
        let (encryptor, mut data_keys) = (encryptor(Some((1_000, 60))), DataKeys::new());
        let vectors = [[4; 12], [5; 12], [6; 12]].concat();
        let mut with = |values, drawn: &[u8]| seal_with(&mut data_keys, &encryptor, values, drawn).map(drop);
        with(1, &key_and(&[3; 12])).unwrap();
        // The vectors alone are drawn now.
        with(second, &vectors).unwrap();
        assert_eq!(with(third, &vectors), Err(EncryptError::RandomnessFailed), "{second}, {third}");
        with(1, &key_and(&[3; 12])).unwrap();
        with(1, &[9; 12]).unwrap();
        assert_eq!(with(1, &[9; 12]), Err(EncryptError::RandomnessFailed));
    }
}

#[test]
fn what_is_drawn_again_in_a_later_request_makes_other_initialization_vectors() {
    // The generator starts over with every fourth request, or with every one: no vector is the one drawn before it, so that nothing is noticed.
    let vector = |n: u8| [n; 12];
    let requests =
        [[vector(2), vector(3)], [vector(4), vector(5)], [vector(6), vector(7)], [vector(8), vector(9)]];
    for period in [1, 4] {
        let (encryptor, mut data_keys) = (encryptor(Some((1_000, 60))), DataKeys::new());
        let mut seen = BTreeSet::new();
        seal_with(&mut data_keys, &encryptor, 1, &key_and(&vector(1))).unwrap();
        for request in requests.iter().take(period).cycle().take(40) {
            for part in seal_with(&mut data_keys, &encryptor, 2, &request.concat()).unwrap() {
                assert!(seen.insert(part), "a vector of its own for every value");
            }
        }
        let wrapped: BTreeSet<_> = seen.iter().map(|(wrapped, _)| wrapped).collect();
        assert_eq!((seen.len(), wrapped.len()), (80, 1));
    }
}

#[test]
fn nor_do_vectors_come_again_when_the_same_data_key_is_drawn_again() {
    // Each request draws the same: with a data key for each, and with one that has served all that it may.
    for reuse in [None, Some((1, 60)), Some((2, 60))] {
        let (encryptor, mut data_keys) = (encryptor(reuse), DataKeys::new());
        let mut seen = BTreeSet::new();
        for _ in 0..20 {
            let drawn = key_and(&[[1; 12], [2; 12]].concat());
            let drawn = if reuse == Some((1, 60)) { &drawn[..76] } else { &drawn };
            let values = if reuse == Some((1, 60)) { 1 } else { 2 };
            for part in seal_with(&mut data_keys, &encryptor, values, drawn).unwrap() {
                assert!(seen.insert(part), "{reuse:?}");
            }
        }
        let wrapped: BTreeSet<_> = seen.iter().map(|(wrapped, _)| wrapped).collect();
        assert_eq!(wrapped.len(), 1, "the same data key");
    }
}

#[test]
fn the_vectors_of_a_first_request_are_what_was_drawn() {
    use base64::Engine;
    let (encryptor, mut data_keys) = (encryptor(Some((1_000, 60))), DataKeys::new());
    let mut ivs = |drawn: &[u8]| {
        let parts = seal_with(&mut data_keys, &encryptor, 2, drawn).unwrap();
        let iv =
            |part: (String, String)| base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part.1).unwrap();
        parts.into_iter().map(iv).collect::<Vec<_>>()
    };
    assert_eq!(ivs(&key_and(&[[1; 12], [2; 12]].concat())), [[1; 12], [2; 12]]);
    // With the number of values before: two, and then four.
    let with = |byte: u8, number: u8| [[byte; 11].as_slice(), &[byte ^ number]].concat();
    assert_eq!(ivs(&[[3; 12], [4; 12]].concat()), [with(3, 2), with(4, 2)]);
    assert_eq!(ivs(&[[5; 12], [6; 12]].concat()), [with(5, 4), with(6, 4)]);
}

#[test]
fn a_data_key_is_bound_to_key_id_and_public_key() {
    let mut data_keys = DataKeys::new();
    let reuse = Some((1_000, 60));
    let one = seal(&encryptor(reuse), 1, Some((&mut data_keys, Some(SECOND))));
    let same = seal(&encryptor(reuse), 1, Some((&mut data_keys, Some(SECOND))));
    assert_eq!(one.wrapped("a"), same.wrapped("a"));
    let other = Encryptor::new(policy(reuse, "rsa4096"));
    let other = seal(&other, 1, Some((&mut data_keys, Some(SECOND))));
    assert_ne!(one.wrapped("a").first().unwrap().len(), other.wrapped("a").first().unwrap().len());
    // A policy that does not allow it leaves nothing behind.
    seal(&encryptor(None), 1, Some((&mut data_keys, Some(SECOND))));
    assert_eq!(format!("{data_keys:?}"), "DataKeys { kept: 0, .. }");
}

#[test]
fn a_reader_asks_once_for_the_tokens_of_many_requests() {
    let (encryptor, mut data_keys) = (encryptor(Some((1_000, 60))), DataKeys::new());
    let sealed: Vec<Value> = (0..20)
        .flat_map(|second| seal(&encryptor, 2, Some((&mut data_keys, Some(second * SECOND)))).0)
        .filter(|member| member.get("a").is_some())
        .collect();
    let text = serde_json::to_vec(&sealed).unwrap();
    let keyring = br#"{"version":1,"keys":{"a":{"private_key_file":"a.pem"}}}"#;
    let scan = Scan::new(text, TextFormat::Json, &Keyring::from_json(keyring).unwrap()).unwrap();
    let key = PrivateKey::load("rsa2048-a");
    let answers: Vec<_> = scan.ciphertexts().iter().map(|it| key.answer(it.bytes())).collect();
    assert_eq!(answers.len(), 1);
    let opened: Vec<Value> = serde_json::from_slice(&scan.splice(&answers).unwrap().body).unwrap();
    assert_eq!(opened, (0..20).flat_map(|_| [json!({"a": 0}), json!({"a": 1})]).collect::<Vec<_>>());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    /// Against a count of our own: by wrapped key, how many values it served, and when it was first and last seen.
    #[test]
    fn no_data_key_serves_more_values_or_longer_than_the_policy_says(
        max_values in 1_usize..12,
        max_age in 1_u64..6,
        requests in proptest::collection::vec((0_usize..9, 0_u64..2_500, 0_u8..12), 1..24),
    ) {
        let (encryptor, mut data_keys) = (encryptor(Some((max_values, max_age))), DataKeys::new());
        let mut served: BTreeMap<String, (usize, Duration, usize)> = BTreeMap::new();
        let (mut now, mut ivs) = (Duration::from_secs(1_000), BTreeSet::new());
        for (index, (values, milliseconds, odd)) in requests.into_iter().enumerate() {
            let step = Duration::from_millis(milliseconds);
            let known = match odd {
                0 => None,
                1 => { now -= step; Some(now) }
                _ => { now += step; Some(now) }
            };
            let backwards = odd < 2 && (odd == 0 || milliseconds > 0);
            for (wrapped, iv) in seal(&encryptor, values, Some((&mut data_keys, known))).of("a") {
                prop_assert!(ivs.insert(iv));
                let (count, made, from) = served.entry(wrapped).or_insert((0, now, index));
                *count += 1;
                prop_assert!(*count <= max_values);
                prop_assert!(now.checked_sub(*made).is_some_and(|age| age < Duration::from_secs(max_age)));
                prop_assert!(!backwards || *from == index);
            }
        }
    }
}
