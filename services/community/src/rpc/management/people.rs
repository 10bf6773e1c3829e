//! Who a community's members are, what they did, who turned out to be one, and who is forgotten.

use connectus_platform::{ids, page::Page};
use connectus_proto::community::v1::{
    ListActivitiesRequest, ListActivitiesResponse, ListAnonymizationsRequest, ListAnonymizationsResponse,
    ListMembersRequest, ListMembersResponse, ListMergesRequest, ListMergesResponse, UndoMergeRequest,
    UndoMergeResponse,
};
use tonic::Request;
use uuid::Uuid;

use super::community;
use crate::{
    domain::{Error, structure, tag},
    rpc::{Answer, Communities},
    store::{self, lists::MemberFilter},
};

/// ListMembers: a community's members.
pub(super) async fn list_members(
    service: &Communities,
    request: Request<ListMembersRequest>,
) -> Answer<ListMembersResponse> {
    let community_id = community(service, &request, |request| &request.community_id).await?;
    let ListMembersRequest { page_size, page_token, segment_id, tag, source_id, .. } = request.into_inner();
    let page = Page::new(page_size, &page_token)?;
    let filter = MemberFilter {
        segment_id: Some(segment_id).filter(|id| *id != 0),
        tag: Some(tag).filter(|tag| !tag.is_empty()).map(|name| tag::name("tag", &name)).transpose()?,
        source_id: Some(source_id).filter(|id| *id != 0),
    };
    let (members, next_page_token) = store::lists::members(&service.pool, community_id, &filter, page).await?;
    Ok(ListMembersResponse { members, next_page_token }.into())
}

/// ListActivities: what a community's members did.
pub(super) async fn list_activities(
    service: &Communities,
    request: Request<ListActivitiesRequest>,
) -> Answer<ListActivitiesResponse> {
    let community_id = community(service, &request, |request| &request.community_id).await?;
    let ListActivitiesRequest { page_size, page_token, member_id, activity_type, .. } = request.into_inner();
    let page = Page::new(page_size, &page_token)?;
    let member = Some(member_id).filter(|id| !id.is_empty());
    // What is no id is nobody's.
    let member = member.map(|id| ids::parse(&id).unwrap_or(Uuid::nil()));
    let kind = Some(activity_type).filter(|kind| !kind.is_empty());
    let kind = kind.map(|kind| structure::activity_type("activity_type", &kind)).transpose()?;
    let (activities, next_page_token) =
        store::lists::activities(&service.pool, community_id, member, kind.as_deref(), page).await?;
    Ok(ListActivitiesResponse { activities, next_page_token }.into())
}

/// ListMerges: which of a community's members were found to be one.
pub(super) async fn list_merges(
    service: &Communities,
    request: Request<ListMergesRequest>,
) -> Answer<ListMergesResponse> {
    let community_id = community(service, &request, |request| &request.community_id).await?;
    let ListMergesRequest { page_size, page_token, .. } = request.into_inner();
    let page = Page::new(page_size, &page_token)?;
    let (merges, next_page_token) = store::merges::list(&service.pool, community_id, page).await?;
    Ok(ListMergesResponse { merges, next_page_token }.into())
}

/// UndoMerge: makes two members again of one.
pub(super) async fn undo_merge(service: &Communities, request: Request<UndoMergeRequest>) -> Answer<UndoMergeResponse> {
    let community_id = community(service, &request, |request| &request.community_id).await?;
    let id = ids::parse(&request.get_ref().merge_id).ok_or(Error::MergeNotFound)?;
    store::merges::undo(&service.pool, community_id, id).await?;
    Ok(UndoMergeResponse {}.into())
}

/// ListAnonymizations: whom a community is to forget, and when it did.
pub(super) async fn list_anonymizations(
    service: &Communities,
    request: Request<ListAnonymizationsRequest>,
) -> Answer<ListAnonymizationsResponse> {
    let community_id = community(service, &request, |request| &request.community_id).await?;
    let ListAnonymizationsRequest { page_size, page_token, .. } = request.into_inner();
    let page = Page::new(page_size, &page_token)?;
    let (anonymizations, next_page_token) = store::anonymizations::list(&service.pool, community_id, page).await?;
    Ok(ListAnonymizationsResponse { anonymizations, next_page_token }.into())
}
