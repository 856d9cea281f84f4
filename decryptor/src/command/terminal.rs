//! What the command says to a person, on standard error. Nobody is left to be told that saying it failed.

use std::io::{Write, stderr};

/// A line: `edgeseal: …`.
pub(crate) fn note(line: &str) {
    let _ = writeln!(stderr(), "edgeseal: {}", printable(line, |_| false));
}

/// The same of several lines.
pub(crate) fn note_lines(lines: &str) {
    let _ = writeln!(stderr(), "edgeseal: {}", printable(lines, |character| character == '\n'));
}

/// The next step.
pub(crate) fn help(advice: &str) {
    let _ = writeln!(stderr(), "  help: {advice}");
}

/// Names of files and members may hold anything, and a terminal obeys control characters: they are written as Rust escapes.
pub(crate) fn printable(text: &str, allowed: impl Fn(char) -> bool) -> String {
    let mut printable = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() && !allowed(character) {
            printable.extend(character.escape_default());
        } else {
            printable.push(character);
        }
    }
    printable
}
