//! Commands about security: what happened, and new keys.

use connectus_testkit::eventually;

use super::{OPERATOR, Office};
use crate::contract::world::{PASSWORD, login, member};

#[tokio::test]
async fn security_events_are_listed_of_one_account_and_of_all() {
    let office = Office::open().await;
    let (ann, bob) = (member(&office.api, &office.mail, "Ann").await, member(&office.api, &office.mail, "Bob").await);
    let of_ann = office.records(&["security-events", &ann.id]).await;
    let kinds: Vec<_> = of_ann.iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["logged_in", "email_verified", "registered"]);
    assert!(of_ann.iter().all(|event| event["account_id"] == *ann.id && event["address"] == "127.0.0.1"));
    let of_all = office.records(&["security-events"]).await;
    assert_eq!(of_all.len(), 6);
    assert_eq!(of_all[0]["account_id"], *bob.id, "newest first");
    let table = office.admin(&["security-events", "--limit", "1"]).await;
    assert_eq!(table.lines().count(), 2, "{table}");
    assert!(table.starts_with("TIME") && table.contains("logged_in") && table.contains(&bob.id), "{table}");
}

#[tokio::test]
async fn a_list_is_read_page_by_page() {
    let office = Office::open().await;
    let many = "INSERT INTO auth.security_events (id, kind, operator) \
        SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'keys_rotated', n::text \
        FROM generate_series(1, 450) n";
    office.database.execute(many).await;
    for (limit, expected) in [("1000", 450), ("250", 250)] {
        let events = office.records(&["security-events", "--limit", limit]).await;
        let operators: Vec<_> = events.iter().map(|event| event["operator"].as_str().unwrap().to_owned()).collect();
        let newest_first: Vec<_> = (1..=450).rev().take(expected).map(|n| n.to_string()).collect();
        assert_eq!(operators, newest_first);
    }
}

#[tokio::test]
async fn a_new_key_takes_over_and_logs_nobody_out() {
    let office = Office::open().await;
    let ann = member(&office.api, &office.mail, "Ann").await;
    let key_id = office.records(&["rotate-keys"]).await[0]["key_id"].as_str().unwrap().to_owned();
    eventually("the key is published", async || {
        let keys = office.api.get("/.well-known/jwks.json", None).await.ok();
        keys["keys"].as_array().unwrap().iter().any(|key| key["kid"] == *key_id).then_some(())
    })
    .await;
    office.api.get("/v1/account", Some(&ann.token)).await.ok();
    let token = login(&office.api, &ann.email, PASSWORD).await;
    office.api.get("/v1/account", Some(&token)).await.ok();
    let events = office.records(&["security-events"]).await;
    let rotated = events.iter().find(|event| event["kind"] == "keys_rotated").unwrap();
    assert_eq!((rotated["operator"].as_str(), rotated["detail"].as_str()), (Some(OPERATOR), Some(&*key_id)));
    let printed = office.admin(&["rotate-keys"]).await;
    assert!(printed.contains("those signed before stay valid") && !printed.contains(&key_id), "{printed}");
}
