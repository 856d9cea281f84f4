//! Numbers as JSON writes them, as far as a policy needs to know.

use core::cmp::Ordering;

/// The digits of the first number that is rounded to infinity (IEEE 754), 2^1024 - 2^970; it has 309 digits before the point. What is equal
/// in all of these is taken for smaller.
const INFINITE: &[u8] =
    b"1797693134862315807937289714053034150799341327100378269361737789804449682927647509466490179775872";
const INFINITE_DIGITS: i64 = 309;

/// Whether a number of JSON is so large that as a double it is infinite.
pub(super) fn is_beyond_double(text: &[u8]) -> bool {
    let mut parts = text.splitn(2, |byte| matches!(byte, b'e' | b'E'));
    let mantissa = parts.next().unwrap_or_default();
    let exponent = parts.next().map_or(0, exponent);
    let digits = || mantissa.iter().filter(|byte| byte.is_ascii_digit());
    let leading_zeros = digits().take_while(|digit| **digit == b'0').count();
    if leading_zeros == digits().count() {
        return false;
    }
    let whole_digits = mantissa
        .split(|byte| *byte == b'.')
        .next()
        .map_or(0, |whole| whole.iter().filter(|byte| byte.is_ascii_digit()).count());
    // Where the point is, counted from the first digit that is not 0.
    let size = signed(whole_digits).saturating_sub(signed(leading_zeros)).saturating_add(exponent);
    match size.cmp(&INFINITE_DIGITS) {
        Ordering::Equal => digits().skip(leading_zeros).gt(INFINITE),
        other => other == Ordering::Greater,
    }
}

fn exponent(text: &[u8]) -> i64 {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] | digits => (false, digits),
    };
    let value = digits.iter().fold(0_i64, |value, digit| {
        value.saturating_mul(10).saturating_add(i64::from(digit.saturating_sub(b'0')))
    });
    if negative { value.saturating_neg() } else { value }
}

fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_largest_double_is_within_and_what_rounds_to_infinity_is_not() {
        assert!(!is_beyond_double(b"1.7976931348623157e308"));
        assert!(!is_beyond_double(b"-17976931348623158.079e292"));
        assert!(is_beyond_double(b"-17976931348623158.08e292"));
        assert!(is_beyond_double(b"1e99999999999999999999"));
        assert!(!is_beyond_double(b"1e-99999999999999999999"));
        assert!(!is_beyond_double(b"0e99999999999999999999"));
    }

    proptest! {
        #[test]
        fn it_is_what_the_standard_library_rounds_to_infinity(
            whole in "0|[1-9][0-9]{0,24}",
            fraction in "(\\.[0-9]{1,24})?",
            exponent in 270_i32..320,
        ) {
            let text = format!("{whole}{fraction}e{exponent}");
            prop_assert_eq!(is_beyond_double(text.as_bytes()), text.parse::<f64>().unwrap().is_infinite(), "{}", text);
        }
    }
}
