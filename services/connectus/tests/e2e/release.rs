//! This release, and the one before it, which `deploy/test.sh upgrade` builds.

use std::{
    env,
    path::{Path, PathBuf},
};

use connectus_testkit::Database;

use crate::process::role_of;

/// The binary of a release.
pub(crate) struct Release {
    pub(crate) binary: PathBuf,
    /// Whether it loses no call when it is told to end, and takes several addresses for one service.
    pub(crate) is_calm: bool,
}

impl Release {
    /// The one that is tested: `CONNECTUS_RELEASE`, for who wants to see the binary that operators get, or the one made for tests.
    pub(crate) fn this() -> Self {
        let built = || env!("CARGO_BIN_EXE_connectus").into();
        Self { binary: env::var_os("CONNECTUS_RELEASE").map_or_else(built, PathBuf::from), is_calm: true }
    }

    /// The one before it.
    pub(crate) async fn before() -> Self {
        let binary = env::var_os("CONNECTUS_PREVIOUS_RELEASE").expect("`deploy/test.sh upgrade` sets it");
        let help = role_of(Path::new(&binary), "gateway").arg("--help").output().await.unwrap();
        assert!(help.status.success());
        // Both came with this setting.
        let is_calm = String::from_utf8_lossy(&help.stdout).contains("CONNECTUS_DRAIN_WAIT");
        Self { binary: binary.into(), is_calm }
    }

    /// Brings a database up to date, as far as this release knows.
    pub(crate) async fn migrate(&self, database: &Database) {
        let migrated = role_of(&self.binary, "migrate").env("DATABASE_URL", database.url()).status().await.unwrap();
        assert!(migrated.success());
    }
}
