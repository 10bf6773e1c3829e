//! What many do at once, over the REST API.

use connectus_testkit::{Api, Database, MailServer};
use futures::future::{join, join_all};
use serde_json::{Value, json};

use super::people::{done, opportunity, say, until};
use crate::{
    contract::world::{Member, member, organization},
    topology::Topology,
};

/// How many people there are.
const PEOPLE: usize = 12;
/// How many of them a shift takes.
const PLACES: usize = 3;

#[tokio::test]
async fn races_have_one_outcome_in_one_process() {
    race(Topology::Together).await;
}

#[tokio::test]
async fn races_have_one_outcome_with_a_process_for_each_role() {
    race(Topology::Apart).await;
}

async fn race(topology: Topology) {
    let (database, mail) = (Database::new().await, MailServer::start().await);
    let suite = topology.start(&database, &mail, 10).await;
    let api = &suite.api;
    let people = join_all((0..PEOPLE).map(|n| member_of(api, &mail, n))).await;
    let orchard = organization(api, &mail, "Orchard").await;
    ask_at_once(api, &people).await;
    like_at_once(api, &people).await;
    sign_up_at_once(api, &orchard, &people).await;
}

async fn member_of(api: &Api, mail: &MailServer, number: usize) -> Member {
    member(api, mail, &format!("person{number}")).await
}

/// Two people who ask each other at once are connected, once.
async fn ask_at_once(api: &Api, people: &[Member]) {
    for pair in people.chunks(2) {
        let [one, other] = pair else { panic!("there is an even number of people") };
        let ask = async |by: &Member, whom: &Member| {
            let path = format!("/v1/accounts/{}/request_connection", whom.id);
            done(api, by, &path, &json!({})).await["is_connected"].as_bool().unwrap()
        };
        let (first, second) = join(ask(one, other), ask(other, one)).await;
        assert!(first != second, "the second of them connects the two");
        for (by, whom) in [(one, other), (other, one)] {
            let path = format!("/v1/accounts/{}/connections", by.id);
            let connections = api.get(&path, Some(&by.token)).await.ok();
            assert_eq!(ids(&connections), [whom.id.as_str()]);
            assert_eq!(api.get("/v1/connection-requests", Some(&by.token)).await.ok(), json!([]));
        }
    }
}

/// All like a post at once, half of them not any more, and the numbers are right within a second.
async fn like_at_once(api: &Api, people: &[Member]) {
    let author = &people[0];
    let post = say(api, author, &json!({"content": "Look"})).await;
    let path = |what: &str| format!("/v1/posts/{post}/{what}");
    let (like, unlike, share) = (path("like"), path("unlike"), path("share"));
    let nothing = json!({});
    join_all(people.iter().map(|by| done(api, by, &like, &nothing))).await;
    let (leaving, staying) = people.split_at(PEOPLE / 2);
    let unlikes = join_all(leaving.iter().map(|by| done(api, by, &unlike, &nothing)));
    let again = join_all(staying.iter().map(|by| done(api, by, &like, &nothing)));
    let shares = join_all(staying.iter().map(|by| done(api, by, &share, &nothing)));
    join(join(unlikes, again), shares).await;
    let (of_post, acted) = (api.get(&format!("/v1/posts/{post}"), None).await.ok(), std::time::Instant::now());
    assert_eq!((&of_post["likes"], &of_post["shares"]), (&json!(PEOPLE / 2), &json!(PEOPLE / 2)));
    let half = (PEOPLE / 2).to_string();
    until(api, author, "/v1/account", |account| {
        let counts = ["posts_count", "liked_count", "shared_count"].map(|count| account[count].as_str().unwrap());
        (counts == ["1", &half, &half]).then_some(())
    })
    .await;
    println!("the account's counts are right after {:?}", acted.elapsed());
}

/// A shift takes as many as it needs, and who waits moves up in order when somebody leaves.
async fn sign_up_at_once(api: &Api, orchard: &Member, people: &[Member]) {
    let shift = json!({"begin": "2099-10-01T08:00:00Z", "end": "2099-10-01T12:00:00Z"});
    let fields = json!({"is_signups_enabled": true, "number_of_people_needed": PLACES, "shift_times": [shift]});
    let opportunity = opportunity(api, orchard, &fields).await;
    let path = format!("/v1/opportunities/{opportunity}");
    let shift = api.get(&path, None).await.ok()["shift_times"][0]["id"].clone();
    let interest = format!("{path}/interest");
    let body = json!({"shift": shift});
    let answers = join_all(people.iter().map(|by| done(api, by, &interest, &body))).await;
    let count = |state: &str| answers.iter().filter(|answer| answer["state"] == state).count();
    assert_eq!((count("signed_up"), count("waiting")), (PLACES, PEOPLE - PLACES));
    let leaving = people.iter().zip(&answers).filter(|(_, answer)| answer["state"] == "signed_up");
    join_all(leaving.map(|(by, _)| leave(api, by, &interest))).await;
    let shift = api.get(&path, None).await.ok()["shift_times"][0].clone();
    assert_eq!((&shift["signed_up"], &shift["waiting"]), (&json!(PLACES), &json!(PEOPLE - 2 * PLACES)));
    told_in_order(api, orchard, people, &path).await;
}

async fn leave(api: &Api, by: &Member, interest: &str) {
    api.call(reqwest::Method::DELETE, interest, Some(&by.token), None).await.ok();
}

/// Whoever has moved up waited longer than whoever still waits, and is told.
async fn told_in_order(api: &Api, orchard: &Member, people: &[Member], path: &str) {
    // Latest first.
    let interested = api.get(&format!("{path}/interested"), Some(&orchard.token)).await.ok();
    let states: Vec<&str> = interested.as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect();
    assert!(states.is_sorted_by_key(|state| *state != "waiting"), "{states:?}");
    for moved in interested.as_array().unwrap().iter().filter(|one| one["state"] == "signed_up") {
        let person = people.iter().find(|person| moved["user"] == person.id).expect("one of them");
        until(api, person, "/v1/notifications", |list| {
            list.as_array().unwrap().iter().any(|one| one["type"] == "shift_freed").then_some(())
        })
        .await;
    }
}

fn ids(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect()
}
