//! The OpenAPI 3.1 document, made from the route tables.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};

use crate::{
    failure::{Envelope, general},
    rest,
    route::{Answer, Auth, Cause, ErrorCode, Route, SchemaOf, schema_of},
};

const DESCRIPTION: &str = "A volunteering network: people keep a record of what they did, and organizations confirm it.\n\n\
    Bodies are JSON or forms (URL-encoded or multipart). In a form a nested field is written with dots (`when.begin`), a list \
    repeats its name, and a truth value is `true` or `false`. Fields that are not known are ignored.\n\n\
    Errors have one form, `{\"error\": {\"code\", \"message\"}}`; the numbers have their meaning per route. The header \
    `x-error-field` names the field that is missing or invalid, and `x-request-id` is on every answer.\n\n\
    Access tokens that are revoked, by a new password for one, are refused everywhere within a second. Whoever lost the mail \
    that verifies their address can ask for a new password: setting it by the mailed link verifies the address too.";

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
        "description": format!("Calls `{}`.", route.rpc),
        "tags": [tag(route)],
        "parameters": parameters(route),
        "responses": responses(route, schemas),
        "security": match route.auth {
            Auth::Token => json!([{"token": []}, {"bearer": []}]),
            Auth::None => json!([{}, {"token": []}, {"bearer": []}]),
        },
    });
    if let Some(body) = route.body {
        let schema = value(&body(schemas));
        let content = |name: &str| (name.to_owned(), json!({"schema": schema}));
        let types = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"];
        let content: Map<String, Value> = types.into_iter().map(content).collect();
        operation["requestBody"] = json!({"required": true, "content": content});
    }
    operation
}

/// The method and the words of the path, which no two routes share.
fn operation_id(route: &Route) -> String {
    let words = route.path.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.fold(route.method.as_str().to_lowercase(), |id, word| format!("{id}_{word}"))
}

/// The service that does the work.
fn tag(route: &Route) -> &str {
    route.rpc.split('.').nth(1).unwrap_or_default()
}

fn parameters(route: &Route) -> Vec<Value> {
    let names = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let in_path = names.map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}));
    let in_query = match route.answer {
        Answer::List(_) => vec![
            json!({"name": "limit", "in": "query", "description": "How many at most.",
                   "schema": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}}),
            json!({"name": "cursor", "in": "query", "description": "The last answer's `x-next-cursor`.",
                   "schema": {"type": "string"}}),
        ],
        Answer::Done | Answer::Json(_) | Answer::Html => Vec::new(),
    };
    in_path.chain(in_query).collect()
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
    for (status, errors) in by_status {
        let is_page = matches!(route.answer, Answer::Html) && !general::BEFORE_ROUTES.contains(&status);
        responses.insert(status.to_string(), failure(is_page, &errors));
    }
    responses
}

fn success(answer: Answer, schemas: &mut Schemas) -> Value {
    match answer {
        Answer::Done => json_answer("Done.", &json!({"$ref": "#/components/schemas/Done"})),
        Answer::Json(schema) => json_answer("The answer.", &value(&schema(schemas))),
        Answer::List(schema) => list_answer(schema, schemas),
        Answer::Html => json!({"description": "A page.", "content": {"text/html": {"schema": {"type": "string"}}}}),
    }
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

fn failure(is_page: bool, errors: &[&ErrorCode]) -> Value {
    let mut messages: Vec<&str> = errors.iter().map(|error| error.message).collect();
    messages.dedup();
    let description = messages.join(" / ");
    if is_page {
        return json!({"description": description, "content": {"text/html": {"schema": {"type": "string"}}}});
    }
    let examples: Map<String, Value> = errors
        .iter()
        .map(|error| (error.code.to_string(), json!({"summary": error.message, "value": Envelope::new(error)})))
        .collect();
    let schema = json!({"$ref": "#/components/schemas/Error"});
    let mut answer =
        json!({"description": description, "content": {"application/json": {"schema": schema, "examples": examples}}});
    if errors.iter().any(|error| error.causes.contains(&Cause::BadQuery)) {
        answer["headers"] = json!({
            "x-error-field": {"description": "The field that is missing or invalid.", "schema": {"type": "string"}}
        });
    }
    answer
}

fn value(schema: &RefOr<Schema>) -> Value {
    serde_json::to_value(schema).unwrap_or_default()
}
