//! Members.

use reqwest::Method;
use serde_json::json;

use super::{World, assert_done, assert_not_found, refused};

#[tokio::test]
async fn a_member_is_found_by_each_parameter() {
    let world = World::new().await;
    let handle = |value: &str| json!({"type": "handle", "value": value});
    world
        .say(&json!({"id": "ann", "email": "ann@example.org", "twitter": handle("ann"), "github": handle("ann"),
            "linkedin": handle("in/ann")}))
        .await;
    let ann = world.member("ann@example.org").await;
    for query in ["email=ANN@example.org", "twitter=@Ann", "github=Ann", "linkedin=in/Ann", "email=&twitter=ann"] {
        assert_eq!(world.get(&format!("/members?{query}")).await.ok(), json!([ann]), "{query}");
    }
    assert_eq!(world.get("/user/ANN%40example.org").await.ok(), json!([ann]));
    assert_eq!(refused(&world.get("/members").await), ["email"]);
    assert_eq!(refused(&world.get("/members?email=x").await), ["email"]);
    assert_eq!(refused(&world.get("/user/x").await), ["email"]);
    assert_not_found(&world.get("/members?twitter=nobody").await);
    assert_not_found(&world.get("/user/nobody@example.org").await);
}

#[tokio::test]
async fn a_member_is_made_with_a_slash_or_without() {
    let world = World::new().await;
    let segment = world.new_segment("Helpers", &[]).await.segment.unwrap();
    for path in ["/members", "/members/"] {
        let new = json!({"source": "Form", "fullName": "Ann Lee", "avatarUrl": "https://example.org/a.png", "description": "Hi",
            "socials": [{"type": "email", "value": "ann@example.org"}, {"type": "github", "value": {"handle": "ann"}},
                {"type": "youtube", "value": {"handle": "annlee"}}],
            "segment": segment.id, "company": "Acme", "domain": "acme.example", "title": "CFO", "role": "Finance",
            "location": {"city": "Bonn", "region": "NRW", "country": "Germany"}});
        assert_done(&world.post(path, &new).await);
    }
    let found = world.get("/members?github=ann").await.ok();
    assert_eq!(found.as_array().unwrap().len(), 1);
    let member = &found[0];
    assert_eq!((&member["fullName"], &member["youtube"]), (&json!("Ann Lee"), &json!("annlee")));
    assert_eq!(member["segments"], json!([{"id": segment.id, "name": "Helpers"}]));
    assert_eq!((&member["organization"], &member["title"]), (&json!("Acme"), &json!("CFO")));
    let new = json!({"source": "Form", "fullName": "Ann"});
    assert_eq!(refused(&world.post("/members", &new).await), ["profile"]);
    assert_eq!(refused(&world.post("/members", &json!({"fullName": "Ann"})).await), ["source"]);
    let new = json!({"source": "Form", "socials": [{"type": "email", "value": "ann@example.org"}], "segment": 999_999});
    assert_not_found(&world.post("/members", &new).await);
}

#[tokio::test]
async fn notes_and_tags_are_added() {
    let world = World::new().await;
    world.person("ann").await;
    let to = |email: &str, name: &str, value: &str| json!({"socialType": "email", "value": email, name: value});
    assert_done(&world.post("/members/note", &to("ann@example.org", "note", "Kind.")).await);
    assert_done(&world.post("/members/tags", &to("Ann@example.org", "tags", "Helper, Kind")).await);
    assert_eq!(world.member("ann@example.org").await["member_tags"], json!(["Helper", "Kind"]));
    for (path, name) in [("/members/note", "note"), ("/members/tags", "tags")] {
        assert_not_found(&world.post(path, &to("x@example.org", name, "x")).await);
        assert_eq!(refused(&world.post(path, &to("ann@example.org", name, "")).await), [name]);
        assert_eq!(refused(&world.post(path, &to("x", name, "x")).await), ["email"]);
        let bad = json!({"socialType": "x", "value": "ann@example.org", name: "x"});
        assert_eq!(refused(&world.post(path, &bad).await), ["socialType"]);
    }
}

#[tokio::test]
async fn a_member_is_forgotten() {
    let options = connectus_testkit::Options { community: vec!["--anonymize-after=0"], ..Default::default() };
    let world = World::with(options).await;
    world.person("ann").await;
    let answer = world.call(Method::DELETE, "/user/ann@example.org", None).await;
    assert_eq!((answer.status, answer.json()), (200, json!({"status": "success"})));
    connectus_testkit::eventually("she is forgotten", async || {
        (world.get("/user/ann@example.org").await.status == 404).then_some(())
    })
    .await;
    assert_not_found(&world.call(Method::DELETE, "/user/ann@example.org", None).await);
}
