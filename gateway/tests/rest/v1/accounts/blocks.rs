//! `POST /v1/accounts/:id/block` and `unblock`.

use connectus_testkit::{Answer, Person, Suite};
use serde_json::{Value, json};

async fn act(suite: &Suite, by: &Person, whom: &str, what: &str) -> Answer {
    suite.api.post(&format!("/v1/accounts/{whom}/{what}"), Some(&by.token), &json!({})).await
}

async fn blocked(suite: &Suite, person: &Person) -> Value {
    suite.api.get("/v1/settings", Some(&person.token)).await.ok()["blocked_users"].clone()
}

#[tokio::test]
async fn who_is_blocked_sees_nobody_until_unblocked() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    act(&suite, &ann, &ben.id, "request_connection").await.ok();
    act(&suite, &ben, &ann.id, "accept_connection").await.ok();
    let below = ["", "/profile", "/connections"];
    for _ in 0..2 {
        assert_eq!(act(&suite, &ann, &ben.id, "block").await.ok(), json!({"message": "200 - OK"}));
        assert_eq!(blocked(&suite, &ann).await, json!([ben.id]));
        for below in below {
            let of = |id: &str| format!("/v1/accounts/{id}{below}");
            let answer = suite.api.get(&of(&ann.id), Some(&ben.token)).await;
            let nobody = suite.api.get(&of("00000000-0000-0000-0000-000000000000"), Some(&ben.token)).await;
            assert_eq!((answer.status, &answer.text), (nobody.status, &nobody.text), "{below}");
        }
        for what in ["request_connection", "accept_connection", "decline_connection", "remove_connection", "block"] {
            assert_eq!(act(&suite, &ben, &ann.id, what).await.error(), (404, 4000, "Account not found.".to_owned()));
        }
    }
    for _ in 0..2 {
        assert_eq!(act(&suite, &ann, &ben.id, "unblock").await.ok(), json!({"message": "200 - OK"}));
        assert_eq!(blocked(&suite, &ann).await, json!([]));
        for below in below {
            suite.api.get(&format!("/v1/accounts/{}{below}", ann.id), Some(&ben.token)).await.ok();
        }
    }
    let list = suite.api.get(&format!("/v1/accounts/{}/connections", ann.id), None).await.ok();
    assert_eq!(list, json!([]), "the connection is over");
}

#[tokio::test]
async fn each_refusal_has_its_code() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let error = |status: u16, code: u64, message: &str| (status, code, message.to_owned());
    for what in ["block", "unblock"] {
        for id in ["me", "x", "%00", "00000000-0000-0000-0000-000000000000"] {
            let answer = act(&suite, &ann, id, what).await;
            assert_eq!(answer.error(), error(404, 4000, "Account not found."), "{what} {id}");
        }
        let wrong_type = error(400, 4002, "Incorrect account type, user account required.");
        assert_eq!(act(&suite, &help, &ann.id, what).await.error(), wrong_type);
        let path = format!("/v1/accounts/{}/{what}", help.id);
        assert_eq!(suite.api.post(&path, None, &json!({})).await.error().1, 3000);
    }
    assert_eq!(act(&suite, &ann, &ann.id, "block").await.error(), error(400, 4003, "Cannot block oneself."));
    suite
        .database
        .execute(&format!(
            "INSERT INTO account.accounts (id, account_type, email, created_at, email_notifications, preferred_name) \
                SELECT gen_random_uuid(), 'organization', 'crowd', now(), true, 'Crowd' FROM generate_series(1, 1000); \
             INSERT INTO account.blocks (blocker_id, blocked_id) SELECT '{}', id FROM account.accounts \
                WHERE preferred_name = 'Crowd'",
            ann.id
        ))
        .await;
    assert_eq!(act(&suite, &ann, &help.id, "block").await.error(), error(409, 4004, "Block limit reached."));
}
