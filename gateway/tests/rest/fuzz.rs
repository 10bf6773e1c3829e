//! Schemathesis against both OpenAPI documents: whatever it sends, an answer is as the document says.

use std::{path::Path, time::Duration};

use connectus_proto::community::v1::CustomFieldType;
use connectus_testkit::{Options, PASSWORD, Person};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::community::World;

/// How long both documents may take.
const PATIENCE: Duration = Duration::from_mins(8);

/// What Schemathesis is told of both documents. The seed makes it the same in every run.
const OPTIONS: &str = "--seed=1 --max-examples=20 --phases=examples,coverage,fuzzing --continue-on-failure --no-shrink \
    --generation-database=none --request-timeout=60 --warnings=off";

/// Runs Schemathesis, as `deploy/ci/fuzz/` says, against a document.
async fn fuzz(config: &str, document: &str, variables: &[(&str, &str)]) {
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/ci/fuzz").join(config);
    let mut fuzzer = Command::new("schemathesis");
    fuzzer.arg("--config-file").arg(config).args(["run", document]).args(OPTIONS.split_whitespace());
    fuzzer.envs(variables.iter().copied());
    let status = tokio::time::timeout(PATIENCE, fuzzer.kill_on_drop(true).status()).await.expect("it ends").unwrap();
    assert!(status.success(), "what is not as {document} says is above");
}

/// A community in which there is some of everything.
async fn community() -> World {
    let gateway = vec!["--request-timeout=60"];
    let world =
        World::with(Options { community: vec!["--community-rate-limit=1000000"], gateway, ..Options::default() }).await;
    world.new_field("Team", CustomFieldType::Enum, false, &["Red", "Blue"]).await;
    world.new_segment("Helpers", &["Asked", "Helps"]).await;
    world.person("ann").await;
    // Who is the example in the document.
    assert_eq!(world.say(&json!({"id": "example", "email": "email@domail.com"})).await.status, 202);
    world.member("email@domail.com").await;
    let activity = json!({
        "id": "1", "activityType": "talk", "activityTitle": {"type": "text", "value": "Hello"},
        "content": {"type": "text", "value": "To all"}, "user": {"id": "ann"}
    });
    world.tell(&activity).await;
    world
}

#[tokio::test]
#[ignore = "needs Schemathesis; deploy/test.sh fuzz runs it"]
async fn the_community_api_answers_as_its_document_says() {
    let world = community().await;
    let tag = world.post("/tags", &json!({"name": "Friend", "entityTypes": ["member"]})).await.ok();
    let tag = tag["id"].as_str().unwrap();
    let variables = [("TOKEN", &*world.token), ("TAG", tag)];
    fuzz("community.toml", &format!("{}/community/v1/openapi.json", world.suite.api.url()), &variables).await;
}

#[tokio::test]
#[ignore = "needs Schemathesis; deploy/test.sh fuzz runs it"]
async fn the_rest_api_answers_as_its_document_says() {
    let world = community().await;
    let (ann, ben) = (world.suite.user("Ann").await, world.suite.user("Ben").await);
    let add = async |by: &Person, path: &str, body: &Value| {
        let made = world.suite.api.post(path, Some(&by.token), body).await.ok();
        made["id"].as_str().unwrap().to_owned()
    };
    let post = add(&ann, "/v1/posts", &json!({"content": "Hello"})).await;
    let opportunity = add(&world.owner, "/v1/opportunities", &json!({"name": "Choir", "description": "Sing."})).await;
    let experience = json!({"name": "Shift", "description": "Soup", "email_verify": false});
    let experience = add(&ann, "/v1/experiences", &experience).await;
    let variables = [
        ("TOKEN", &*ann.token),
        ("PASSWORD", PASSWORD),
        ("ORGANIZATION_TOKEN", &world.owner.token),
        ("ACCOUNT", &world.owner.id),
        ("USER", &ben.id),
        ("COMMUNITY", &world.community),
        ("POST", &post),
        ("OPPORTUNITY", &opportunity),
        ("EXPERIENCE", &experience),
    ];
    fuzz("rest.toml", &format!("{}/openapi.json", world.suite.api.url()), &variables).await;
}
