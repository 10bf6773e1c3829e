//! What operators do with the community service.

use connectus_platform::{outbox::dead, page::Page};
use connectus_proto::community::v1::{
    ListDeadMessagesRequest, ListDeadMessagesResponse, RequeueDeadMessagesRequest, RequeueDeadMessagesResponse,
    community_admin_service_server::CommunityAdminService,
};
use tonic::Request;

use super::{Answer, Communities};
use crate::{domain::Error, store};

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
}
