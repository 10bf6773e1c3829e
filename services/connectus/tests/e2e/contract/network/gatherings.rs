//! Communities in every state that the contract speaks of.

use connectus_testkit::{Api, Database, MailServer};
use serde_json::{Value, json};

use super::super::world::{Member, organization};

/// What organizations gather about their people.
pub(crate) struct Gatherings {
    /// A community of the world's organization, with a part of each kind that is called `1`, and a source of its own that is called
    /// as that of links.
    pub(crate) own: String,
    /// An organization that has as many as there may be.
    pub(crate) busy: Member,
    /// One of those, with as many tokens and parts of each kind as there may be.
    pub(crate) full: String,
}

impl Gatherings {
    pub(crate) async fn make(api: &Api, database: &Database, mail: &MailServer, of: &Member) -> Self {
        let own = community(api, of).await;
        for (part, body) in [
            ("sources", json!({"name": "1"})),
            ("custom-fields", json!({"name": "1", "type": "url"})),
            ("segments", json!({"name": "1"})),
            ("activity-types", json!({"id": "1", "displayName": "1"})),
        ] {
            post(api, of, &format!("/v1/communities/{own}/{part}"), &body).await;
        }
        let named = format!("INSERT INTO community.sources (community_id, name) VALUES ('{own}', 'ConnectUS')");
        database.execute(&named).await;
        let busy = organization(api, mail, "Beehive").await;
        let full = community(api, &busy).await;
        fill(database, &busy, &full).await;
        Self { own, busy, full }
    }
}

async fn community(api: &Api, by: &Member) -> String {
    let made = post(api, by, "/v1/communities", &json!({"name": "Friends"})).await;
    made["id"].as_str().unwrap().to_owned()
}

async fn post(api: &Api, by: &Member, path: &str, body: &Value) -> Value {
    api.post(path, Some(&by.token), body).await.ok()
}

async fn fill(database: &Database, busy: &Member, full: &str) {
    let many = "FROM generate_series(1, 200) AS g (i), CAST(i AS text) AS n";
    database
        .execute(&format!(
            "INSERT INTO community.communities (id, owner_id, name, created_at)
             SELECT gen_random_uuid(), '{}', 'Friends', now() FROM generate_series(1, 19);
             INSERT INTO community.tokens (id, community_id, name, created_at)
             SELECT gen_random_uuid(), '{full}', 'Forum', now() FROM generate_series(1, 50);
             INSERT INTO community.sources (community_id, name) SELECT '{full}', n {many};
             INSERT INTO community.custom_fields (community_id, name, kind, is_multivalue, allowed_values)
             SELECT '{full}', n, 'url', false, '{{}}' {many};
             INSERT INTO community.segments (community_id, name) SELECT '{full}', n {many};
             INSERT INTO community.activity_types (community_id, id, display_name) SELECT '{full}', n, n {many}",
            busy.id
        ))
        .await;
}
