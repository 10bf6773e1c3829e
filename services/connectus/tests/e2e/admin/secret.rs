//! The secret that role `all` keeps for itself, and for operators.

use std::{fs, os::unix::fs::PermissionsExt};

use connectus_testkit::Api;
use nix::sys::signal::Signal;

use super::{OPERATOR, printed, refusal};
use crate::{
    process::{connectus, free_address, run, signal},
    topology::until_ready,
};

#[tokio::test]
async fn it_is_made_at_the_first_start_and_used_at_the_next() {
    let (database, folder) = (connectus_testkit::Database::new().await, tempfile::tempdir().unwrap());
    let data_dir = folder.path().join("data");
    let mut secrets = Vec::new();
    for _ in 0..2 {
        let (gateway, grpc) = (free_address(), free_address());
        let mut all = connectus("all");
        all.current_dir(&folder).arg("--data-dir").arg(&data_dir).env("DATABASE_URL", database.url());
        all.env("CONNECTUS_LISTEN", gateway.to_string()).env("CONNECTUS_GRPC_LISTEN", grpc.to_string());
        let mut suite = run(&mut all);
        until_ready(&Api::new(format!("http://{gateway}"))).await;
        let file = data_dir.join("service-secret");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        secrets.push(fs::read_to_string(&file).unwrap());

        let mut admin = connectus("admin");
        admin.args(["rotate-keys", "--operator", OPERATOR, "--auth-url", &format!("http://{grpc}")]);
        admin.env("CONNECTUS_DATA_DIR", &data_dir);
        printed(admin).await;
        signal(&suite, Signal::SIGTERM);
        suite.wait().await.unwrap();
    }
    assert_eq!(secrets[0], secrets[1]);
}

#[tokio::test]
async fn without_any_it_is_said_where_it_could_be() {
    let folder = tempfile::tempdir().unwrap();
    let mut admin = connectus("admin");
    admin.current_dir(&folder).args(["rotate-keys", "--operator", OPERATOR, "--data-dir", "data"]);
    let said = refusal(admin).await;
    assert!(said.contains("CONNECTUS_SERVICE_SECRET") && said.contains("data/service-secret"), "{said}");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "an operator makes none");
}

#[tokio::test]
async fn one_that_is_set_comes_first() {
    let office = super::Office::open().await;
    let mut admin = office.command(&["rotate-keys"]);
    admin.env("CONNECTUS_SERVICE_SECRET", "another secret, which is long enough for one");
    let said = refusal(admin).await;
    assert!(said.contains("auth at http://") && said.contains("has another secret"), "{said}");
    let mut admin = office.command(&["rotate-keys"]);
    admin.env("CONNECTUS_SERVICE_SECRET", "short");
    assert!(refusal(admin).await.contains("CONNECTUS_SERVICE_SECRET must have at least 32 bytes"));
}
