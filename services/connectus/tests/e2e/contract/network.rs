//! The network: connections, search, opportunities, posts, notifications and communities, in good health and with faults.

mod communities;
mod connections;
mod gatherings;
mod neighbours;
mod notifications;
mod offers;
mod opportunities;
mod posts;

use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use super::{
    case::Case,
    faults::{Internal, MESSAGE},
    world::{Member, World},
};

pub(crate) use gatherings::Gatherings;
pub(crate) use neighbours::Neighbours;
pub(super) use notifications::UNSUBSCRIBE_PAGE;
pub(crate) use offers::Offers;

const BAD_QUERY: (u64, u16, &str) = (4050, 400, "Bad query format.");
const ACCOUNT_NOT_FOUND: (u64, u16, &str) = (4000, 404, "Account not found.");

/// A route that needs a token, with a path and a body that are good but for what they are about: nothing comes of it.
type Harmless = (&'static str, Method, String, Option<Value>);

/// Every error that a suite in good health answers.
pub(super) fn cases(world: &World) -> Vec<Case> {
    let groups = [
        connections::cases(world),
        opportunities::cases(world),
        posts::cases(world),
        notifications::cases(world),
        communities::cases(world),
    ];
    groups.into_iter().flatten().collect()
}

/// Every route of the network that needs a token.
pub(super) fn authenticated() -> Vec<Harmless> {
    let groups = [
        connections::authenticated(),
        opportunities::authenticated(),
        posts::authenticated(),
        notifications::authenticated(),
        communities::authenticated(),
    ];
    groups.into_iter().flatten().collect()
}

/// What meets a fault of account's accounts.
pub(super) fn of_account(world: &World) -> Vec<Internal> {
    connections::internal(world)
}

/// What meets a fault of experience's opportunities.
pub(super) fn of_experience(world: &World) -> Vec<Internal> {
    opportunities::internal(world)
}

/// What meets a fault of social's posts and notifications.
pub(super) fn of_social(world: &World) -> Vec<Internal> {
    [posts::internal(world), notifications::internal(world)].into_iter().flatten().collect()
}

/// What meets a fault of community's communities.
pub(super) fn of_community(world: &World) -> Vec<Internal> {
    communities::internal(world)
}

/// What ends mails, with a key: the service asks its own database for that alone.
pub(super) fn unsubscribe(world: &World) -> Internal {
    let request = world.anonymous(Method::POST, &notifications::unsubscribe_path("x"));
    (UNSUBSCRIBE_PAGE, 0, "", request.header("idempotency-key", "once"))
}

/// The requests of routes that need a token, by a member, as they meet a fault.
fn faulty(world: &World, by: &Member, routes: Vec<Harmless>) -> Vec<Internal> {
    let request = |(route, method, path, body): Harmless| {
        let request = world.by(by, method, &path);
        (route, 4001, MESSAGE, body.iter().fold(request, RequestBuilder::json))
    };
    routes.into_iter().map(request).collect()
}

/// A request with an idempotency key that is none: all that can be wrong with some.
fn with_bad_key(world: &World, path: &str) -> RequestBuilder {
    world.by(&world.user, Method::POST, path).header("idempotency-key", "two words")
}
