//! What happened to the security of an account.

use axum::{extract::State, response::Response, routing::get};
use connectus_platform::peer::on_behalf;
use connectus_proto::auth::v1::{self as proto, ListSecurityEventsRequest, SecurityEventKind};
use http::Method;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    page::{self, Page},
    types::unix_seconds,
};
use crate::{
    failure::Failure,
    route::{Answer, Auth, BAD_QUERY, INTERNAL, Origin, Route, schema_of},
    upstream::Gateway,
};

/// How the contract begins the names of all kinds.
const KIND_PREFIX: &str = "SECURITY_EVENT_KIND_";

pub(super) const ROUTES: &[Route] = &[Route {
    method: Method::GET,
    path: "/v1/auth/security-events",
    summary: "What happened to the security of the caller's account, newest first.",
    details: "What is written down is never changed.",
    origin: Origin::Added,
    auth: Auth::Token,
    query: &[],
    rpcs: &["connectus.auth.v1.AuthService/ListSecurityEvents"],
    body: None,
    answer: Answer::List(schema_of::<SecurityEvent>),
    errors: &[INTERNAL, BAD_QUERY],
    handler: || get(list),
}];

/// Something that happened to the security of an account.
#[derive(Serialize, ToSchema)]
struct SecurityEvent {
    id: String,
    /// What happened: `registered`, `registered_again` (somebody tried to, with the account's address), `logged_in`,
    /// `password_refused`, `throttled`, `email_verified`, `password_reset_requested`, `password_reset`, `password_changed`,
    /// `email_change_requested`, `email_changed`, `email_change_undone`, `session_ended`, `sessions_ended`, `data_exported`,
    /// `deleted`, `locked`, `unlocked`, `keys_rotated`, `imported`. There may be more in time.
    kind: String,
    /// When, in Unix seconds.
    created_at: i64,
    /// The network address that it came from; empty when it is not known.
    address: String,
    /// What the device says it is, the start of its `User-Agent`.
    device: String,
    /// The operator who did it; empty when it was no operator.
    operator: String,
    /// What there is to say about it, such as an operator's reason; often empty.
    detail: String,
}

impl From<proto::SecurityEvent> for SecurityEvent {
    fn from(event: proto::SecurityEvent) -> Self {
        Self {
            kind: name(event.kind()),
            id: event.id,
            created_at: unix_seconds(event.create_time),
            address: event.client_address,
            device: event.device,
            operator: event.operator,
            detail: event.detail,
        }
    }
}

/// What the published API calls a kind.
fn name(kind: SecurityEventKind) -> String {
    kind.as_str_name().trim_start_matches(KIND_PREFIX).to_lowercase()
}

async fn list(State(gateway): State<Gateway>, page: Page) -> Result<Response, Failure> {
    let request = ListSecurityEventsRequest { page_size: page.size, page_token: page.token };
    let response = gateway.auth().list_security_events(on_behalf(request)).await?.into_inner();
    let events: Vec<SecurityEvent> = response.events.into_iter().map(SecurityEvent::from).collect();
    Ok(page::answer(&events, &response.next_page_token))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use utoipa::PartialSchema;

    use super::*;

    #[test]
    fn the_document_names_every_kind() {
        let schema = serde_json::to_value(SecurityEvent::schema()).unwrap();
        let described = schema["properties"]["kind"]["description"].as_str().unwrap();
        let kinds: Vec<_> = (1..).map_while(|number| SecurityEventKind::try_from(number).ok()).map(name).collect();
        assert_eq!(kinds[2], "logged_in");
        assert!(kinds.len() >= 20);
        for kind in kinds {
            assert!(described.contains(&format!("`{kind}`")), "{kind}");
        }
    }
}
