//! Where the data can be: PostgreSQL refuses root, so that root runs it as somebody else, who must be able to get there.

use std::{
    env, fs, io,
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use nix::unistd::{Gid, Uid, User, chown};

/// The longest path of a Unix socket, with the name that PostgreSQL gives it.
const MAX_SOCKET_PATH: usize = 107;
const SOCKET_NAME: &str = "/.s.PGSQL.5432.lock";

/// Who runs the database.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Owner {
    pub(crate) uid: Uid,
    pub(crate) gid: Gid,
}

impl Owner {
    /// Oneself, or somebody without rights if oneself is root.
    pub(crate) fn choose() -> io::Result<Self> {
        if !Uid::effective().is_root() {
            return Ok(Self { uid: Uid::effective(), gid: Gid::effective() });
        }
        for name in ["postgres", "nobody"] {
            if let Some(user) = User::from_name(name)? {
                return Ok(Self { uid: user.uid, gid: user.gid });
            }
        }
        Err(io::Error::other("root runs the database as the user postgres or nobody, and there is neither"))
    }

    /// Makes a folder that only the owner can read.
    pub(crate) fn make_private(self, folder: &Path) -> io::Result<()> {
        make(folder)?;
        self.take(folder)
    }

    /// The same, but one that is there already stays as it is: it may be others' too.
    fn make_private_unless_there(self, folder: &Path) -> io::Result<()> {
        if folder.is_dir() { Ok(()) } else { self.make_private(folder) }
    }

    /// Makes one where everybody may put something: a link, or a folder of somebody else's, is not taken for it.
    fn make_private_in_public(self, folder: &Path) -> io::Result<()> {
        make(folder)?;
        let found = fs::symlink_metadata(folder)?;
        let is_ours = [self.uid, Uid::effective()].contains(&Uid::from_raw(found.uid()));
        if !found.is_dir() || !is_ours {
            return Err(io::Error::other(format!("somebody else made {}", folder.display())));
        }
        self.take(folder)
    }

    fn take(self, folder: &Path) -> io::Result<()> {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
        if Uid::effective().is_root() {
            chown(folder, Some(self.uid), Some(self.gid))?;
        }
        Ok(())
    }

    /// Whether the owner gets through every folder above a path.
    fn reaches(self, path: &Path) -> bool {
        path.ancestors().skip(1).filter_map(|folder| fs::metadata(folder).ok()).all(|folder| {
            let mode = folder.mode();
            let needed = if folder.uid() == self.uid.as_raw() {
                0o100
            } else if folder.gid() == self.gid.as_raw() {
                0o010
            } else {
                0o001
            };
            mode & needed != 0
        })
    }
}

/// Makes one folder that nobody else can read, if it is not there.
fn make(folder: &Path) -> io::Result<()> {
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        outcome => outcome,
    }
}

/// Makes the wanted folder, or one that stands for it where the owner cannot get to it: always the same one.
pub(crate) fn data_folder(wanted: &Path, owner: Owner) -> io::Result<PathBuf> {
    let wanted = std::path::absolute(wanted)?;
    if let Some(parent) = wanted.parent() {
        fs::create_dir_all(parent)?;
    }
    if owner.reaches(&wanted.join("postgres")) {
        owner.make_private_unless_there(&wanted)?;
        return Ok(wanted);
    }
    let elsewhere = [PathBuf::from("/var/lib/connectus"), env::temp_dir().join("connectus")];
    for parent in elsewhere {
        let folder = parent.join(name_for(&wanted));
        if fs::create_dir_all(&parent).is_ok() && owner.reaches(&folder) && is_mine(&parent) {
            owner.make_private_in_public(&folder)?;
            return Ok(folder);
        }
    }
    Err(io::Error::other("the database's user cannot get there, nor is there another place"))
}

/// Whether a folder is really one, and of this process's user.
fn is_mine(folder: &Path) -> bool {
    fs::symlink_metadata(folder).is_ok_and(|found| found.is_dir() && found.uid() == Uid::effective().as_raw())
}

/// Makes the folder of the socket: in the data's own folder, or where its path cannot be a socket's, a short one that
/// stands for it.
pub(crate) fn socket_folder(data: &Path, owner: Owner) -> io::Result<PathBuf> {
    let own = data.join("socket");
    let path = own.as_os_str().as_encoded_bytes();
    // PostgreSQL takes a list of folders, with commas between them and quotes around them.
    let is_listable = !path.iter().any(|byte| b",\"".contains(byte));
    if is_listable && path.len() + SOCKET_NAME.len() <= MAX_SOCKET_PATH {
        owner.make_private(&own)?;
        return Ok(own);
    }
    let short = PathBuf::from(format!("/tmp/connectus-{}-{}", Uid::effective(), name_for(data)));
    owner.make_private_in_public(&short)?;
    Ok(short)
}

/// A short name for a path: its FNV-1a hash, which is the same in every version of this program.
fn name_for(path: &Path) -> String {
    let bytes = path.as_os_str().as_encoded_bytes();
    let hash = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_keeps_its_short_name_for_ever() {
        assert_eq!(name_for(Path::new("")), "cbf29ce484222325");
        assert_eq!(name_for(Path::new("foobar")), "85944171f73967e8");
    }
}
