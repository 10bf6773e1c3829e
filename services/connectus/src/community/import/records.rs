//! The records of a large CSV file (RFC 4180), one at a time, each with the line that it begins in.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
};

use csv_core::ReadRecordResult;

/// Records are shorter than this, in bytes without quotes.
const MAX_LENGTH: usize = 256 * 1024;
/// How many cells a record has.
const MAX_CELLS: usize = 1000;

/// A record of the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// The line that it begins in, from 1.
    pub(super) line: u64,
    /// Where it ends, in bytes.
    pub(super) end: u64,
    /// What it says; `None` if it is too long, as one is whose quote is never closed.
    pub(super) cells: Option<Vec<Vec<u8>>>,
}

/// Reads the records.
pub(super) struct Records<R> {
    reader: R,
    csv: csv_core::Reader,
    line: u64,
    end: u64,
    /// What is read of a record.
    text: Vec<u8>,
    /// Where its cells end.
    ends: Vec<usize>,
}

impl Records<BufReader<File>> {
    /// The records of a file.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self::new(BufReader::new(File::open(path)?), MAX_LENGTH))
    }
}

impl<R: BufRead> Records<R> {
    fn new(reader: R, max_length: usize) -> Self {
        let (text, ends) = (vec![0; max_length], vec![0; MAX_CELLS]);
        Self { reader, csv: csv_core::Reader::new(), line: 1, end: 0, text, ends }
    }

    fn read(&mut self) -> io::Result<Option<Record>> {
        self.skip_ends_of_lines()?;
        let line = self.line;
        let (mut written, mut cells, mut is_whole) = (0, 0, true);
        loop {
            let input = self.reader.fill_buf()?;
            let (result, read, wrote, ended) =
                self.csv.read_record(input, &mut self.text[written..], &mut self.ends[cells..]);
            self.line += ends_of_lines(&input[..read]);
            self.consume(read);
            (written, cells) = (written + wrote, cells + ended);
            match result {
                ReadRecordResult::InputEmpty => {}
                // What is too long is read to its end, for the sake of the next one.
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    (written, cells, is_whole) = (0, 0, false);
                }
                ReadRecordResult::Record => {
                    let cells = is_whole.then(|| self.cells(cells));
                    return Ok(Some(Record { line, end: self.end, cells }));
                }
                ReadRecordResult::End => return Ok(None),
            }
        }
    }

    /// What is left of the end of the last record, and empty lines, which would be counted with the next one.
    fn skip_ends_of_lines(&mut self) -> io::Result<()> {
        loop {
            let input = self.reader.fill_buf()?;
            let skipped = input.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            if skipped == 0 {
                return Ok(());
            }
            self.line += ends_of_lines(&input[..skipped]);
            self.consume(skipped);
        }
    }

    fn consume(&mut self, length: usize) {
        self.reader.consume(length);
        self.end += u64::try_from(length).unwrap_or(u64::MAX);
    }

    fn cells(&self, count: usize) -> Vec<Vec<u8>> {
        let ends = &self.ends[..count];
        let starts = std::iter::once(0).chain(ends.iter().copied());
        starts.zip(ends).map(|(start, end)| self.text[start..*end].to_vec()).collect()
    }
}

fn ends_of_lines(read: &[u8]) -> u64 {
    read.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

impl<R: BufRead> Iterator for Records<R> {
    type Item = io::Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The lines and cells of a text, read in pieces of some size.
    fn records(text: &str, piece: usize) -> Vec<(u64, Option<Vec<String>>)> {
        let records = Records::new(BufReader::with_capacity(piece, text.as_bytes()), 10);
        let cells = |cells: Vec<Vec<u8>>| cells.into_iter().map(|cell| String::from_utf8(cell).unwrap()).collect();
        records.map(|record| record.map(|record| (record.line, record.cells.map(cells))).unwrap()).collect()
    }

    /// A record of a line.
    fn record(line: u64, cells: &[&str]) -> (u64, Option<Vec<String>>) {
        (line, Some(cells.iter().map(|cell| (*cell).to_owned()).collect()))
    }

    #[test]
    fn each_has_the_line_that_it_begins_in() {
        let expected = [record(1, &["a", "b"]), record(2, &["1\n,\"2", ""]), record(5, &["3", "4"])];
        for end in ["\n", "\r\n"] {
            for last in ["", end] {
                let text = format!("a,b{end}\"1\n,\"\"2\",{end}{end}3,4{last}");
                for piece in [4, 5, 1000] {
                    assert_eq!(records(&text, piece), expected, "{text:?} by {piece}");
                }
            }
        }
        assert_eq!(records("\n\n", 4), []);
    }

    #[test]
    fn what_is_too_long_is_passed_over() {
        let expected = [record(1, &["012345678"]), (2, None), record(3, &["a"])];
        assert_eq!(records("012345678\n0123,4567,89\na", 4), expected);
        assert_eq!(records("a\n\"0123456789a\nb\n", 4), [record(1, &["a"]), (2, None)], "a quote is never closed");
        let many = ",".repeat(MAX_CELLS);
        assert_eq!(records(&format!("{many}\nb"), 1000), [(1, None), record(2, &["b"])]);
    }

    #[test]
    fn a_mark_of_the_byte_order_is_no_text() {
        assert_eq!(records("\u{feff}a,b\n\u{feff}c", 1000), [record(1, &["a", "b"]), record(2, &["\u{feff}c"])]);
    }

    proptest! {
        #[test]
        fn whatever_it_says_it_comes_to_an_end(text in "[a\",\\r\\n]{0,40}", piece in 1_usize..10) {
            let records = Records::new(BufReader::with_capacity(piece, text.as_bytes()), 10);
            let records: Vec<Record> = records.map(Result::unwrap).collect();
            prop_assert!(records.len() <= text.len());
            prop_assert!(records.is_sorted_by_key(|record| record.line));
            prop_assert!(records.iter().all(|record| record.end <= text.len() as u64));
        }
    }
}
