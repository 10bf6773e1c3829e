//! What operators do with the social service.

use connectus_proto::social::v1::{
    ListDeadMessagesRequest, ListDeadMessagesResponse, RequeueDeadMessagesRequest, RequeueDeadMessagesResponse,
    social_admin_service_server::SocialAdminService,
};
use tonic::{Request, Status};

use super::{Answer, Social};

#[tonic::async_trait]
impl SocialAdminService for Social {
    async fn list_dead_messages(&self, _request: Request<ListDeadMessagesRequest>) -> Answer<ListDeadMessagesResponse> {
        Err(Status::unimplemented("not yet"))
    }

    async fn requeue_dead_messages(
        &self,
        _request: Request<RequeueDeadMessagesRequest>,
    ) -> Answer<RequeueDeadMessagesResponse> {
        Err(Status::unimplemented("not yet"))
    }
}
