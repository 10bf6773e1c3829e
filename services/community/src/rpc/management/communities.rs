//! Communities.

use connectus_platform::ids;
use connectus_proto::community::v1::{
    CreateCommunityRequest, CreateCommunityResponse, DeleteCommunityRequest, DeleteCommunityResponse,
    GetCommunityRequest, GetCommunityResponse, ListCommunitiesRequest, ListCommunitiesResponse,
};
use tonic::Request;

use super::organization;
use crate::{
    domain::{Error, structure},
    rpc::{Answer, Communities},
    store,
};

/// CreateCommunity: makes a community.
pub(super) async fn create_community(
    service: &Communities,
    request: Request<CreateCommunityRequest>,
) -> Answer<CreateCommunityResponse> {
    let owner = organization(&request)?;
    let name = structure::name("name", &request.get_ref().name)?;
    let community = store::communities::insert(&service.pool, owner, &name).await?;
    Ok(CreateCommunityResponse { community: Some(community) }.into())
}

/// ListCommunities: the caller's communities.
pub(super) async fn list_communities(
    service: &Communities,
    request: Request<ListCommunitiesRequest>,
) -> Answer<ListCommunitiesResponse> {
    let owner = organization(&request)?;
    let communities = store::communities::list(&service.pool, owner).await?;
    Ok(ListCommunitiesResponse { communities }.into())
}

/// GetCommunity: a community, with what its data is made of.
pub(super) async fn get_community(
    service: &Communities,
    request: Request<GetCommunityRequest>,
) -> Answer<GetCommunityResponse> {
    let owner = organization(&request)?;
    let id = ids::parse(&request.get_ref().community_id).ok_or(Error::CommunityNotFound)?;
    let community = store::communities::find(&service.pool, owner, id).await?;
    let structure = store::structure::read(&service.pool, id).await?;
    Ok(GetCommunityResponse { community: Some(community), structure: Some(structure) }.into())
}

/// DeleteCommunity: deletes a community.
pub(super) async fn delete_community(
    service: &Communities,
    request: Request<DeleteCommunityRequest>,
) -> Answer<DeleteCommunityResponse> {
    let owner = organization(&request)?;
    let id = ids::parse(&request.get_ref().community_id).ok_or(Error::CommunityNotFound)?;
    store::communities::delete(&service.pool, owner, id).await?;
    Ok(DeleteCommunityResponse {}.into())
}
