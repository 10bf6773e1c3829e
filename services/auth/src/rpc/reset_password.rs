//! ResetPassword: a new password, by the link from the mail.

use connectus_platform::context;
use connectus_proto::auth::v1::{ResetPasswordRequest, ResetPasswordResponse};
use tonic::Request;

use super::{Answer, Auth, verify_email::link_claims};
use crate::{
    domain::{link::Purpose, password::Password},
    store,
};

pub(super) async fn reset_password(
    auth: &Auth,
    request: Request<ResetPasswordRequest>,
) -> Answer<ResetPasswordResponse> {
    let ResetPasswordRequest { token, password } = request.into_inner();
    // A password that is refused leaves the link as it was.
    let password = Password::choose("password", &password)?;
    let claims = link_claims(auth, Purpose::ResetPassword, &token).await?;
    let hash = auth.hasher.hash(&password).await?;
    store::links::reset_password(&auth.pool, claims.sub, &token, &hash, context::client()).await?;
    auth.outbox.wake();
    Ok(ResetPasswordResponse {}.into())
}
