//! Those who stand in some relation to the user of the world.

use connectus_testkit::{Api, Database, MailServer};
use reqwest::Method;
use serde_json::{Value, json};

use super::super::world::{Member, member};

/// As many connections and blocks as an account may have.
const MANY: [(&str, u32); 2] = [("connections", 2000), ("blocks", 1000)];

/// Those who stand in some relation to a user.
pub(crate) struct Neighbours {
    /// A connection.
    pub(crate) friend: Member,
    /// Who was asked to connect, and has not answered.
    pub(crate) asked: Member,
    /// Who takes no messages from strangers.
    pub(crate) shy: Member,
    /// Whom the user has blocked.
    pub(crate) blocked: Member,
    /// Who has as many connections and blocks as there may be, and was asked by the friend before.
    pub(crate) famous: Member,
}

impl Neighbours {
    pub(crate) async fn make(api: &Api, database: &Database, mail: &MailServer, user: &Member) -> Self {
        let neighbours = Self {
            friend: member(api, mail, "Finn").await,
            asked: member(api, mail, "Asta").await,
            shy: member(api, mail, "Sheila").await,
            blocked: member(api, mail, "Bruno").await,
            famous: member(api, mail, "Fay").await,
        };
        let Self { friend, asked, shy, blocked, famous } = &neighbours;
        post(api, user, &format!("/v1/accounts/{}/request_connection", friend.id)).await;
        post(api, friend, &format!("/v1/accounts/{}/accept_connection", user.id)).await;
        post(api, user, &format!("/v1/accounts/{}/request_connection", asked.id)).await;
        post(api, friend, &format!("/v1/accounts/{}/request_connection", famous.id)).await;
        post(api, user, &format!("/v1/accounts/{}/block", blocked.id)).await;
        let quiet = json!({"allow_messages_from_unknown": false});
        api.call(Method::PATCH, "/v1/settings", Some(&shy.token), Some(&quiet)).await.ok();
        make_famous(database, famous).await;
        neighbours
    }
}

async fn post(api: &Api, by: &Member, path: &str) -> Value {
    api.post(path, Some(&by.token), &json!({})).await.ok()
}

async fn make_famous(database: &Database, famous: &Member) {
    let others = "SELECT gen_random_uuid() AS id FROM generate_series(1, 2000)";
    database
        .execute(&format!(
            "CREATE TEMPORARY TABLE crowd AS {others};
             INSERT INTO account.accounts (id, account_type, email, created_at, email_notifications, first_name, birthday)
             SELECT id, 'user', id || '@example.org', now(), false, 'Fan', '1990-04-30' FROM crowd;
             INSERT INTO account.connections (id, low_id, high_id)
             SELECT gen_random_uuid(), least(id, '{id}'), greatest(id, '{id}') FROM crowd;
             INSERT INTO account.blocks (blocker_id, blocked_id) SELECT '{id}', id FROM crowd LIMIT 1000",
            id = famous.id
        ))
        .await;
    for (table, many) in MANY {
        let count: i64 = database
            .value(&format!(
                "SELECT count(*) FROM account.{table} WHERE '{}' IN ({})",
                famous.id,
                if table == "blocks" { "blocker_id, NULL" } else { "low_id, high_id" }
            ))
            .await;
        assert_eq!(count, i64::from(many), "{table}");
    }
}
