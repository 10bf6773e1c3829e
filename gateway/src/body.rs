//! Bodies: JSON, URL-encoded and multipart, all read into the same types.

use axum::{
    extract::{FromRequest, Multipart, Request},
    http::header::CONTENT_TYPE,
};
use serde::de::DeserializeOwned;

use crate::{
    failure::{Failure, general},
    form,
    input::Input,
    mismatch::Mismatch,
    upstream::Gateway,
};

/// The largest body, in bytes.
pub(crate) const MAX_BODY: usize = 1024 * 1024;

/// A request's body, of whichever content type.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Gateway> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, gateway: &Gateway) -> Result<Self, Failure> {
        let content_type =
            request.headers().get(CONTENT_TYPE).map(|value| value.to_str().unwrap_or("?").to_ascii_lowercase());
        let essence = content_type.as_deref().map(|value| value.split(';').next().unwrap_or_default().trim());
        match essence {
            Some("application/json") => decode_json(&bytes(request).await?),
            Some("application/x-www-form-urlencoded") => decode_urlencoded(&bytes(request).await?),
            Some("multipart/form-data") => decode_multipart(request, gateway).await,
            None if bytes(request).await?.is_empty() => decode_pairs(Vec::new()),
            Some(_) | None => Err(Failure::General(&general::CONTENT_TYPE)),
        }
        .map(Self)
    }
}

async fn bytes(request: Request) -> Result<Vec<u8>, Failure> {
    match axum::body::to_bytes(request.into_body(), MAX_BODY).await {
        Ok(bytes) => Ok(bytes.into()),
        Err(_) => Err(Failure::General(&general::BODY_TOO_LARGE)),
    }
}

fn decode_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    read(Input::json(serde_json::from_slice(bytes).map_err(|_| Failure::Unreadable)?))
}

fn decode_urlencoded<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    let text = str::from_utf8(bytes).map_err(|_| Failure::Unreadable)?;
    decode_pairs(percent::pairs(text).ok_or(Failure::Unreadable)?)
}

async fn decode_multipart<T: DeserializeOwned>(request: Request, gateway: &Gateway) -> Result<T, Failure> {
    let mut multipart = Multipart::from_request(request, gateway).await.map_err(|_| Failure::Unreadable)?;
    let mut pairs = Vec::new();
    while let Some(field) = multipart.next_field().await.map_err(|error| unreadable(error.status()))? {
        let name = field.name().unwrap_or_default().to_owned();
        let value = field.bytes().await.map_err(|error| unreadable(error.status()))?;
        pairs.push((name, String::from_utf8(value.into()).map_err(|_| Failure::Unreadable)?));
    }
    decode_pairs(pairs)
}

fn unreadable(status: http::StatusCode) -> Failure {
    match status {
        http::StatusCode::PAYLOAD_TOO_LARGE => Failure::General(&general::BODY_TOO_LARGE),
        _ => Failure::Unreadable,
    }
}

fn decode_pairs<T: DeserializeOwned>(pairs: Vec<(String, String)>) -> Result<T, Failure> {
    read(Input::form(form::tree(pairs).map_err(|_| Failure::InvalidField(None))?))
}

/// Reads a body as the type that a route takes, or names the field that does not fit.
fn read<T: DeserializeOwned>(body: Input) -> Result<T, Failure> {
    serde_path_to_error::deserialize(body).map_err(|error| {
        let path = error.path().to_string();
        // The path to the body itself is a dot.
        let path = path.trim_start_matches('.');
        let field = match error.inner() {
            Mismatch::Missing(field) if path.is_empty() => (*field).to_owned(),
            Mismatch::Missing(field) => format!("{path}.{field}"),
            Mismatch::Unfit(_) => path.to_owned(),
        };
        Failure::InvalidField(Some(field).filter(|field| !field.is_empty()))
    })
}

/// `application/x-www-form-urlencoded`, with bad UTF-8 refused instead of replaced.
mod percent {
    /// The fields of a form, in order; `None` if one is not UTF-8.
    pub(super) fn pairs(text: &str) -> Option<Vec<(String, String)>> {
        let fields = text.split('&').filter(|field| !field.is_empty());
        fields
            .map(|field| {
                let (name, value) = field.split_once('=').unwrap_or((field, ""));
                Some((decode(name)?, decode(value)?))
            })
            .collect()
    }

    fn decode(text: &str) -> Option<String> {
        let text = text.replace('+', " ");
        percent_encoding::percent_decode_str(&text).decode_utf8().ok().map(Into::into)
    }
}
