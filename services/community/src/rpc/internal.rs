//! What the other services tell the community service.

use connectus_platform::fields;
use connectus_proto::community::v1::{
    EraseAccountRequest, EraseAccountResponse, community_internal_service_server::CommunityInternalService,
};
use tonic::Request;

use super::{Answer, Communities};
use crate::store;

#[tonic::async_trait]
impl CommunityInternalService for Communities {
    async fn erase_account(&self, request: Request<EraseAccountRequest>) -> Answer<EraseAccountResponse> {
        let id = fields::id("account_id", &request.get_ref().account_id)?;
        store::communities::delete_all(&self.pool, id).await?;
        Ok(EraseAccountResponse {}.into())
    }
}
