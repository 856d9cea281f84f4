//! Durations and sizes as people write them.

use std::time::Duration;

/// `500ms`, `5s`, `2m`, `1h`.
pub(super) fn duration(text: &str) -> Result<Duration, &'static str> {
    let wrong = "expected a duration above zero: a whole number and `ms`, `s`, `m` or `h`";
    let (number, unit) = number_and_unit(text).ok_or(wrong)?;
    let milliseconds = match unit {
        "ms" => Some(number),
        "s" => number.checked_mul(1_000),
        "m" => number.checked_mul(60_000),
        "h" => number.checked_mul(3_600_000),
        _ => None,
    };
    milliseconds.filter(|it| *it > 0).map(Duration::from_millis).ok_or(wrong)
}

/// `65536`, `64k`, `16M`, `1G`: of 1,024 each.
pub(super) fn bytes(text: &str) -> Result<usize, &'static str> {
    let wrong = "expected a number of bytes above zero: a whole number, and `k`, `M` or `G` if you like";
    let (number, unit) = number_and_unit(text).ok_or(wrong)?;
    let scale = match unit {
        "" => 1_u64,
        "k" => 1 << 10,
        "M" => 1 << 20,
        "G" => 1 << 30,
        _ => return Err(wrong),
    };
    let bytes = number.checked_mul(scale).and_then(|bytes| usize::try_from(bytes).ok());
    bytes.filter(|it| *it > 0).ok_or(wrong)
}

/// A number above zero that counts things in a second.
pub(super) fn rate(text: &str) -> Result<f64, &'static str> {
    let rate: Option<f64> = text.parse().ok();
    rate.filter(|rate| rate.is_finite() && *rate > 0.0).ok_or("expected a number above zero")
}

fn number_and_unit(text: &str) -> Option<(u64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    Some((number.parse().ok()?, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit() {
        for (text, milliseconds) in [("500ms", 500), ("5s", 5_000), ("2m", 120_000), ("1h", 3_600_000)] {
            assert_eq!(duration(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in ["", "5", "s", "0s", "-1s", "1.5s", "1d", "5 s", "5S", "99999999999999999h", "1é"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_are_binary() {
        for (text, size) in [("1", 1), ("64k", 65_536), ("16M", 1 << 24), ("1G", 1 << 30)] {
            assert_eq!(bytes(text), Ok(size), "{text}");
        }
        for text in ["", "0", "0k", "1K", "1kB", "k", "-1", "99999999999999999999", "99999999999G"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }

    #[test]
    fn rates_are_above_zero() {
        assert_eq!(rate("0.5"), Ok(0.5));
        for text in ["", "0", "-1", "NaN", "inf", "x"] {
            assert!(rate(text).is_err(), "{text}");
        }
    }
}
