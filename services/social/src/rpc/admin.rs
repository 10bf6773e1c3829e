//! What operators do with the social service.

use connectus_proto::social::v1::{
    ListDeadMessagesRequest, ListDeadMessagesResponse, RequeueDeadMessagesRequest, RequeueDeadMessagesResponse,
    social_admin_service_server::SocialAdminService,
};
use tonic::Request;

use super::{Answer, Social, list_dead_messages, requeue_dead_messages};

#[tonic::async_trait]
impl SocialAdminService for Social {
    async fn list_dead_messages(&self, request: Request<ListDeadMessagesRequest>) -> Answer<ListDeadMessagesResponse> {
        list_dead_messages::list_dead_messages(self, request).await
    }

    async fn requeue_dead_messages(
        &self,
        request: Request<RequeueDeadMessagesRequest>,
    ) -> Answer<RequeueDeadMessagesResponse> {
        requeue_dead_messages::requeue_dead_messages(self, request).await
    }
}
