//! The operation is what the crate `rsa` gives, for moduli and messages of every kind. RSA's arithmetic needs no primes: moduli are any odd
//! numbers.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

use crypto_bigint::BoxedUint;
use edgeseal_rsa::Modulus;
use proptest::prelude::*;
use proptest::sample::select;
use rsa::RsaPublicKey;
use rsa::hazmat::rsa_encrypt;

const LENGTHS: [usize; 3] = [256, 384, 512];

fn number(bytes: &[u8]) -> BoxedUint {
    BoxedUint::from_be_slice(bytes, u32::try_from(8 * bytes.len()).unwrap()).unwrap()
}

fn library(modulus: &[u8], representative: &[u8]) -> Vec<u8> {
    let key = RsaPublicKey::new(number(modulus), BoxedUint::from(65_537_u64)).unwrap();
    rsa_encrypt(&key, &number(representative)).unwrap().to_be_bytes().into_vec()
}

fn as_modulus(mut bytes: Vec<u8>) -> Vec<u8> {
    let last = bytes.len() - 1;
    bytes[0] |= 0x80;
    bytes[last] |= 1;
    bytes
}

/// The big-endian number less one.
fn less_one(mut bytes: Vec<u8>) -> Vec<u8> {
    for byte in bytes.iter_mut().rev() {
        *byte = byte.wrapping_sub(1);
        if *byte != 0xff {
            break;
        }
    }
    bytes
}

/// Numbers whose digits, of 23 or 24 bits, are all alike or nearly: at the ends of their range, and where a digit begins to borrow.
fn patterns(length: usize) -> Vec<Vec<u8>> {
    let mut patterns: Vec<Vec<u8>> =
        [0x00, 0xff, 0x55, 0xaa, 0x80, 0x7f, 0x01].into_iter().map(|byte| vec![byte; length]).collect();
    for width in [23, 24] {
        for digit in
            [1_u32 << (width - 1), (1 << (width - 1)) - 1, (1 << (width - 1)) + 1, 1, (1 << width) - 2]
        {
            for other in [digit, 0, (1 << width) - 1] {
                let mut bytes = vec![0_u8; length];
                for bit in 0..8 * length {
                    let digit = if (bit / width) % 2 == 0 { digit } else { other };
                    let set = u8::try_from((digit >> (bit % width)) & 1).unwrap();
                    bytes[length - 1 - bit / 8] |= set << (bit % 8);
                }
                patterns.push(bytes);
            }
        }
    }
    for bit in [0, 22, 23, 24, 47, 48, 8 * length / 2, 8 * length - 25, 8 * length - 9] {
        let mut bytes = vec![0_u8; length];
        bytes[length - 1 - bit / 8] = 1 << (bit % 8);
        patterns.push(less_one(bytes.clone()));
        patterns.push(bytes);
    }
    patterns
}

#[test]
fn edges_give_what_the_library_gives() {
    let mut count = 0;
    for length in LENGTHS {
        let patterns = patterns(length);
        for (index, modulus) in patterns.iter().enumerate() {
            let modulus = as_modulus(modulus.clone());
            let ours = Modulus::new(&modulus).unwrap();
            let largest = less_one(modulus.clone());
            let largest_power = library(&modulus, &largest);
            assert_eq!(ours.public_operation(&largest).unwrap(), largest_power);
            // Each with some, all with all.
            for representative in patterns.iter().skip(index % 7).step_by(7) {
                if number(representative) < number(&modulus) {
                    let power = ours.public_operation(representative).unwrap();
                    assert_eq!(power, library(&modulus, representative), "{length} {index}");
                    let both = ours.public_operations([representative, &largest]).unwrap();
                    assert_eq!(both, [power, largest_power.clone()], "{length} {index}");
                    count += 1;
                }
            }
        }
    }
    assert!(count > 500, "{count}");
}

#[test]
fn zero_and_one_stay_as_they_are() {
    for length in LENGTHS {
        let ours = Modulus::new(&as_modulus(vec![0xa5; length])).unwrap();
        for least in [0, 1] {
            let mut bytes = vec![0; length];
            bytes[length - 1] = least;
            assert_eq!(ours.public_operation(&bytes).unwrap(), bytes);
            assert_eq!(ours.public_operations([&bytes, &bytes]).unwrap(), [bytes.clone(), bytes]);
        }
    }
}

#[test]
fn what_is_not_below_the_modulus_is_refused() {
    for length in LENGTHS {
        let modulus = as_modulus(vec![0xa4; length]);
        let ours = Modulus::new(&modulus).unwrap();
        assert!(ours.public_operation(&less_one(modulus.clone())).is_some());
        assert_eq!(ours.public_operation(&modulus), None);
        let mut more = modulus.clone();
        more[length - 1] += 1;
        assert_eq!(ours.public_operation(&more), None);
        assert_eq!(ours.public_operation(&vec![0xff; length]), None);
        assert_eq!(ours.public_operation(&modulus[1..]), None);
        assert_eq!(ours.public_operation(&[&[0], &modulus[..]].concat()), None);
        assert_eq!(ours.public_operation(&[]), None);
        let good = less_one(modulus.clone());
        assert!(ours.public_operations([&good, &good]).is_some());
        for bad in [&modulus, &more, &modulus[1..], &[]] {
            assert_eq!(ours.public_operations([&good, bad]), None);
            assert_eq!(ours.public_operations([bad, &good]), None);
        }
    }
}

#[test]
fn other_moduli_are_refused() {
    for length in LENGTHS {
        let modulus = as_modulus(vec![0xa4; length]);
        assert!(Modulus::new(&modulus).is_some());
        let mut even = modulus.clone();
        even[length - 1] &= 0xfe;
        assert!(Modulus::new(&even).is_none());
        let mut short = modulus.clone();
        short[0] = 0x7f;
        assert!(Modulus::new(&short).is_none());
        assert!(Modulus::new(&modulus[1..]).is_none());
    }
    assert!(Modulus::new(&[]).is_none());
    assert!(Modulus::new(&as_modulus(vec![0xa4; 128])).is_none());
}

/// Of this modulus 1/B^92 and 1/B^44 are close to n, so that of 4096 bits, where results before the last reduction are largest, many exceed n.
#[test]
fn results_above_the_modulus_are_reduced() {
    let mut bytes = pseudorandom(281);
    let modulus = as_modulus(bytes.by_ref().take(512).collect());
    let ours = Modulus::new(&modulus).unwrap();
    for _ in 0..400 {
        let mut representative: Vec<u8> = bytes.by_ref().take(512).collect();
        representative[0] = 0;
        let expected = library(&modulus, &representative);
        assert_eq!(ours.public_operation(&representative), Some(expected.clone()));
        let other = library(&modulus, &expected);
        assert_eq!(ours.public_operations([&representative, &expected]), Some([expected, other]));
    }
}

/// Bytes that are alike in every run (xorshift64).
fn pseudorandom(seed: u64) -> impl Iterator<Item = u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()
    })
    .flatten()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_numbers_give_what_the_library_gives(
        length in select(LENGTHS.to_vec()),
        modulus in prop::collection::vec(any::<u8>(), 512),
        representative in prop::collection::vec(any::<u8>(), 512),
    ) {
        let modulus = as_modulus(modulus[..length].to_vec());
        let ours = Modulus::new(&modulus).unwrap();
        let representative = &representative[..length];
        let is_below = number(representative) < number(&modulus);
        let expected = is_below.then(|| library(&modulus, representative));
        prop_assert_eq!(ours.public_operation(representative), expected.clone());
        let cut = [&[0], &representative[1..]].concat();
        let small = library(&modulus, &cut);
        let both = ours.public_operations([&cut, representative]);
        prop_assert_eq!(both, expected.map(|expected| [small, expected]));
    }

    /// Long runs of ones and zeros, which carries go through.
    #[test]
    fn runs_give_what_the_library_gives(
        length in select(LENGTHS.to_vec()),
        runs in prop::collection::vec((any::<bool>(), 1..200_usize), 2..200),
        others in prop::collection::vec((any::<bool>(), 1..200_usize), 2..200),
    ) {
        let bytes = |runs: &[(bool, usize)]| {
            let mut bits = runs.iter().cycle().flat_map(|(bit, count)| std::iter::repeat_n(*bit, *count));
            (0..length).map(|_| (0..8).fold(0, |byte, _| byte << 1 | u8::from(bits.next().unwrap()))).collect()
        };
        let modulus = as_modulus(bytes(&runs));
        let mut representative: Vec<u8> = bytes(&others);
        representative[0] &= 0x7f;
        let ours = Modulus::new(&modulus).unwrap();
        let power = library(&modulus, &representative);
        prop_assert_eq!(ours.public_operation(&representative), Some(power.clone()));
        let other = library(&modulus, &power);
        prop_assert_eq!(ours.public_operations([&power, &representative]), Some([other, power]));
    }
}
