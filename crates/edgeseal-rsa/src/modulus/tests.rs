//! What is wrong is found.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a test fails by panicking; what is cast is cut off on purpose"
)]

use super::*;

const LENGTHS: [usize; 3] = [256, 384, 512];

/// A modulus, and a number below it.
fn numbers(length: usize) -> (Modulus, Vec<u8>) {
    let mut modulus: Vec<u8> = (0..length).map(|i| (i * i * 7 + i * 31 + 5) as u8).collect();
    modulus[0] = 0xe5;
    modulus[length - 1] = 0x2b;
    let number = modulus.iter().map(|byte| byte.rotate_left(3) & 0x7f).collect();
    (Modulus::new(&modulus).unwrap(), number)
}

#[test]
fn a_column_that_is_wrong_is_found() {
    for length in LENGTHS {
        let (modulus, number) = numbers(length);
        let shape = modulus.size.shape;
        let mut memory = vec![Pair::zero(); Work::pairs(shape)];
        let mut is_found = |tamper: &dyn Fn(&mut Product<'_>)| {
            let Work { power, exchanged, mut product, .. } = Work::new(&mut memory, shape).unwrap();
            shape.write(&limbs::from_bytes(&number), power);
            exchange(power, exchanged);
            let residue = Residue::of(power, shape.bits);
            product.square(power, exchanged);
            tamper(&mut product);
            modulus.reduce(&mut product, power, exchanged, residue.times(residue)).is_none()
        };
        assert!(!is_found(&|_| {}));
        for at in 0..2 * shape.half - 1 {
            for by in [1.0, -1.0, 8_388_608.0] {
                assert!(
                    is_found(&|product| product.halves[at] = product.halves[at].plus(Pair::new(by, 0.0)))
                );
                assert!(
                    is_found(&|product| product.halves[at] = product.halves[at].plus(Pair::new(0.0, by)))
                );
                assert!(
                    is_found(&|product| product.across[at] = product.across[at].plus(Pair::new(by, 0.0)))
                );
            }
        }
    }
}

#[test]
fn a_constant_that_is_wrong_is_found() {
    let add = |pairs: &mut Vec<Pair>| {
        let middle = pairs.len() / 2;
        pairs[middle] = pairs[middle].plus(Pair::splat(1.0));
    };
    for length in LENGTHS {
        let tampered = |tamper: &dyn Fn(&mut Modulus)| {
            let (mut modulus, number) = numbers(length);
            tamper(&mut modulus);
            modulus.wide = Wide::new(&modulus.digits, &modulus.square[0], &modulus.steps);
            let power = modulus.public_operation(&number);
            let both = modulus.public_operations([&number, &number]);
            // Two at once have no use for halves that are exchanged.
            assert!(power.is_none() || both == power.clone().map(|power| [power.clone(), power]));
            (power, both)
        };
        assert!(matches!(tampered(&|_| {}), (Some(_), Some(_))));
        assert_eq!(tampered(&|modulus| add(&mut modulus.digits)), (None, None));
        assert_eq!(tampered(&|modulus| add(&mut modulus.square[0])), (None, None));
        assert_eq!(tampered(&|modulus| add(&mut modulus.square[1])).0, None);
        assert_eq!(tampered(&|modulus| add(&mut modulus.inverse)), (None, None));
        for step in 0..numbers(length).0.steps.len() {
            assert_eq!(tampered(&|modulus| add(&mut modulus.steps[step].inverse)), (None, None));
        }
    }
}
