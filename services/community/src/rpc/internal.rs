//! What the other services tell the community service.

use connectus_platform::fields;
use connectus_proto::community::v1::{
    EraseAccountRequest, EraseAccountResponse, RefreshVolunteerRequest, RefreshVolunteerResponse,
    community_internal_service_server::CommunityInternalService,
};
use tonic::Request;

use super::{Answer, Communities};
use crate::store;

#[tonic::async_trait]
impl CommunityInternalService for Communities {
    async fn erase_account(&self, request: Request<EraseAccountRequest>) -> Answer<EraseAccountResponse> {
        let id = fields::id("account_id", &request.get_ref().account_id)?;
        store::communities::delete_all(&self.pool, id).await?;
        store::volunteers::forget(&self.pool, id, self.anonymize_after).await?;
        Ok(EraseAccountResponse {}.into())
    }

    async fn refresh_volunteer(&self, request: Request<RefreshVolunteerRequest>) -> Answer<RefreshVolunteerResponse> {
        let RefreshVolunteerRequest { account_id, organization_id } = request.get_ref();
        let account = fields::id("account_id", account_id)?;
        if organization_id.is_empty() {
            store::volunteers::refresh_everywhere(&self.pool, account).await?;
        } else {
            let organization = fields::id("organization_id", organization_id)?;
            store::volunteers::refresh(&self.pool, account, organization).await?;
        }
        self.volunteers.wake();
        Ok(RefreshVolunteerResponse {}.into())
    }
}
