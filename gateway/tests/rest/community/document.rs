//! The OpenAPI document of the Community API.

use std::{collections::BTreeSet, env, fs};

use connectus_testkit::Suite;
use serde_json::Value;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/community-openapi.json");

/// The variable that has the file written anew.
const UPDATE: &str = "UPDATE_OPENAPI";

/// What the structure of the API has: the method, the path, and the statuses of its answers.
const STRUCTURE: [(&str, &str, &[u16]); 23] = [
    ("get", "/api-token-status", &[200, 403, 429]),
    ("post", "/source/{destinationSourceId}/user", &[202, 400, 404, 429]),
    ("get", "/members/customFields", &[200]),
    ("post", "/members/customFields", &[200, 400, 404]),
    ("get", "/user/{email}", &[200, 404, 429]),
    ("delete", "/user/{email}", &[200, 404, 429]),
    ("get", "/members", &[200, 400, 404, 429]),
    ("post", "/members", &[200]),
    ("post", "/members/", &[200]),
    ("post", "/source/{destinationSourceId}/activity", &[202, 400, 404, 429]),
    ("get", "/activityTypes", &[200, 429]),
    ("get", "/segments", &[200, 429]),
    ("get", "/segments/{id}/status", &[200, 429]),
    ("post", "/segments/{id}", &[200, 400, 404, 429]),
    ("get", "/tags", &[200, 429]),
    ("post", "/tags", &[200, 400, 429]),
    ("get", "/tags/{id}", &[200, 404, 429]),
    ("post", "/tags/{id}", &[200, 400, 404, 429]),
    ("delete", "/tags/{id}", &[200, 404, 429]),
    ("post", "/members/note", &[200, 400, 404]),
    ("post", "/members/tags", &[200, 400, 404]),
    ("post", "/activities", &[200, 400]),
    ("post", "/segments/note", &[200, 400]),
];

#[test]
fn the_file_in_the_repository_is_the_document() {
    let document = serde_json::to_string_pretty(&connectus_gateway::community_openapi_document()).unwrap() + "\n";
    if env::var_os(UPDATE).is_some() {
        fs::write(FILE, &document).unwrap();
    }
    let is_current = fs::read_to_string(FILE).is_ok_and(|file| file == document);
    assert!(
        is_current,
        "gateway/community-openapi.json is stale: run {UPDATE}=1 cargo test -p connectus-gateway --test rest document"
    );
}

#[test]
fn every_operation_of_the_structure_is_described() {
    let document = connectus_gateway::community_openapi_document();
    let paths = document["paths"].as_object().unwrap();
    let described = paths.iter().flat_map(|(path, operations)| {
        operations.as_object().unwrap().keys().map(move |method| (method.as_str(), path.as_str()))
    });
    let structure = STRUCTURE.iter().map(|(method, path, _)| (*method, *path));
    assert_eq!(described.collect::<BTreeSet<_>>(), structure.collect());
    for (method, path, statuses) in STRUCTURE {
        let responses = &document["paths"][path][method]["responses"];
        for status in statuses {
            assert!(responses[status.to_string()].is_object(), "{method} {path} {status}");
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn follow(document: &Value, value: &Value) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(reference)) = fields.get("$ref") {
                    assert!(document.pointer(&reference[1..]).is_some(), "{reference}");
                }
                fields.values().for_each(|value| follow(document, value));
            }
            Value::Array(values) => values.iter().for_each(|value| follow(document, value)),
            _ => {}
        }
    }
    let document = connectus_gateway::community_openapi_document();
    follow(&document, &document);
}

#[tokio::test]
async fn it_is_served() {
    let suite = Suite::start().await;
    let served = suite.api.get("/community/v1/openapi.json", None).await.ok();
    assert_eq!(served, connectus_gateway::community_openapi_document());
}
