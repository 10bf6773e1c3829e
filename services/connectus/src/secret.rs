//! The secret that services know each other by, where nobody has set one: made at random once, and kept in the data folder.

use std::{
    fmt::Write as _,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use connectus_platform::identity::{MIN_SECRET_LENGTH, ServiceIdentity};
use tempfile::NamedTempFile;

/// Its name in the data folder.
const FILE_NAME: &str = "service-secret";

/// Why a kept secret cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SecretError {
    /// The file cannot be read or made.
    #[error("cannot use the service secret in {}, nor is CONNECTUS_SERVICE_SECRET set: {source}", path.display())]
    File {
        /// Where it is.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file holds something else.
    #[error(
        "{} must have at least {MIN_SECRET_LENGTH} characters: delete it, and the next start makes another",
        .0.display()
    )]
    TooShort(PathBuf),
}

/// Where a data folder keeps it.
pub(crate) fn path(data_dir: &Path) -> PathBuf {
    data_dir.join(FILE_NAME)
}

/// The identity by the kept secret; `None` if none is kept.
pub(crate) fn load(data_dir: &Path) -> Result<Option<ServiceIdentity>, SecretError> {
    let path = path(data_dir);
    let secret = match fs::read_to_string(&path) {
        Ok(secret) => secret,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(SecretError::File { path, source }),
    };
    ServiceIdentity::new(secret.trim().as_bytes()).map(Some).ok_or(SecretError::TooShort(path))
}

/// The identity by the kept secret, which is made if there is none. Of several that make one at once, one wins, and all use
/// that one.
pub(crate) fn load_or_make(data_dir: &Path) -> Result<ServiceIdentity, SecretError> {
    let path = path(data_dir);
    let failure = |source| SecretError::File { path: path.clone(), source };
    if let Some(identity) = load(data_dir)? {
        return Ok(identity);
    }
    make(data_dir, &path).map_err(failure)?;
    load(data_dir)?.ok_or_else(|| failure(io::ErrorKind::NotFound.into()))
}

/// Makes the file, whole from the first moment, unless it is there. Nobody else can read it.
fn make(data_dir: &Path, path: &Path) -> io::Result<()> {
    fs::create_dir_all(data_dir)?;
    // A temporary file is its owner's alone (0600).
    let mut file = NamedTempFile::new_in(data_dir)?;
    writeln!(file, "{}", random())?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Err(failed) if failed.error.kind() != io::ErrorKind::AlreadyExists => Err(failed.error),
        _ => Ok(()),
    }
}

/// A secret as text, so that it can be given to other processes as it is.
fn random() -> String {
    rand::random::<[u8; MIN_SECRET_LENGTH]>().iter().fold(String::new(), |mut text, byte| {
        // Writing to a text does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::{os::unix::fs::PermissionsExt, sync::Barrier, thread};

    use tonic::Request;

    use super::*;

    fn are_the_same(one: &ServiceIdentity, other: &ServiceIdentity) -> bool {
        other.proves(&one.sign(Request::new(())).into_parts().0.into_headers())
    }

    #[test]
    fn it_is_made_once_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let data_dir = folder.path().join("not/there/yet");
        assert!(load(&data_dir).unwrap().is_none());
        let made = load_or_make(&data_dir).unwrap();
        assert!(are_the_same(&made, &load_or_make(&data_dir).unwrap()));
        assert!(are_the_same(&made, &load(&data_dir).unwrap().unwrap()));
        let permissions = fs::metadata(path(&data_dir)).unwrap().permissions();
        assert_eq!(permissions.mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(&data_dir).unwrap().count(), 1, "nothing else is left behind");
    }

    #[test]
    fn two_folders_have_two_secrets() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        assert!(!are_the_same(&load_or_make(one.path()).unwrap(), &load_or_make(other.path()).unwrap()));
    }

    #[test]
    fn those_that_make_it_at_once_use_one() {
        const MAKERS: usize = 16;
        let (folder, start) = (tempfile::tempdir().unwrap(), Barrier::new(MAKERS));
        let made: Vec<ServiceIdentity> = thread::scope(|scope| {
            let make = || {
                start.wait();
                load_or_make(folder.path()).unwrap()
            };
            let makers: Vec<_> = (0..MAKERS).map(|_| scope.spawn(make)).collect();
            makers.into_iter().map(|maker| maker.join().unwrap()).collect()
        });
        assert!(made.iter().all(|identity| are_the_same(&made[0], identity)));
    }

    #[test]
    fn a_short_one_is_refused_by_its_path() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(path(folder.path()), "short").unwrap();
        let Err(error) = load_or_make(folder.path()) else { unreachable!("it is too short") };
        assert!(error.to_string().contains(&path(folder.path()).display().to_string()), "{error}");
    }
}
