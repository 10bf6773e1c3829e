//! What the other services tell the social service.

use connectus_proto::social::v1::{
    EraseAccountRequest, EraseAccountResponse, NotifyRequest, NotifyResponse,
    social_internal_service_server::SocialInternalService,
};
use tonic::Request;

use super::{Answer, Social, erase_account, notify};

#[tonic::async_trait]
impl SocialInternalService for Social {
    async fn notify(&self, request: Request<NotifyRequest>) -> Answer<NotifyResponse> {
        notify::notify(self, request).await
    }

    async fn erase_account(&self, request: Request<EraseAccountRequest>) -> Answer<EraseAccountResponse> {
        erase_account::erase_account(self, request).await
    }
}
