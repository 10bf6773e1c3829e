//! IntrospectToken: whether a token is good now, and whose it is.

use connectus_platform::identity::Refusal;
use connectus_proto::auth::v1::{IntrospectTokenRequest, IntrospectTokenResponse};
use prost_types::Timestamp;
use tonic::Request;

use super::{Answer, Auth};

pub(super) async fn introspect_token(
    auth: &Auth,
    request: Request<IntrospectTokenRequest>,
) -> Answer<IntrospectTokenResponse> {
    let response = match auth.access.verify(&request.get_ref().token).await {
        Ok(caller) => IntrospectTokenResponse {
            active: true,
            account_id: caller.account_id.to_string(),
            account_type: caller.account_type.into(),
            expire_time: Some(Timestamp { seconds: caller.expires_at.timestamp(), nanos: 0 }),
        },
        // That it cannot be told now is not the same as that it is bad.
        Err(refusal @ Refusal::Unknown) => return Err(refusal.into()),
        Err(Refusal::Missing | Refusal::Invalid | Refusal::EmailUnverified) => IntrospectTokenResponse::default(),
    };
    Ok(response.into())
}
