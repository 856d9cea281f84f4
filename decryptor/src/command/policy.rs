//! `edgeseal policy`.

mod check;
mod diff;
mod finding;
mod names;
mod sample;

use std::process::ExitCode;

use super::arguments::{PolicyArguments, PolicyWork};
use super::failure::Failure;

const STDIN_TWICE: &str = "only one file can be `-`, standard input";

pub(crate) fn run(arguments: &PolicyArguments) -> Result<ExitCode, Failure> {
    match &arguments.work {
        PolicyWork::Check(arguments) => check::run(arguments),
        PolicyWork::Diff(arguments) => diff::run(arguments),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    const PAGE: &str = include_str!("../../../docs/POLICY.md");

    /// The codes that these sources hold as string literals of this form.
    fn codes<'s>(sources: &[&'s str], before: &str) -> BTreeSet<&'s str> {
        let literals = sources.iter().flat_map(|source| {
            source
                .split(before)
                .skip(1)
                .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
        });
        literals.filter(|code| code.contains('_')).collect()
    }

    #[test]
    fn the_page_has_every_code_that_samples_have() {
        let sources = [include_str!("policy/sample.rs"), include_str!("policy/check.rs")];
        let mut found = codes(&sources, "self.warn(");
        found.extend(codes(&sources, "code: "));
        assert_eq!(found.len(), 5, "{found:?}");
        for code in found {
            assert!(PAGE.contains(&format!("| `{code}` |")), "{code}");
        }
    }

    #[test]
    fn the_page_has_every_code_of_changes() {
        let sources = [
            include_str!("../../../crates/edgeseal/src/policy/compare/rules.rs"),
            include_str!("../../../crates/edgeseal/src/policy/compare/members.rs"),
        ];
        let is_code = |text: &str| {
            let ends =
                ["_lost", "_gained", "_changed", "_removed", "_added", "_renamed", "_replaced", "_by_other"];
            ends.iter().any(|end| text.ends_with(end)) && !text.contains(' ')
        };
        let found: BTreeSet<&str> =
            sources.iter().flat_map(|source| source.split('"')).filter(|text| is_code(text)).collect();
        assert!(found.len() > 20, "{found:?}");
        for code in found {
            assert!(PAGE.contains(&format!("`{code}`")), "{code}");
        }
    }
}
