//! The OpenAPI 3.1 document of the Community API, made from its tables.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};

use super::{
    BASE,
    answer::{Invalid, RateLimited, Report},
    operation::{Answer, Operation},
    operations,
};
use crate::route::{SchemaOf, schema_of};

const DESCRIPTION: &str = "What an organization gathers about its people, told and asked by its own systems.\n\n\
    Each call needs a token of the community, which the organization makes at `/v1/communities/{id}/tokens`, as \
    `Authorization: Bearer <token>`, and counts against the token's budget: `x-ratelimit-limit` and `x-ratelimit-remaining` are \
    on every answer.\n\n\
    A bad request is answered with what is wrong, each beginning with the field.";

type Schemas = Vec<(String, RefOr<Schema>)>;

/// The document.
#[must_use]
pub fn document() -> Value {
    let mut schemas = Schemas::new();
    schema_of::<Report>(&mut schemas);
    schema_of::<Invalid>(&mut schemas);
    schema_of::<RateLimited>(&mut schemas);
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for operation in operations() {
        let method = operation.method.as_str().to_lowercase();
        paths.entry(operation.path).or_default().insert(method, describe(operation, &mut schemas));
    }
    let schemas: BTreeMap<String, RefOr<Schema>> = schemas.into_iter().collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "ConnectUS Community API",
            "version": "1",
            "description": DESCRIPTION,
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"}
        },
        "servers": [{"url": BASE}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
        }
    })
}

fn describe(operation: &Operation, schemas: &mut Schemas) -> Value {
    let calls = format!("Calls `connectus.community.v1.CommunityService/{}`.", operation.rpc);
    let parts = [operation.details, &calls].into_iter().filter(|part| !part.is_empty());
    let mut described = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "description": parts.collect::<Vec<_>>().join("\n\n"),
        "tags": [operation.tag],
        "parameters": parameters(operation),
        "responses": responses(operation, schemas),
    });
    if operation.is_deprecated {
        described["deprecated"] = true.into();
    }
    if let Some(body) = operation.body {
        let schema = value(&body(schemas));
        described["requestBody"] = json!({"required": true, "content": {"application/json": {"schema": schema}}});
    }
    described
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let name = operation.path.split('/').find_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let in_path = name
        .zip(operation.path_parameter)
        .map(|(name, kind)| json!({"name": name, "in": "path", "required": true, "schema": {"type": kind}}));
    let in_query = operation.query.iter().map(|parameter| {
        json!({"name": parameter.name, "in": "query", "description": parameter.description,
               "schema": {"type": parameter.kind}})
    });
    in_path.into_iter().chain(in_query).collect()
}

fn responses(operation: &Operation, schemas: &mut Schemas) -> BTreeMap<String, Value> {
    let (status, good) = success(operation.answer, schemas);
    let mut responses = BTreeMap::from([(status.to_owned(), good)]);
    let of_all = [403, 429, 500, 503, 504];
    for status in operation.failures.iter().chain(&of_all) {
        responses.insert(status.to_string(), failure(*status));
    }
    responses
}

fn success(answer: Answer, schemas: &mut Schemas) -> (&'static str, Value) {
    let mut schema = |schema: SchemaOf| value(&schema(schemas));
    match answer {
        Answer::Accepted => ("202", response("It is kept, and will be worked on.", &reference("Status"))),
        Answer::Done => ("200", response("Done.", &reference("Status"))),
        Answer::Json(of) => ("200", response("The answer.", &schema(of))),
        Answer::List(of) => ("200", response("The answer.", &json!({"type": "array", "items": schema(of)}))),
    }
}

fn failure(status: u16) -> Value {
    let (description, schema) = match status {
        400 => ("The request is bad.", "InvalidRequest"),
        403 => ("The token is missing, malformed, forged or revoked.", "Status"),
        404 => ("There is no such thing, or nobody such.", "Status"),
        413 => ("The body is too large.", "Status"),
        429 => ("The token's budget is spent.", "RateLimited"),
        503 => ("Something that is needed does not answer. Try again.", "Status"),
        504 => ("It took too long. Try again.", "Status"),
        _ => ("A fault of the service's own.", "Status"),
    };
    let mut response = response(description, &reference(schema));
    if status == 429 {
        let headers = &mut response["headers"];
        headers["x-ratelimit-reset"] =
            json!({"description": "When the budget is whole again, in Unix seconds.", "schema": {"type": "integer"}});
        headers["retry-after"] =
            json!({"description": "When to try again.", "schema": {"type": "string", "format": "date-time"}});
    }
    response
}

fn response(description: &str, schema: &Value) -> Value {
    let number = |description: &str| json!({"description": description, "schema": {"type": "integer"}});
    json!({
        "description": description,
        "headers": {
            "x-ratelimit-limit": number("How many calls there may be in a minute."),
            "x-ratelimit-remaining": number("How many are left of it."),
        },
        "content": {"application/json": {"schema": schema}}
    })
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn value(schema: &RefOr<Schema>) -> Value {
    serde_json::to_value(schema).unwrap_or_default()
}
