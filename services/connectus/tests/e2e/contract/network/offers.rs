//! Opportunities in every state that the contract speaks of.

use connectus_testkit::{Api, Database, MailServer};
use serde_json::{Value, json};

use super::super::world::{Member, member, organization};

/// What organizations need people for.
pub(crate) struct Offers {
    /// One of the world's organization, to show interest in.
    pub(crate) open: String,
    /// One of it with a shift that is over.
    pub(crate) past: String,
    /// That shift.
    pub(crate) over: String,
    /// An organization that has as many as there may be.
    pub(crate) busy: Member,
    /// One of those.
    pub(crate) foreign: String,
    /// Somebody who is interested in as much as there may be.
    pub(crate) keen: Member,
}

impl Offers {
    pub(crate) async fn make(api: &Api, database: &Database, mail: &MailServer, organization: &Member) -> Self {
        let open = offer(api, organization, &json!({"is_signups_enabled": false})).await;
        let shift = json!({"begin": "2099-05-01T08:00:00Z", "end": "2099-05-01T12:00:00Z"});
        let with_shift = json!({"is_signups_enabled": true, "number_of_people_needed": 1, "shift_times": [shift]});
        let past = offer(api, organization, &with_shift).await;
        let read = api.get(&format!("/v1/opportunities/{past}"), None).await.ok();
        let over = read["shift_times"][0]["id"].as_str().unwrap().to_owned();
        let then = "begins_at = now() - interval '2 hours', ends_at = now() - interval '1 hour'";
        database.execute(&format!("UPDATE experience.shifts SET {then} WHERE id = '{over}'")).await;
        let busy = other(api, mail).await;
        let foreign = offer(api, &busy, &with_shift).await;
        let keen = member(api, mail, "Keenan").await;
        make_many(database, &busy, &foreign, &keen).await;
        Self { open, past, over, busy, foreign, keen }
    }
}

async fn other(api: &Api, mail: &MailServer) -> Member {
    organization(api, mail, "Busybees").await
}

async fn offer(api: &Api, by: &Member, fields: &Value) -> String {
    let mut body = json!({"name": "Beach patrol", "description": "Walk the beach."});
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    api.post("/v1/opportunities", Some(&by.token), &body).await.ok()["id"].as_str().unwrap().to_owned()
}

async fn make_many(database: &Database, busy: &Member, foreign: &str, keen: &Member) {
    let columns = "organization_id, name, description, street, city, province, country, postal_code, apt_number, \
        is_signups_enabled, number_of_people_needed, tags, method_of_contact, created_at";
    database
        .execute(&format!(
            "INSERT INTO experience.opportunities (id, {columns}) SELECT gen_random_uuid(), {columns}
             FROM experience.opportunities, generate_series(1, 199) WHERE id = '{foreign}';
             INSERT INTO experience.shifts (id, opportunity_id, begins_at, ends_at)
             SELECT gen_random_uuid(), '{foreign}', '2099-05-02', '2099-05-03' FROM generate_series(1, 500);
             INSERT INTO experience.interests (id, opportunity_id, shift_id, user_id, state, created_at)
             SELECT gen_random_uuid(), '{foreign}', id, '{}', 'signed_up', now()
             FROM experience.shifts WHERE opportunity_id = '{foreign}' LIMIT 500",
            keen.id
        ))
        .await;
    let many = format!("SELECT count(*) FROM experience.opportunities WHERE organization_id = '{}'", busy.id);
    assert_eq!(database.value::<i64>(&many).await, 200);
}
