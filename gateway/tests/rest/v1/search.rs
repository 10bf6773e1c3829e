//! `GET /v1/search`.

use connectus_testkit::{Answer, Person, Suite};
use reqwest::Method;
use serde_json::{Value, json};

async fn search(suite: &Suite, by: Option<&Person>, query: &str) -> Answer {
    suite.api.get(&format!("/v1/search?{query}"), by.map(|person| person.token.as_str())).await
}

/// The ids of what is found.
async fn found(suite: &Suite, query: &str) -> Vec<String> {
    let list = search(suite, None, query).await.ok();
    list.as_array().unwrap().iter().map(|account| account["id"].as_str().unwrap().to_owned()).collect()
}

async fn change(suite: &Suite, by: &Person, path: &str, body: Value) {
    suite.api.call(Method::PATCH, path, Some(&by.token), Some(&body)).await.ok();
}

#[tokio::test]
async fn accounts_are_found_by_name_interests_and_place() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Annual Help").await);
    change(&suite, &ann, "/v1/profile", json!({"interests": ["Café culture", "Music"]})).await;
    let address = json!({"geojson": {"type": "Point", "coordinates": [-79.38, 43.65]}});
    change(&suite, &help, "/v1/profile", json!({"interests": ["music"], "address": address})).await;
    let (ann, help) = (ann.id.as_str(), help.id.as_str());
    for (query, expected) in [
        ("q=ann", vec![ann, help]),
        ("q=ANN&type=user", vec![ann]),
        ("q=help+annual&type=organization", vec![help]),
        ("q=%20hlep%20", vec![help]),
        ("interests=music,cafe%20culture", vec![ann, help]),
        ("interests=%20Music%20&type=organization&q=", vec![help]),
        ("q=ann&interests=cafe+culture", vec![ann]),
        ("near=-79.4,43.6", vec![help]),
        ("near=-79.4,%2043.6&radius_km=5.5", vec![]),
        ("near=-80,43.65&radius_km=60", vec![help]),
        ("q=ann&near=-79.4,43.6&interests=music", vec![help]),
        ("q=nobody", vec![]),
    ] {
        assert_eq!(found(&suite, query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn an_account_is_found_as_its_path_shows_it() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Annual Help").await);
    for viewer in [None, Some(&ann)] {
        let list = search(&suite, viewer, "q=ann").await.ok();
        for (person, shown) in [&ann, &help].into_iter().zip(list.as_array().unwrap()) {
            let path = format!("/v1/accounts/{}", person.id);
            assert_eq!(*shown, suite.api.get(&path, viewer.map(|viewer| viewer.token.as_str())).await.ok());
        }
    }
    suite.api.post(&format!("/v1/accounts/{}/block", ann.id), Some(&help.token), &json!({})).await;
    let ben = suite.user("Ben").await;
    suite.api.post(&format!("/v1/accounts/{}/block", ben.id), Some(&ann.token), &json!({})).await.ok();
    assert_eq!(search(&suite, Some(&ben), "q=ann&type=user").await.ok(), json!([]));
}

#[tokio::test]
async fn pages_lead_from_one_to_the_next() {
    let suite = Suite::start().await;
    let mut all = Vec::new();
    for name in ["Ann", "Anna", "Annabel"] {
        all.push(suite.user(name).await.id);
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let answer = search(&suite, None, &format!("q=ann&limit=1{cursor}")).await;
        let next = answer.header("x-next-cursor").map(|next| format!("&cursor={next}"));
        seen.extend(answer.ok().as_array().unwrap().iter().map(|account| account["id"].as_str().unwrap().to_owned()));
        match next {
            Some(next) => cursor = next,
            None => break,
        }
    }
    assert_eq!(seen, all);
}

#[tokio::test]
async fn every_bad_parameter_is_named() {
    let suite = Suite::start().await;
    let (long, interests) = ("a".repeat(101), ["a"; 11].join(","));
    for (query, field) in [
        ("", "q"),
        ("q=&interests=&near=&radius_km=", "q"),
        ("type=user", "q"),
        ("q=%25", "q"),
        ("q=a%00b", "q"),
        (&format!("q={long}"), "q"),
        ("q=a+b+c+d+e+f+g+h+i", "q"),
        ("q=a&q=b", "q"),
        ("q=a&type=robot", "type"),
        ("q=a&type=User", "type"),
        ("q=a&type=user&type=organization", "type"),
        (&format!("interests={interests}"), "interests"),
        (&format!("interests={long}"), "interests"),
        ("interests=a,,b", "interests"),
        ("interests=a&interests=b", "interests"),
        ("near=1", "near"),
        ("near=1,2,3", "near"),
        ("near=x,2", "near"),
        ("near=181,2", "near"),
        ("near=1,91", "near"),
        ("near=NaN,2", "near"),
        ("radius_km=5", "near"),
        ("q=a&radius_km=5", "near"),
        ("near=1,2&radius_km=x", "radius_km"),
        ("near=1,2&radius_km=0", "radius_km"),
        ("near=1,2&radius_km=-1", "radius_km"),
        ("near=1,2&radius_km=501", "radius_km"),
        ("near=1,2&radius_km=inf", "radius_km"),
        ("q=a&limit=0", "limit"),
        ("q=a&limit=201", "limit"),
        ("q=a&limit=x", "limit"),
        ("q=a&cursor=x", "cursor"),
    ] {
        let answer = search(&suite, None, query).await;
        assert_eq!(answer.header("x-error-field"), Some(field), "{query}");
        assert_eq!(answer.error(), (400, 4050, "Bad query format.".to_owned()), "{query}");
    }
}
