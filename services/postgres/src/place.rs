//! Where the data can be: PostgreSQL refuses root, so that root runs it as somebody else, who must be able to get there.

use std::{
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    io,
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
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
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

/// The wanted folder, or one that stands for it where the owner cannot get to it: always the same one.
pub(crate) fn data_folder(wanted: &Path, owner: Owner) -> io::Result<PathBuf> {
    let wanted = std::path::absolute(wanted)?;
    if owner.reaches(&wanted) {
        return Ok(wanted);
    }
    let mut hasher = DefaultHasher::new();
    wanted.hash(&mut hasher);
    let name = format!("{:016x}", hasher.finish());
    let elsewhere = [PathBuf::from("/var/lib/connectus"), env::temp_dir().join("connectus")];
    for parent in elsewhere {
        let folder = parent.join(&name);
        if owner.reaches(&folder) && fs::create_dir_all(&parent).is_ok() {
            return Ok(folder);
        }
    }
    Err(io::Error::other(format!("the database's user cannot reach {}", wanted.display())))
}

/// The folder of the socket: in the data's own folder, or where the path is too long, in a short one that stands for it.
pub(crate) fn socket_folder(data: &Path) -> PathBuf {
    let own = data.join("socket");
    if own.as_os_str().len() + SOCKET_NAME.len() <= MAX_SOCKET_PATH {
        return own;
    }
    let mut hasher = DefaultHasher::new();
    data.hash(&mut hasher);
    PathBuf::from(format!("/tmp/connectus-{}-{:016x}", Uid::effective(), hasher.finish()))
}
