//! Where a machine keeps PostgreSQL's binaries.

use std::{
    env, fmt, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// PostgreSQL's binaries.
#[derive(Clone, Debug)]
pub struct Binaries {
    folder: PathBuf,
}

/// There is no PostgreSQL on this machine. Displays as a sentence with the command that installs it here.
#[derive(Clone, Copy, Debug)]
pub struct NotFound;

impl Binaries {
    /// Looks on the PATH, where `pg_config` says, and in the places of Debian, Red Hat and Homebrew. Of several versions in
    /// one place, the newest is taken.
    pub fn find() -> Result<Self, NotFound> {
        let candidates = on_path().into_iter().chain(from_pg_config()).chain(usual_places());
        let folder = candidates.into_iter().find(|folder| is_complete(folder)).ok_or(NotFound)?;
        Ok(Self { folder })
    }

    pub(crate) fn initdb(&self) -> PathBuf {
        self.folder.join("initdb")
    }

    /// What writes a database down as SQL; it comes with most packages of the server.
    #[must_use]
    pub fn pg_dump(&self) -> PathBuf {
        self.folder.join("pg_dump")
    }

    /// What copies a running server, to start a replica of it.
    #[must_use]
    pub fn pg_basebackup(&self) -> PathBuf {
        self.folder.join("pg_basebackup")
    }

    pub(crate) fn postgres(&self) -> PathBuf {
        self.folder.join("postgres")
    }
}

fn is_complete(folder: &Path) -> bool {
    ["initdb", "postgres"].iter().all(|name| folder.join(name).is_file())
}

/// The folders on the PATH, with links followed: PostgreSQL finds its own files beside its real place.
fn on_path() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let real = |folder: PathBuf| Some(fs::canonicalize(folder.join("initdb")).ok()?.parent()?.to_owned());
    env::split_paths(&path).filter_map(real).collect()
}

fn from_pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    Some(PathBuf::from(String::from_utf8(output.stdout).ok()?.trim()))
}

fn usual_places() -> Vec<PathBuf> {
    let parents = [
        ("/usr/lib/postgresql", ""),
        ("/usr/pgsql", ""),
        ("/usr", "pgsql-"),
        ("/opt/homebrew/opt", "postgresql@"),
        ("/usr/local/opt", "postgresql@"),
    ];
    parents.iter().flat_map(|(parent, prefix)| versions(Path::new(parent), prefix)).collect()
}

/// The `bin` folders of the versions below a folder, newest first.
fn versions(parent: &Path, prefix: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let version = |name: &str| name.strip_prefix(prefix)?.parse::<u32>().ok();
    let mut found: Vec<(u32, PathBuf)> =
        entries.filter_map(|entry| Some((version(entry.file_name().to_str()?)?, entry.path().join("bin")))).collect();
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, folder)| folder).collect()
}

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let system = fs::read_to_string("/etc/os-release").unwrap_or_default();
        let command = install_command(&system, cfg!(target_os = "macos"));
        write!(
            f,
            "there is no PostgreSQL on this machine: install it ({command}), or set DATABASE_URL to one elsewhere"
        )
    }
}

impl std::error::Error for NotFound {}

/// The command that installs PostgreSQL with its extensions on a system, by its /etc/os-release.
fn install_command(system: &str, is_macos: bool) -> &'static str {
    let is_like = |name: &str| {
        let lines = system.lines().filter(|line| line.starts_with("ID=") || line.starts_with("ID_LIKE="));
        lines.flat_map(|line| line.split(['=', '"', ' '])).any(|word| word == name)
    };
    if is_macos {
        "brew install postgresql@17"
    } else if is_like("debian") || is_like("ubuntu") {
        "sudo apt-get install postgresql"
    } else if is_like("fedora") || is_like("rhel") {
        "sudo dnf install postgresql-server postgresql-contrib"
    } else if is_like("arch") {
        "sudo pacman -S postgresql"
    } else if is_like("alpine") {
        "sudo apk add postgresql postgresql-contrib"
    } else if is_like("suse") || is_like("opensuse") {
        "sudo zypper install postgresql-server postgresql-contrib"
    } else {
        "the package is mostly named postgresql"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_system_is_told_its_own_command() {
        for (system, command) in [
            ("ID=debian\n", "sudo apt-get install postgresql"),
            ("NAME=\"Linux Mint\"\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", "sudo apt-get install postgresql"),
            ("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", "sudo dnf install postgresql-server postgresql-contrib"),
            ("ID=alpine\n", "sudo apk add postgresql postgresql-contrib"),
        ] {
            assert_eq!(install_command(system, false), command);
        }
        assert!(NotFound.to_string().contains("install it ("));
    }
}
