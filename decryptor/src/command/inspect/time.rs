//! Times as RFC 3339 writes them.

use std::time::{SystemTime, UNIX_EPOCH};

/// `2026-11-21T13:52:29Z`; nothing of a time before 1970.
pub(super) fn rfc3339(time: SystemTime) -> Option<String> {
    let seconds = time.duration_since(UNIX_EPOCH).ok()?.as_secs();
    let (days, of_day) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(days)?;
    let (hours, minutes, seconds) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    Some(format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}Z"))
}

/// The date that is so many days after 1970-01-01, by eras of 400 years that begin on the first of March.
fn civil(days: u64) -> Option<(u64, u64, u64)> {
    let shifted = days.checked_add(719_468)?;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let leaps = (of_era / 1_460).checked_add(of_era / 146_096)?.checked_sub(of_era / 36_524)?;
    let year_of_era = of_era.checked_sub(leaps)? / 365;
    let before =
        year_of_era.checked_mul(365)?.checked_add(year_of_era / 4)?.checked_sub(year_of_era / 100)?;
    let of_year = of_era.checked_sub(before)?;
    // Months from March on: 153 days for each five.
    let march = of_year.checked_mul(5)?.checked_add(2)? / 153;
    let day = of_year.checked_sub(march.checked_mul(153)?.checked_add(2)? / 5)?.checked_add(1)?;
    let (month, later) = if march < 10 { (march.checked_add(3)?, 0) } else { (march.checked_sub(9)?, 1) };
    Some((era.checked_mul(400)?.checked_add(year_of_era)?.checked_add(later)?, month, day))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_763_733_149, "2025-11-21T13:52:29Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (1_735_689_599, "2024-12-31T23:59:59Z"),
        ] {
            assert_eq!(rfc3339(UNIX_EPOCH + Duration::from_secs(seconds)).as_deref(), Some(expected));
        }
        assert_eq!(rfc3339(UNIX_EPOCH - Duration::from_secs(1)), None);
    }
}
