//! The OpenAPI document against the published contract, and against the file in the repository.

mod contract;

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
};

use serde_json::{Value, json};

use contract::{ADDED, AUTH, DOCUMENTED, Row};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");

/// The variable that has the file written anew.
const UPDATE: &str = "UPDATE_OPENAPI";

#[test]
fn the_file_in_the_repository_is_the_document() {
    let document = serde_json::to_string_pretty(&connectus_gateway::openapi_document()).unwrap() + "\n";
    if env::var_os(UPDATE).is_some() {
        fs::write(FILE, &document).unwrap();
    }
    let is_current = fs::read_to_string(FILE).is_ok_and(|file| file == document);
    assert!(
        is_current,
        "gateway/openapi.json is stale: run {UPDATE}=1 cargo test -p connectus-gateway --test rest openapi"
    );
}

/// Every route.
fn contract() -> impl Iterator<Item = &'static Row> {
    DOCUMENTED.iter().chain(&ADDED)
}

fn operation<'a>(document: &'a Value, row: &Row) -> &'a Value {
    let operation = &document["paths"][row.path][row.method];
    assert!(operation.is_object(), "{} {} is not described", row.method, row.path);
    operation
}

#[test]
fn the_routes_are_those_of_the_contract() {
    let document = connectus_gateway::openapi_document();
    let described = document["paths"].as_object().unwrap().iter().flat_map(|(path, operations)| {
        operations.as_object().unwrap().keys().map(move |method| (method.clone(), path.clone()))
    });
    let known: BTreeSet<_> = contract().map(|row| (row.method.to_owned(), row.path.to_owned())).collect();
    assert_eq!(described.collect::<BTreeSet<_>>(), known);
    for row in contract() {
        let operation = operation(&document, row);
        let is_open = operation["security"].as_array().unwrap().contains(&json!({}));
        assert_eq!(is_open, !row.needs_token, "{} {}", row.method, row.path);
        let body = operation["requestBody"]["content"].as_object();
        let encodings: BTreeSet<&str> = body.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        let all = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"];
        assert_eq!(encodings, if row.has_body { all.into() } else { BTreeSet::new() }, "{} {}", row.method, row.path);
        let answer = &operation["responses"]["200"]["content"];
        assert!(answer[row.answer].is_object(), "{} {}: {answer}", row.method, row.path);
    }
}

#[test]
fn what_is_added_to_the_documented_api_is_marked() {
    let document = connectus_gateway::openapi_document();
    for (rows, is_added) in [(&DOCUMENTED[..], false), (&ADDED, true)] {
        for row in rows {
            let operation = operation(&document, row);
            assert_eq!(operation["x-connectus-addition"] == true, is_added, "{} {}", row.method, row.path);
            let says_so = operation["description"].as_str().unwrap().contains("An addition to the documented API.");
            assert_eq!(says_so, is_added, "{} {}", row.method, row.path);
        }
    }
}

#[test]
fn every_post_takes_an_idempotency_key_and_says_what_comes_of_it() {
    let document = connectus_gateway::openapi_document();
    for row in contract() {
        let operation = operation(&document, row);
        let is_post = row.method == "post";
        let parameters = operation["parameters"].as_array().unwrap();
        let takes_one = parameters.iter().any(|parameter| parameter["name"] == "Idempotency-Key");
        assert_eq!(takes_one, is_post, "{} {}", row.method, row.path);
        for status in ["409", "422"] {
            let is_there = !operation["responses"][status].is_null();
            assert!(is_there == is_post, "{} {} {status}", row.method, row.path);
        }
        if is_post {
            assert!(operation["responses"]["409"]["headers"]["retry-after"].is_object(), "{}", row.path);
            assert!(operation["responses"]["400"]["headers"]["x-error-field"].is_object(), "{}", row.path);
        }
    }
}

/// The errors that an `Idempotency-Key` may bring about.
const OF_KEYS: [(u16, u16, &str); 2] = [
    (4220, 422, "This idempotency key was used with another request."),
    (4090, 409, "The first request with this idempotency key is still being worked on."),
];

/// The errors that a route describes with an example, by code, HTTP status and message.
fn examples(operation: &Value) -> BTreeSet<(u64, u16, String)> {
    let mut found = BTreeSet::new();
    for (status, response) in operation["responses"].as_object().unwrap() {
        let examples = response["content"]["application/json"]["examples"].as_object();
        for example in examples.into_iter().flat_map(|examples| examples.values()) {
            let error = &example["value"]["error"];
            let (code, message) = (error["code"].as_u64().unwrap(), error["message"].as_str().unwrap());
            assert_eq!(
                example["value"],
                json!({"error": {"code": code, "message": message}}),
                "the envelope and no more"
            );
            found.insert((code, status.parse().unwrap(), message.to_owned()));
        }
    }
    found
}

#[test]
fn every_code_of_every_route_is_a_response_with_an_example() {
    let document = connectus_gateway::openapi_document();
    for row in contract().filter(|row| !row.is_page()) {
        let examples = examples(operation(&document, row));
        let auth: &[_] = if row.needs_token { &AUTH } else { &[] };
        let of_keys: &[_] = if row.method == "post" { &OF_KEYS } else { &[] };
        for &(code, status, message) in row.errors.iter().chain(auth).chain(of_keys) {
            let example = (u64::from(code), status, message.to_owned());
            assert!(examples.contains(&example), "{} {} lacks {example:?}: {examples:?}", row.method, row.path);
        }
        let internal = row.errors.iter().filter(|error| error.2.starts_with("Internal") && error.0 != 3204);
        for ((code, _, message), status) in internal.flat_map(|error| [(error, 503), (error, 504)]) {
            let passing = (u64::from(*code), status, (*message).to_owned());
            assert!(examples.contains(&passing), "{} {} lacks {passing:?}", row.method, row.path);
        }
        for (code, status, only_with_body) in
            [(4290, 429, false), (4080, 408, true), (4130, 413, true), (4150, 415, true)]
        {
            let is_there = examples.iter().any(|example| (example.0, example.1) == (code, status));
            assert_eq!(is_there, row.has_body || !only_with_body, "{} {}: {code}", row.method, row.path);
        }
    }
    for row in contract().filter(|row| row.is_page()) {
        for (_, status, _) in row.errors {
            let content = &operation(&document, row)["responses"][status.to_string()]["content"];
            assert!(content["text/html"].is_object(), "{} {} {status}", row.method, row.path);
        }
    }
}

/// Calls a function with each value in a document, and where it is.
fn each(value: &Value, path: &str, visit: &mut impl FnMut(&str, &Value)) {
    visit(path, value);
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| each(value, &format!("{path}/{name}"), visit)),
        Value::Array(values) => values.iter().for_each(|value| each(value, path, visit)),
        _ => {}
    }
}

#[test]
fn the_document_is_whole() {
    let document = connectus_gateway::openapi_document();
    assert_eq!(document["openapi"], "3.1.0");
    let mut used = BTreeSet::new();
    each(&document, "", &mut |path, value| {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            let pointer = reference.strip_prefix('#').expect("in this document");
            assert!(document.pointer(pointer).is_some(), "{path}: {reference} leads nowhere");
            used.insert(reference.to_owned());
        }
        // What OpenAPI 3.0 had, and 3.1 has not.
        assert!(value.get("nullable").is_none(), "{path}");
    });
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(used.contains(&format!("#/components/schemas/{name}")), "{name} is used nowhere");
    }
    let mut ids = BTreeMap::new();
    for row in contract() {
        let operation = operation(&document, row);
        let before = ids.insert(operation["operationId"].as_str().unwrap().to_owned(), row.path);
        assert_eq!(before, None, "the id of {} {} is taken", row.method, row.path);
        assert!(operation["summary"].as_str().unwrap().ends_with('.'));
        let parameters = operation["parameters"].as_array().unwrap();
        let named = parameters.iter().filter(|parameter| parameter["in"] == "path" && parameter["required"] == true);
        let named: Vec<_> = named.map(|parameter| format!("{{{}}}", parameter["name"].as_str().unwrap())).collect();
        let in_path: Vec<_> = row.path.split('/').filter(|part| part.starts_with('{')).collect();
        assert_eq!(named, in_path, "{} {}", row.method, row.path);
        for (status, response) in operation["responses"].as_object().unwrap() {
            assert!(!response["description"].as_str().unwrap().is_empty(), "{} {} {status}", row.method, row.path);
        }
        for scheme in
            operation["security"].as_array().unwrap().iter().flat_map(|scheme| scheme.as_object().unwrap().keys())
        {
            assert!(document["components"]["securitySchemes"][scheme].is_object(), "{scheme}");
        }
    }
}

#[test]
fn lists_say_how_they_are_paged() {
    let document = connectus_gateway::openapi_document();
    for path in [
        "/v1/experiences",
        "/v1/accounts/{id}/experiences",
        "/v1/experiences/validations",
        "/v1/auth/sessions",
        "/v1/auth/security-events",
        "/v1/accounts/{id}/posts",
        "/v1/posts/{id}/comments",
        "/v1/feed",
        "/v1/opportunities",
        "/v1/accounts/{id}/opportunities",
        "/v1/opportunities/{id}/interested",
        "/v1/communities/{id}/members",
        "/v1/communities/{id}/activities",
        "/v1/communities/{id}/merges",
        "/v1/communities/{id}/anonymizations",
    ] {
        let operation = &document["paths"][path]["get"];
        let parameters = operation["parameters"].as_array().unwrap();
        let limit = parameters.iter().find(|parameter| parameter["name"] == "limit").unwrap();
        assert_eq!(limit["schema"], json!({"type": "integer", "minimum": 1, "maximum": 200, "default": 50}));
        assert!(parameters.iter().any(|parameter| parameter["name"] == "cursor"));
        let answer = &operation["responses"]["200"];
        assert_eq!(answer["content"]["application/json"]["schema"]["type"], "array");
        assert!(answer["headers"]["x-next-cursor"].is_object());
    }
}
