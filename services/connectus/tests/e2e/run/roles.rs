//! The roles as processes of their own.

use std::process::Stdio;

use connectus_testkit::{Api, Database, MailServer, Server};
use nix::sys::signal::Signal;
use tokio::{
    io::{AsyncBufRead, AsyncBufReadExt, BufReader, Lines},
    process::Command,
};

use super::{PATIENCE, ended, folder};
use crate::{
    process::{connectus, free_address, free_ports, signal},
    topology::{Topology, until_ready},
};

#[tokio::test]
async fn the_schemas_can_be_made_again_and_by_several_at_once() {
    let server = Server::start().await;
    let database = server.database().await;
    for schema in ["auth", "account", "experience", "social"] {
        database.execute(&format!("DROP SCHEMA {schema} CASCADE")).await;
    }
    let migrate = || connectus("migrate").env("DATABASE_URL", database.url()).status();
    let (first, second) = tokio::join!(migrate(), migrate());
    assert!(first.unwrap().success() && second.unwrap().success() && migrate().await.unwrap().success());
    assert_eq!(database.value::<i64>("SELECT count(*) FROM experience.experiences").await, 0);
}

#[tokio::test]
async fn a_role_waits_for_its_database_and_its_schema() {
    let mut server = Server::start().await;
    let database = server.database().await;
    database.execute("DROP SCHEMA account CASCADE").await;
    server.stop().await;
    let mut account = connectus("account");
    account.env("DATABASE_URL", database.url()).env("CONNECTUS_AUTH_URL", "http://127.0.0.1:1");
    account.env("CONNECTUS_SOCIAL_URL", "http://127.0.0.1:1").env("CONNECTUS_COMMUNITY_URL", "http://127.0.0.1:1");
    account.env("CONNECTUS_GRPC_LISTEN", "127.0.0.1:0").env("CONNECTUS_SERVICE_SECRET", "x".repeat(32));
    account.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut process = account.spawn().unwrap();
    let mut log = BufReader::new(process.stderr.take().unwrap()).lines();
    until_said(&mut log, "cannot connect to the database").await;
    server.resume().await;
    until_said(&mut log, "run `connectus migrate`").await;
    let mut another = account.spawn().unwrap();
    until_said(&mut BufReader::new(another.stderr.take().unwrap()).lines(), "run `connectus migrate`").await;
    signal(&another, Signal::SIGTERM);
    assert_eq!(ended(&mut another).await.code(), Some(0), "one that waits can be ended");
    assert!(connectus("migrate").env("DATABASE_URL", database.url()).status().await.unwrap().success());
    let mut output = BufReader::new(process.stdout.take().unwrap()).lines();
    until_said(&mut output, "connectus account listens").await;
}

/// Reads what a process says until it says some words.
async fn until_said(lines: &mut Lines<impl AsyncBufRead + Unpin>, words: &str) {
    let found = async { while !lines.next_line().await.unwrap().expect("it goes on").contains(words) {} };
    tokio::time::timeout(PATIENCE, found).await.unwrap_or_else(|_| panic!("it never says {words}"));
}

#[tokio::test]
async fn each_role_names_the_setting_that_it_misses() {
    for (role, setting) in [
        ("gateway", "CONNECTUS_AUTH_URL"),
        ("auth", "CONNECTUS_ACCOUNT_URL"),
        ("account", "CONNECTUS_AUTH_URL"),
        ("experience", "CONNECTUS_AUTH_URL"),
        ("social", "CONNECTUS_AUTH_URL"),
        ("migrate", "DATABASE_URL"),
    ] {
        let output = connectus(role).output().await.unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{role}");
        assert!(said.contains(setting) && said.lines().count() == 1, "{role}: {said}");
    }
}

#[tokio::test]
async fn there_is_no_development_mailbox_but_where_mails_are_not_sent() {
    let (database, mail) = (Database::new().await, MailServer::start().await);
    for topology in [Topology::Together, Topology::Apart] {
        let suite = topology.start(&database, &mail, 10).await;
        assert_eq!(suite.api.get("/dev/mail", None).await.error(), (404, 4040, "Not found.".to_owned()));
    }
}

#[tokio::test]
async fn the_script_starts_the_roles_apart_and_ends_them_all() {
    let (folder, gateway, first_port) = (folder(), free_address(), free_ports(5));
    let mut script = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/distributed.sh"));
    script.current_dir(folder.path()).env("CONNECTUS_BIN", env!("CARGO_BIN_EXE_connectus"));
    script.env("CONNECTUS_LISTEN", gateway.to_string()).env("FIRST_PORT", first_port.to_string());
    let mut process = script.stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true).spawn().unwrap();
    let mut said = BufReader::new(process.stdout.take().unwrap()).lines();
    let api = Api::new(format!("http://{gateway}"));
    until_ready(&api).await;
    // Each service has a call to tell of: auth is asked for revocations anyway.
    for path in ["/v1/accounts/nobody", "/v1/accounts/nobody/experiences", "/v1/posts/nobody"] {
        assert_eq!(api.get(path, None).await.status, 404);
    }
    assert_eq!(api.get("/community/v1/tags", None).await.status, 403);
    for port in first_port..first_port + 5 {
        let metrics = Api::new(format!("http://127.0.0.1:{port}")).get("/metrics", None).await;
        assert_eq!(metrics.status, 200);
        assert!(metrics.text.contains("connectus_rpc_duration_seconds"), "{port}: {}", metrics.text);
    }
    signal(&process, Signal::SIGTERM);
    assert_eq!(ended(&mut process).await.code(), Some(0));
    // Their common output ends with the last of them.
    let rest = async { while said.next_line().await.unwrap().is_some() {} };
    tokio::time::timeout(PATIENCE, rest).await.expect("no process is left");
}
