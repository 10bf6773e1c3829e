//! What organizations do with their communities: the rpcs of ManagementService, a file for each kind of thing that they are about.

mod communities;
mod links;
mod people;
mod structure;
pub(super) mod tokens;

use connectus_platform::{identity, ids};
use connectus_proto::{
    common::v1::AccountType,
    community::v1::{
        CreateActivityTypeRequest, CreateActivityTypeResponse, CreateCommunityRequest, CreateCommunityResponse,
        CreateCustomFieldRequest, CreateCustomFieldResponse, CreateSegmentRequest, CreateSegmentResponse,
        CreateSourceRequest, CreateSourceResponse, CreateTokenRequest, CreateTokenResponse, DeleteCommunityRequest,
        DeleteCommunityResponse, GetCommunityRequest, GetCommunityResponse, LinkCommunityRequest,
        LinkCommunityResponse, ListActivitiesRequest, ListActivitiesResponse, ListAnonymizationsRequest,
        ListAnonymizationsResponse, ListCommunitiesRequest, ListCommunitiesResponse, ListMembersRequest,
        ListMembersResponse, ListMergesRequest, ListMergesResponse, ListTokensRequest, ListTokensResponse,
        RevokeTokenRequest, RevokeTokenResponse, UndoMergeRequest, UndoMergeResponse, UnlinkCommunityRequest,
        UnlinkCommunityResponse, management_service_server::ManagementService,
    },
};
use tonic::Request;
use uuid::Uuid;

use super::{Answer, Communities};
use crate::{domain::Error, store};

#[tonic::async_trait]
impl ManagementService for Communities {
    async fn create_community(&self, request: Request<CreateCommunityRequest>) -> Answer<CreateCommunityResponse> {
        communities::create_community(self, request).await
    }

    async fn list_communities(&self, request: Request<ListCommunitiesRequest>) -> Answer<ListCommunitiesResponse> {
        communities::list_communities(self, request).await
    }

    async fn get_community(&self, request: Request<GetCommunityRequest>) -> Answer<GetCommunityResponse> {
        communities::get_community(self, request).await
    }

    async fn delete_community(&self, request: Request<DeleteCommunityRequest>) -> Answer<DeleteCommunityResponse> {
        communities::delete_community(self, request).await
    }

    async fn link_community(&self, request: Request<LinkCommunityRequest>) -> Answer<LinkCommunityResponse> {
        links::link_community(self, request).await
    }

    async fn unlink_community(&self, request: Request<UnlinkCommunityRequest>) -> Answer<UnlinkCommunityResponse> {
        links::unlink_community(self, request).await
    }

    async fn create_token(&self, request: Request<CreateTokenRequest>) -> Answer<CreateTokenResponse> {
        tokens::create_token(self, request).await
    }

    async fn list_tokens(&self, request: Request<ListTokensRequest>) -> Answer<ListTokensResponse> {
        tokens::list_tokens(self, request).await
    }

    async fn revoke_token(&self, request: Request<RevokeTokenRequest>) -> Answer<RevokeTokenResponse> {
        tokens::revoke_token(self, request).await
    }

    async fn create_source(&self, request: Request<CreateSourceRequest>) -> Answer<CreateSourceResponse> {
        structure::create_source(self, request).await
    }

    async fn create_custom_field(
        &self,
        request: Request<CreateCustomFieldRequest>,
    ) -> Answer<CreateCustomFieldResponse> {
        structure::create_custom_field(self, request).await
    }

    async fn create_segment(&self, request: Request<CreateSegmentRequest>) -> Answer<CreateSegmentResponse> {
        structure::create_segment(self, request).await
    }

    async fn create_activity_type(
        &self,
        request: Request<CreateActivityTypeRequest>,
    ) -> Answer<CreateActivityTypeResponse> {
        structure::create_activity_type(self, request).await
    }

    async fn list_members(&self, request: Request<ListMembersRequest>) -> Answer<ListMembersResponse> {
        people::list_members(self, request).await
    }

    async fn list_activities(&self, request: Request<ListActivitiesRequest>) -> Answer<ListActivitiesResponse> {
        people::list_activities(self, request).await
    }

    async fn list_merges(&self, request: Request<ListMergesRequest>) -> Answer<ListMergesResponse> {
        people::list_merges(self, request).await
    }

    async fn undo_merge(&self, request: Request<UndoMergeRequest>) -> Answer<UndoMergeResponse> {
        people::undo_merge(self, request).await
    }

    async fn list_anonymizations(
        &self,
        request: Request<ListAnonymizationsRequest>,
    ) -> Answer<ListAnonymizationsResponse> {
        people::list_anonymizations(self, request).await
    }
}

/// The organization that calls.
fn organization<T>(request: &Request<T>) -> Result<Uuid, tonic::Status> {
    let caller = identity::caller(request)?;
    if caller.account_type == AccountType::Organization {
        Ok(caller.account_id)
    } else {
        Err(Error::OrganizationAccountRequired.into())
    }
}

/// The community of the organization that calls.
async fn community<T>(
    service: &Communities,
    request: &Request<T>,
    id: impl Fn(&T) -> &str,
) -> Result<Uuid, tonic::Status> {
    let owner = organization(request)?;
    let id = ids::parse(id(request.get_ref())).ok_or(Error::CommunityNotFound)?;
    store::communities::find(&service.pool, owner, id).await?;
    Ok(id)
}
