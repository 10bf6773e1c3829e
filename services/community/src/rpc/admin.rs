//! What operators do with the community service.

mod import_users;

use connectus_platform::{fields, ids, outbox::dead, page::Page};
use connectus_proto::community::v1::{
    CreateCommunityForRequest, CreateCommunityForResponse, GetCommunityStructureRequest, GetCommunityStructureResponse,
    ImportUsersRequest, ImportUsersResponse, IssueTokenRequest, IssueTokenResponse, ListDeadMessagesRequest,
    ListDeadMessagesResponse, RequeueDeadMessagesRequest, RequeueDeadMessagesResponse,
    community_admin_service_server::CommunityAdminService,
};
use tonic::Request;
use uuid::Uuid;

use super::{Answer, Communities, management::tokens};
use crate::{
    domain::{Error, structure},
    store,
};

#[tonic::async_trait]
impl CommunityAdminService for Communities {
    async fn list_dead_messages(&self, request: Request<ListDeadMessagesRequest>) -> Answer<ListDeadMessagesResponse> {
        let ListDeadMessagesRequest { page_size, page_token } = request.into_inner();
        let page = Page::new(page_size, &page_token)?;
        let (messages, next_page_token) = store::dead_items::list(&self.pool, page).await?;
        Ok(ListDeadMessagesResponse { messages, next_page_token }.into())
    }

    async fn requeue_dead_messages(
        &self,
        request: Request<RequeueDeadMessagesRequest>,
    ) -> Answer<RequeueDeadMessagesResponse> {
        let ids = dead::ids(&request.get_ref().message_ids)?;
        let requeued = store::dead_items::requeue(&self.pool, &ids).await?;
        if requeued == 0 && !ids.is_empty() {
            return Err(Error::MessageNotFound.into());
        }
        self.wake.wake();
        Ok(RequeueDeadMessagesResponse { requeued_count: i64::try_from(requeued).unwrap_or(i64::MAX) }.into())
    }

    async fn create_community_for(
        &self,
        request: Request<CreateCommunityForRequest>,
    ) -> Answer<CreateCommunityForResponse> {
        let CreateCommunityForRequest { organization_id, name } = request.into_inner();
        let owner = fields::id("organization_id", &organization_id)?;
        let name = structure::name("name", &name)?;
        let community = store::communities::insert(&self.pool, owner, &name).await?;
        Ok(CreateCommunityForResponse { community: Some(community) }.into())
    }

    async fn issue_token(&self, request: Request<IssueTokenRequest>) -> Answer<IssueTokenResponse> {
        let IssueTokenRequest { community_id, name } = request.into_inner();
        let made = tokens::make(self, community(&community_id)?, &name).await?;
        Ok(IssueTokenResponse { details: made.details, token: made.token }.into())
    }

    async fn get_community_structure(
        &self,
        request: Request<GetCommunityStructureRequest>,
    ) -> Answer<GetCommunityStructureResponse> {
        let id = community(&request.get_ref().community_id)?;
        store::communities::require(&self.pool, id).await?;
        let structure = store::structure::read(&self.pool, id).await?;
        Ok(GetCommunityStructureResponse { structure: Some(structure) }.into())
    }

    async fn import_users(&self, request: Request<ImportUsersRequest>) -> Answer<ImportUsersResponse> {
        Ok(import_users::import(self, request.into_inner()).await?.into())
    }
}

/// Reads which community is meant.
fn community(id: &str) -> Result<Uuid, Error> {
    ids::parse(id).ok_or(Error::CommunityNotFound)
}
