//! PollAccess: the keys, and what changed in which tokens are good.

use connectus_proto::auth::v1::{PollAccessRequest, PollAccessResponse};
use tonic::Request;

use super::{Answer, Auth};
use crate::store;

pub(super) async fn poll_access(auth: &Auth, request: Request<PollAccessRequest>) -> Answer<PollAccessResponse> {
    let PollAccessRequest { cursor, uses } = request.into_inner();
    let page = store::access::changes_after(&auth.pool, cursor).await?;
    let keys = auth.keys.published().await?;
    if !uses.is_empty() {
        // News of revocations matters more than when somebody was last seen, and does not wait for it.
        let pool = auth.pool.clone();
        tokio::spawn(async move {
            if let Err(error) = store::sessions::note_uses(&pool, &uses).await {
                tracing::warn!(%error, "the last use of sessions is not noted");
            }
        });
    }
    Ok(PollAccessResponse { changes: page.changes, cursor: page.cursor, more: page.more, keys }.into())
}
