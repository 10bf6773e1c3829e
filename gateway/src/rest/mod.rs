//! The published REST API, a file for each resource.

mod account_changes;
pub(crate) mod accounts;
mod auth;
mod blocks;
mod calendar;
mod communities;
mod community_history;
mod community_members;
mod community_structure;
mod community_tokens;
mod connections;
mod email_change;
mod experiences;
mod export;
pub(crate) mod fields;
mod interests;
mod moments;
mod notification_stream;
mod notifications;
mod opportunities;
pub(crate) mod page;
mod passwords;
mod pictures;
mod post_marks;
mod posts;
mod profile;
mod query;
mod search;
mod security_events;
mod sessions;
mod settings;
#[cfg(test)]
#[allow(clippy::panic, clippy::unwrap_used)]
mod tests;
mod types;
pub(crate) mod validations;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
    response::{IntoResponse, Response},
};
use connectus_platform::identity::ME;
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

use crate::{failure::Failure, pages, route::Route, upstream::Gateway};

/// Every route of the published API.
pub(crate) fn routes() -> impl Iterator<Item = &'static Route> {
    let tables = [
        auth::ROUTES,
        passwords::ROUTES,
        email_change::ROUTES,
        sessions::ROUTES,
        security_events::ROUTES,
        accounts::ROUTES,
        account_changes::ROUTES,
        connections::ROUTES,
        blocks::ROUTES,
        export::ROUTES,
        pictures::ROUTES,
        profile::ROUTES,
        settings::ROUTES,
        search::ROUTES,
        experiences::ROUTES,
        validations::ROUTES,
        opportunities::ROUTES,
        interests::ROUTES,
        calendar::ROUTES,
        notifications::ROUTES,
        notification_stream::ROUTES,
        posts::ROUTES,
        post_marks::ROUTES,
        communities::ROUTES,
        community_tokens::ROUTES,
        community_structure::ROUTES,
        community_members::ROUTES,
        community_history::ROUTES,
        pages::ROUTES,
    ];
    tables.into_iter().flatten()
}

/// The answer to what was done and has no other answer.
#[derive(Serialize, ToSchema)]
pub(crate) struct Done {
    /// `200 - OK`.
    message: &'static str,
}

/// Says that it was done.
pub(crate) fn done() -> Response {
    axum::Json(Done { message: "200 - OK" }).into_response()
}

/// A path's parameters; one that is not UTF-8 is empty, which is nobody's id.
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned + Default + Send> FromRequestParts<Gateway> for Params<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Failure> {
        let params = Path::<T>::from_request_parts(parts, gateway).await;
        Ok(Self(params.map(|Path(params)| params).unwrap_or_default()))
    }
}

/// An id from a path. The rpcs' alias for the caller's own is nobody's id here, where the caller has paths of their own.
fn not_me(id: String) -> String {
    if id == ME { String::new() } else { id }
}

/// Reads a field that may be absent, but not null.
pub(crate) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
