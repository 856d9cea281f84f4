//! What docs/SECURITY.md promises names the tests that show it, as `PATH: NAME`. Each of them is there, and is run.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::project::Project;

const PAGE: &str = "docs/SECURITY.md";
/// Each row of its tables names a test.
const TABLES: &str = "Attacks and accidents";
/// What the file of a test ends in.
const SOURCES: [&str; 4] = [".rs", ".js", ".json", ".toml"];

/// Looks for each test that the page names.
pub(crate) fn check(project: &Project) -> Result<()> {
    let page = fs::read_to_string(project.path(PAGE)).context(PAGE)?;
    let read = |path: &str| fs::read_to_string(project.path(path)).with_context(|| path.to_owned());
    let names = names(&page);
    let mut missing = bare_rows(&page);
    for (path, name) in &names {
        if !is_test(path, &read(path)?, name) {
            missing.push(format!("`{path}: {name}` is no test"));
        }
    }
    if names.is_empty() {
        missing.push("no test is named".to_owned());
    }
    if missing.is_empty() {
        println!("{} tests are named", names.len());
        return Ok(());
    }
    bail!("{PAGE}:\n{}", missing.join("\n"))
}

/// The code spans that name a test, in order.
fn names(page: &str) -> Vec<(&str, &str)> {
    // Between an odd backtick and the next one stands code. Blocks have three and do not change that.
    let spans = page.split('`').skip(1).step_by(2);
    spans
        .filter_map(|span| span.split_once(": "))
        .filter(|(path, _)| {
            path.contains('/') && !path.contains(' ') && SOURCES.iter().any(|end| path.ends_with(end))
        })
        .collect()
}

/// The rows of tables in the chapter that say nothing of a test.
fn bare_rows(page: &str) -> Vec<String> {
    let chapters = page.split("\n## ").find(|chapter| chapter.lines().next() == Some(TABLES));
    let Some(chapter) = chapters else { return vec![format!("no chapter `{TABLES}`")] };
    let mut bare = Vec::new();
    let mut lines = chapter.lines().peekable();
    while let Some(line) = lines.next() {
        let is_head = lines.peek().is_some_and(|next| next.starts_with("| ---"));
        if line.starts_with("| ") && !line.starts_with("| ---") && !is_head && names(line).is_empty() {
            bare.push(format!("no test in the row {line}"));
        }
    }
    bare
}

/// Whether a file has a test of this name: a function, a title, a group of vectors, a case of the command.
fn is_test(path: &str, source: &str, name: &str) -> bool {
    let quoted = format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""));
    let has = |beginnings: &[&str], text: &str| {
        let lines = source.lines().map(str::trim_start);
        lines.clone().any(|line| {
            beginnings
                .iter()
                .any(|beginning| line.strip_prefix(beginning).is_some_and(|rest| rest.starts_with(text)))
        })
    };
    match path.rsplit_once('.') {
        Some((_, "rs")) => is_rust_test(source, name),
        // A title, or the first of what a test is made of for each row of a table.
        Some((_, "js")) => {
            has(&["test(", "corporaTest(", "["], &format!("{quoted},"))
                || has(&["test("], &format!("`{name}`,"))
        }
        Some((_, "json")) => has(&["\"comment\": "], &quoted),
        Some((_, "toml")) => has(&["comment = "], &quoted),
        _ => false,
    }
}

fn is_rust_test(source: &str, name: &str) -> bool {
    let lines: Vec<&str> = source.lines().map(str::trim_start).collect();
    lines.iter().enumerate().any(|(index, line)| {
        let line = line.strip_prefix("async ").unwrap_or(line);
        let is_it = line.strip_prefix("fn ").and_then(|line| line.strip_prefix(name));
        if !is_it.is_some_and(|rest| rest.starts_with('(')) {
            return false;
        }
        let before = lines.iter().take(index).rev();
        let attributes: Vec<&str> =
            before.copied().take_while(|line| line.starts_with("#[") || line.starts_with("///")).collect();
        let is_attribute = |begin: &str| attributes.iter().any(|line| line.starts_with(begin));
        (is_attribute("#[test]") || is_attribute("#[tokio::test")) && !is_attribute("#[ignore")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUST: &str = "
        /// Said of it.
        #[test]
        fn holds() {}
        #[tokio::test(start_paused = true)]
        async fn holds_later() {}
        #[test]
        #[ignore = \"slow\"]
        fn is_ignored() {}
        fn is_no_test() {}
        // #[test]
        // fn is_a_comment() {}
        proptest! {
            #[test]
            fn holds_for_all(text in \".*\") {}
        }";

    #[test]
    fn a_test_that_was_renamed_ignored_or_removed_is_not_there() {
        for name in ["holds", "holds_later", "holds_for_all"] {
            assert!(is_test("a.rs", RUST, name), "{name}");
            assert!(!is_test("a.rs", &RUST.replace(name, "renamed"), name), "{name}");
        }
        for name in ["is_ignored", "is_no_test", "is_a_comment", "hold", "holds_", "other"] {
            assert!(!is_test("a.rs", RUST, name), "{name}");
        }
    }

    #[test]
    fn titles_groups_and_cases_are_found_by_their_whole_text() {
        let titles = "test(\"it \\\"holds\\\"\", () => {});\n  test(`${name} holds`, f);\n// test(\"old\", f)\n  [\"a row\", 1],\ncorporaTest(\"with data\", f);\ntest.skip(\"skipped\", f);";
        for name in ["it \"holds\"", "${name} holds", "a row", "with data"] {
            assert!(is_test("a.js", titles, name), "{name}");
        }
        for name in ["it", "holds", "old", "row", "a ro", "skipped"] {
            assert!(!is_test("a.js", titles, name), "{name}");
        }
        assert!(is_test("a.json", "{\n  \"comment\": \"a group\",", "a group"));
        assert!(!is_test("a.json", "{\n  \"comment\": \"a group\",", "a"));
        assert!(is_test("a.toml", "comment = \"a case\"\n", "a case"));
        assert!(!is_test("a.md", "comment = \"a case\"\n", "a case"));
    }

    #[test]
    fn names_are_code_spans_with_a_path_and_rows_have_one() {
        let page = "# Page\n\n`a: b`, `src/x y.rs: z`\n\n## Attacks and accidents\n\n| what | shown by |\n| --- | --- |\n| `{}` | `t/a.rs: holds`, `t/b.js: it holds: twice` |\n| bare | `t/a.rs` |\n\n## More\n\n| not | here |\n";
        assert_eq!(names(page), [("t/a.rs", "holds"), ("t/b.js", "it holds: twice")]);
        assert_eq!(bare_rows(page), ["no test in the row | bare | `t/a.rs` |"]);
        assert_eq!(bare_rows("# Page"), ["no chapter `Attacks and accidents`"]);
    }
}
