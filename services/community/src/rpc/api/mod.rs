//! The Community API: the rpcs of CommunityService, a file for each kind of thing that they are about.

mod activities;
mod admitted;
mod custom_fields;
mod members;
mod segments;
mod tags;
mod users;

use connectus_proto::community::v1::{
    AddActivityRequest, AddActivityResponse, AddMemberNoteRequest, AddMemberNoteResponse, AddMemberTagsRequest,
    AddMemberTagsResponse, AddSegmentNoteRequest, AddSegmentNoteResponse, AddToSegmentRequest, AddToSegmentResponse,
    AnonymizeMemberRequest, AnonymizeMemberResponse, CreateTagRequest, CreateTagResponse, DeleteTagRequest,
    DeleteTagResponse, FindMembersRequest, FindMembersResponse, GetTagRequest, GetTagResponse, GetTokenStatusRequest,
    GetTokenStatusResponse, ListActivityTypesRequest, ListActivityTypesResponse, ListCustomFieldsRequest,
    ListCustomFieldsResponse, ListSegmentStatusesRequest, ListSegmentStatusesResponse, ListSegmentsRequest,
    ListSegmentsResponse, ListTagsRequest, ListTagsResponse, PutMemberRequest, PutMemberResponse,
    SetCustomFieldRequest, SetCustomFieldResponse, UpdateTagRequest, UpdateTagResponse, UpsertActivityRequest,
    UpsertActivityResponse, UpsertUserRequest, UpsertUserResponse, community_service_server::CommunityService,
};
use tonic::Request;

use self::admitted::{Caller, serve};
use super::{Answer, Communities};

#[tonic::async_trait]
impl CommunityService for Communities {
    async fn get_token_status(&self, request: Request<GetTokenStatusRequest>) -> Answer<GetTokenStatusResponse> {
        serve(self, request, |caller, _| std::future::ready(Ok(status(caller)))).await
    }

    async fn upsert_user(&self, request: Request<UpsertUserRequest>) -> Answer<UpsertUserResponse> {
        serve(self, request, |caller, message| users::upsert_user(self, caller.community_id, message)).await
    }

    async fn upsert_activity(&self, request: Request<UpsertActivityRequest>) -> Answer<UpsertActivityResponse> {
        serve(self, request, |caller, message| activities::upsert_activity(self, caller.community_id, message)).await
    }

    async fn find_members(&self, request: Request<FindMembersRequest>) -> Answer<FindMembersResponse> {
        members::find_members(self, request).await
    }

    async fn anonymize_member(&self, request: Request<AnonymizeMemberRequest>) -> Answer<AnonymizeMemberResponse> {
        serve(self, request, |caller, message| members::anonymize_member(self, caller.community_id, message)).await
    }

    async fn put_member(&self, request: Request<PutMemberRequest>) -> Answer<PutMemberResponse> {
        serve(self, request, |caller, message| members::put_member(self, caller.community_id, message)).await
    }

    async fn add_activity(&self, request: Request<AddActivityRequest>) -> Answer<AddActivityResponse> {
        serve(self, request, |caller, message| activities::add_activity(self, caller.community_id, message)).await
    }

    async fn set_custom_field(&self, request: Request<SetCustomFieldRequest>) -> Answer<SetCustomFieldResponse> {
        serve(self, request, |caller, message| custom_fields::set_custom_field(self, caller.community_id, message))
            .await
    }

    async fn add_member_note(&self, request: Request<AddMemberNoteRequest>) -> Answer<AddMemberNoteResponse> {
        serve(self, request, |caller, message| members::add_member_note(self, caller.community_id, message)).await
    }

    async fn add_member_tags(&self, request: Request<AddMemberTagsRequest>) -> Answer<AddMemberTagsResponse> {
        serve(self, request, |caller, message| members::add_member_tags(self, caller.community_id, message)).await
    }

    async fn list_custom_fields(&self, request: Request<ListCustomFieldsRequest>) -> Answer<ListCustomFieldsResponse> {
        serve(self, request, |caller, message| custom_fields::list_custom_fields(self, caller.community_id, message))
            .await
    }

    async fn list_activity_types(
        &self,
        request: Request<ListActivityTypesRequest>,
    ) -> Answer<ListActivityTypesResponse> {
        serve(self, request, |caller, message| activities::list_activity_types(self, caller.community_id, message))
            .await
    }

    async fn list_segments(&self, request: Request<ListSegmentsRequest>) -> Answer<ListSegmentsResponse> {
        serve(self, request, |caller, message| segments::list_segments(self, caller.community_id, message)).await
    }

    async fn list_segment_statuses(
        &self,
        request: Request<ListSegmentStatusesRequest>,
    ) -> Answer<ListSegmentStatusesResponse> {
        serve(self, request, |caller, message| segments::list_segment_statuses(self, caller.community_id, message))
            .await
    }

    async fn add_to_segment(&self, request: Request<AddToSegmentRequest>) -> Answer<AddToSegmentResponse> {
        serve(self, request, |caller, message| segments::add_to_segment(self, caller.community_id, message)).await
    }

    async fn add_segment_note(&self, request: Request<AddSegmentNoteRequest>) -> Answer<AddSegmentNoteResponse> {
        serve(self, request, |caller, message| segments::add_segment_note(self, caller.community_id, message)).await
    }

    async fn list_tags(&self, request: Request<ListTagsRequest>) -> Answer<ListTagsResponse> {
        serve(self, request, |caller, message| tags::list_tags(self, caller.community_id, message)).await
    }

    async fn create_tag(&self, request: Request<CreateTagRequest>) -> Answer<CreateTagResponse> {
        serve(self, request, |caller, message| tags::create_tag(self, caller.community_id, message)).await
    }

    async fn get_tag(&self, request: Request<GetTagRequest>) -> Answer<GetTagResponse> {
        serve(self, request, |caller, message| tags::get_tag(self, caller.community_id, message)).await
    }

    async fn update_tag(&self, request: Request<UpdateTagRequest>) -> Answer<UpdateTagResponse> {
        serve(self, request, |caller, message| tags::update_tag(self, caller.community_id, message)).await
    }

    async fn delete_tag(&self, request: Request<DeleteTagRequest>) -> Answer<DeleteTagResponse> {
        serve(self, request, |caller, message| tags::delete_tag(self, caller.community_id, message)).await
    }
}

/// Whose the token is.
fn status(caller: Caller) -> GetTokenStatusResponse {
    GetTokenStatusResponse {
        token_id: caller.token_id.to_string(),
        community_id: caller.community_id.to_string(),
        community_name: caller.community_name,
    }
}
