//! The whole suite on a database of its own.

use std::{path::Path, process::Stdio, time::Instant};

use connectus_testkit::{Answer, Api, Server, behind, eventually};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};

use super::{Alone, command, ended, folder};
use crate::{
    process::{free_address, run, signal},
    topology::until_ready,
};

const PASSWORD: &str = "correct horse battery";

/// The newest mail to an address in the development mailbox.
async fn mail_to(api: &Api, address: &str) -> Value {
    eventually("the mail is in the mailbox", async || {
        let request = api.request(reqwest::Method::GET, "/dev/mail").header("accept", "application/json");
        let mails: Vec<Value> = request.send().await.unwrap().json().await.unwrap();
        mails.into_iter().find(|mail| mail["to"] == address)
    })
    .await
}

/// Registers Ann, and verifies her address by the link in the development mailbox.
async fn register(api: &Api) {
    let body = json!({"type": "user", "email": "ann@example.org", "password": PASSWORD, "first_name": "Ann",
                      "birthday": "04/30/1990"});
    api.post("/v1/auth/register", None, &body).await.ok();
    let mail = mail_to(api, "ann@example.org").await;
    let path = mail["links"][0].as_str().unwrap().strip_prefix(api.url()).unwrap();
    assert_eq!(api.get(path, None).await.status, 200);
}

async fn login(api: &Api) -> String {
    let answer = api.post("/v1/auth/login", None, &json!({"id": "ann@example.org", "password": PASSWORD})).await;
    answer.ok()["token"].as_str().unwrap().to_owned()
}

/// The process of the private PostgreSQL in a folder.
fn postgres_in(folder: &Path) -> Pid {
    let state = std::fs::read_to_string(folder.join(".connectus/postgres/postmaster.pid")).unwrap();
    Pid::from_raw(state.lines().next().unwrap().parse().unwrap())
}

fn is_alive(process: Pid) -> bool {
    kill(process, None).is_ok()
}

#[tokio::test]
async fn a_second_start_finds_the_data_of_the_first() {
    let folder = folder();
    let suite = Alone::start(folder.path()).await;
    register(&suite.api).await;
    let token = login(&suite.api).await;
    let postgres = postgres_in(folder.path());
    assert!(is_alive(postgres));
    assert_eq!(suite.end(Signal::SIGTERM).await.code(), Some(0));
    assert!(!is_alive(postgres), "the database ends too");

    let began = Instant::now();
    let suite = Alone::start(folder.path()).await;
    assert!(began.elapsed().as_secs() < 5, "a start on warm data took {:?}", began.elapsed());
    login(&suite.api).await;
    // A restart logs nobody out.
    suite.api.get("/v1/account", Some(&token)).await.ok();
    assert_eq!(suite.end(Signal::SIGINT).await.code(), Some(0));
}

#[tokio::test]
async fn a_signal_while_it_starts_ends_it_in_order() {
    let folder = folder();
    let mut process = run(&mut command(folder.path(), free_address(), free_address()));
    eventually("it makes its data folder", async || folder.path().join(".connectus").exists().then_some(())).await;
    signal(&process, Signal::SIGTERM);
    assert_eq!(ended(&mut process).await.code(), Some(0));
    // And what it left behind is no obstacle.
    let suite = Alone::start(folder.path()).await;
    assert_eq!(suite.end(Signal::SIGTERM).await.code(), Some(0));
}

#[tokio::test]
async fn the_database_ends_with_a_suite_that_is_killed() {
    let folder = folder();
    let suite = Alone::start(folder.path()).await;
    register(&suite.api).await;
    let postgres = postgres_in(folder.path());
    suite.end(Signal::SIGKILL).await;
    eventually("the database has ended", async || (!is_alive(postgres)).then_some(())).await;
    let suite = Alone::start(folder.path()).await;
    login(&suite.api).await;
}

#[tokio::test]
async fn it_prints_one_screen_that_says_where_everything_is() {
    let folder = folder();
    let (gateway, grpc) = (free_address(), free_address());
    let mut command = command(folder.path(), gateway, grpc);
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut screen = Vec::new();
    while screen.last().is_none_or(|line: &String| !line.contains("Ctrl-C")) {
        screen.push(lines.next_line().await.unwrap().expect("the screen is whole"));
    }
    assert!(screen.len() <= 24, "{screen:#?}");
    let screen = screen.join("\n");
    for expected in [
        &format!("http://{gateway}"),
        &grpc.to_string(),
        &format!("http://{gateway}/docs"),
        &format!("http://{gateway}/dev/mail"),
        &folder.path().join(".connectus").display().to_string(),
        "curl",
    ] {
        assert!(screen.contains(expected), "{expected} is not in:\n{screen}");
    }
    signal(&process, Signal::SIGTERM);
    let output = process.wait_with_output().await.unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "nothing to warn of");
}

#[tokio::test]
async fn mails_are_a_page_for_people_and_json_for_programs() {
    let folder = folder();
    let suite = Alone::start(folder.path()).await;
    register(&suite.api).await;
    let mail = mail_to(&suite.api, "ann@example.org").await;
    let mut fields: Vec<_> = mail.as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["html", "id", "links", "sent_at", "subject", "text", "to"]);
    let page = suite.api.get("/dev/mail", None).await;
    assert!(page.header("content-type").unwrap().starts_with("text/html"));
    assert!(page.text.contains("ann@example.org") && page.text.contains(mail["subject"].as_str().unwrap()));
}

#[tokio::test]
async fn mails_are_for_this_machine_only() {
    let folder = folder();
    let (gateway, grpc) = (free_address(), free_address());
    let mut command = command(folder.path(), gateway, grpc);
    // As behind a proxy on the same machine that people elsewhere come through.
    command.env("CONNECTUS_TRUSTED_PROXIES", "127.0.0.1");
    let _process = run(&mut command);
    let api = Api::new(format!("http://{gateway}"));
    until_ready(&api).await;
    assert_eq!(api.get("/dev/mail", None).await.status, 200);
    let request = api.request(reqwest::Method::GET, "/dev/mail").header("x-forwarded-for", "192.0.2.1");
    assert_eq!(Answer::of(request).await.error(), (404, 4040, "Not found.".to_owned()));
}

#[tokio::test]
async fn a_replica_that_is_set_answers_nobody_and_not_who_has_written() {
    let primary = Server::start().await;
    let (replica, database, folder) = (primary.replica().await, primary.database().await, folder());
    let (gateway, grpc) = (free_address(), free_address());
    let mut command = command(folder.path(), gateway, grpc);
    command.env("DATABASE_URL", database.url()).env("DATABASE_READ_URL", replica.url_of(&database));
    let _process = run(&mut command);
    let api = Api::new(format!("http://{gateway}"));
    until_ready(&api).await;
    register(&api).await;
    let token = login(&api).await;
    let id = eventually("the account is there", async || {
        let answer = api.get("/v1/account", Some(&token)).await;
        (answer.status == 200).then(|| answer.json()["id"].as_str().unwrap().to_owned())
    })
    .await;
    behind::until_known(&replica).await;
    behind::hold(&primary, &replica).await;
    let renamed = json!({"first_name": "Anna"});
    api.call(reqwest::Method::PATCH, "/v1/account", Some(&token), Some(&renamed)).await.ok();
    assert_eq!(api.get(&format!("/v1/accounts/{id}"), None).await.ok()["first_name"], "Ann");
    assert_eq!(api.get("/v1/account", Some(&token)).await.ok()["first_name"], "Anna");
}
