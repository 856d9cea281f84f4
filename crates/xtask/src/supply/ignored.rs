//! Advisories that deny.toml lets pass: each with a reason, and with a day after which somebody has to look again.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use toml::{Table, Value};

use crate::project::Project;

const RULES: &str = "deny.toml";
/// What the day stands after, at the end of a reason.
const UNTIL: &str = "until ";

pub(super) struct Ignored {
    pub(super) id: String,
    pub(super) reason: String,
}

pub(super) fn read(project: &Project) -> Result<Vec<Ignored>> {
    let text = fs::read_to_string(project.path(RULES)).context(RULES)?;
    parse(&text).context(RULES)
}

/// Fails if a day has passed.
pub(super) fn check(project: &Project) -> Result<()> {
    let ignored = read(project)?;
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    passed(&ignored, &day(seconds))?;
    for it in ignored {
        println!("{}: {}", it.id, it.reason);
    }
    Ok(())
}

fn parse(text: &str) -> Result<Vec<Ignored>> {
    let rules: Table = toml::from_str(text)?;
    let ignored = rules.get("advisories").and_then(|table| table.get("ignore")).and_then(Value::as_array);
    let entries = ignored.into_iter().flatten().map(|entry| {
        let member = |name: &str| Some(entry.get(name)?.as_str()?.to_owned());
        let id = member("id").context("an advisory is ignored without `id` and `reason`")?;
        let reason = member("reason").with_context(|| format!("{id} is ignored without a reason"))?;
        Ok(Ignored { id, reason })
    });
    entries.collect()
}

fn passed(ignored: &[Ignored], today: &str) -> Result<()> {
    for Ignored { id, reason } in ignored {
        let until = reason.rsplit_once(UNTIL).map(|(_, day)| day).filter(|day| is_day(day));
        let until = until.with_context(|| {
            format!("{id} is ignored for ever: its reason ends in no `{UNTIL}YYYY-MM-DD`")
        })?;
        if today > until {
            bail!("{id} was ignored until {until}: look at it again, in {RULES}");
        }
    }
    Ok(())
}

fn is_day(text: &str) -> bool {
    let is_part =
        |part: &str, digits: usize| part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
    matches!(text.split('-').collect::<Vec<_>>()[..], [year, month, day] if is_part(year, 4) && is_part(month, 2) && is_part(day, 2))
}

/// The day of a time in seconds since 1970, as ISO 8601 has it.
fn day(seconds: u64) -> String {
    let is_leap =
        |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let mut days = seconds / 86_400;
    let mut year = 1970_u64;
    while let Some(rest) = days.checked_sub(if is_leap(year) { 366 } else { 365 }) {
        days = rest;
        year = year.saturating_add(1);
    }
    let february = if is_leap(year) { 29 } else { 28 };
    let mut month = 1_u64;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        let Some(rest) = days.checked_sub(length) else { break };
        days = rest;
        month = month.saturating_add(1);
    }
    format!("{year:04}-{month:02}-{:02}", days.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_advisory_is_ignored_up_to_its_day_and_never_without_one() {
        let rules =
            |reason: &str| parse(&format!("[advisories]\nignore = [{{ id = \"A-1\", {reason} }}]")).unwrap();
        let ignored = rules("reason = \"not used, until 2027-05-31\"");
        assert!(passed(&ignored, "2027-05-31").is_ok());
        let late = passed(&ignored, "2027-06-01").unwrap_err().to_string();
        assert!(late.starts_with("A-1 was ignored until 2027-05-31"), "{late}");
        for endless in ["not used", "not used, until then", "until 2027-5-1", "until 2027-05-31, or so"] {
            assert!(passed(&rules(&format!("reason = \"{endless}\"")), "2020-01-01").is_err(), "{endless}");
        }
        assert!(parse("[advisories]\nignore = [{ id = \"A-1\" }]").is_err());
        assert!(parse("[advisories]\nignore = [\"A-1\"]").is_err());
        assert!(parse("").unwrap().is_empty());
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        let days = [
            (0, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (951_868_799, "2000-02-29"),
            (951_868_800, "2000-03-01"),
            (1_735_689_599, "2024-12-31"),
            (1_735_689_600, "2025-01-01"),
            (1_795_219_200, "2026-11-21"),
        ];
        for (seconds, name) in days {
            assert_eq!(day(seconds), name);
        }
    }
}
