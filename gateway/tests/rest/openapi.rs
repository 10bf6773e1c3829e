//! The OpenAPI document against the published contract, and against the file in the repository.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
};

use serde_json::{Value, json};

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

/// The errors of a token.
const AUTH: [(u16, u16, &str); 4] = [
    (3000, 401, "No token provided."),
    (3001, 401, "Failed to authenticate token."),
    (3002, 500, "Internal server error when finding account."),
    (3003, 401, "Email not verified."),
];
const INTERNAL: (u16, u16, &str) = (4001, 500, "Internal server error.");
const NOT_FOUND: (u16, u16, &str) = (4000, 404, "Account not found.");
const BAD_QUERY: (u16, u16, &str) = (4050, 400, "Bad query format.");
const NO_USER: (u16, u16, &str) = (4002, 404, "User not found, is this the correct account type?");
const USERS_ONLY: (u16, u16, &str) = (4000, 400, "Incorrect account type, user account required.");
const ORGANIZATIONS_ONLY: (u16, u16, &str) = (4000, 400, "Incorrect account type, organization account required.");
const NOT_MAILED: (u16, u16, &str) = (4003, 500, "Issue sending verification email.");
const NO_EXPERIENCE: (u16, u16, &str) = (4002, 404, "Experience not found with supplied ID.");

/// A route of the contract.
struct Row {
    method: &'static str,
    path: &'static str,
    needs_token: bool,
    has_body: bool,
    /// Code, HTTP status and message of each error; none where they are pages.
    errors: &'static [(u16, u16, &'static str)],
}

const fn row(method: &'static str, path: &'static str, errors: &'static [(u16, u16, &'static str)]) -> Row {
    Row { method, path, needs_token: false, has_body: false, errors }
}

impl Row {
    const fn token(self) -> Self {
        Self { needs_token: true, ..self }
    }

    const fn body(self) -> Self {
        Self { has_body: true, ..self }
    }
}

/// Every route that the contract describes.
const CONTRACT: [Row; 21] = [
    row(
        "post",
        "/v1/auth/login",
        &[
            (3100, 500, "Internal server error."),
            (3101, 400, "Invalid login."),
            (3102, 400, "Email not verified."),
            BAD_QUERY,
        ],
    )
    .body(),
    row(
        "post",
        "/v1/auth/register",
        &[
            (3200, 500, "Invalid account type."),
            (3201, 400, "Username already taken."),
            (3203, 500, "Internal server error registering the account."),
            (3204, 500, "Internal server error sending the verification email."),
            (3205, 500, "There was a problem reading the request."),
            BAD_QUERY,
        ],
    )
    .body(),
    row("get", "/v1/auth/verify-email/{token}", &[]),
    row(
        "post",
        "/v1/auth/reset-password",
        &[
            (4000, 500, "Internal server error."),
            (4001, 400, "Invalid token."),
            (4002, 400, "User not found."),
            BAD_QUERY,
        ],
    )
    .body(),
    row("post", "/v1/request-password-reset", &[INTERNAL, (4050, 400, "Bad request.")]).body(),
    row("get", "/v1/accounts/{id}", &[NOT_FOUND, INTERNAL]),
    row("get", "/v1/accounts/{id}/profile", &[NOT_FOUND, INTERNAL]),
    row("get", "/v1/accounts/{id}/experiences", &[INTERNAL, NO_USER]),
    row("get", "/v1/account", &[NOT_FOUND, INTERNAL]).token(),
    row("get", "/v1/settings", &[NOT_FOUND, INTERNAL]).token(),
    row("get", "/v1/profile", &[NOT_FOUND, INTERNAL]).token(),
    row("patch", "/v1/settings", &[NOT_FOUND, INTERNAL, BAD_QUERY]).token().body(),
    row("patch", "/v1/profile", &[NOT_FOUND, INTERNAL, BAD_QUERY]).token().body(),
    row("get", "/v1/experiences", &[USERS_ONLY, INTERNAL, NO_USER]).token(),
    row(
        "post",
        "/v1/experiences",
        &[USERS_ONLY, INTERNAL, (4002, 404, "Organization not found."), NOT_MAILED, BAD_QUERY],
    )
    .token()
    .body(),
    row(
        "put",
        "/v1/experiences/resolve/{id}",
        &[USERS_ONLY, INTERNAL, NO_EXPERIENCE, NOT_MAILED, (4005, 404, "Organization not found."), BAD_QUERY],
    )
    .token()
    .body(),
    row("delete", "/v1/experiences/resolve/{id}", &[USERS_ONLY, INTERNAL, NO_EXPERIENCE]).token(),
    row("get", "/v1/experiences/validations", &[ORGANIZATIONS_ONLY, INTERNAL]).token(),
    row(
        "post",
        "/v1/experiences/validations/{userid}/{id}",
        &[
            ORGANIZATIONS_ONLY,
            INTERNAL,
            (4002, 404, "Experience validation request not found."),
            (4003, 400, "User not found."),
            (4004, 400, "Experience not found in user object."),
            BAD_QUERY,
        ],
    )
    .token()
    .body(),
    row("get", "/v1/experiences/email-approve/{token}", &[]),
    row("post", "/v1/experiences/email-approve/{token}", &[]).body(),
];

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
    let contract: BTreeSet<_> = CONTRACT.iter().map(|row| (row.method.to_owned(), row.path.to_owned())).collect();
    assert_eq!(described.collect::<BTreeSet<_>>(), contract);
    for row in &CONTRACT {
        let operation = operation(&document, row);
        let is_open = operation["security"].as_array().unwrap().contains(&json!({}));
        assert_eq!(is_open, !row.needs_token, "{} {}", row.method, row.path);
        let body = operation["requestBody"]["content"].as_object();
        let encodings: BTreeSet<&str> = body.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        let all = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"];
        assert_eq!(encodings, if row.has_body { all.into() } else { BTreeSet::new() }, "{} {}", row.method, row.path);
    }
}

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
    for row in CONTRACT.iter().filter(|row| !row.errors.is_empty()) {
        let examples = examples(operation(&document, row));
        let auth: &[_] = if row.needs_token { &AUTH } else { &[] };
        for &(code, status, message) in row.errors.iter().chain(auth) {
            let example = (u64::from(code), status, message.to_owned());
            assert!(examples.contains(&example), "{} {} lacks {example:?}: {examples:?}", row.method, row.path);
        }
        let (internal, _, message) = row.errors.iter().find(|error| error.2.starts_with("Internal")).unwrap();
        for status in [503, 504] {
            let passing = (u64::from(*internal), status, (*message).to_owned());
            assert!(examples.contains(&passing), "{} {} lacks {passing:?}", row.method, row.path);
        }
        for (code, status, only_with_body) in
            [(4290, 429, false), (4080, 408, true), (4130, 413, true), (4150, 415, true)]
        {
            let is_there = examples.iter().any(|example| (example.0, example.1) == (code, status));
            assert_eq!(is_there, row.has_body || !only_with_body, "{} {}: {code}", row.method, row.path);
        }
    }
    for row in CONTRACT.iter().filter(|row| row.errors.is_empty()) {
        for status in ["200", "404", "500"] {
            let content = &operation(&document, row)["responses"][status]["content"];
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
    for row in &CONTRACT {
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
    for path in ["/v1/experiences", "/v1/accounts/{id}/experiences", "/v1/experiences/validations"] {
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
