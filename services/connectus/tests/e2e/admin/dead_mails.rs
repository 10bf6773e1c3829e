//! Commands about mails that could not be delivered.

use connectus_testkit::{Behaviour, eventually};
use serde_json::{Value, json};

use super::Office;
use crate::contract::world::{NOBODY, experience, member, user_body};

const COACH: &str = "coach@example.org";

/// Waits until so many are dead, and returns them.
async fn dead(office: &Office, count: usize) -> Vec<Value> {
    eventually("the mails are put aside", async || {
        let dead = office.records(&["dead-mails", "list"]).await;
        (dead.len() == count).then_some(dead)
    })
    .await
}

#[tokio::test]
async fn a_refused_mail_is_listed_and_tried_again() {
    let office = Office::open().await;
    assert_eq!(office.admin(&["dead-mails", "list"]).await, "There are none.\n");
    office.mail.behave_towards("ann@example.org", Behaviour::NoSuchRecipient);
    office.api.post("/v1/auth/register", None, &user_body("ann@example.org")).await.ok();
    let dead = dead(&office, 1).await;
    assert_eq!((&dead[0]["service"], &dead[0]["attempts"]), (&json!("auth"), &json!(1)));
    assert!(dead[0]["kind"].as_str().unwrap().contains("verif"), "{dead:?}");
    assert!(!dead[0]["last_error"].as_str().unwrap().is_empty());
    assert!(!dead[0].to_string().contains("ann@"), "it says nothing personal: {dead:?}");

    office.mail.behave_towards("ann@example.org", Behaviour::Accept);
    let id = dead[0]["id"].as_str().unwrap();
    assert_eq!(office.admin(&["dead-mails", "requeue", id]).await, "1 is tried again.\n");
    office.mail.next("ann@example.org").await;
    assert_eq!(office.admin(&["dead-mails", "list"]).await, "There are none.\n");
}

#[tokio::test]
async fn those_of_all_services_are_found() {
    let office = Office::open().await;
    let ann = member(&office.api, &office.mail, "Ann").await;
    office.mail.behave(Behaviour::NoSuchRecipient);
    for _ in 0..2 {
        experience(&office.api, &ann, json!({"organization": COACH, "email_verify": true})).await;
    }
    let asked = dead(&office, 2).await;
    assert!(asked.iter().all(|message| message["service"] == "experience"), "{asked:?}");
    office.api.post("/v1/auth/register", None, &user_body("bob@example.org")).await.ok();
    let all = dead(&office, 3).await;
    assert_eq!(all[0]["service"], "auth", "newest first: {all:?}");
    assert_eq!(office.records(&["dead-mails", "list", "--limit", "2"]).await, all[..2]);

    office.mail.behave(Behaviour::Accept);
    let id = all[2]["id"].as_str().unwrap();
    let printed = office.records(&["dead-mails", "requeue", id]).await;
    assert_eq!(printed, [json!({"requeued_count": 1})]);
    office.mail.next(COACH).await;
    assert_eq!(office.admin(&["dead-mails", "requeue", "--all"]).await, "2 are tried again.\n");
    office.mail.next(COACH).await;
    office.mail.next("bob@example.org").await;
    assert_eq!(office.admin(&["dead-mails", "requeue", "--all"]).await, "0 are tried again.\n");
}

#[tokio::test]
async fn messages_that_no_mail_is_about_are_found_too() {
    let office = Office::open().await;
    let services = ["auth", "account", "experience", "social"];
    // Nothing that any of them understands: it is tried again for days.
    for (number, service) in services.into_iter().enumerate() {
        let bury = format!(
            "INSERT INTO {service}.outbox (id, payload, dead) \
             VALUES ('0193b8f0-0000-7000-8000-00000000000{number}', '{{\"kind\": \"from_the_future\"}}', true)"
        );
        office.database.execute(&bury).await;
    }
    let found = dead(&office, 4).await;
    let of: Vec<_> = found.iter().rev().map(|message| message["service"].as_str().unwrap()).collect();
    assert_eq!(of, services);
    for message in &found[1..] {
        let id = message["id"].as_str().unwrap();
        assert_eq!(office.admin(&["dead-mails", "requeue", id]).await, "1 is tried again.\n");
    }
    assert_eq!(office.records(&["dead-mails", "list"]).await, found[..1]);
    assert_eq!(office.admin(&["dead-mails", "requeue", "--all"]).await, "1 is tried again.\n");
}

#[tokio::test]
async fn what_is_not_dead_is_not_requeued() {
    let office = Office::open().await;
    let said = office.refusal(&["dead-mails", "requeue", NOBODY]).await;
    assert_eq!(said, format!("connectus: there is no dead message {NOBODY}\n"));
    let said = office.refusal(&["dead-mails", "requeue", "x"]).await;
    assert_eq!(said, "connectus: message_ids: is not an id\n");
    for arguments in [&["dead-mails", "requeue"][..], &["dead-mails", "requeue", NOBODY, "--all"]] {
        assert!(office.refusal(arguments).await.contains("--all"));
    }
}
