//! GetVerifiedEmail: where another service may mail an account's owner.

use connectus_platform::fields;
use connectus_proto::auth::v1::{GetVerifiedEmailRequest, GetVerifiedEmailResponse};
use tonic::Request;

use super::{Answer, Auth};
use crate::store;

pub(super) async fn get_verified_email(
    auth: &Auth,
    request: Request<GetVerifiedEmailRequest>,
) -> Answer<GetVerifiedEmailResponse> {
    let id = fields::id("account_id", &request.get_ref().account_id)?;
    let email = store::accounts::verified_email(&auth.pool, id).await?;
    Ok(GetVerifiedEmailResponse { email }.into())
}
