//! What the chores say, and in which colours.

use core::fmt::{self, Display};
use std::io::Write as _;

use anstyle::{AnsiColor, Style};
use clap::ValueEnum;
use indicatif::HumanCount;

use crate::failure::Failure;

/// When to write in colour; `auto` looks at the terminal and at `NO_COLOR`.
#[derive(Clone, Copy, Default, ValueEnum)]
pub(crate) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

impl Color {
    pub(crate) fn apply(self) {
        match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::AlwaysAnsi,
            Self::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }
}

/// Whether what the chores print now comes out in colour, so that programs they start can follow.
pub(crate) fn colored() -> bool {
    anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never
}

/// One line on standard output. A reader that went away is not an error of the chore.
pub(crate) fn line(words: impl Display) {
    if cfg!(test) {
        // The test harness holds back only what goes through this macro.
        println!("{words}");
    } else {
        let _ = writeln!(anstream::stdout(), "{words}");
    }
}

/// The heading of a step.
pub(crate) fn heading(words: impl Display) {
    line(format_args!("\n{}", styled(AnsiColor::Cyan.on_default().bold(), &words)));
}

/// A command line that a reader could type.
pub(crate) fn command(words: impl Display) {
    line(styled(Style::new().bold(), &format_args!("$ {words}")));
}

/// The sentence a chore ends with when it could not do its work, on standard error.
pub(crate) fn failure(failure: &Failure) {
    let _ = writeln!(anstream::stderr(), "{} {failure}", bad("error:"));
}

pub(crate) fn good(words: impl Display) -> String {
    styled(AnsiColor::Green.on_default().bold(), &words)
}

pub(crate) fn bad(words: impl Display) -> String {
    styled(AnsiColor::Red.on_default().bold(), &words)
}

pub(crate) fn doubtful(words: impl Display) -> String {
    styled(AnsiColor::Yellow.on_default().bold(), &words)
}

fn styled(style: Style, words: &dyn Display) -> String {
    format!("{style}{words}{style:#}")
}

/// The words without their colours.
pub(crate) fn plain(words: &str) -> String {
    anstream::adapter::strip_str(words).to_string()
}

/// Rows in columns; the first row is the heading. Numbers stand right.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(heading: &[&str]) -> Self {
        Self { rows: vec![heading.iter().map(ToString::to_string).collect()] }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }
}

impl Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            self.rows.iter().filter_map(|row| row.get(column)).map(|c| c.chars().count()).max()
        };
        let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
        for (index, row) in self.rows.iter().enumerate() {
            let mut text = String::from(" ");
            for (cell, &width) in row.iter().zip(&widths) {
                let number =
                    index > 0 && cell.starts_with(|c: char| c.is_ascii_digit() || c == '-');
                text +=
                    &if number { format!(" {cell:>width$} ") } else { format!(" {cell:<width$} ") };
            }
            let end = if index + 1 < self.rows.len() { "\n" } else { "" };
            write!(f, "{}{end}", text.trim_end())?;
        }
        Ok(())
    }
}

/// A count with a separator between thousands.
pub(crate) fn thousands(count: u64) -> String {
    HumanCount(count).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_lines_up_its_columns_and_sets_numbers_right() {
        let mut table = Table::new(&["codec", "bytes"]);
        table.row(["none".to_owned(), "1,000".to_owned()]);
        table.row(["zstd".to_owned(), "7".to_owned()]);
        assert_eq!(table.to_string(), "  codec  bytes\n  none   1,000\n  zstd       7");
    }
}
