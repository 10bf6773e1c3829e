//! EndSession: one of the caller's sessions ends, wherever it is.

use connectus_platform::{context, identity, ids};
use connectus_proto::auth::v1::{EndSessionRequest, EndSessionResponse};
use tonic::Request;

use super::{Answer, Auth};
use crate::{domain::Error, store};

pub(super) async fn end_session(auth: &Auth, request: Request<EndSessionRequest>) -> Answer<EndSessionResponse> {
    let caller = identity::caller(&request)?;
    let id = ids::parse(&request.get_ref().session_id).ok_or(Error::SessionNotFound)?;
    store::sessions::end(&auth.pool, caller.account_id, id, context::client()).await?;
    Ok(EndSessionResponse {}.into())
}
