//! ListSecurityEvents and SearchSecurityEvents: what happened, for who it happened to and for operators.

use connectus_platform::{fields, identity, page::Page};
use connectus_proto::auth::v1::{
    ListSecurityEventsRequest, ListSecurityEventsResponse, SearchSecurityEventsRequest, SearchSecurityEventsResponse,
    SecurityEvent, SecurityEventKind,
};
use tonic::Request;
use uuid::Uuid;

use super::{Answer, Auth, time::to_timestamp};
use crate::{
    domain::{
        Error,
        event::{EventKind, PastEvent},
    },
    store,
};

pub(super) async fn list(
    auth: &Auth,
    request: Request<ListSecurityEventsRequest>,
) -> Answer<ListSecurityEventsResponse> {
    let caller = identity::caller(&request)?;
    let ListSecurityEventsRequest { page_size, page_token } = request.into_inner();
    let page = Page::new(page_size, &page_token)?;
    let (events, next_page_token) = read(auth, Some(caller.account_id), page).await?;
    Ok(ListSecurityEventsResponse { events, next_page_token }.into())
}

pub(super) async fn search(
    auth: &Auth,
    request: Request<SearchSecurityEventsRequest>,
) -> Answer<SearchSecurityEventsResponse> {
    let SearchSecurityEventsRequest { account_id, page_size, page_token } = request.into_inner();
    let account_id = match account_id.as_str() {
        "" => None,
        id => Some(fields::id("account_id", id)?),
    };
    let page = Page::new(page_size, &page_token)?;
    let (events, next_page_token) = read(auth, account_id, page).await?;
    Ok(SearchSecurityEventsResponse { events, next_page_token }.into())
}

async fn read(auth: &Auth, account_id: Option<Uuid>, page: Page) -> Result<(Vec<SecurityEvent>, String), Error> {
    let mut listed = store::events::list(&auth.pool, account_id, page).await?;
    let next_page_token = page.cut(&mut listed, |event| event.id);
    Ok((listed.into_iter().map(SecurityEvent::from).collect(), next_page_token))
}

impl From<PastEvent> for SecurityEvent {
    fn from(event: PastEvent) -> Self {
        Self {
            id: event.id.to_string(),
            account_id: event.account_id.map(|id| id.to_string()).unwrap_or_default(),
            kind: event.kind.map_or(SecurityEventKind::Unspecified, SecurityEventKind::from).into(),
            create_time: Some(to_timestamp(event.created_at)),
            client_address: event.client_address,
            device: event.device,
            operator: event.operator,
            detail: event.detail,
        }
    }
}

impl From<EventKind> for SecurityEventKind {
    fn from(kind: EventKind) -> Self {
        match kind {
            EventKind::Registered => Self::Registered,
            EventKind::RegisteredAgain => Self::RegisteredAgain,
            EventKind::LoggedIn => Self::LoggedIn,
            EventKind::PasswordRefused => Self::PasswordRefused,
            EventKind::Throttled => Self::Throttled,
            EventKind::EmailVerified => Self::EmailVerified,
            EventKind::PasswordResetRequested => Self::PasswordResetRequested,
            EventKind::PasswordReset => Self::PasswordReset,
            EventKind::PasswordChanged => Self::PasswordChanged,
            EventKind::EmailChangeRequested => Self::EmailChangeRequested,
            EventKind::EmailChanged => Self::EmailChanged,
            EventKind::EmailChangeUndone => Self::EmailChangeUndone,
            EventKind::SessionEnded => Self::SessionEnded,
            EventKind::SessionsEnded => Self::SessionsEnded,
            EventKind::DataExported => Self::DataExported,
            EventKind::Deleted => Self::Deleted,
            EventKind::Locked => Self::Locked,
            EventKind::Unlocked => Self::Unlocked,
            EventKind::KeysRotated => Self::KeysRotated,
            EventKind::Imported => Self::Imported,
        }
    }
}
