//! The tokens of the Community API.

use chrono::Utc;
use connectus_platform::{ids, status, time::to_exact_timestamp};
use connectus_proto::community::v1::{
    ApiToken, CreateTokenRequest, CreateTokenResponse, ListTokensRequest, ListTokensResponse, RevokeTokenRequest,
    RevokeTokenResponse,
};
use tonic::{Request, Status};
use uuid::Uuid;

use super::community;
use crate::{
    domain::{Error, structure},
    rpc::{Answer, Communities},
    store,
};

/// CreateToken: makes a token.
pub(super) async fn create_token(
    service: &Communities,
    request: Request<CreateTokenRequest>,
) -> Answer<CreateTokenResponse> {
    let community_id = community(service, &request, |request| &request.community_id).await?;
    Ok(make(service, community_id, &request.get_ref().name).await?.into())
}

/// Makes a token of a community.
pub(in crate::rpc) async fn make(
    service: &Communities,
    community_id: Uuid,
    name: &str,
) -> Result<CreateTokenResponse, Status> {
    let name = structure::name("name", name)?;
    let (id, now) = (Uuid::now_v7(), Utc::now());
    let token = service.signer.sign(community_id, id, now).map_err(status::internal)?;
    let create_time = Some(to_exact_timestamp(now));
    let details = ApiToken { id: id.to_string(), name: name.clone(), create_time, revoke_time: None };
    let response = CreateTokenResponse { details: Some(details), token };
    store::tokens::insert(&service.pool, community_id, id, &name, now, &response).await?;
    Ok(response)
}

/// ListTokens: a community's tokens.
pub(super) async fn list_tokens(
    service: &Communities,
    request: Request<ListTokensRequest>,
) -> Answer<ListTokensResponse> {
    let community_id = community(service, &request, |request| &request.community_id).await?;
    Ok(ListTokensResponse { tokens: store::tokens::list(&service.pool, community_id).await? }.into())
}

/// RevokeToken: revokes a token.
pub(super) async fn revoke_token(
    service: &Communities,
    request: Request<RevokeTokenRequest>,
) -> Answer<RevokeTokenResponse> {
    let community_id = community(service, &request, |request| &request.community_id).await?;
    let id = ids::parse(&request.get_ref().token_id).ok_or(Error::ApiTokenNotFound)?;
    store::tokens::revoke(&service.pool, community_id, id).await?;
    Ok(RevokeTokenResponse {}.into())
}
