//! The OpenAPI 3.1 document, made from the route tables.

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};

use crate::{
    failure::{Envelope, general},
    rest,
    route::{Answer, Auth, Cause, ErrorCode, Origin, Route, SchemaOf, schema_of},
};

const DESCRIPTION: &str = "A volunteering network: people keep a record of what they did, and organizations confirm it.\n\n\
    Bodies are JSON or forms (URL-encoded or multipart). In a form a nested field is written with dots (`when.begin`), a list \
    repeats its name, or numbers its elements where they have fields (`shift_times.0.begin`), and a truth value is `true` or `false`. Fields that are not known are ignored.\n\n\
    Errors have one form, `{\"error\": {\"code\", \"message\"}}`; the numbers have their meaning per route. The header \
    `x-error-field` names the field that is missing or invalid, and `x-request-id` is on every answer.\n\n\
    A POST may carry an `Idempotency-Key`: a repeat with the same key gets the first answer, byte by byte, for a day, and \
    nothing is done twice. Where the answer to a request is lost, send it again with the same key.\n\n\
    What is tried too often, or may go well later, is answered with `Retry-After`, in seconds.\n\n\
    Access tokens of sessions that have ended, by a new password for one, are refused everywhere within a second.\n\n\
    An id of the former system (24 hexadecimal digits) is taken wherever an id is.\n\n\
    What this project has added to the documented API is marked with `x-connectus-addition`.";

/// What a service does, under its name.
const TAGS: [(&str, &str); 6] = [
    ("auth", "Who somebody is, and the proof of it: registration, passwords, sessions."),
    ("account", "Accounts as people see them: names, profiles and settings."),
    (
        "experience",
        "What people did, and its confirmation by those they did it for; what organizations need people for.",
    ),
    ("social", "Posts, and what is told to people."),
    ("community", "What organizations gather about their people."),
    (GATEWAY, "What needs no service."),
];
/// The tag of what needs no service.
const GATEWAY: &str = "gateway";

/// The statuses of what may go well later.
const MAY_PASS: [u16; 4] = [409, 429, 503, 504];

type Schemas = Vec<(String, RefOr<Schema>)>;

/// The document.
#[must_use]
pub fn document() -> Value {
    let mut schemas = Schemas::new();
    schema_of::<Envelope>(&mut schemas);
    schema_of::<rest::Done>(&mut schemas);
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for route in rest::routes() {
        let method = route.method.as_str().to_lowercase();
        paths.entry(route.path).or_default().insert(method, operation(route, &mut schemas));
    }
    let schemas: BTreeMap<String, RefOr<Schema>> = schemas.into_iter().collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "ConnectUS",
            "version": "1",
            "description": DESCRIPTION,
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"}
        },
        "servers": [{"url": "/"}],
        "tags": TAGS.map(|(name, description)| json!({"name": name, "description": description})),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "apiKey", "in": "header", "name": "x-access-token"},
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            }
        }
    })
}

fn operation(route: &Route, schemas: &mut Schemas) -> Value {
    let mut operation = json!({
        "operationId": operation_id(route),
        "summary": route.summary,
        "description": description(route),
        "tags": [tag(route)],
        "parameters": parameters(route),
        "responses": responses(route, schemas),
        "security": match route.auth {
            Auth::Token => json!([{"token": []}, {"bearer": []}]),
            Auth::None => json!([{}, {"token": []}, {"bearer": []}]),
        },
    });
    if route.origin == Origin::Added {
        operation["x-connectus-addition"] = true.into();
    }
    if let Some(body) = route.body {
        let schema = value(&body(schemas));
        let content = |name: &str| (name.to_owned(), json!({"schema": schema}));
        let types = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"];
        let content: Map<String, Value> = types.into_iter().map(content).collect();
        operation["requestBody"] = json!({"required": needs_fields(schemas, &schema), "content": content});
    }
    operation
}

/// Whether a body has fields that must be there: without one of these, no body is as good as an empty one.
fn needs_fields(schemas: &Schemas, body: &Value) -> bool {
    let name = body["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
    let schema = schemas.iter().find(|(known, _)| Some(known.as_str()) == name);
    schema.is_none_or(|(_, schema)| value(schema)["required"].as_array().is_some_and(|fields| !fields.is_empty()))
}

/// What there is to know about a route, who describes it, and what it calls.
fn description(route: &Route) -> String {
    let origin = match route.origin {
        Origin::Documented => "",
        Origin::Added => "An addition to the documented API.",
    };
    let rpcs: Vec<String> = route.rpcs.iter().map(|rpc| format!("`{rpc}`")).collect();
    let calls = if rpcs.is_empty() { String::new() } else { format!("Calls {}.", rpcs.join(", ")) };
    let parts = [route.details, origin, &calls].into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("\n\n")
}

/// The method and the words of the path, which no two routes share.
fn operation_id(route: &Route) -> String {
    let words = route.path.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.fold(route.method.as_str().to_lowercase(), |id, word| format!("{id}_{word}"))
}

/// The service that does the work.
fn tag(route: &Route) -> &str {
    route.rpcs.first().and_then(|rpc| rpc.split('.').nth(1)).unwrap_or(GATEWAY)
}

fn parameters(route: &Route) -> Vec<Value> {
    let names = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let in_path = names.map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}));
    let own = route.query.iter().map(|parameter| {
        json!({"name": parameter.name, "in": "query", "description": parameter.description,
               "schema": {"type": parameter.kind}})
    });
    let of_lists = match route.answer {
        Answer::List(_) => vec![
            json!({"name": "limit", "in": "query", "description": "How many at most.",
                   "schema": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}}),
            json!({"name": "cursor", "in": "query", "description": "The last answer's `x-next-cursor`.",
                   "schema": {"type": "string"}}),
        ],
        _ => Vec::new(),
    };
    let in_header = (route.method == Method::POST).then(|| {
        json!({"name": "Idempotency-Key", "in": "header",
               "description": "What a request and its repeats have, and no other request: a UUID, for one.",
               "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}})
    });
    in_path.chain(own).chain(of_lists).chain(in_header).collect()
}

fn responses(route: &Route, schemas: &mut Schemas) -> BTreeMap<String, Value> {
    let mut responses = BTreeMap::from([("200".to_owned(), success(route.answer, schemas))]);
    let of_body = general::OF_BODIES.into_iter().filter(|_| route.body.is_some());
    let errors = route.all_errors().chain(of_body).chain([&general::TOO_MANY_REQUESTS]);
    let mut by_status: BTreeMap<u16, Vec<&ErrorCode>> = BTreeMap::new();
    for error in errors {
        by_status.entry(error.status).or_default().push(error);
    }
    // Whatever is internal may pass, and then says so by its status.
    if let Some(internal) = route.error_for(Cause::Internal) {
        by_status.entry(503).or_default().push(internal);
        by_status.entry(504).or_default().push(internal);
    }
    for (status, mut errors) in by_status {
        // What a route has a word on, it need not be told of again.
        errors.dedup_by_key(|error| error.code);
        let is_page = matches!(route.answer, Answer::Html) && !general::BEFORE_ROUTES.contains(&status);
        let mut answer = if is_page { text_answer(&meaning(&errors), "text/html") } else { failure(&errors) };
        if let Some(headers) = failure_headers(status, &errors) {
            answer["headers"] = headers;
        }
        responses.insert(status.to_string(), answer);
    }
    responses
}

fn success(answer: Answer, schemas: &mut Schemas) -> Value {
    match answer {
        Answer::Done => json_answer("Done.", &json!({"$ref": "#/components/schemas/Done"})),
        Answer::Json(schema) => json_answer("The answer.", &value(&schema(schemas))),
        Answer::List(schema) => list_answer(schema, schemas),
        Answer::File(schema) => file_answer(schema, schemas),
        Answer::Svg => text_answer("A picture.", "image/svg+xml"),
        Answer::Calendar => text_answer("A calendar (RFC 5545).", "text/calendar"),
        Answer::Events(schema) => events_answer(schema, schemas),
        Answer::Html => text_answer("A page.", "text/html"),
    }
}

fn text_answer(description: &str, kind: &str) -> Value {
    json!({"description": description, "content": {kind: {"schema": {"type": "string"}}}})
}

/// OpenAPI 3.1 has no word for events: the schema is that of the data of each.
fn events_answer(schema: SchemaOf, schemas: &mut Schemas) -> Value {
    let schema = value(&schema(schemas));
    json!({"description": "Events, as they come; the data of each is of this schema.",
           "content": {"text/event-stream": {"schema": schema}}})
}

fn file_answer(schema: SchemaOf, schemas: &mut Schemas) -> Value {
    let mut answer = json_answer("A file.", &value(&schema(schemas)));
    answer["headers"] = json!({
        "content-disposition": {"description": "The name to keep it under.", "schema": {"type": "string"}}
    });
    answer
}

fn json_answer(description: &str, schema: &Value) -> Value {
    json!({"description": description, "content": {"application/json": {"schema": schema}}})
}

fn list_answer(schema: SchemaOf, schemas: &mut Schemas) -> Value {
    let mut answer = json_answer("A page.", &json!({"type": "array", "items": value(&schema(schemas))}));
    answer["headers"] = json!({
        "x-next-cursor": {"description": "The next page's cursor; absent on the last page.", "schema": {"type": "string"}}
    });
    answer
}

fn failure(errors: &[&ErrorCode]) -> Value {
    let example = |error: &&ErrorCode| {
        let mut example = json!({"summary": error.message, "value": Envelope::new(error)});
        if !error.when.is_empty() {
            example["description"] = error.when.into();
        }
        (error.code.to_string(), example)
    };
    let examples: Map<String, Value> = errors.iter().map(example).collect();
    let schema = json!({"$ref": "#/components/schemas/Error"});
    json!({
        "description": meaning(errors),
        "content": {"application/json": {"schema": schema, "examples": examples}}
    })
}

/// What the errors of a status say, and when.
fn meaning(errors: &[&ErrorCode]) -> String {
    let mut lines: Vec<String> =
        errors.iter().map(|error| format!("{} {}", error.message, error.when).trim_end().to_owned()).collect();
    lines.dedup();
    lines.join(" / ")
}

/// The headers that come with errors of a status, if any do.
fn failure_headers(status: u16, errors: &[&ErrorCode]) -> Option<Value> {
    let header = |description: &str, kind: &str| json!({"description": description, "schema": {"type": kind}});
    let mut headers = Map::new();
    if errors.iter().any(|error| error.causes.contains(&Cause::BadQuery)) {
        let named = header("The field, parameter or header that is missing or invalid.", "string");
        headers.insert("x-error-field".to_owned(), named);
    }
    if MAY_PASS.contains(&status) {
        headers.insert("retry-after".to_owned(), header("When it may go well, in seconds.", "integer"));
    }
    (!headers.is_empty()).then_some(Value::Object(headers))
}

fn value(schema: &RefOr<Schema>) -> Value {
    serde_json::to_value(schema).unwrap_or_default()
}
