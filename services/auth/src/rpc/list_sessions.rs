//! ListSessions: where the caller is logged in.

use connectus_platform::{identity, page::Page};
use connectus_proto::auth::v1::{ListSessionsRequest, ListSessionsResponse, Session};
use tonic::Request;

use super::{Answer, Auth, time::to_timestamp};
use crate::store;

pub(super) async fn list_sessions(auth: &Auth, request: Request<ListSessionsRequest>) -> Answer<ListSessionsResponse> {
    let caller = identity::caller(&request)?;
    let ListSessionsRequest { page_size, page_token } = request.into_inner();
    let page = Page::new(page_size, &page_token)?;
    let mut listed = store::sessions::list(&auth.pool, caller.account_id, page).await?;
    let next_page_token = page.cut(&mut listed, |session| session.id);
    let sessions = listed.into_iter().map(|session| Session {
        id: session.id.to_string(),
        device: session.device,
        client_address: session.client_address,
        create_time: Some(to_timestamp(session.created_at)),
        last_use_time: Some(to_timestamp(session.last_used_at)),
        expire_time: Some(to_timestamp(session.expires_at)),
        is_current: session.id == caller.token_id,
    });
    Ok(ListSessionsResponse { sessions: sessions.collect(), next_page_token }.into())
}
