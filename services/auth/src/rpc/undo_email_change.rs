//! UndoEmailChange: the old address back, by the link that was mailed to it.

use connectus_platform::context;
use connectus_proto::auth::v1::{UndoEmailChangeRequest, UndoEmailChangeResponse};
use tonic::Request;

use super::{Answer, Auth, verify_email::link_claims};
use crate::{domain::link::Purpose, hashing, store};

pub(super) async fn undo_email_change(
    auth: &Auth,
    request: Request<UndoEmailChangeRequest>,
) -> Answer<UndoEmailChangeResponse> {
    let token = request.into_inner().token;
    let claims = link_claims(auth, Purpose::UndoEmailChange, &token).await?;
    let hash = hashing::unusable()?;
    store::email_changes::undo(&auth.pool, claims.sub, &token, &hash, context::client()).await?;
    auth.outbox.wake();
    Ok(UndoEmailChangeResponse {}.into())
}
