//! The link of a community to its organization's account.

use connectus_proto::community::v1::{
    LinkCommunityRequest, LinkCommunityResponse, UnlinkCommunityRequest, UnlinkCommunityResponse,
};
use tonic::Request;

use super::community;
use crate::{
    rpc::{Answer, Communities},
    store,
};

/// LinkCommunity: what the organization confirms appears in the community from now on.
pub(super) async fn link_community(
    service: &Communities,
    request: Request<LinkCommunityRequest>,
) -> Answer<LinkCommunityResponse> {
    let community_id = community(service, &request, |request| &request.community_id).await?;
    let source = store::links::link(&service.pool, community_id).await?;
    service.volunteers.wake();
    Ok(LinkCommunityResponse { source: Some(source) }.into())
}

/// UnlinkCommunity: it does not any more, and what came so goes.
pub(super) async fn unlink_community(
    service: &Communities,
    request: Request<UnlinkCommunityRequest>,
) -> Answer<UnlinkCommunityResponse> {
    let community_id = community(service, &request, |request| &request.community_id).await?;
    store::links::unlink(&service.pool, community_id).await?;
    service.volunteers.wake();
    Ok(UnlinkCommunityResponse {}.into())
}
