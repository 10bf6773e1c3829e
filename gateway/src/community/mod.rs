//! The Community API: `/community/v1` on top of the community service, with shapes and answers of its own.

mod activities;
mod answer;
mod custom_fields;
mod fields;
mod identities;
mod json;
mod members;
mod new_member;
pub(crate) mod openapi;
mod operation;
mod profile;
mod segments;
mod tags;
mod token;
mod users;

use axum::{Router, extract::Request};
use connectus_platform::context::bearer_token;
use http::Method;

use crate::upstream::Gateway;
pub(crate) use answer::{LIMIT, REMAINING, RESET};
use operation::Operation;

/// Where it is.
pub(crate) const BASE: &str = "/community/v1";

/// Every operation.
fn operations() -> impl Iterator<Item = &'static Operation> {
    let tables = [
        token::OPERATIONS,
        users::OPERATIONS,
        members::OPERATIONS,
        custom_fields::OPERATIONS,
        activities::OPERATIONS,
        segments::OPERATIONS,
        tags::OPERATIONS,
    ];
    tables.into_iter().flatten()
}

/// The rpcs that answer a GET.
pub(crate) fn reads() -> impl Iterator<Item = String> {
    let reads = operations().filter(|operation| operation.method == Method::GET);
    reads.map(|operation| format!("connectus.community.v1.CommunityService/{}", operation.rpc))
}

/// Whether a request counts against the budget of a token, which the service refuses where it is none.
pub(crate) fn has_budget(request: &Request) -> bool {
    request.uri().path().starts_with(BASE) && bearer_token(request.headers()).is_some()
}

/// Serves it.
pub(crate) fn router() -> Router<Gateway> {
    let mut router = Router::new();
    for operation in operations() {
        router = router.route(&format!("{BASE}{}", operation.path), (operation.handler)());
    }
    router
}
