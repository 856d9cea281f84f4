//! Tables for people: columns side by side, as wide as their widest cell.

use core::fmt;

/// A column's title, and at which side its cells stand.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Column {
    /// Words.
    Left(&'static str),
    /// Numbers.
    Right(&'static str),
}

/// Rows of cells under their titles.
#[derive(Clone, Debug)]
pub(crate) struct Table<const COLUMNS: usize> {
    columns: [Column; COLUMNS],
    rows: Vec<[String; COLUMNS]>,
}

impl<const COLUMNS: usize> Table<COLUMNS> {
    pub(crate) fn new(columns: [Column; COLUMNS]) -> Self {
        Self { columns, rows: Vec::new() }
    }

    /// Adds a row. A cell is one line without control characters: see [`terminal::printable`](super::terminal::printable) for names that may
    /// have some.
    pub(crate) fn row(&mut self, cells: [String; COLUMNS]) {
        self.rows.push(cells);
    }
}

/// Lines that each end in a line feed, and in nothing blank before it.
impl<const COLUMNS: usize> fmt::Display for Table<COLUMNS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let titles = self.columns.map(|column| match column {
            Column::Left(title) | Column::Right(title) => title.to_owned(),
        });
        let lines = || core::iter::once(&titles).chain(&self.rows);
        let mut widths = [0_usize; COLUMNS];
        for line in lines() {
            for (width, cell) in widths.iter_mut().zip(line) {
                *width = cell.chars().count().max(*width);
            }
        }
        for line in lines() {
            let cells =
                line.iter().zip(widths).zip(self.columns).map(|((cell, width), column)| match column {
                    Column::Left(_) => format!("{cell:<width$}"),
                    Column::Right(_) => format!("{cell:>width$}"),
                });
            writeln!(f, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell_and_lines_end_in_nothing_blank() {
        let mut table = Table::new([Column::Left("key"), Column::Right("calls"), Column::Left("state")]);
        table.row(["pii-2026a".into(), "7".into(), "Enabled".into()]);
        table.row(["é".into(), "1000000".into(), String::new()]);
        let expected =
            concat!("key          calls  state\n", "pii-2026a        7  Enabled\n", "é          1000000\n",);
        assert_eq!(table.to_string(), expected);
    }
}
