//! Whatever bytes a client sends to whichever route, the answer is one of the contract's.

use std::time::Duration;

use connectus_testkit::{Answer, Options, Person, Suite};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use reqwest::{Client, Method, header::HeaderValue};
use serde_json::Value;

/// A request to a route of the document.
#[derive(Clone, Debug)]
struct Attempt {
    route: prop::sample::Index,
    parameter: String,
    query: String,
    content_type: Option<Vec<u8>>,
    body: Vec<u8>,
    caller: usize,
}

/// What a route answers when all is well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Json,
    Page,
    Picture,
    Calendar,
}

/// A route of the document, by method, path, and what it answers.
fn routes() -> Vec<(Method, String, Kind)> {
    let document = connectus_gateway::openapi_document();
    let mut routes = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let content = operation["responses"]["200"]["content"].as_object().unwrap();
            // Events do not end, and there is no body to them.
            if content.contains_key("text/event-stream") {
                continue;
            }
            let kind = match content.keys().next().unwrap().as_str() {
                "text/html" => Kind::Page,
                "image/svg+xml" => Kind::Picture,
                "text/calendar" => Kind::Calendar,
                _ => Kind::Json,
            };
            routes.push((method.to_uppercase().parse().unwrap(), path.clone(), kind));
        }
    }
    routes
}

/// Any bytes, bytes that look like a body, and good names with any values.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let name = prop::sample::select(vec![
        "id",
        "password",
        "email",
        "type",
        "first_name",
        "birthday",
        "is_nonprofit",
        "token",
        "approve",
        "name",
        "description",
        "hours",
        "when",
        "when.begin",
        "location",
        "location.geojson",
        "location.geojson.coordinates",
        "organization",
        "email_verify",
        "interests",
        "address",
        "affiliated_orgs",
        "blocked_users",
        "quote",
        "new_password",
        "gender",
        "avatar",
        "shift",
        "shift_times",
        "shift_times.0.begin",
        "tags",
        "is_signups_enabled",
        "number_of_people_needed",
        "multivalue",
        "values",
        "statuses",
        "displayName",
        "x",
    ]);
    let value = prop_oneof![
        Just("\"user\"".to_owned()),
        Just("\"organization\"".to_owned()),
        Just("true".to_owned()),
        Just("null".to_owned()),
        Just("\"04/30/1990\"".to_owned()),
        Just("\"a@example.org\"".to_owned()),
        Just("{\"begin\":[]}".to_owned()),
        any::<f64>().prop_map(|number| number.to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        ".{0,12}".prop_map(|text| Value::from(text).to_string()),
        "[\\[\\]{}\":,0-9a-z]{0,20}",
    ];
    let json = vec((name.clone(), value), 0..6).prop_map(|fields| {
        let fields: Vec<_> = fields.into_iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", fields.join(",")).into_bytes()
    });
    let form = vec((name, "[%=&+.a-z0-9\\x00-\\x7f]{0,12}"), 0..6).prop_map(|fields| {
        let fields: Vec<_> = fields.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        fields.join("&").into_bytes()
    });
    let multipart = (".{0,20}", vec(any::<u8>(), 0..40)).prop_map(|(name, value)| {
        let head = format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        [head.as_bytes(), &value, b"\r\n--B--\r\n"].concat()
    });
    prop_oneof![1 => vec(any::<u8>(), 0..200), 3 => json, 2 => form, 1 => multipart]
}

fn content_type() -> impl Strategy<Value = Option<Vec<u8>>> {
    let known = prop::sample::select(vec![
        "application/json",
        "application/json; charset=utf-8",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=B",
        "multipart/form-data",
        "application/grpc",
        "application/grpc-web-text+proto",
    ]);
    let any = vec(any::<u8>().prop_filter("a header's", |byte| (0x20..0x7f).contains(byte) || *byte >= 0x80), 0..20);
    prop_oneof![6 => known.prop_map(|known| Some(known.as_bytes().to_vec())), 1 => any.prop_map(Some), 1 => Just(None)]
}

fn attempt() -> impl Strategy<Value = Attempt> {
    let parameter = prop_oneof!["[a-zA-Z0-9%._~-]{1,20}", "(%[0-9a-f]{2}){1,8}", Just("me".to_owned())];
    let known =
        "(limit|cursor|q|tags|near|radius_km|from|to|shift|segment|tag|source|member|type)=[%a-zA-Z0-9_,.:-]{0,12}";
    let query = prop_oneof![Just(String::new()), known];
    (any::<prop::sample::Index>(), parameter, query, content_type(), body(), 0..3_usize).prop_map(
        |(route, parameter, query, content_type, body, caller)| Attempt {
            route,
            parameter,
            query,
            content_type,
            body,
            caller,
        },
    )
}

async fn send(suite: &Suite, client: &Client, attempt: &Attempt, people: &[Person]) -> (Answer, Kind) {
    let routes = routes();
    let (method, path, kind) = attempt.route.get(&routes);
    let path = ["{id}", "{userid}", "{token}", "{jti}", "{merge}"]
        .iter()
        .fold(path.clone(), |path, name| path.replace(name, &attempt.parameter));
    let mut request = client.request(method.clone(), format!("{}{path}?{}", suite.api.url(), attempt.query));
    // They are to stay logged in.
    if let Some(person) = people.get(attempt.caller).filter(|_| !path.contains("/logout")) {
        request = request.header("x-access-token", &person.token);
    }
    if let Some(content_type) = &attempt.content_type {
        request = request.header("content-type", HeaderValue::from_bytes(content_type).unwrap());
    }
    if *method != Method::GET {
        request = request.body(attempt.body.clone());
    }
    (Answer::of(request).await, *kind)
}

/// Whether an answer is one that a client may get whatever it sends.
fn is_fair(answer: &Answer, kind: Kind) -> bool {
    if kind == Kind::Page && answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")) {
        return matches!(answer.status, 200 | 400 | 404 | 413 | 415);
    }
    match answer.status {
        200 if kind == Kind::Calendar => answer.text.starts_with("BEGIN:VCALENDAR"),
        200 if kind == Kind::Picture => answer.text.starts_with("<svg "),
        200 => !answer.text.is_empty() && serde_json::from_str::<Value>(&answer.text).is_ok(),
        // The two that the contract has as faults of the server.
        500 => matches!(answer.error().1, 3200 | 3205),
        // The path may have become another route's, or none.
        400..=499 => answer.error().1 >= 3000,
        _ => false,
    }
}

#[test]
fn no_bytes_provoke_a_fault() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (suite, people) = runtime.block_on(async {
        let suite = Suite::with(Options::default()).await;
        let people = [suite.user("Ann").await, suite.organization("Help").await];
        (suite, people)
    });
    let client = Client::builder().timeout(Duration::from_secs(20)).redirect(reqwest::redirect::Policy::none()).build();
    let client = client.unwrap();
    let mut runner = TestRunner::new(Config { cases: 300, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&attempt(), |attempt| {
        let (answer, kind) = runtime.block_on(send(&suite, &client, &attempt, &people));
        prop_assert!(is_fair(&answer, kind), "{:?}", answer);
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    // Suites end in their runtime.
    runtime.block_on(async { drop(suite) });
}
