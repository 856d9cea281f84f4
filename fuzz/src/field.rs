//! Names of fields, as CONFIGURATION.md says that they are read: as they are, and as paths.

use crate::encrypt_body::{Case, Rule};
use crate::path::Step;

/// The rules that may be the one for the value of a field: that for its name as it is, or one for a way to read it or for something around it. None
/// if none is for it.
pub(crate) fn rules<'c>(case: &'c Case, name: &str) -> Vec<&'c Rule> {
    if let Some(rule) = case.rule(&[Step::Name(Some(name.to_owned()))]) {
        return vec![rule];
    }
    let mut found: Vec<&Rule> = Vec::new();
    for steps in as_paths(name) {
        let around = (1..=steps.len()).map(|length| &steps[..length]);
        found.extend(around.filter_map(|steps| case.rule(steps)));
    }
    found
}

/// `a[b][]`, `a.b.0`: brackets and dots, and where there are both, brackets alone.
fn as_paths(name: &str) -> Vec<Vec<Step>> {
    let mut readings = Vec::new();
    if name.contains(['[', '.']) {
        readings.push(steps(name.split(['[', '.'])));
    }
    if name.contains('[') && name.contains('.') {
        readings.push(steps(name.split('[')));
    }
    readings
}

fn steps<'n>(parts: impl Iterator<Item = &'n str>) -> Vec<Step> {
    let step = |(at, part): (usize, &str)| {
        let part = part.strip_suffix(']').unwrap_or(part).trim_matches(['"', '\'']);
        match part.parse() {
            _ if at == 0 => Step::Name(Some(part.to_owned())),
            _ if part.is_empty() => Step::Index(0),
            Ok(index) if part.bytes().all(|byte| byte.is_ascii_digit()) => Step::Index(index),
            _ => Step::Name(Some(part.to_owned())),
        }
    };
    parts.enumerate().map(step).collect()
}
