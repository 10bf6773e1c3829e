//! What operators' commands print: aligned text for people, or one JSON object a line for scripts.

use std::io::{self, Write};

use chrono::{DateTime, SecondsFormat};
use indicatif::{ProgressBar, ProgressStyle};
use prost_types::Timestamp;
use serde_json::Value;

use super::CommandError;

/// One thing to tell: its fields by name, in order.
pub(crate) type Record = Vec<(&'static str, Value)>;

/// How to print.
#[derive(Clone, Copy)]
pub(crate) struct Output {
    /// Whether for scripts.
    pub(crate) json: bool,
}

impl Output {
    /// Tells what was done: a sentence for people, its fields for scripts.
    pub(crate) fn done(self, sentence: &str, record: Record) -> Result<(), CommandError> {
        print(&if self.json { json(record) } else { format!("{sentence}\n") })
    }

    /// Prints a list, or a sentence where it is empty.
    pub(crate) fn list(self, records: Vec<Record>, empty: &str) -> Result<(), CommandError> {
        if self.json {
            return print(&records.into_iter().map(json).collect::<String>());
        }
        print(&if records.is_empty() { format!("{empty}\n") } else { table(&records) })
    }
}

fn print(text: &str) -> Result<(), CommandError> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(CommandError::Print)
}

fn json(record: Record) -> String {
    let object: serde_json::Map<String, Value> =
        record.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    format!("{}\n", Value::Object(object))
}

/// A table with a head, whose columns are as wide as they must be; the last one is as wide as it is.
fn table(records: &[Record]) -> String {
    let head =
        records.first().map(|record| record.iter().map(|(name, _)| name.to_uppercase().replace('_', " ")).collect());
    let rows = records.iter().map(|record| record.iter().map(|(_, value)| cell(value)).collect());
    let rows: Vec<Vec<String>> = head.into_iter().chain(rows).collect();
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect::<Vec<_>>();
        format!("{}\n", cells.join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

/// A value in one line, without what would steer the terminal: some of it was written by strangers.
fn cell(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    text.chars()
        .map(|c| {
            if c.is_whitespace() {
                ' '
            } else if c.is_control() {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}

/// A time, or nothing.
pub(crate) fn time(time: Option<Timestamp>) -> Value {
    let time = time.and_then(|time| DateTime::from_timestamp(time.seconds, 0));
    time.map_or(Value::Null, |time| time.to_rfc3339_opts(SecondsFormat::Secs, true).into())
}

/// A bar on the terminal that shows how far something is; nothing where there is no terminal.
pub(crate) fn progress_bar(length: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {percent}% {elapsed_precise}");
    ProgressBar::new(length).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_in_one_line_each() {
        let record = |name: &str, text: &str| vec![("name", name.into()), ("said_text", text.into())];
        let printed = table(&[record("Ann", "one\ntwo"), record("Bartholomew", "\u{1b}[2Jthree")]);
        assert_eq!(printed, "NAME         SAID TEXT\nAnn          one two\nBartholomew  \u{fffd}[2Jthree\n");
    }
}
