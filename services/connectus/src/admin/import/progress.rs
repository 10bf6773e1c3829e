//! How far an import is, kept beside its file, so that it can go on where it stopped.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, Instant, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};

use crate::desk::{CommandError, report::beside};

/// How often it is kept while it goes on.
const KEEP_INTERVAL: Duration = Duration::from_secs(1);
/// After how many lines it is kept, even if that is more often.
const KEEP_LINES: u64 = 100;

/// What is done with the file, from its first line to its last, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Pass {
    /// Organizations come first, so that their names are known where they confirmed something.
    Organizations,
    /// People, with their experiences.
    People,
    /// Whom accounts have blocked, once all are there.
    Blocks,
}

impl Pass {
    /// All of them, in their order.
    pub(super) const ALL: [Self; 3] = [Self::Organizations, Self::People, Self::Blocks];

    /// What it goes through.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Organizations => "organizations",
            Self::People => "people",
            Self::Blocks => "blocks",
        }
    }

    /// The next one, if it is not the last.
    fn next(self) -> Option<Self> {
        Self::ALL.into_iter().skip_while(|pass| *pass != self).nth(1)
    }
}

/// Which file it is. One that was changed is another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Identity {
    length: u64,
    modified_nanoseconds: u128,
}

impl Identity {
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let found = fs::metadata(path)?;
        let modified = found.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok(Self { length: found.len(), modified_nanoseconds: modified.as_nanos() })
    }
}

/// How far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    file: Identity,
    /// What is being done.
    pub(super) pass: Pass,
    /// How many lines it is done with.
    pub(super) lines: u64,
    /// Where they end.
    pub(super) end: u64,
    /// How many accounts were imported.
    pub(super) imported: u64,
    /// How many were there already.
    pub(super) existed: u64,
    /// How many lines were refused.
    pub(super) refused: u64,
    /// How long the list of those is.
    pub(super) report_length: u64,
}

impl State {
    /// How long the file is, in bytes.
    pub(super) fn length(&self) -> u64 {
        self.file.length
    }
}

/// How far it is, and where that is kept.
pub(super) struct Progress {
    pub(super) state: State,
    path: PathBuf,
    kept_at: Instant,
    kept_lines: u64,
}

impl Progress {
    /// Goes on where an import of the same file stopped, or begins.
    pub(super) fn open(file: &Path, identity: Identity, from_start: bool) -> Self {
        let path = beside(file, "progress");
        let kept = fs::read(&path).ok().and_then(|kept| serde_json::from_slice::<State>(&kept).ok());
        let kept = kept.filter(|kept| !from_start && kept.file == identity);
        let state = kept.unwrap_or(State {
            file: identity,
            pass: Pass::Organizations,
            lines: 0,
            end: 0,
            imported: 0,
            existed: 0,
            refused: 0,
            report_length: 0,
        });
        Self { kept_lines: state.lines, state, path, kept_at: Instant::now() }
    }

    /// Begins the next pass. Tells whether there is one.
    pub(super) fn next_pass(&mut self) -> bool {
        let Some(pass) = self.state.pass.next() else { return false };
        self.state = State { pass, lines: 0, end: 0, ..self.state.clone() };
        true
    }

    /// Keeps it, if it was not kept of late.
    pub(super) fn keep_now_and_then(&mut self) -> Result<(), CommandError> {
        let is_due =
            self.state.lines.abs_diff(self.kept_lines) >= KEEP_LINES || self.kept_at.elapsed() >= KEEP_INTERVAL;
        if is_due { self.keep() } else { Ok(()) }
    }

    /// Keeps it: whole, whenever the process ends.
    pub(super) fn keep(&mut self) -> Result<(), CommandError> {
        self.write().map_err(|source| CommandError::File {
            doing: "keep the progress in",
            path: self.path.clone(),
            source,
        })?;
        (self.kept_at, self.kept_lines) = (Instant::now(), self.state.lines);
        Ok(())
    }

    fn write(&self) -> io::Result<()> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer(&mut file, &self.state)?;
        file.persist(&self.path)?;
        Ok(())
    }

    /// Forgets it: the import is done, and another one of the same file goes through all of it again.
    pub(super) fn forget(self) -> Result<(), CommandError> {
        match fs::remove_file(&self.path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(CommandError::File { doing: "delete", path: self.path, source })
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("accounts.json");
        fs::write(&path, text).unwrap();
        (folder, path)
    }

    fn open(path: &Path, from_start: bool) -> Progress {
        Progress::open(path, Identity::of(path).unwrap(), from_start)
    }

    #[test]
    fn it_is_kept_for_the_same_file_only() {
        let (_folder, path) = file("one");
        let mut progress = open(&path, false);
        let first = progress.state.clone();
        progress.state.lines = 7;
        progress.keep().unwrap();
        assert_eq!(open(&path, false).state.lines, 7);
        assert_eq!(open(&path, true).state, first, "from the start, when that is asked for");
        fs::write(&path, "two").unwrap();
        assert_eq!(open(&path, false).state.lines, 0, "as long as before, but another");
    }

    #[test]
    fn what_is_no_progress_is_none() {
        let (_folder, path) = file("one");
        fs::write(beside(&path, "progress"), "{\"file\":").unwrap();
        assert_eq!(open(&path, false).state.lines, 0);
    }

    #[test]
    fn once_done_it_begins_again() {
        let (folder, path) = file("one");
        let mut progress = open(&path, false);
        let mut passes = vec![progress.state.pass];
        progress.state.lines = 1;
        progress.keep().unwrap();
        while progress.next_pass() {
            passes.push(progress.state.pass);
            assert_eq!(progress.state.lines, 0);
        }
        assert_eq!(passes, Pass::ALL);
        progress.forget().unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_eq!(open(&path, false).state.lines, 0);
    }
}
