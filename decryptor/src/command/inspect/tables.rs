//! What was found, for people.

use core::fmt::Write as _;

use edgeseal_decryptor::{InventoryKey, TokenPosition};

use super::evidence::{Evidence, Verdict};
use super::time::rfc3339;
use crate::command::table::{Column, Table};
use crate::command::terminal::printable;

/// Most rows of a table; of the rest it is said how many there are.
const MOST_ROWS: usize = 20;

/// Text that grows; writing to it does not fail.
struct Page(String);

pub(super) fn of(evidence: &Evidence<'_>) -> String {
    let mut page = Page(String::new());
    page.keys(evidence);
    page.fields(evidence);
    page.places(evidence);
    page.files(evidence);
    let damaged = evidence.inventory.damaged();
    page.positions("damaged tokens", damaged, evidence.inventory.damaged_omitted(), MOST_ROWS);
    if let Some((positions, omitted)) = evidence.inventory.positions() {
        page.positions("tokens", positions, omitted, usize::MAX);
    }
    page.problems(evidence);
    page.statement(evidence);
    page.0
}

impl Page {
    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    /// A table under a title, with a blank line before it unless it is the first.
    fn table<const COLUMNS: usize>(
        &mut self,
        title: &str,
        columns: [Column; COLUMNS],
        rows: impl ExactSizeIterator<Item = [String; COLUMNS]>,
        most: usize,
        omitted: u64,
    ) {
        if rows.len() == 0 {
            return;
        }
        if !title.is_empty() {
            self.blank();
            self.line(title);
        }
        let beyond = wide(rows.len().saturating_sub(most)).saturating_add(omitted);
        let mut table = Table::new(columns);
        rows.take(most).for_each(|row| table.row(row));
        let _ = write!(self.0, "{table}");
        if beyond > 0 {
            self.line(&format!("… and {beyond} more; --json tells them, as far as they are remembered"));
        }
    }

    fn blank(&mut self) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
    }

    fn keys(&mut self, evidence: &Evidence<'_>) {
        let [key, bits] = ["key", "bits"].map(Column::Left);
        let [tokens, s, v, e, classic, damaged, distinct, files] =
            ["tokens", "s", "v", "e", "classic", "damaged", "distinct", "files"].map(Column::Right);
        let [oldest, newest, keyring] =
            ["oldest file", "newest file", if evidence.keyring.is_some() { "in keyring" } else { "" }]
                .map(Column::Left);
        let columns =
            [key, bits, tokens, s, v, e, classic, damaged, distinct, files, oldest, newest, keyring];
        let exact = evidence.inventory.distinct_is_exact();
        let rows: Vec<_> = evidence
            .inventory
            .keys()
            .map(|(key_id, key)| {
                let bits: Vec<String> = key.bits.keys().map(u16::to_string).collect();
                let kind = |kind: &str| key.kinds.get(kind).copied().unwrap_or(0).to_string();
                let time = |time: Option<_>| time.and_then(rfc3339).unwrap_or_default();
                [
                    key_id.to_string(),
                    bits.join(","),
                    key.tokens.to_string(),
                    kind("s"),
                    kind("v"),
                    kind("e"),
                    kind("classic"),
                    key.damaged.to_string(),
                    format!("{}{}", key.distinct, if exact { "" } else { "+" }),
                    key.texts.to_string(),
                    time(key.oldest),
                    time(key.newest),
                    match evidence.is_known(key_id) {
                        Some(true) => "yes".to_owned(),
                        Some(false) => "no".to_owned(),
                        None => String::new(),
                    },
                ]
            })
            .collect();
        self.table("", columns, rows.into_iter(), MOST_ROWS, 0);
    }

    fn fields(&mut self, evidence: &Evidence<'_>) {
        let mut rows = Vec::new();
        let mut omitted = 0_u64;
        for (key_id, key) in evidence.inventory.keys() {
            let row = |name: &str, count: u64| [key_id.to_string(), name.to_owned(), count.to_string()];
            rows.extend(key.fields.iter().map(|(name, count)| row(name, count)));
            if key.without_field > 0 {
                rows.push(row("(header damaged)", key.without_field));
            }
            omitted = omitted.saturating_add(key.fields.omitted());
        }
        let columns = [Column::Left("key"), Column::Left("field"), Column::Right("tokens")];
        self.table(
            "envelope tokens, by the field that they are bound to:",
            columns,
            rows.into_iter(),
            MOST_ROWS,
            omitted,
        );
    }

    fn places(&mut self, evidence: &Evidence<'_>) {
        let mut rows = Vec::new();
        let mut omitted = 0_u64;
        for (key_id, key) in evidence.inventory.keys() {
            let row = |name: String, count: u64| [key_id.to_string(), name, count.to_string()];
            rows.extend(places(key).map(|(name, count)| row(name, count)));
            omitted = omitted.saturating_add(key.places.omitted());
        }
        let columns = [Column::Left("key"), Column::Left("place"), Column::Right("tokens")];
        self.table(
            "direct tokens, which are bound to no field, by where they stand:",
            columns,
            rows.into_iter(),
            MOST_ROWS,
            omitted,
        );
    }

    fn files(&mut self, evidence: &Evidence<'_>) {
        if !evidence.several {
            return;
        }
        let rows: Vec<_> = evidence
            .files
            .iter()
            .flat_map(|file| {
                file.keys.iter().map(|(key_id, count)| {
                    let (tokens, damaged) = (count.tokens.to_string(), count.damaged.to_string());
                    [shown(&file.file), key_id.clone(), tokens, damaged]
                })
            })
            .collect();
        let [file, key] = ["file", "key"].map(Column::Left);
        let [tokens, damaged] = ["tokens", "damaged"].map(Column::Right);
        self.table("files:", [file, key, tokens, damaged], rows.into_iter(), MOST_ROWS, 0);
    }

    fn positions(&mut self, title: &str, positions: &[TokenPosition], omitted: u64, most: usize) {
        let rows = positions.iter().map(|position| {
            let place = match (&position.pointer, position.column) {
                (Some(pointer), _) => shown(pointer),
                (None, Some(column)) => format!("column {column}"),
                (None, None) => String::new(),
            };
            [
                position.code.or(position.kind).unwrap_or_default().to_owned(),
                position.key.clone().unwrap_or_else(|| "?".to_owned()),
                position.file.as_deref().map(shown).unwrap_or_default(),
                position.line.to_string(),
                position.offset.to_string(),
                place,
            ]
        });
        let what = if most == usize::MAX { "kind" } else { "code" };
        let [code, key, file] = [what, "key", "file"].map(Column::Left);
        let [line, byte] = ["line", "byte"].map(Column::Right);
        let columns = [code, key, file, line, byte, Column::Left("place")];
        self.table(&format!("{title}:"), columns, rows, most, omitted);
    }

    fn problems(&mut self, evidence: &Evidence<'_>) {
        let rows = evidence
            .problems
            .iter()
            .map(|problem| [problem.code.to_owned(), shown(&problem.file), shown(&problem.message)]);
        let columns = ["code", "file", "why"].map(Column::Left);
        self.table("not read:", columns, rows, MOST_ROWS, 0);
    }

    fn statement(&mut self, evidence: &Evidence<'_>) {
        self.blank();
        self.line(&what_was_read(evidence));
        if evidence.is_complete() {
            self.line("everything was read");
        } else {
            self.line(&format!(
                "not everything was read: {} above",
                count(wide(evidence.problems.len()), "problem")
            ));
        }
        let as_text = evidence.files.iter().filter(|file| file.read_as_text.is_some()).count();
        if as_text > 0 {
            self.line(&format!("not of their format, and read on as text: {}", files(wide(as_text))));
        }
        if evidence.keyring.is_none() {
            self.line(if evidence.no_classic {
                "tokens with classic tags were not looked for: it was said that no key has ever had them (--no-classic)"
            } else {
                "tokens with classic tags were not looked for: a keyring (-k) says which there are"
            });
        }
        if evidence.inventory.keys_omitted() > 0 {
            let omitted = evidence.inventory.keys_omitted();
            self.line(&format!(
                "under further key ids, of which there are too many to tell: {omitted} tokens"
            ));
        }
        let illegible = evidence.inventory.illegible();
        if illegible > 0 {
            self.line(&format!("damaged tokens that tell no key id: {illegible}; each may be under any key"));
        }
        for (key_id, verdict) in evidence.verdicts() {
            let key = evidence.inventory.key(key_id);
            self.line(&match verdict {
                Verdict::Found => {
                    let key = key.map_or((0, 0), |key| (key.tokens, key.damaged));
                    let damaged = if key.1 > 0 { format!(", and {} damaged", key.1) } else { String::new() };
                    format!("under `{key_id}`: {}{damaged}", count(key.0, "token"))
                }
                Verdict::NotFound => format!("no token under `{key_id}` in what was read"),
                Verdict::NotKnown => {
                    format!("no token under `{key_id}` was found, and that is no evidence: something was not read, or is damaged")
                }
            });
        }
    }
}

/// Where direct tokens stand. Names of members and columns cannot be mistaken for one another, nor for what is said in parentheses.
fn places(key: &InventoryKey) -> impl Iterator<Item = (String, u64)> {
    let names = key.places.iter().map(|(name, count)| (format!("member `{}`", shown(name)), count));
    let columns = key.columns.iter().map(|(column, count)| (format!("column {column}"), *count));
    let elsewhere = (key.without_place > 0).then(|| ("(elsewhere)".to_owned(), key.without_place));
    names.chain(columns).chain(elsewhere)
}

fn what_was_read(evidence: &Evidence<'_>) -> String {
    let (bytes, unpacked) = evidence.bytes();
    let is_stdin = evidence.files.iter().any(|file| file.file == "-");
    let mut text = if is_stdin {
        "read standard input".to_owned()
    } else {
        format!("read {}", files(wide(evidence.files.len())))
    };
    if evidence.folders > 0 {
        let _ = write!(text, " in {}", count(evidence.folders, "folder"));
    }
    let _ = write!(text, ", {}", count(unpacked, "byte"));
    if evidence.files.iter().any(|file| file.compression != "none") {
        let _ = match bytes {
            Some(bytes) => write!(text, " unpacked from {bytes}"),
            None => write!(text, " unpacked"),
        };
    }
    if let (Some(began), Some(ended)) = (rfc3339(evidence.began), rfc3339(evidence.ended)) {
        let _ = write!(text, ", {began} to {ended}");
    }
    let skipped = evidence.skipped;
    let skipped: Vec<String> =
        [(skipped.further_names, "further name of what was read"), (skipped.special_files, "special file")]
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, what)| format!("{what}: {number}"))
            .collect();
    if !skipped.is_empty() {
        let _ = write!(text, "; left out: {}", skipped.join(", "));
    }
    text
}

fn files(number: u64) -> String {
    count(number, "file")
}

fn count(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// A name on a terminal, on one line.
fn shown(name: &str) -> String {
    printable(name, |_| false)
}

fn wide(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
