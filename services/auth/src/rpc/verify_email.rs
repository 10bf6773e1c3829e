//! VerifyEmail: the link from the mail proves the address.

use connectus_platform::context;
use connectus_proto::auth::v1::{VerifyEmailRequest, VerifyEmailResponse};
use tonic::Request;

use super::{Answer, Auth};
use crate::{
    domain::{
        Error,
        link::{LinkClaims, Purpose},
    },
    store,
};

pub(super) async fn verify_email(auth: &Auth, request: Request<VerifyEmailRequest>) -> Answer<VerifyEmailResponse> {
    let token = request.into_inner().token;
    let claims = link_claims(auth, Purpose::VerifyEmail, &token).await?;
    store::links::verify_email(&auth.pool, claims.sub, &token, context::client()).await?;
    auth.outbox.wake();
    Ok(VerifyEmailResponse {}.into())
}

/// What a link's token says, if auth signed it for this purpose.
pub(super) async fn link_claims(auth: &Auth, purpose: Purpose, token: &str) -> Result<LinkClaims, Error> {
    let keys = auth.keys.verifying().await?;
    keys.verify_for(purpose.audience(), token).map_err(|_| Error::LinkInvalid)
}
