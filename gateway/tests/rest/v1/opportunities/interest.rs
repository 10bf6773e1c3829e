//! `POST` and `DELETE /v1/opportunities/:id/interest`, and `GET /v1/opportunities/:id/interested`.

use connectus_testkit::{Answer, Person, Suite, eventually};
use reqwest::Method;
use serde_json::{Value, json};

use super::{add, full, least, seen};
use crate::support::{ENCODINGS, Target, with};

async fn show(suite: &Suite, by: &Person, id: &str, shift: &Value) -> Answer {
    suite.api.post(&format!("/v1/opportunities/{id}/interest"), Some(&by.token), &json!({"shift": shift})).await
}

async fn withdraw(suite: &Suite, by: &Person, id: &str, query: &str) -> Answer {
    let path = format!("/v1/opportunities/{id}/interest{query}");
    suite.api.call(Method::DELETE, &path, Some(&by.token), None).await
}

async fn interested(suite: &Suite, organization: &Person, id: &str) -> Value {
    let mut list = suite.api.get(&format!("/v1/opportunities/{id}/interested"), Some(&organization.token)).await.ok();
    for one in list.as_array_mut().unwrap() {
        assert!(one.as_object_mut().unwrap().remove("created_at").unwrap().is_u64());
    }
    list
}

fn stands(state: &str) -> Value {
    json!({"message": "200 - OK", "state": state})
}

#[tokio::test]
async fn interest_is_shown_in_every_encoding_and_withdrawn() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let id = add(&suite, &help, &least()).await;
    for encoding in ENCODINGS {
        let target = Target::new(Method::POST, format!("/v1/opportunities/{id}/interest"), Some(&ann.token));
        for _ in 0..2 {
            assert_eq!(target.send(&suite.api, encoding, &json!({"unknown": "x"})).await.ok(), stands("interested"));
        }
        assert_eq!(seen(&suite, &id, Some(&ann)).await["is_interested"], true);
        assert_eq!(seen(&suite, &id, Some(&help)).await["interested_users"], json!([ann.id]));
        assert_eq!(seen(&suite, &id, Some(&ann)).await["interested_users"], json!([]));
        assert_eq!(interested(&suite, &help, &id).await, json!([{"user": ann.id, "shift": "", "state": "interested"}]));
        assert_eq!(withdraw(&suite, &ann, &id, "").await.ok(), json!({"message": "200 - OK"}));
        assert_eq!(interested(&suite, &help, &id).await, json!([]));
    }
}

#[tokio::test]
async fn who_shows_it_too_often_is_told_when_to_come_back() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let id = add(&suite, &help, &least()).await;
    for _ in 0..5 {
        assert_eq!(show(&suite, &ann, &id, &json!("")).await.ok(), stands("interested"));
        withdraw(&suite, &ann, &id, "").await.ok();
    }
    let throttled = show(&suite, &ann, &id, &json!("")).await;
    assert!(throttled.header("retry-after").unwrap().parse::<u64>().unwrap() > 14_000);
    assert_eq!(throttled.error(), (429, 4290, "Too many requests.".to_owned()));
}

#[tokio::test]
async fn who_waits_moves_up_and_is_told() {
    let suite = Suite::start().await;
    let (ann, ben, help) = (suite.user("Ann").await, suite.user("Ben").await, suite.organization("Help").await);
    let id = add(&suite, &help, &full()).await;
    let shifts = seen(&suite, &id, None).await["shift_times"].clone();
    let shift = &shifts[0]["id"];
    assert_eq!(show(&suite, &ann, &id, shift).await.ok(), stands("signed_up"));
    assert_eq!(show(&suite, &ben, &id, shift).await.ok(), stands("waiting"));
    let of_ben = seen(&suite, &id, Some(&ben)).await["shift_times"].clone();
    let counts = json!({"signed_up": 1, "waiting": 1, "state": "waiting"});
    assert_eq!(of_ben, json!([with(&shifts[0], &counts), shifts[1]]));
    let shift_id = shift.as_str().unwrap();
    assert_eq!(withdraw(&suite, &ann, &id, &format!("?shift={shift_id}")).await.status, 200);
    let listed = json!([{"user": ben.id, "shift": shift_id, "state": "signed_up"}]);
    assert_eq!(interested(&suite, &help, &id).await, listed);
    let told = eventually("Ben is told", async || {
        let list = suite.api.get("/v1/notifications", Some(&ben.token)).await.ok();
        list.as_array().unwrap().first().cloned()
    })
    .await;
    assert_eq!((&told["type"], &told["subject"]), (&json!("shift_freed"), &json!(id)));
    assert_eq!((&told["account"], &told["content"]), (&json!(help.id), &json!("Beach clean-up & more")));
}

#[tokio::test]
async fn what_cannot_be_signed_up_for_is_refused() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let shifts = json!([
        {"begin": "2020-05-01T09:00:00Z", "end": "2020-05-01T11:00:00Z"},
        {"begin": "2099-05-01T09:00:00Z", "end": "2099-05-01T11:00:00Z"},
    ]);
    let id = add(&suite, &help, &with(&full(), &json!({"shift_times": shifts}))).await;
    let choir = add(&suite, &help, &least()).await;
    let shifts = seen(&suite, &id, None).await["shift_times"].clone();
    let (over, ahead) = (&shifts[0]["id"], &shifts[1]["id"]);
    let wrong_type = (400, 4002, "Incorrect account type, user account required.".to_owned());
    assert_eq!(show(&suite, &help, &id, ahead).await.error(), wrong_type);
    assert_eq!(withdraw(&suite, &help, &id, "").await.error(), wrong_type);
    assert_eq!(show(&suite, &ann, &id, over).await.error(), (400, 4004, "The shift is over.".to_owned()));
    let (no_shift, no_interest) =
        ((404, 4003, "Shift not found.".to_owned()), (404, 4003, "Interest not found.".to_owned()));
    for unknown in ["x", "0193e0d2-0000-7000-8000-000000000000"] {
        assert_eq!(show(&suite, &ann, &id, &json!(unknown)).await.error(), no_shift);
        assert_eq!(withdraw(&suite, &ann, &id, &format!("?shift={unknown}")).await.error(), no_interest);
        assert_eq!(show(&suite, &ann, unknown, ahead).await.error(), (404, 4000, "Opportunity not found.".to_owned()));
        let gone = (404, 4000, "Opportunity not found.".to_owned());
        assert_eq!(withdraw(&suite, &ann, unknown, "").await.error(), gone);
    }
    assert_eq!(withdraw(&suite, &ann, &id, "").await.error(), no_interest);
    for (id, shift) in [(&id, &json!("")), (&choir, ahead), (&id, &json!(7))] {
        let answer = show(&suite, &ann, id, shift).await;
        assert_eq!((answer.error().1, answer.header("x-error-field")), (4050, Some("shift")));
    }
    let copies = "INSERT INTO experience.opportunities (id, organization_id, name, description, street, city, province, country, \
        postal_code, apt_number, is_signups_enabled, number_of_people_needed, tags, method_of_contact, created_at) \
        SELECT gen_random_uuid(), organization_id, 'Copy', description, street, city, province, country, postal_code, \
        apt_number, is_signups_enabled, number_of_people_needed, tags, method_of_contact, created_at \
        FROM experience.opportunities, generate_series(1, 499) WHERE name = 'Choir'";
    suite.database.execute(copies).await;
    let many = format!(
        "INSERT INTO experience.interests (id, opportunity_id, user_id, state, created_at) \
         SELECT gen_random_uuid(), id, '{}', 'interested', now() FROM experience.opportunities WHERE name = 'Copy'",
        ann.id
    );
    suite.database.execute(&many).await;
    assert_eq!(show(&suite, &ann, &id, ahead).await.ok(), stands("signed_up"));
    assert_eq!(show(&suite, &ann, &id, ahead).await.ok(), stands("signed_up"), "a repeat adds nothing");
    let answer = show(&suite, &ann, &choir, &json!("")).await;
    assert_eq!(answer.error(), (409, 4005, "Interest limit reached.".to_owned()));
}
