//! The list of the lines that an import refused, beside the file that was imported.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::CommandError;

/// The list, a JSON object a line. It is there when some line was refused.
pub(crate) struct Report {
    pub(crate) path: PathBuf,
    file: Option<File>,
}

impl Report {
    /// Goes on with the list, which has this length. What was written after that will be written again.
    pub(crate) fn open(imported: &Path, length: u64) -> Result<Self, CommandError> {
        let mut report = Self { path: beside(imported, "refused.jsonl"), file: None };
        report.cut(length).map_err(|source| report.failure(source))?;
        Ok(report)
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        if length == 0 {
            return match fs::remove_file(&self.path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        }
        let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(&self.path)?;
        // Somebody may have taken it away.
        let length = length.min(file.metadata()?.len());
        file.set_len(length)?;
        file.seek(SeekFrom::End(0))?;
        self.file = Some(file);
        Ok(())
    }

    /// Adds a line, and returns how long the list is then.
    pub(crate) fn add(&mut self, refused: &Value) -> Result<u64, CommandError> {
        self.write(refused).map_err(|source| self.failure(source))
    }

    fn write(&mut self, refused: &Value) -> io::Result<u64> {
        let mut file = match self.file.take() {
            Some(file) => file,
            None => File::create(&self.path)?,
        };
        file.write_all(format!("{refused}\n").as_bytes())?;
        let length = file.stream_position()?;
        self.file = Some(file);
        Ok(length)
    }

    fn failure(&self, source: io::Error) -> CommandError {
        CommandError::File { doing: "write", path: self.path.clone(), source }
    }
}

/// The name of a file that belongs to another one.
pub(crate) fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

/// That a file cannot be read.
pub(crate) fn unreadable(file: &Path, source: io::Error) -> CommandError {
    CommandError::File { doing: "read", path: file.to_owned(), source }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(line: u64) -> Value {
        json!({"line": line, "id": "507f1f77bcf86cd799439011", "problem": "email: is required"})
    }

    #[test]
    fn it_goes_on_where_the_progress_was_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("accounts.json");
        let mut report = Report::open(&file, 0).unwrap();
        assert!(!report.path.exists(), "nothing is refused yet");
        let length = report.add(&refusal(1)).unwrap();
        report.add(&refusal(2)).unwrap();
        let mut report = Report::open(&file, length).unwrap();
        report.add(&refusal(3)).unwrap();
        let text = fs::read_to_string(&report.path).unwrap();
        let line =
            |number| format!(r#"{{"id":"507f1f77bcf86cd799439011","line":{number},"problem":"email: is required"}}"#);
        assert_eq!(text.lines().collect::<Vec<_>>(), [line(1), line(3)]);
        fs::remove_file(&report.path).unwrap();
        Report::open(&file, length).unwrap().add(&refusal(4)).unwrap();
        assert_eq!(
            fs::read_to_string(&report.path).unwrap(),
            format!("{}\n", line(4)),
            "what was taken away is not missed"
        );
        Report::open(&file, 0).unwrap();
        assert!(!report.path.exists(), "from the start, there is none");
    }
}
