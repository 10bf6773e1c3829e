//! PollAccess: the keys, and what changed in which tokens are good.

use connectus_proto::auth::v1::{PollAccessRequest, PollAccessResponse};
use tonic::Request;

use super::{Answer, Auth};
use crate::store;

pub(super) async fn poll_access(auth: &Auth, request: Request<PollAccessRequest>) -> Answer<PollAccessResponse> {
    let page = store::access::changes_after(&auth.pool, request.get_ref().cursor).await?;
    let keys = auth.keys.published().await?;
    Ok(PollAccessResponse { changes: page.changes, cursor: page.cursor, more: page.more, keys }.into())
}
