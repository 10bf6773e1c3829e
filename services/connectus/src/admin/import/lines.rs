//! The lines of a large file, one at a time.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom},
    path::Path,
};

/// The longest line: a document has at most 16 MB in its database, and more as text.
const MAX_LENGTH: u64 = 64 * 1024 * 1024;

/// A line of the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Its number, from 1.
    pub(super) number: u64,
    /// Where the next one begins, in bytes.
    pub(super) end: u64,
    /// What it says, without its end; `None` if it is too long.
    pub(super) text: Option<Vec<u8>>,
}

/// Reads the lines from somewhere on.
pub(super) struct Lines<R> {
    reader: R,
    number: u64,
    end: u64,
    max_length: u64,
}

impl Lines<BufReader<File>> {
    /// The lines of a file after the first `number`, which end at `end`.
    pub(super) fn open(path: &Path, number: u64, end: u64) -> io::Result<Self> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(end))?;
        Ok(Self { reader: BufReader::new(file), number, end, max_length: MAX_LENGTH })
    }
}

impl<R: BufRead> Lines<R> {
    fn read(&mut self) -> io::Result<Option<Line>> {
        let mut text = Vec::new();
        let mut length = to_u64(self.reader.by_ref().take(self.max_length).read_until(b'\n', &mut text)?);
        if length == 0 {
            return Ok(None);
        }
        let is_whole = text.pop_if(|last| *last == b'\n').is_some() || length < self.max_length;
        if !is_whole {
            length += to_u64(self.reader.skip_until(b'\n')?);
        }
        self.number += 1;
        self.end += length;
        Ok(Some(Line { number: self.number, end: self.end, text: is_whole.then_some(text) }))
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

fn to_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn lines(text: &[u8]) -> Vec<(u64, u64, Option<Vec<u8>>)> {
        let lines = Lines { reader: text, number: 0, end: 0, max_length: 4 };
        lines.map(|line| line.map(|line| (line.number, line.end, line.text)).unwrap()).collect()
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over() {
        let text = |text: &[u8]| Some(text.to_vec());
        let expected = [(1, 4, text(b"one")), (2, 10, None), (3, 11, text(b"")), (4, 13, text(b"ab"))];
        assert_eq!(lines(b"one\nthree\n\nab"), expected);
        assert_eq!(lines(b""), []);
        assert_eq!(lines(b"three"), [(1, 5, None)]);
    }

    #[test]
    fn reading_goes_on_where_it_ended() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "a\nbc\nd\n").unwrap();
        let all: Vec<Line> = Lines::open(file.path(), 0, 0).unwrap().map(Result::unwrap).collect();
        for (index, line) in all.iter().enumerate() {
            let rest: Vec<Line> =
                Lines::open(file.path(), line.number, line.end).unwrap().map(Result::unwrap).collect();
            assert_eq!(rest, all[index + 1..]);
        }
    }
}
