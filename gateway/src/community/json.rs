//! Bodies of the Community API: JSON, whatever their content type says.

use std::convert::Infallible;

use axum::{
    extract::{FromRequest, FromRequestParts, Query, Request},
    http::request::Parts,
    response::Response,
};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};

use super::answer::{self, Refusal};
use crate::{body::MAX_BODY, upstream::Gateway};

/// A request's body.
pub(super) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequest<Gateway> for Json<T> {
    type Rejection = Response;

    async fn from_request(request: Request, gateway: &Gateway) -> Result<Self, Response> {
        match read(request).await {
            Ok(body) => Ok(Self(body)),
            Err(refusal) => Err(answer::answer(gateway.clone(), Err(refusal)).await),
        }
    }
}

async fn read<T: DeserializeOwned>(request: Request) -> Result<T, Refusal> {
    let bytes = axum::body::to_bytes(request.into_body(), MAX_BODY).await.map_err(|_| Refusal::TooLarge)?;
    // What a list has, in the order of the fields, would do for an object.
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(Refusal::field("body", "is not an object"));
    }
    let mut json = serde_json::Deserializer::from_slice(&bytes);
    let body = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| mismatch(&error.path().to_string(), &error.inner().to_string()))?;
    json.end().map_err(|_| Refusal::field("body", "has something after its end"))?;
    Ok(body)
}

/// What does not fit at a path of a body.
fn mismatch(path: &str, problem: &str) -> Refusal {
    // Where it is in the text does not matter.
    let problem = problem.split(" at line ").next().unwrap_or_default();
    // Of the body itself the path is a dot, and of what is no JSON it is not known.
    let path = if matches!(path, "." | "?") { "" } else { path };
    if let Some(missing) = problem.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
        let dot = if path.is_empty() { "" } else { "." };
        return Refusal::field(&format!("{path}{dot}{missing}"), "is required");
    }
    Refusal::field(if path.is_empty() { "body" } else { path }, problem)
}

/// The parameters of a query, in their order.
pub(super) struct Parameters(Vec<(String, String)>);

impl FromRequestParts<Gateway> for Parameters {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Infallible> {
        let parameters = Query::from_request_parts(parts, gateway).await;
        Ok(Self(parameters.map(|Query(parameters)| parameters).unwrap_or_default()))
    }
}

impl Parameters {
    /// The first value of a parameter, without the white space around it; none where it is absent or empty.
    pub(super) fn first(&self, name: &str) -> Option<&str> {
        let value = self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim());
        value.filter(|value| !value.is_empty())
    }
}

/// Reads a field that may be absent, null or a value.
#[allow(clippy::option_option)] // That is what it is: absent keeps, null clears.
pub(super) fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// The parts of a list with commas, without the white space around them.
pub(super) fn comma_separated(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|part| !part.is_empty())
}
